"""Tells how rollouts were left by a run of the workflow: files, outputs, summary, annotations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from shlex import quote

from evalgate.adapters import actions
from evalgate.adapters.run_folder import write_files
from evalgate.cli.printing import print_lines
from evalgate.cli.rollout_telling import PAGE, write_report
from evalgate.cli.workflow import Workflow
from evalgate.errors import GRAVEST, ExitCode
from evalgate.model.github import Annotation, Level
from evalgate.model.rollout import Outcome, RolloutReport
from evalgate.reporting.comment import SUMMARY_BYTES
from evalgate.reporting.markdown import prose
from evalgate.reporting.rollout_markdown import rollout_markdown
from evalgate.reporting.visible import safe_line

TITLE = "evalgate rollout"

_VERDICTS: Mapping[ExitCode, str] = {
    ExitCode.OK: "pass",
    ExitCode.FAIL: "fail",
    ExitCode.INCONCLUSIVE: "inconclusive",
}
_LEVELS: Mapping[ExitCode, Level] = {
    ExitCode.OK: Level.NOTICE,
    ExitCode.INCONCLUSIVE: Level.WARNING,
}
_COMMAND = "gh workflow run evalgate-rollout.yml"
_ACTS: Mapping[Outcome, str] = {Outcome.ADVANCE: "advance", Outcome.ROLL_BACK: "rollback"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How a run leaves one rollout: the exit code, and in a sentence what has been done.

    `report` is what production shows, None where it was not looked at. `is_moved` tells that the
    rollout is no longer where the report found it. `beside` are further files of the run folder,
    and `summary` is Markdown in place of the report's.
    """

    code: ExitCode
    said: str
    report: RolloutReport | None = None
    is_moved: bool = False
    place: str = ""
    beside: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""


def conclude(settled: Sequence[Settled], *, folder: Path, workflow: Workflow) -> ExitCode:
    """Write the reports, say what has been done, and return the gravest exit code.

    Raises:
        UsageError: when the folder or the step cannot be written to.
    """
    in_order = sorted(settled, key=lambda each: GRAVEST.index(each.code))
    pages = [page for each in in_order for page in _files(each, folder, workflow)]
    actions.publish(_outputs(in_order, pages), _summary(in_order, workflow))
    for each in in_order:
        print_lines([f"Rollout: {safe_line(each.said)}"])
        level = _LEVELS.get(each.code, Level.ERROR)
        actions.annotate(Annotation(level=level, title=TITLE, message=safe_line(each.said)))
    return in_order[0].code if in_order else ExitCode.OK


def _files(settled: Settled, folder: Path, workflow: Workflow) -> Iterator[Path]:
    """Write what a rollout leaves, and yield its page."""
    own = folder / settled.place
    if settled.beside:
        write_files(own, settled.beside)
    if settled.report is not None:
        write_report(_told(settled, settled.report, workflow), own)
        yield own / PAGE


def _told(settled: Settled, report: RolloutReport, workflow: Workflow) -> RolloutReport:
    """Return a report that also says what was done, and how to go on from here."""
    act = _ACTS.get(report.outlook.outcome, "")
    is_open = act and not (settled.is_moved or report.rollout.phase.is_over)
    prompt = quote(f"prompt={report.rollout.prompt}")
    return replace(
        report,
        moved=f"{settled.said}." if settled.is_moved else "",
        command=f"{_COMMAND} -f rollout={act} -f {prompt}" if is_open else "",
        run_url=workflow.run_url,
    )


def _outputs(settled: Sequence[Settled], pages: Sequence[Path]) -> dict[str, str]:
    if not settled:
        return {"verdict": "not_applicable"}
    worst = settled[0]
    outputs = {"verdict": _VERDICTS.get(worst.code, "error")}
    if worst.report is not None:
        outputs["outcome"] = worst.report.outlook.outcome.value
    return outputs | ({"report-path": str(pages[0])} if pages else {})


def _summary(settled: Sequence[Settled], workflow: Workflow) -> str:
    """Return what the page of the run shows; what is too long for it is told in a sentence."""
    parts: list[str] = []
    room = SUMMARY_BYTES
    for each in settled:
        short = f"### Rollout: {prose(each.said)}\n"
        whole = f"{short}\n{each.summary or _page(each, workflow)}"
        part = whole if len(whole.encode()) <= room else short
        room -= len(part.encode())
        parts.append(part)
    return "\n".join(parts) or "No rollout is under way.\n"


def _page(settled: Settled, workflow: Workflow) -> str:
    if settled.report is None:
        return ""
    return rollout_markdown(_told(settled, settled.report, workflow))
