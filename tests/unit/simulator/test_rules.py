import pytest
from inline_snapshot import snapshot

from evalgate.adapters.files import read_yaml
from evalgate.errors import ConfigurationError
from evalgate.simulator.fault_rules import Calls, FaultKind
from evalgate.simulator.limits import Limits
from evalgate.simulator.rules import Behaviour, JudgeErrors, Rules, WantedCall, read_rules

WHOLE = r"""
schema: simulator-rules/1
seed: support
prompts: "(?i)support"
behaviours:
  - name: return window
    when: "(?i)return (?P<item>\\w+)"
    unless: "(?i)warranty"
    needs: "(?i)30[- ]day"
    with: 0.99
    without: 0.2
    says: "You can return {item} of {order} within 30 days."
    otherwise: "You can return {item} whenever you like."
  - name: sign-off
    says: '{"json": 1}'
  - name: look up
    with: 0.5
    calls: {tool: get_order, input: {order: "{order}", lines: [1, "{order}"]}}
    otherwise: "I cannot look {order} up."
extract:
  order: "(?P<order>[A-Z]{2}-\\d{5})"
judge:
  - criterion: "(?i)window"
    passes: "30 days"
    fails: "whenever"
    reason_pass: "It names the window."
    reason_fail: "It does not name the window."
faults:
  - {kind: overloaded, share: 0.05, for: judge, first_attempts: 2}
  - {kind: slow, seconds: 3}
  - {kind: rate_limit}
judge_errors: {sensitivity: 0.95, specificity: 0.9}
limits: {requests_per_minute: 60, input_tokens_per_minute: 4000, burst: 0.1}
batches: {seconds: 0.2}
"""


def read(text: str) -> Rules:
    return read_rules(read_yaml("rules.yaml", text.encode()))


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


def test_every_key_of_a_behaviour_is_read() -> None:
    behaviour = read(WHOLE).behaviours[0]
    assert behaviour.name == "return window"
    assert (behaviour.chance_with, behaviour.chance_without) == (0.99, 0.2)
    assert behaviour.says == "You can return {item} of {order} within 30 days."
    assert behaviour.otherwise == "You can return {item} whenever you like."
    patterns = (behaviour.when, behaviour.unless, behaviour.needs)
    assert [pattern and pattern.pattern for pattern in patterns] == [
        r"(?i)return (?P<item>\w+)",
        "(?i)warranty",
        "(?i)30[- ]day",
    ]


def test_a_behaviour_without_conditions_is_certain() -> None:
    behaviour = read(WHOLE).behaviours[1]
    assert behaviour.applies_to("anything")
    assert behaviour.chance_under("") == 1.0


def test_a_behaviour_can_call_a_tool() -> None:
    behaviour = read(WHOLE).behaviours[2]
    assert behaviour.calls == WantedCall(
        tool="get_order", input={"order": "{order}", "lines": [1, "{order}"]}
    )
    assert (behaviour.says, behaviour.otherwise) == ("", "I cannot look {order} up.")


def test_all_that_is_wrong_with_a_call_is_found() -> None:
    text = """
schema: simulator-rules/1
behaviours:
  - {name: a, says: b, calls: {tool: x}}
  - {name: b, calls: {tol: x, input: {order: ["{order}"]}}}
  - {name: c, calls: x}
"""
    assert problems(text) == snapshot(
        [
            (
                "rules.yaml:4: behaviours[0].calls: a behaviour either `says` or `calls`: "
                "write two of them"
            ),
            "rules.yaml:5: behaviours[1].calls.tol: unknown key (did you mean `tool`?)",
            "rules.yaml:5: behaviours[1].calls: the key `tool` is missing",
            (
                "rules.yaml:5: behaviours[1].calls: no pattern of `when` or `extract` has a group "
                "`order`"
            ),
            "rules.yaml:6: behaviours[2].calls: expected a mapping, got `x`",
            "rules.yaml:6: behaviours[2].calls: the key `tool` is missing",
        ]
    )


def test_every_key_of_a_judge_rule_is_read() -> None:
    (rule,) = read(WHOLE).judge
    assert rule.criterion.pattern == "(?i)window"
    assert rule.passes is not None
    assert rule.fails is not None
    assert (rule.passes.pattern, rule.fails.pattern) == ("30 days", "whenever")
    assert rule.reason_passed == "It names the window."
    assert rule.reason_failed == "It does not name the window."


def test_every_key_of_a_fault_is_read() -> None:
    overloaded, slow, limited = read(WHOLE).faults
    assert overloaded.kind is FaultKind.OVERLOADED
    assert (overloaded.share, overloaded.calls) == (0.05, Calls.JUDGE)
    assert overloaded.first_attempts == 2
    assert (slow.share, slow.calls, slow.first_attempts) == (1.0, Calls.ALL, None)
    assert (slow.seconds, limited.seconds) == (3.0, 1.0)


def test_how_reliable_the_judge_is_is_read() -> None:
    assert read(WHOLE).judge_errors == JudgeErrors(sensitivity=0.95, specificity=0.9)


def test_limits_are_read_and_what_is_not_named_has_none() -> None:
    assert read(WHOLE).limits == Limits(
        requests_per_minute=60, input_tokens_per_minute=4000, burst=0.1
    )


def test_how_long_batches_take_is_read() -> None:
    assert read(WHOLE).batch_seconds == 0.2
    assert read("schema: simulator-rules/1\nbatches: {seconds: 0}").batch_seconds == 0.0


