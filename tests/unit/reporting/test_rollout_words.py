"""Facts about the sentences that all readers of a rollout share."""

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from evalgate.model.milestone import Milestone, Phase
from evalgate.model.policy import RolloutRules
from evalgate.model.rollout import Criterion, Lack, Outcome, RolloutReport, SplitCheck
from evalgate.model.verdict import Verdict
from evalgate.reporting.rollout_words import (
    blast_radius,
    headline,
    lacks_told,
    left_out,
    link_of,
    next_step,
    reasons_told,
    remarks,
    shown_command,
    split_sentence,
    state_of,
    step_facts,
    too_late,
    verdict_of,
    word_of,
)
from tests.unit.reporting.rollouts import (
    HASH,
    HOUR,
    at_full,
    every,
    healthy,
    held,
    hostile,
    nothing_known,
    preflight,
    promoted,
    ready,
    rolled_back,
    skewed,
    worse,
)


def with_lacks(report: RolloutReport, *lacks: Lack) -> RolloutReport:
    return replace(report, outlook=replace(report.outlook, lacks=lacks))


def lack(until: float | None = None) -> Lack:
    return Lack(code="units", message="Units are missing.", until=until)


def test_the_headline_says_what_to_do_and_why() -> None:
    told = {name: headline(report) for name, report in every().items() if name != "hostile"}
    assert told == snapshot(
        {
            "healthy": "v3 of support-reply: hold at 5 %, two things are missing, about 3 h 20 min at this traffic",
            "ready": "v3 of support-reply: advance to 50 %",
            "worse": "v3 of support-reply: roll back: quality",
            "costly": "v3 of support-reply: roll back: cost",
            "held": "v3 of support-reply: held at 5 %, its time is over and one thing is missing",
            "promoted": "v3 of support-reply: promoted, it is the stable version",
            "rolled_back": "v3 of support-reply: rolled back: quality",
            "nothing_known": "v3 of support-reply: hold at 5 %, one thing is missing, for how long cannot be told",
            "preflight": "v3 of support-reply: start at 5 %",
            "skewed": "v3 of support-reply: hold at 5 %: the split is not as configured",
            "at_full": "v3 of support-reply: hold at 100 %, one thing is missing, about 11 min at this traffic",
        }
    )


def test_at_all_of_the_traffic_what_follows_is_a_promotion() -> None:
    before = at_full()
    report = replace(before, outlook=replace(before.outlook, outcome=Outcome.ADVANCE, lacks=()))
    assert headline(report) == "v3 of support-reply: promote, it becomes the stable version"
    assert next_step(report) == "Make it the stable version."


def test_a_headline_is_one_short_line_whatever_the_names() -> None:
    told = headline(hostile())
    assert "\n" not in told
    assert "\u202e" not in told
    assert len(told) < 200


def test_several_criteria_are_named_in_the_headline_worst_first() -> None:
    before = worse()
    criteria = tuple(
        replace(each, weight=1.0, harm=50.0 if each.criterion is Criterion.COST else each.harm)
        for each in before.evidence.criteria
    )
    report = replace(before, evidence=replace(before.evidence, criteria=criteria))
    assert headline(report).endswith(": roll back: quality and cost")


def test_a_rollback_without_harm_says_why_all_the_same() -> None:
    before = healthy()
    outlook = replace(before.outlook, outcome=Outcome.ROLL_BACK, lacks=())
    assert headline(replace(before, outlook=outlook)) == (
        "v3 of support-reply: roll back: 40 of 100 scored units of each arm are missing"
    )
    late = replace(outlook, expired=True)
    assert headline(replace(before, outlook=late)).endswith(": roll back: its time is over")
    bare = replace(outlook, reasons=())
    assert headline(replace(before, outlook=bare)) == "v3 of support-reply: roll back"


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "one thing is missing"), (9, "nine things are missing"), (10, "10 things are missing")],
)
def test_what_is_missing_is_counted(number: int, said: str) -> None:
    report = with_lacks(healthy(), *(lack() for _ in range(number)))
    assert f"hold at 5 %, {said}, for how long" in headline(report)


def test_one_lack_without_an_end_leaves_the_whole_without_one() -> None:
    before = healthy()
    report = with_lacks(before, lack(before.evidence.at + HOUR), lack())
    assert headline(report).endswith(", for how long cannot be told")
    assert next_step(report) == "Nothing moves until what is missing is there."


def test_a_hold_without_a_lack_says_its_reason() -> None:
    assert headline(with_lacks(healthy())).endswith(
        ": hold at 5 %: 40 of 100 scored units of each arm are missing"
    )
    before = with_lacks(preflight())
    report = replace(before, outlook=replace(before.outlook, outcome=Outcome.HOLD))
    assert headline(report).endswith(": hold before any traffic: The offline verdict is a pass")


