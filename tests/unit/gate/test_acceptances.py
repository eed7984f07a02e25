"""Facts about the files of acceptances, and about what counts as the same set."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.files import read_yaml
from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError
from evalgate.gate.acceptances import (
    acceptances_text,
    content_of,
    matching,
    read_acceptances,
    with_command,
)
from evalgate.gate.evalsets import read_sets
from evalgate.gate.gathering import POLICY_PATH
from evalgate.model.acceptance import REMOVED, Acceptance
from evalgate.model.verdict import Reason
from evalgate.reporting.visible import on_one_line
from tests.unit.gate.planned import plan

ENTRY = Acceptance(
    content="a" * 64, replaces="b" * 64, by="Ann", at="2026-11-20", reason="why not: #1"
)
SET = """prompts: [p, q]
trials: 2
pass_at: 1.0
graders: [{contains: x}]
cases:
  - {id: a, vars: {question: x}, tags: [s, t], cluster: k, split: dev}
  - {id: c, vars: {question: y}}
"""


def read(text: str) -> tuple[Acceptance, ...]:
    return read_acceptances(read_yaml("reports/accepted/s.yaml", text.encode()))


def content(text: str) -> str:
    sets, problems = read_sets({"evalsets/s.yaml": text.encode()}, "evalsets", FORMATS)
    assert problems == []
    return content_of(sets["s"])


def test_a_file_of_acceptances_reads_as_it_was_written() -> None:
    removal = replace(ENTRY, content=REMOVED, replaces=f"unreadable {'c' * 64}")
    assert read(acceptances_text([ENTRY, removal])) == (ENTRY, removal)


@given(st.text(), st.text())
def test_no_name_and_no_reason_breaks_out_of_its_line(by: str, reason: str) -> None:
    by, reason = on_one_line(by, 100) or "x", on_one_line(reason, 1000) or "x"
    entry = replace(ENTRY, by=by, reason=reason)
    assert read(acceptances_text([entry])) == (entry,)


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("schema: accepted/1", "schema: accepted/2", "expected accepted/1"),
        ("a" * 64, "a" * 63, "content: expected what `evalgate accept` writes"),
        ("b" * 64, "unread", "replaces: expected what `evalgate accept` writes"),
        ("2026-11-20", "20.11.2026", "at: expected a day such as `2027-01-31`"),
        ('by: "Ann"', 'by: " "', "by: expected text, got nothing"),
        ('by: "Ann"', 'who: "Ann"', "unknown key"),
        ("accepted:", "acepted:", "unknown key (did you mean `accepted`?)"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(was: str, becomes: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(acceptances_text([ENTRY]).replace(was, becomes))
    assert said in str(caught.value)


def test_an_empty_file_is_none_of_ours() -> None:
    with pytest.raises(ConfigurationError, match="expected accepted/1"):
        read("")


def test_the_newest_of_two_that_accept_the_same_counts() -> None:
    newer = replace(ENTRY, by="Ben")
    assert matching([ENTRY, newer], replaces="b" * 64, content="a" * 64) is newer
    assert matching([ENTRY], replaces="a" * 64, content="b" * 64) is None


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("[p, q]", "[p]"),
        ("trials: 2", "trials: 3"),
        ("pass_at: 1.0", "pass_at: 0.9"),
        ("contains: x", "contains: y"),
        ("question: x", "question: z"),
        ("tags: [s, t]", "tags: [s]"),
        ("cluster: k", "cluster: l"),
        ("split: dev", "split: test"),
        ("id: c,", "id: c, critical: true,"),
        ("id: c,", "id: d,"),
        ("  - {id: c, vars: {question: y}}\n", ""),
    ],
)
def test_any_change_that_could_count_makes_it_another_set(was: str, becomes: str) -> None:
    assert was in SET
    assert content(SET.replace(was, becomes)) != content(SET)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("[p, q]", "[q, p]"),
        ("pass_at: 1.0\n", "# a remark\n"),
        ("tags: [s, t]", "tags: [t, s]"),
        ("cases:\n", "cases:\n  - {id: c, vars: {question: y}}\n"),
    ],
)
def test_how_it_is_written_does_not_count(was: str, becomes: str) -> None:
    text = SET.replace(was, becomes)
    if "cases" in was:  # the last case has moved to the front
        text = text.removesuffix("  - {id: c, vars: {question: y}}\n")
    assert content(text) == content(SET)


@pytest.mark.parametrize("path", [POLICY_PATH, ".github/evalgate.billing.yml"])
def test_the_command_names_the_policy_of_another_root_alone(path: str) -> None:
    sources = plan().sources
    sources = replace(sources, policy=replace(sources.policy, path=path))
    told = with_command(Reason(code="set_changed", message="Much changed."), "a", sources).message
    named = "" if path == POLICY_PATH else f" --policy {path}"
    assert told == (
        "Much changed; a maintainer accepts it by "
        f"`evalgate accept a --head h --reason TEXT{named}`."
    )
