"""Facts about what the index says of one document."""

import pytest

from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Data
from evalgate.model.verdict import Verdict
from evalgate.reporting.run_summary import (
    MOST_NAMED,
    read_calibration,
    read_plan,
    read_selftest,
    read_verdict,
    unreadable,
)
from tests.unit.reporting.found_reports import PROMPT, document, plan, verdict


def test_a_verdict_is_its_sentence_without_the_word_that_stands_beside_it() -> None:
    said = read_verdict(verdict())
    assert (said.mark.tone, said.mark.icon, said.mark.word) == ("fail", "✗", "Blocked")
    assert said.headline == "support v4 answers 9 of 120 cases worse than v3."
    assert said.prompts == ("support v3 → v4",)
    assert said.span == "111111111111 → 222222222222"
    assert (said.cost, said.run_id, said.command) == ("$0.4100", "20261121-202518-c2e2", "")


def test_a_sentence_begins_with_a_capital_unless_it_begins_with_a_prompt() -> None:
    undecided = verdict(verdict="inconclusive", headline="Undecided: over 20 cases …")
    assert read_verdict(undecided).headline == "Over 20 cases …"


def test_the_word_of_the_sentence_is_the_mark_where_it_fits_the_verdict() -> None:
    said = read_verdict(verdict(verdict="inconclusive", headline="Not judged yet: wait."))
    assert (said.mark.word, said.headline) == ("Not judged yet", "wait.")
    forged = read_verdict(verdict(verdict="fail", headline="Passed: wait."))
    assert (forged.mark.word, forged.headline) == ("Blocked", "Passed: wait.")


def test_a_verdict_without_a_sentence_gives_its_first_reason() -> None:
    reasons: list[Data] = [{"code": "x", "message": "First."}, {"code": "y", "message": "Second."}]
    assert read_verdict(verdict(headline=None, reasons=reasons)).headline == "First."
    assert read_verdict(verdict(headline=None)).headline == "No reason was recorded."


@pytest.mark.parametrize("word", list(Verdict))
def test_every_verdict_has_a_sign_and_a_word_of_its_own(word: Verdict) -> None:
    others = {read_verdict(verdict(verdict=each.value)).mark for each in Verdict if each != word}
    mark = read_verdict(verdict(verdict=word.value)).mark
    assert mark.tone == word.value
    assert not {mark.icon} & {each.icon for each in others}
    assert not {mark.word} & {each.word for each in others}


def test_an_unknown_cost_is_not_zero() -> None:
    assert read_verdict(verdict(cost_usd=None)).cost == "unknown"
    assert read_verdict(verdict(cost_usd=0)).cost == "$0"


def test_versions_that_are_missing_or_the_same_are_not_told_twice() -> None:
    prompts: list[Data] = [
        PROMPT | {"baseline": None},
        PROMPT | {"candidate": None},
        PROMPT | {"name": "same", "baseline": {"version": "v4"}},
        PROMPT,
        PROMPT | {"evalset": "other letters"},
    ]
    assert read_verdict(verdict(prompts=prompts)).prompts == (
        *("support v4", "support v3", "same v4", "support v3 → v4"),
    )


def test_of_many_prompts_the_first_are_named() -> None:
    prompts: list[Data] = [PROMPT | {"name": f"p{number}"} for number in range(MOST_NAMED + 7)]
    lines = read_verdict(verdict(prompts=prompts)).prompts
    assert len(lines) == MOST_NAMED + 1
    assert lines[-1] == "and 7 more"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schema": "verdict/0"}, "schema: expected `verdict/1`"),
        ({"schema": None}, "schema: expected `verdict/1`"),
        ({"verdict": "fine"}, "verdict: expected one of"),
        ({"verdict": None}, "the key `verdict` is missing"),
        ({"run_id": None}, "the key `run_id` is missing"),
        ({"prompts": "all"}, "prompts: expected a list"),
        ({"cost_usd": -1}, "cost_usd: expected a number"),
        ({"headline": 5}, "headline: expected text"),
    ],
)
def test_a_foreign_verdict_is_refused_by_name(changes: dict[str, Data], said: str) -> None:
    with pytest.raises(ConfigurationError, match=r"run/file\.json") as caught:
        read_verdict(verdict(**changes))
    assert said in str(caught.value)


def test_hostile_texts_are_cut_and_made_visible() -> None:
    said = read_verdict(verdict(headline="\u202e" + "x" * 10_000, run_id="\x1b[31m"))
    assert len(said.headline) == 600
    assert "\u202e" not in said.headline
    assert said.run_id == "␛[31m"


@pytest.mark.parametrize(
    ("changes", "command"),
    [
        ({}, "evalgate gate --resume 'reports/a run'"),
        ({"simulated": True}, "evalgate gate --resume 'reports/a run' --simulate"),
        ({"shard": "2/4"}, "evalgate merge 'reports/a run' …"),
        ({"base": "the work tree"}, "evalgate record 'reports/a run'"),
        ({"only": {"cases": ["late"]}}, "evalgate run --resume 'reports/a run'"),
    ],
)
def test_a_run_without_a_verdict_names_what_to_do(changes: dict[str, Data], command: str) -> None:
    said = read_plan(plan(**changes), place="reports/a run", trials=412)
    assert said.mark.word == "Not decided"
    assert said.command == command
    assert said.headline.endswith("412 of 790 planned trials are written.")


def test_a_foreign_plan_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="expected `plan/1`"):
        read_plan(plan(schema="plan/9"), place="run", trials=None)


def test_a_selftest_names_its_policy_and_sets() -> None:
    data: dict[str, Data] = {
        "schema": "selftest/1",
        "soundness": "weak",
        "policy": ".github/evalgate.yml",
        "runs": 200,
        "sets": [{"prompt": "support", "version": "v3", "evalset": "letters"}],
    }
    said = read_selftest(document(data))
    assert (said.mark.tone, said.mark.word) == ("inconclusive", "Weak")
    assert said.headline == (
        "How often .github/evalgate.yml decides wrongly, over 200 runs of each course"
    )
    assert said.prompts == ("support v3 on letters",)
    with pytest.raises(ConfigurationError, match="`soundness` is missing"):
        read_selftest(document(data | {"soundness": None}))


def test_a_calibration_counts_the_labels_that_judge_and_people_share() -> None:
    counts: dict[str, Data] = {"true_pass": 80, "false_fail": 3, "false_pass": 4, "true_fail": 33}
    data: dict[str, Data] = {
        "schema": "calibration/1",
        "evalset": "letters",
        "judge": {"model": "a-judge"},
        "counts": counts,
    }
    said = read_calibration(document(data))
    assert said.headline == "letters: a-judge agrees with people on 113 of 120 labels"
    with pytest.raises(ConfigurationError, match="`counts` is missing"):
        read_calibration(document(data | {"counts": None}))


def test_what_cannot_be_read_says_why() -> None:
    said = unreadable(Problem(path="run/verdict.json", line=3, message="not JSON"))
    assert (said.mark.word, said.headline) == ("Unreadable", "run/verdict.json:3: not JSON")