@pytest.mark.parametrize(
    ("report", "word", "verdict"),
    [
        (healthy(), "Hold", Verdict.INCONCLUSIVE),
        (ready(), "Advance", Verdict.PASS),
        (worse(), "Roll back", Verdict.FAIL),
        (held(), "Held", Verdict.INCONCLUSIVE),
        (promoted(), "Promoted", Verdict.PASS),
        (rolled_back(), "Rolled back", Verdict.FAIL),
    ],
)
def test_each_outcome_has_a_word_and_a_verdict(
    report: RolloutReport, word: str, verdict: Verdict
) -> None:
    assert (word_of(report), verdict_of(report)) == (word, verdict)


def test_one_that_is_held_and_does_harm_is_to_be_rolled_back() -> None:
    before = worse()
    report = replace(before, rollout=replace(before.rollout, phase=Phase.HELD))
    assert (word_of(report), verdict_of(report)) == ("Roll back", Verdict.FAIL)


def test_what_is_missing_is_told_with_the_instant_at_which_it_is_there() -> None:
    told = [each.sentence for each in lacks_told(healthy())]
    assert told == snapshot(
        [
            "40 of 100 scored units of each arm are missing (until 2026-11-17 14:32 UTC, about 3 h 20 min)",
            "the proof for quality is at 2.1 of 3 (until 2026-11-17 13:25 UTC, about 2 h 13 min)",
        ]
    )
    assert [each.sentence for each in lacks_told(nothing_known())] == snapshot(
        ["100 scored units of each arm are missing (for how long cannot be told)"]
    )


def test_it_is_told_when_the_time_of_the_step_ends_first() -> None:
    before = healthy()
    end = before.rollout.steps[-1].since + 24 * HOUR
    assert too_late(with_lacks(before, lack(end))) == ""
    late = with_lacks(before, lack(end + 1))
    assert too_late(late) == snapshot(
        "This step may last until 2026-11-18 08:00 UTC; what is missing will not be there by then."
    )
    assert too_late(replace(late, rules=RolloutRules(deadline_hours=25))) == ""
    assert too_late(replace(late, rollout=replace(late.rollout, phase=Phase.HELD))) == ""


def test_the_time_of_a_step_is_counted_from_its_own_beginning() -> None:
    before = at_full()
    full = before.rollout.at_full or 0.0
    assert too_late(with_lacks(before, lack(full + 24 * HOUR))) == ""
    assert too_late(with_lacks(before, lack(full + 24 * HOUR + 1))) != ""
    resumed = replace(healthy().rollout, since=healthy().rollout.since + HOUR)
    late = with_lacks(replace(healthy(), rollout=resumed), lack(resumed.since + 23.5 * HOUR))
    assert too_late(late) != ""


def test_there_is_always_something_to_do_next() -> None:
    told = {name: next_step(report) for name, report in every().items() if name != "hostile"}
    assert told == snapshot(
        {
            "healthy": "Nothing is to be done. Look again at 2026-11-17 14:32 UTC.",
            "ready": "Give it 50 % of the traffic.",
            "worse": "Take it out of the traffic now; the stable version then answers everybody.",
            "costly": "Take it out of the traffic now; the stable version then answers everybody.",
            "held": "Nothing moves by itself. Roll it back, or advance it by hand with a reason (`--override`).",
            "promoted": "Nothing is left to do.",
            "rolled_back": "v2 has all of the traffic again. What is mended becomes a new version.",
            "nothing_known": "Nothing moves until what is missing is there.",
            "preflight": "Give it 5 % of the traffic.",
            "skewed": "Find out why the split is off: until then no number below says anything.",
            "at_full": "Nothing is to be done. Look again at 2026-11-17 22:11 UTC.",
        }
    )


def test_what_is_at_stake_is_told_for_the_present_share() -> None:
    assert blast_radius(healthy()) == (
        "At 5 % of the traffic a rise of 5 points touches 0.25 % of the calls."
    )
    assert blast_radius(preflight()).startswith("At 5 % of the traffic")
    assert blast_radius(ready()).endswith("touches 1.25 % of the calls.")
    assert blast_radius(rolled_back()) == ""
    nothing = replace(healthy().evidence, criteria=())
    assert blast_radius(replace(healthy(), evidence=nothing)) == ""


def test_the_largest_rise_that_is_allowed_counts_and_one_point_is_singular() -> None:
    before = healthy()
    small = tuple(replace(each, max_rise=0.01) for each in before.evidence.criteria)
    report = replace(before, evidence=replace(before.evidence, criteria=small))
    assert "a rise of 1 point touches 0.05 %" in blast_radius(report)
    mixed = (*small[:2], replace(small[2], max_rise=0.2))
    report = replace(before, evidence=replace(before.evidence, criteria=mixed))
    assert "a rise of 20 points touches 1 %" in blast_radius(report)


@pytest.mark.parametrize(("p_value", "said"), [(0.001, "is as"), (0.00099, "is not as")])
def test_the_split_is_off_below_one_in_a_thousand(p_value: float, said: str) -> None:
    split = SplitCheck(percent=5.0, stable=900, canary=100, p_value=p_value)
    assert split_sentence(split).startswith(f"The split {said} configured: the canary got 10 % of")


