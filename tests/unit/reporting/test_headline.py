"""The word of a headline and its sentence."""

import pytest

from evalgate.model.verdict import Reason
from evalgate.reporting.headline import Headline, clause, finding, parted


@pytest.mark.parametrize(
    ("said", "word", "alone"),
    [
        ("Blocked: v4 breaks 1 case: a.", "Blocked", "v4 breaks 1 case: a."),
        ("Not judged yet: p v2 waits.", "Not judged yet", "p v2 waits."),
        ("Passed: all 2 comparisons hold.", "Passed", "All 2 comparisons hold."),
        ("Blocked: in support, v3 may not change.", "Blocked", "In support, v3 may not change."),
        ("Blocked: insurance v2 answers worse.", "Blocked", "insurance v2 answers worse."),
    ],
)
def test_a_headline_comes_apart_into_a_word_and_a_sentence(
    said: str, word: str, alone: str
) -> None:
    headline = parted(said)
    assert (headline.word, headline.alone) == (word, alone)
    assert str(headline) == said


def test_a_headline_is_its_word_and_its_sentence() -> None:
    assert str(Headline(word="Passed", sentence="v2 is fine.")) == "Passed: v2 is fine."


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        ("min_pass_rate", "The rate is 80%.", "p v2 passes too few of its cases: the rate is 80%."),
        ("set_changed", "30 cases were edited.", "along with p v2, 30 cases were edited."),
        ("protected_slice", "The slice x fell.", "with p v2, the slice x fell."),
        ("error_budget", "9 of 9 are lost.", "p v2 could not be judged: 9 of 9 are lost."),
        ("unheard_of", "There is no way.", "for p v2, there is no way."),
        ("unheard_of", "Claude is down.", "for p v2, Claude is down."),
    ],
)
def test_a_reason_becomes_a_clause_about_its_subject(code: str, message: str, said: str) -> None:
    assert clause(Reason(code=code, message=message), "p v2") == said


def test_a_reason_about_nothing_is_said_as_it_is() -> None:
    assert (
        clause(Reason(code="bootstrap", message="The base has none."), "") == "The base has none."
    )


def test_braces_in_a_reason_or_a_name_are_only_text() -> None:
    reason = Reason(code="min_pass_rate", message="{said.__class__} {0}")
    assert (
        clause(reason, "{subject}") == "{subject} passes too few of its cases: {said.__class__} {0}"
    )


@pytest.mark.parametrize(
    ("name", "message", "said"),
    [
        ("support", "The live pointer is gone.", "in support, the live pointer is gone."),
        ("support", "v2 of support was deleted.", "v2 of support was deleted."),
        ("p", "v1 is published.", "in p, v1 is published."),
        ("a/b.yaml", "The policy is deleted.", "The policy is deleted."),
        ("", "Nothing is known.", "Nothing is known."),
    ],
)
def test_a_finding_names_its_prompt_once(name: str, message: str, said: str) -> None:
    assert finding(Reason(code="x", message=message), name) == said


def test_a_reason_of_any_length_stays_a_sentence() -> None:
    assert len(clause(Reason(code="x", message="y" * 100_000), "p")) < 500
