from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from typing import Literal

from inline_snapshot import snapshot
from rich.console import Console

from evalgate.model.evalset import Case
from evalgate.model.trial import Trial
from evalgate.model.verdict import Flips, PromptVerdict, Reason, RunVerdict, Slice
from evalgate.model.waiver import Waiver
from evalgate.reporting.story import Banner, Report
from evalgate.reporting.terminal import show

FILES = {"report.html": "reports/run-1/report.html"}


def shown(report: Report, *, width: int = 80, terminal: bool = False) -> str:
    colours: Literal["standard"] | None = "standard" if terminal else None
    console = Console(file=StringIO(), width=width, force_terminal=terminal, color_system=colours)
    show(report, console, files=FILES)
    assert isinstance(console.file, StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().split("\n"))


def test_a_blocked_change_on_one_screen(
    a_report: Callable[..., Report], a_case: Callable[..., Case]
) -> None:
    assert shown(a_report(cases=[a_case(critical=True)])) == snapshot("""\
✗ Blocked: support v4 answers 1 of 120 cases worse than v3, 1 of them critical;
the drop is between 4 and 11 points, the limit is 5.
The gate blocks this change.

support  v3 → v4  ✗ Blocked
  pass rate  95% → 87.5%
  change     −7.5 points, from −11 to −4; the limit is −5
  compared   120 cases of letters: 1 worse, 0 better
  trials     720 planned = 720 graded
  - The drop is between 4 and 11 points.
  What broke: 1 case
    late critical  1 of 1 passed → 0 of 1 passed
    It does not say so.

What to do next
  - Read the cases that broke, mend the prompt and push again. Where the new
    answer is the better one, correct the case in a pull request of its own
    first.

  cost         $0.0132 for 1,443 calls
  report.html  reports/run-1/report.html
""")


def test_a_run_in_which_nothing_changed(
    a_report: Callable[..., Report], nothing_changed: RunVerdict
) -> None:
    assert shown(a_report(nothing_changed)) == snapshot("""\
– Nothing to decide: No prompt changed between main and the head.
The gate lets this change through.

  cost         $0 for 0 calls
  report.html  reports/run-1/report.html
""")


def test_only_the_first_broken_cases_are_shown_and_all_are_counted(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: Callable[..., Trial],
) -> None:
    ids = tuple(f"case-{number}" for number in range(9))
    run = a_run(a_verdict(flips=Flips(regressed=ids)))
    text = shown(a_report(run, trials=[a_trial(case, passed=False) for case in ids]))
    assert "What broke: 9 cases (the first 5)" in text
    assert "case-4" in text
    assert "case-5" not in text


def test_a_banner_is_told_first(a_report: Callable[..., Report]) -> None:
    banner = Banner(text="Not verified.", command=f"gh workflow run {'x' * 80}")
    first, second, *_ = shown(replace(a_report(), banner=banner)).splitlines()
    assert (first, second) == ("Not verified.", f"gh workflow run {'x' * 80}")


def test_simulated_answers_are_announced(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    text = shown(a_report(a_run(a_verdict(), simulated=True)))
    assert "Answers are simulated; no call was made to Claude." in text
    assert "would have been $0.0132" in text


def test_no_line_is_wider_than_the_terminal(hostile_report: Report) -> None:
    lines = shown(hostile_report).split("\n")
    assert max(len(line.replace("\u200b", "")) for line in lines) <= 80


def test_there_is_no_colour_where_output_is_piped(a_report: Callable[..., Report]) -> None:
    assert "\x1b" not in shown(a_report())
    assert "\x1b[1;31m" in shown(a_report(), terminal=True)


def test_hostile_texts_neither_act_nor_colour_the_screen(hostile_report: Report) -> None:
    for width in (20, 33, 80):
        lines = shown(hostile_report, width=width).split("\n")
        assert not any(line.strip().startswith(("::", "##[")) for line in lines)
        assert not any(character in line for line in lines for character in "\x00\x1b\u202e")


def test_a_long_path_is_not_broken(a_report: Callable[..., Report]) -> None:
    assert "reports/run-1/report.html" in shown(a_report(), width=20)


def test_protected_slices_are_told_and_flaky_cases_labelled(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    part = Slice(tag="vip", cases=60, baseline=0.95, candidate=0.7, delta=-0.25, protected=True)
    text = shown(a_report(a_run(a_verdict(slices=(part,), flaky=("late",)))))
    assert "  slice vip  60 cases, 95% → 70%: protected\n" in text
    assert "    late flaky  1 of 1 passed → 0 of 1 passed\n" in text


def test_a_waived_case_hides_no_fact_and_no_other_case(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_waiver: Callable[..., Waiver],
) -> None:
    names = ("trials", "x" * 50 + "1", "x" * 50 + "2")
    waived = tuple(replace(a_waiver(), case=name) for name in names)
    text = shown(a_report(a_run(a_verdict(flips=Flips(), waived=waived))), width=140)
    assert "720 planned = 720 graded" in text
    assert text.count("waived by Ann") == 3


def test_a_row_of_colons_cannot_begin_a_workflow_command(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    slow = Reason(code="slow", message="It says :::error::: and ###[error].")
    text = shown(a_report(a_run(a_verdict(reasons=(slow,)))))
    assert "error" in text
    assert "::" not in text
    assert "##[" not in text


def test_waived_cases_are_listed_with_their_terms(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_waiver: Callable[..., Waiver],
) -> None:
    run = a_run(a_verdict(flips=Flips(), waived=(a_waiver(),)))
    assert "  late       waived by Ann until 2027-01-31: the tool is replaced\n" in shown(
        a_report(run)
    )
