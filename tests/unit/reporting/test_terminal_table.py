"""The table of prompts on the terminal."""

from collections.abc import Callable
from dataclasses import replace
from io import StringIO

from inline_snapshot import snapshot
from rich.console import Console

from evalgate.model.verdict import CaseCounts, Flips, PromptVerdict, Verdict, VersionRef
from evalgate.reporting.terminal_table import comparisons


def shown(*verdicts: PromptVerdict, width: int = 100) -> list[str]:
    console = Console(file=StringIO(), width=width)
    for each in comparisons(verdicts, console):
        console.print(each)
    assert isinstance(console.file, StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_what_was_found_without_a_run_has_no_numbers(
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    found = a_verdict(evalset="", baseline=None, delta=None, pass_rate={}, flips=Flips())
    assert shown(found) == ["support  v4  ✗ Blocked"]
    table = shown(a_verdict(), replace(found, name="drafts"))
    assert table[2].split() == ["✗", "drafts", "v4", *"–––––––"]


def test_a_long_name_is_cut_and_leaves_the_numbers_their_room(
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    lines = shown(a_verdict(name="support-" * 20), width=92)
    assert max(map(len, lines)) <= 92
    assert "…" in lines[1]
    assert lines[1].endswith("$0.0132")


def test_large_numbers_of_cases_fit(a_verdict: Callable[..., PromptVerdict]) -> None:
    many = tuple(map(str, range(4_321)))
    flips = Flips(regressed=many, fixed=many)
    lines = shown(a_verdict(flips=flips, cases=CaseCounts(compared=50_000), cost_usd=1_234.5))
    assert lines[:2] == snapshot(
        [
            "  prompt   versions    pass rate  change  from … to  limit  worse  better       cost",
            "✗ support  v3 → v4   95% → 87.5%    −7.5   −11 … −4     −5  4,321   4,321  $1,234.50",
        ]
    )


def test_there_are_no_bars_where_there_is_no_room_or_nothing_to_draw(
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    assert not any("no change" in line for line in shown(a_verdict(), width=45))
    assert not any("no change" in line for line in shown(a_verdict(delta=None)))
    assert any("no change" in line for line in shown(a_verdict(), width=50))


def test_a_version_without_a_baseline_is_told_alone(
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    new = a_verdict(
        baseline=None,
        delta=None,
        verdict=Verdict.PASS,
        candidate=VersionRef(version="v1", hash="c"),
    )
    assert shown(new)[1].split()[:3] == ["✓", "support", "v1"]
