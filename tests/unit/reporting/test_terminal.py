from collections.abc import Callable
from dataclasses import replace
from io import BytesIO, StringIO, TextIOWrapper
from typing import Literal

from inline_snapshot import snapshot
from rich.console import Console

from evalgate.model.comparison import ArmLedger
from evalgate.model.evalset import Case
from evalgate.model.preflight import Preflight
from evalgate.model.trial import Arm, Trial, TrialError, TrialStatus
from evalgate.model.verdict import (
    Estimate,
    Flips,
    PromptVerdict,
    Reason,
    RunVerdict,
    Slice,
    Verdict,
)
from evalgate.model.waiver import Waiver
from evalgate.reporting.story import Banner, Report
from evalgate.reporting.terminal import show

FILES = {"report.html": "reports/run-1/report.html"}
PREFLIGHT = Preflight(
    estimand="population",
    max_drop=0.05,
    cases=120,
    unit="case",
    units=120,
    needed_units=59,
    provable_limit=0.025,
    smallest_detectable_drop=0.08,
    chance_of_pass=0.8,
    recorded=0,
    first_trials_per_case=6,
    trials_per_case=6,
    most_trials_per_case=6,
    rate=0.9,
    correlation=0.5,
    redrawn=0.1,
    is_known=False,
)


def shown(report: Report, *, width: int = 80, terminal: bool = False) -> str:
    colours: Literal["standard"] | None = "standard" if terminal else None
    console = Console(file=StringIO(), width=width, force_terminal=terminal, color_system=colours)
    show(report, console, files=FILES)
    assert isinstance(console.file, StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().split("\n"))


def test_a_blocked_change_on_one_screen(
    a_report: Callable[..., Report], a_case: Callable[..., Case]
) -> None:
    text = shown(a_report(cases=[a_case(critical=True, tags=("refund", "vip"))]), width=100)
    assert text == snapshot("""\
✗ Blocked: support v4 answers 1 of 120 cases worse than v3, 1 of them critical; the drop is between
4 and 11 points, the limit is 5.
The gate blocks this change.
→ Read the cases that broke, mend the prompt and push again. Where the new answer is the better one,
  correct the case in a pull request of its own first.

  prompt   versions    pass rate  change  from … to  limit  worse  better     cost
✗ support  v3 → v4   95% → 87.5%    −7.5   −11 … −4     −5      1       0  $0.0132
  support v4            ==================o===========!=====                   |
  ! limit, | no change  −11                          −5                        0

  What broke: 1 case
    late critical  [refund, vip]  1/1 → 0/1
    It does not say so.
  compared  120 cases of letters; 720 trials, all graded

  cost         $0.0132 for 1,443 calls
  report.html  reports/run-1/report.html
  view         evalgate view reports/run-1
  one case     evalgate run --base 111111111111 --head 222222222222 --case late
""")
    assert len(text.splitlines()) <= 40


def test_a_narrow_terminal_has_facts_in_place_of_a_table(
    a_report: Callable[..., Report], a_case: Callable[..., Case]
) -> None:
    text = shown(a_report(cases=[a_case(critical=True, tags=("refund",))]), width=60)
    assert text == snapshot("""\
✗ Blocked: support v4 answers 1 of 120 cases worse than v3,
1 of them critical; the drop is between 4 and 11 points, the
limit is 5.
The gate blocks this change.
→ Read the cases that broke, mend the prompt and push again.
  Where the new answer is the better one, correct the case
  in a pull request of its own first.

support  v3 → v4  ✗ Blocked
  pass rate  95% → 87.5%
  change     −7.5 points, from −11 to −4; the limit is −5
  cases      1 worse, 0 better
  cost       $0.0132
  support v4            ===========o======!===           |
  ! limit, | no change  −11              −5              0

  What broke: 1 case
    late critical  [refund]  1/1 → 0/1
    It does not say so.
  compared  120 cases of letters; 720 trials, all graded

  cost         $0.0132 for 1,443 calls
  report.html  reports/run-1/report.html
  view         evalgate view reports/run-1
  one case     evalgate run --base 111111111111 --head 222222222222 --case late
""")