def test_the_split_is_told_with_what_was_found() -> None:
    assert split_sentence(healthy().evidence.split) == snapshot(
        "The split is as configured: the canary got 4.9 % of 1,251 units, configured are 5 % (p = 1)."
    )
    assert split_sentence(skewed().evidence.split) == snapshot(
        "The split is not as configured: the canary got 9 % of 2,022 units, configured are 5 % (p < 0.001)."
    )
    assert split_sentence(None) == "No unit was assigned in this step yet."
    assert split_sentence(SplitCheck(percent=5.0)) == "No unit was assigned in this step yet."


def test_a_split_that_is_off_comes_before_whatever_else_is_missing() -> None:
    report = with_lacks(skewed(), lack(), lack())
    assert headline(report).endswith(": hold at 5 %: the split is not as configured")


def test_what_was_left_out_is_told_most_first() -> None:
    known = replace(
        healthy().evidence,
        left_out={"pinned": 1, "crossed": 2_000, "later": 0, "of_another_kind": 3, "a_b": 1},
    )
    assert list(left_out(known)) == snapshot(
        [
            "2,000 calls are of units that met the other arm first",
            "3 lines: of another kind",
            "1 line: a b",
            "1 call is of a conversation that keeps its version",
        ]
    )


@pytest.mark.parametrize(
    "code",
    [
        *("pinned", "other_version", "crossed", "outside", "later", "repeated"),
        *("unreadable_calls", "invalid_calls", "newer_calls"),
        *("unreadable_scores", "invalid_scores", "newer_scores", "repeated_scores"),
    ],
)
def test_whatever_is_left_out_has_a_sentence_for_one_and_for_several(code: str) -> None:
    one, several = (
        next(left_out(replace(healthy().evidence, left_out={code: number}))) for number in (1, 2)
    )
    assert one.startswith("1 ")
    assert several.startswith("2 ")
    assert ":" not in one
    assert one[2:] != several[2:]


def test_a_reason_that_is_told_as_missing_is_not_told_twice() -> None:
    assert reasons_told(healthy()) == ()
    assert [each.code for each in reasons_told(held())] == ["expired"]
    assert reasons_told(worse()) == worse().outlook.reasons


def test_the_step_is_told_in_facts() -> None:
    assert dict(step_facts(healthy())) == snapshot(
        {
            "started": "2026-11-17 08:00 UTC",
            "this step": "5 % since 2026-11-17 08:00 UTC, 3 h 12 min",
            "scored units": "60 of the stable version and 60 of the canary, 100 each are needed",
            "pace": "18 scored canary units an hour",
            "as of": "2026-11-17 11:12 UTC",
        }
    )
    assert dict(step_facts(at_full())).get("scored units") is None
    assert list(dict(step_facts(promoted()))) == ["started", "as of"]
    assert list(dict(step_facts(preflight()))) == ["started", "as of"]


@pytest.mark.parametrize(
    ("url", "is_shown"),
    [
        ("https://github.com/a/b/actions/runs/1", True),
        ("http://ci.example/1", True),
        ("", False),
        ("javascript:alert(1)", False),
        ("https://a.example/ x", False),
        ('https://a.example/"onclick', False),
        ("https://a.example/>x", False),
        ("https://a.example/\u202e", False),
    ],
)
def test_a_link_leads_to_a_web_page_or_is_none(url: str, is_shown: bool) -> None:
    assert link_of(replace(healthy(), run_url=url)) == (url if is_shown else "")


@pytest.mark.parametrize(
    "command", ["evalgate x 'a\nb'", "evalgate x '\x1b[2J'", "evalgate x '::error::'", "x  y"]
)
def test_a_command_that_cannot_be_shown_as_it_is_typed_is_not_shown(command: str) -> None:
    assert shown_command(replace(healthy(), command=command)) == ""
    assert shown_command(healthy()) == "evalgate rollout status support-reply"


def test_a_remark_is_told_once() -> None:
    report = replace(healthy(), remarks=("a", *healthy().evidence.remarks))
    assert remarks(report) == ("a", *healthy().evidence.remarks)


@pytest.mark.parametrize(
    ("milestone", "said"),
    [
        (Milestone(version="v3", phase=Phase.PREFLIGHT, hash=HASH), "preflight"),
        (Milestone(version="v3", phase=Phase.SERVING, hash=HASH, percent=2.5), "serving at 2.5 %"),
        (Milestone(version="v3", phase=Phase.HELD, hash=HASH, percent=25.0), "held at 25 %"),
        (Milestone(version="v3", phase=Phase.PROMOTED, hash=HASH), "promoted"),
        (
            Milestone(version="v3", phase=Phase.SERVING, hash=HASH, percent=50.0, overridden=True),
            "serving at 50 %, against the evidence",
        ),
        (Milestone(version="v3", phase=Phase.ROLLED_BACK, hash=HASH), "rolled back"),
    ],
)
def test_each_state_has_words(milestone: Milestone, said: str) -> None:
    assert state_of(milestone) == said
