"""Tells the trials of one case in a terminal and in a build log: answers, grades, a word diff."""

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from evalgate.deciding.accounts import outcome_of
from evalgate.model.comparison import CaseKind
from evalgate.model.trial import Arm, Grade, Trial, TrialStatus
from evalgate.reporting.case_run import ArmRun, CaseRun
from evalgate.reporting.case_telling import text_of
from evalgate.reporting.numbers import tally
from evalgate.reporting.terminal_text import in_lines, rows, safe
from evalgate.reporting.trial_telling import said
from evalgate.reporting.visible import excerpt
from evalgate.reporting.word_diff import Kind, word_diff

_ANSWER = 6_000
"""Characters of an answer that are shown."""

_INPUT = 2_000
_SIGNS: Mapping[bool | None, tuple[str, str]] = {
    True: ("✓", "green"),
    False: ("✗", "red"),
    None: ("?", "yellow"),
}
_STYLES: Mapping[Kind, str] = {Kind.SAME: "", Kind.GONE: "red strike", Kind.ADDED: "green"}
_MARKS: Mapping[Kind, tuple[str, str]] = {
    Kind.SAME: ("", ""),
    Kind.GONE: ("[-", "-]"),
    Kind.ADDED: ("{+", "+}"),
}


def show_case(run: CaseRun, console: Console) -> None:
    """Print what a case asks, what each arm made of it, and how their answers differ."""
    console.print(_title(run))
    inputs = [(name, text_of(value)) for name, value in run.case.vars.items()]
    if run.case.expected is not None:
        inputs.append(("expected", text_of(run.case.expected)))
    for name, text in inputs:
        _show_text(name, text, console, limit=_INPUT)
    for arm in Arm:
        console.print()
        if arm in run.arms:
            _show_arm(arm, run.arms[arm], console)
        else:
            console.print(safe(f"{arm.value}: {_why_not(run, arm)}", "dim"))
    _show_difference(run, console)


def _title(run: CaseRun) -> Text:
    parts = [safe(run.case.id, "bold")]
    if run.planned.critical:
        parts.append(Text("critical", "bold red"))
    if run.case.tags:
        parts.append(safe(f"[{', '.join(run.case.tags)}]", "dim"))
    return Text("  ").join([*parts, safe(f"{run.prompt} on {run.evalset}", "dim")])


def _why_not(run: CaseRun, arm: Arm) -> str:
    kinds = {CaseKind.NEW: "the case is new", CaseKind.EDITED: "the case was edited"}
    if arm is Arm.BASELINE and run.planned.kind in kinds:
        return f"not run, because {kinds[run.planned.kind]}"
    return "not run, because there is no such version"


def _show_arm(arm: Arm, run: ArmRun, console: Console) -> None:
    counts = tally(run.outcomes) if run.trials else "no trial"
    console.print(Text.assemble(safe(f"{arm.value} {run.version}", "bold"), f"  {counts}"))
    console.print(rows(_trial_row(trial) for trial in run.trials))
    if run.telling is None:
        return
    if run.answer is None:
        console.print("  the answer was not kept", style="dim")
    else:
        name = f"answer of trial {run.telling.trial + 1}"
        _show_text(name, said(run.answer), console, limit=_ANSWER)
        if run.answer.stop_reason != "end_turn":
            console.print(
                Text.assemble("  ", safe(f"ended with {run.answer.stop_reason}", "yellow"))
            )
    for grade in run.telling.grades:
        console.print(Padding(_grade(grade), (0, 0, 0, 2), expand=False))


def _trial_row(trial: Trial) -> tuple[str, str]:
    told = trial.status.value
    if trial.status is TrialStatus.GRADED:
        sign, _ = _SIGNS[trial.passed]
        outcome = outcome_of(trial)
        score = "" if outcome in {0.0, 1.0, None} else f", score {outcome:.2f}"
        told = f"{sign} {'passed' if trial.passed else 'failed'}{score}"
    elif trial.error:
        told = f"! {told}: {trial.error.kind}: {trial.error.message}"
    return f"trial {trial.trial + 1}", f"{told}{f' (from {trial.reused})' if trial.reused else ''}"


def _grade(grade: Grade) -> Text:
    sign, colour = _SIGNS[grade.passed]
    why = grade.reason or grade.cause or ""
    optional = "" if grade.required else " (optional)"
    head = Text.assemble((f"{sign} ", colour), safe(f"{grade.grader}{optional}"))
    return Text.assemble(head, "  ", safe(why, "dim")) if why else head


def _show_text(name: str, text: str, console: Console, *, limit: int) -> None:
    shown = excerpt(text, limit)
    console.print(Text.assemble("  ", safe(name, "dim", limit=60)))
    console.print(Padding(in_lines(shown.text), (0, 0, 0, 4), expand=False))
    if shown.note:
        console.print(f"    … {shown.note}", style="dim")


def _show_difference(run: CaseRun, console: Console) -> None:
    answers = [arm.answer for arm in run.arms.values() if arm.answer is not None]
    if len(answers) < len(Arm):
        return
    before, after = (said(answer)[:_ANSWER] for answer in answers)
    console.print()
    if before == after:
        console.print("Both answers are the same.")
        return
    console.print(Text("From baseline to candidate", "bold"))
    line = Text()
    for part in _marked(before, after):
        # A mark must not complete what a build log would obey.
        line.append("\u200b" if line.plain.endswith(("#", ":")) else "").append_text(part)
    console.print(Padding(line, (0, 0, 0, 4), expand=False))


def _marked(before: str, after: str) -> Iterator[Text]:
    for piece in word_diff(before, after):
        opening, closing = _MARKS[piece.kind]
        yield in_lines(f"{opening}{piece.text}{closing}", _STYLES[piece.kind])