def test_a_passing_change_says_how_sure_that_is(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    reason = Reason(code="non_inferior", message="The drop is within the limit.")
    verdict = a_verdict(
        verdict=Verdict.PASS,
        reasons=(reason,),
        delta=Estimate(estimate=0.01, low=-0.01, high=0.03),
        flips=Flips(fixed=("late",)),
    )
    assert shown(a_report(a_run(verdict), trials=()), width=100) == snapshot("""\
✓ Passed: support v4 answers as well as v3, within the limit: over 120 cases its pass rate is
between 1 point lower and 3 points higher; the limit is a drop of 5.
The gate lets this change through.

  prompt   versions    pass rate  change  from … to  limit  worse  better     cost
✓ support  v3 → v4   95% → 87.5%      +1    −1 … +3     −5      0       1  $0.0132
  support v4            !                           ======|======o==============
  ! limit, | no change  −5                                0                   +3

  compared  120 cases of letters; 720 trials, all graded

  cost         $0.0132 for 1,443 calls
  report.html  reports/run-1/report.html
  view         evalgate view reports/run-1
""")


def test_an_undecided_change_says_what_to_do_first_and_why(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    reason = Reason(code="too_few_cases", message="12 cases cannot prove a limit of 5 points.")
    verdict = a_verdict(
        verdict=Verdict.INCONCLUSIVE,
        reasons=(reason,),
        delta=Estimate(estimate=-0.02, low=-0.09, high=0.05),
        flips=Flips(),
    )
    assert shown(a_report(a_run(verdict)), width=100) == snapshot("""\
? Undecided: support v4 has too little evidence against v3: over 120 cases its pass rate is between
9 points lower and 5 points higher; the limit is a drop of 5.
The gate blocks this change until the question is decided.
→ Add cases to the eval set, or accept a wider limit (`gate.max_drop`).

  prompt   versions    pass rate  change  from … to  limit  worse  better     cost
? support  v3 → v4   95% → 87.5%      −2    −9 … +5     −5      0       0  $0.0132
  support v4            ================!==========o=======|====================
  ! limit, | no change  −9             −5                  0                  +5

  - 12 cases cannot prove a limit of 5 points.
  compared  120 cases of letters; 720 trials, all graded

  cost         $0.0132 for 1,443 calls
  report.html  reports/run-1/report.html
  view         evalgate view reports/run-1
""")


def test_a_run_without_grades_says_what_became_of_each_trial(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: Callable[..., Trial],
) -> None:
    lost = TrialError(kind="timeout", message="no answer within 60 s")
    trial = replace(a_trial(), status=TrialStatus.ERRORED, passed=None, error=lost)
    verdict = a_verdict(
        verdict=Verdict.ERROR,
        reasons=(Reason(code="errors", message="More trials errored than the budget allows."),),
        delta=None,
        pass_rate={},
        flips=Flips(),
        ledger={Arm.CANDIDATE: ArmLedger(planned=9, graded=8, errored=1)},
    )
    assert shown(a_report(a_run(verdict), trials=[trial]), width=100) == snapshot("""\
! Not evaluated: for support v4, more trials errored than the budget allows.
The gate blocks this change, because nothing could be decided.
→ Run the gate again later; it decided nothing, neither for nor against this change.

  prompt   versions  pass rate  change  from … to  limit  worse  better     cost
! support  v3 → v4           –       –          –      –      0       0  $0.0132

  - More trials errored than the budget allows.
  compared  120 cases of letters
  trials    9 planned = 8 graded + 1 errored (1 × timeout)

  cost         $0.0132 for 1,443 calls
  report.html  reports/run-1/report.html
  view         evalgate view reports/run-1
""")


def test_several_prompts_share_a_table_and_a_scale(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    passed = a_verdict(
        name="routing",
        verdict=Verdict.PASS,
        reasons=(Reason(code="non_inferior", message="Within the limit."),),
        delta=Estimate(estimate=0.02, low=-0.01, high=0.04),
        flips=Flips(fixed=("a", "b")),
    )
    text = shown(a_report(a_run(a_verdict(), passed)), width=100)
    assert text == snapshot("""\
✗ Blocked: support v4 answers 1 of 120 cases worse than v3; the drop is between 4 and 11 points, the
limit is 5. The other comparison passed.
The gate blocks this change.
→ Read the cases that broke, mend the prompt and push again. Where the new answer is the better one,
  correct the case in a pull request of its own first.

  prompt   versions    pass rate  change  from … to  limit  worse  better     cost
✗ support  v3 → v4   95% → 87.5%    −7.5   −11 … −4     −5      1       0  $0.0132
✓ routing  v3 → v4   95% → 87.5%      +2    −1 … +4     −5      0       2  $0.0132
  support v4            =============o========!====             |
  routing v4                                  !              ===|=======o=======
  ! limit, | no change  −11                  −5                 0             +4

support  v3 → v4  ✗ Blocked
  What broke: 1 case
    late    1/1 → 0/1  It does not say so.
  compared  120 cases of letters; 720 trials, all graded

routing  v3 → v4  ✓ Passed
  compared  120 cases of letters; 720 trials, all graded

  cost         $0.0132 for 1,443 calls
  report.html  reports/run-1/report.html
  view         evalgate view reports/run-1
  one case     evalgate run --base 111111111111 --head 222222222222 --prompt support --evalset letters --case late
""")
    assert len(text.splitlines()) <= 40


def test_many_prompts_that_passed_are_told_in_the_table_alone(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    reason = Reason(code="non_inferior", message="Within the limit.")
    delta = Estimate(estimate=0.0, low=-0.01, high=0.01)
    passed = [
        a_verdict(name=f"p{n}", verdict=Verdict.PASS, reasons=(reason,), delta=delta, flips=Flips())
        for n in range(12)
    ]
    text = shown(a_report(a_run(*passed), trials=()), width=100)
    assert "✓ p11" in text
    assert "compared" not in text
    assert len(text.splitlines()) <= 40


def test_of_very_many_prompts_the_gravest_are_told(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    passed = [a_verdict(name=f"p{n}", verdict=Verdict.PASS, flips=Flips()) for n in range(30)]
    text = shown(a_report(a_run(*passed, a_verdict())), width=100)
    assert text.count("✗ support") == 1
    assert "✓ p18" in text
    assert "✓ p19" not in text
    assert "… and 11 more prompts in report.html" in text


def test_a_run_in_which_nothing_changed(
    a_report: Callable[..., Report], nothing_changed: RunVerdict
) -> None:
    assert shown(a_report(nothing_changed)) == snapshot("""\
– Nothing to decide: No prompt changed between main and the head.
The gate lets this change through.

  cost         $0 for 0 calls
  report.html  reports/run-1/report.html
  view         evalgate view reports/run-1
""")


def test_bars_are_drawn_in_lines_only_where_a_terminal_shows_them(
    a_report: Callable[..., Report],
) -> None:
    assert "●" in shown(a_report(), terminal=True)
    piped = shown(a_report())
    assert "●" not in piped
    assert "==o==" in piped


def test_the_command_for_the_worst_case_names_the_policy_where_there_are_several(
    a_report: Callable[..., Report],
) -> None:
    console = Console(file=StringIO(), width=80)
    show(a_report(), console, files=FILES, policy=".github/evalgate-mail.yml")
    assert isinstance(console.file, StringIO)
    said = console.file.getvalue()
    assert "--policy .github/evalgate-mail.yml --case late\n" in said
    assert "evalgate view reports/run-1\n" in said


def test_the_case_to_look_at_is_one_of_the_worst_prompt(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: Callable[..., Trial],
) -> None:
    slipped = a_verdict(name="routing", verdict=Verdict.PASS, flips=Flips(regressed=("slip",)))
    trials = [replace(a_trial("slip", passed=False), prompt="routing"), a_trial(passed=False)]
    text = shown(a_report(a_run(slipped, a_verdict()), trials=trials))
    assert "--prompt support --evalset letters --case late\n" in text


def test_what_a_set_can_show_is_told_unless_a_drop_was_shown(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    def told(verdict: Verdict) -> bool:
        decided = a_verdict(verdict=verdict, preflight=PREFLIGHT)
        return "could show" in shown(a_report(a_run(decided)))

    assert [told(each) for each in (Verdict.FAIL, Verdict.PASS, Verdict.INCONCLUSIVE)] == [
        False,
        True,
        True,
    ]


def test_a_terminal_of_few_characters_gets_bars_of_those(a_report: Callable[..., Report]) -> None:
    file = TextIOWrapper(BytesIO(), encoding="ascii", errors="replace")
    show(a_report(), Console(file=file, width=80, force_terminal=True), files=FILES)
    file.seek(0)
    assert "==o==" in file.read()


def test_a_command_that_cannot_be_shown_as_it_is_typed_is_left_out(
    hostile_report: Report,
) -> None:
    assert "evalgate run" not in shown(hostile_report)


def test_notes_and_slices_beyond_the_first_are_counted(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_waiver: Callable[..., Waiver],
) -> None:
    slices = tuple(
        Slice(tag=f"t{n}", cases=9, baseline=1.0, candidate=0.9, delta=-0.1, protected=True)
        for n in range(8)
    )
    waived = tuple(replace(a_waiver(), case=f"case-{n}") for n in range(9))
    verdict = a_verdict(slices=slices, waived=waived)
    notes = tuple(f"Note {n}." for n in range(9))
    text = shown(a_report(a_run(verdict, notes=notes)), width=100)
    assert "…         and 3 more slices in report.html" in text
    assert "…         and 4 more waived cases in report.html" in text
    assert "… and 3 more notes in report.html" in text


def test_only_the_first_broken_cases_are_shown_and_all_are_counted(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: Callable[..., Trial],
) -> None:
    ids = tuple(f"case-{number}" for number in range(9))
    run = a_run(a_verdict(flips=Flips(regressed=ids)))
    text = shown(a_report(run, trials=[a_trial(case, passed=False) for case in ids]))
    assert "What broke: 9 cases" in text
    assert "… and 4 more cases in report.html" in text
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
    assert "    late flaky  1/1 → 0/1\n" in text


def test_a_waived_case_hides_no_fact_and_no_other_case(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_waiver: Callable[..., Waiver],
) -> None:
    names = ("trials", "x" * 50 + "1", "x" * 50 + "2")
    waived = tuple(replace(a_waiver(), case=name) for name in names)
    text = shown(a_report(a_run(a_verdict(flips=Flips(), waived=waived))), width=140)
    assert "720 trials, all graded" in text
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
    assert "  late      waived by Ann until 2027-01-31: the tool is replaced\n" in shown(
        a_report(run)
    )