def test_without_a_word_the_judge_is_right_nothing_is_limited_and_batches_are_left_open() -> None:
    rules = read("schema: simulator-rules/1")
    assert rules.judge_errors == JudgeErrors(sensitivity=1.0, specificity=1.0)
    assert rules.limits == Limits()
    assert rules.batch_seconds is None


def test_what_is_wrong_with_the_judge_the_limits_and_the_batches_is_told() -> None:
    text = """
schema: simulator-rules/1
judge_errors: {sensitivity: 95, specifity: 0.9}
limits: {requests_per_minute: 0, output_tokens_per_minute: many, burst: 2}
batches: {seconds: -1}
"""
    assert problems(text) == snapshot(
        [
            "rules.yaml:3: judge_errors.specifity: unknown key (did you mean `specificity`?)",
            (
                "rules.yaml:3: judge_errors.sensitivity: expected a number from 0 to 1, "
                "got the number 95"
            ),
            (
                "rules.yaml:4: limits.requests_per_minute: expected a whole number from 1 to "
                "1000000000, got the number 0"
            ),
            (
                "rules.yaml:4: limits.output_tokens_per_minute: expected a whole number from 1 to "
                "1000000000, got `many`"
            ),
            "rules.yaml:4: limits.burst: expected a number from 0.001 to 1, got the number 2",
            "rules.yaml:5: batches.seconds: expected a number from 0 to 86400, got the number -1",
        ]
    )


def test_seed_and_prompts_are_read() -> None:
    rules = read(WHOLE)
    assert rules.seed == "support"
    assert rules.speak_for("You write SUPPORT replies.")
    assert not rules.speak_for("You write poems.")


def test_rules_without_a_pattern_for_prompts_speak_for_every_prompt() -> None:
    assert Rules(path="r", behaviours=(Behaviour(name="a", says="b"),)).speak_for("anything")


def test_rules_without_behaviours_speak_for_no_prompt() -> None:
    assert not Rules(path="faults.yaml").speak_for("anything")


@pytest.mark.parametrize(
    ("question", "applies"),
    [("may I return it", True), ("return under warranty", False), ("hello", False)],
)
def test_a_behaviour_applies_when_asked_for_and_not_excluded(question: str, applies: bool) -> None:
    behaviour = read(WHOLE).behaviours[0]
    assert behaviour.applies_to(question) is applies


def test_the_chance_depends_on_whether_the_instruction_is_there() -> None:
    behaviour = read(WHOLE).behaviours[0]
    assert behaviour.chance_under("We have a 30-day window.") == 0.99
    assert behaviour.chance_under("We have a window.") == 0.2


def test_all_problems_are_found_at_once() -> None:
    text = """
schema: simulator-rules/2
prompt: x
behaviours:
  - name: a
    when: "("
    says: "{itme} and {order}"
    with: 1.5
  - name: a
    says: ""
extract:
  order: "(?P<ordr>.)"
judge:
  - passes: x
  - criterion: y
faults:
  - {kind: rate_limt}
  - {share: 0.5}
  - {kind: slow, first_attempts: 0}
"""
    assert problems(text) == snapshot(
        [
            "rules.yaml:3: prompt: unknown key (did you mean `prompts`?)",
            "rules.yaml:2: schema: expected `simulator-rules/1`, got `simulator-rules/2`",
            "rules.yaml:12: extract.order: expected a pattern with the group `(?P<order>…)`",
            (
                "rules.yaml:6: behaviours[0].when: expected a regular expression: "
                "missing ), unterminated subpattern at position 0"
            ),
            "rules.yaml:8: behaviours[0].with: expected a number from 0 to 1, got the number 1.5",
            (
                "rules.yaml:7: behaviours[0].says: no pattern of `when` or `extract` has a group "
                "`itme` (known: ordr)"
            ),
            (
                "rules.yaml:7: behaviours[0].says: no pattern of `when` or `extract` has a group "
                "`order` (did you mean `ordr`?)"
            ),
            "rules.yaml:10: behaviours[1].says: expected text, got nothing",
            "rules.yaml:9: behaviours[1].name: `a` is taken: equal names draw equal luck",
            "rules.yaml:14: judge[0]: the key `criterion` is missing",
            "rules.yaml:15: judge[1]: expected `passes`, `fails` or both",
            (
                "rules.yaml:17: faults[0].kind: expected one of rate_limit, spend_limit, "
                "overloaded, server_error, timeout, bad_key, html, broken_json, wrong_model, "
                "dropped, cut, slow, slow_stream, stall, stream_error, stream_end, batch_expired, "
                "truncated, refused, nonsense_judge; got `rate_limt` (did you mean `rate_limit`?)"
            ),
            "rules.yaml:18: faults[1]: the key `kind` is missing",
            (
                "rules.yaml:19: faults[2].first_attempts: expected a whole number from 1 to 1000, "
                "got the number 0"
            ),
        ]
    )


def test_a_placeholder_without_any_group_is_a_problem() -> None:
    text = "schema: simulator-rules/1\nbehaviours: [{name: a, says: 'Hello {name}'}]"
    assert problems(text) == snapshot(
        ["rules.yaml:2: behaviours[0].says: no pattern of `when` or `extract` has a group `name`"]
    )


def test_an_empty_file_says_what_is_missing() -> None:
    assert problems("") == snapshot(
        ["rules.yaml: expected a mapping, got nothing", "rules.yaml: the key `schema` is missing"]
    )
