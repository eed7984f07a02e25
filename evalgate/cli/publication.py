"""Publishes a verdict: everything is rendered first, then written, printed and announced once."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from evalgate.adapters import actions
from evalgate.adapters.files import read_json
from evalgate.adapters.run_folder import make_folder, write_files
from evalgate.cli import adapters
from evalgate.cli.background import background
from evalgate.cli.console import PipeConsole
from evalgate.cli.printing import as_json, print_json, to_standard_output
from evalgate.errors import (
    ConfigurationError,
    EvalgateError,
    EvaluationError,
    Problem,
    RepositoryError,
)
from evalgate.gate.gathering import POLICY_PATH, Question
from evalgate.gate.lines import changed_lines
from evalgate.gate.planning import Plan
from evalgate.gate.standing import counted
from evalgate.model.document import Data
from evalgate.model.github import Annotation
from evalgate.model.ports import Repository, TrialLog
from evalgate.model.report_folder import PAGE, PLAN, TRIALS, VERDICT
from evalgate.model.revision import WORK_TREE
from evalgate.model.verdict import Reason, RunVerdict, Verdict
from evalgate.publishing.submission import FILE as SUBMISSION
from evalgate.reporting.annotation_file import FILE as ANNOTATIONS
from evalgate.reporting.annotation_file import annotation_document, read_annotations
from evalgate.reporting.annotations import annotations, capped
from evalgate.reporting.background import NOTHING_KNOWN
from evalgate.reporting.comment import COMMENT_BYTES, SUMMARY_BYTES, comment, summary
from evalgate.reporting.junit import junit
from evalgate.reporting.markdown import code
from evalgate.reporting.story import Banner, Report
from evalgate.reporting.telling import tell
from evalgate.reporting.terminal import show
from evalgate.reporting.verdict_file import verdict_document

EARLIER_ATTEMPTS = "attempts.jsonl"
"""Attempts without a grade that a resumption made anew, kept for what they have cost."""

STORE = "answers.sqlite"
"""The store of a run that uses no other; it is deleted once every trial has its grade."""

PURSE = "run-spending.sqlite"
"""What the processes of a run have set aside under its cost limit."""

PURSE_FILES = (PURSE, *(f"{PURSE}{end}" for end in ("-wal", "-shm", "-journal")))

JOURNAL = "batches.jsonl"
"""The batches that a run has handed in."""

OWN_FILES = (
    VERDICT,
    PLAN,
    PAGE,
    "comment.md",
    "summary.md",
    "junit.xml",
    ANNOTATIONS,
    TRIALS,
    EARLIER_ATTEMPTS,
    JOURNAL,
    SUBMISSION,
    STORE,
    f"{STORE}-wal",
    f"{STORE}-shm",
    f"{STORE}-journal",
    *PURSE_FILES,
)
"""What stands here before a run begins is set aside: whoever put it there, it is none of its."""


_REFUSALS: Mapping[type[EvalgateError], str] = {
    ConfigurationError: "configuration",
    RepositoryError: "repository",
    EvaluationError: "could_not_evaluate",
    EvalgateError: "usage",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Where a verdict goes: the run folder, standard output, and the workflow's step if any.

    `root` names the root of a monorepo that it is about; its JSON is printed with the others', and
    its page takes one of `shares` parts of a comment.
    """

    folder: Path
    as_json: bool
    in_workflow: bool
    root: str = ""
    shares: int = 1


def prepare(publication: Publication) -> None:
    """Make sure, before anything is paid for, that a verdict can be published.

    Raises:
        UsageError: when the run folder, or the step of the workflow, cannot be written to.
    """
    make_folder(publication.folder, OWN_FILES)
    if publication.in_workflow:
        actions.check()


def refusal(question: Question, error: EvalgateError) -> RunVerdict:
    """Return the verdict of a gate that could not be run at all."""
    why = next(why for kind, why in _REFUSALS.items() if isinstance(error, kind))
    messages = str(error).splitlines() or [type(error).__name__]
    return RunVerdict(
        run_id=question.run_id,
        verdict=Verdict.ERROR,
        reasons=tuple(Reason(code=why, message=message) for message in messages),
        exit_code=error.exit_code,
        base=question.base,
        head=question.head or WORK_TREE,
        policy_hash="",
    )


def publish(  # noqa: PLR0913 - everything that a report is told from
    publication: Publication,
    verdict: RunVerdict,
    *,
    plan: Plan | None = None,
    log: TrialLog | None = None,
    problems: Sequence[Problem] = (),
    banner: Banner | None = None,
    repository: Repository | None = None,
) -> Report:
    """Write the run folder, then tell the terminal and the workflow; return what was told.

    A gate that stopped at an error has no plan and no log; its error is printed where it ends.

    Args:
        publication: where to.
        verdict: what was decided.
        plan: what was run.
        log: its trials.
        problems: of files, when they are why there is no plan.
        banner: what stands above everything else in the report.
        repository: whose past tells how the prompts fared before; None tells nothing of it.
    """
    report = tell(
        verdict,
        trials=(counted(plan, log.read) if plan else log.read) if log else lambda: iter(()),
        cases={
            name: {case.id: case for case in evalset.cases}
            for name, evalset in (plan.sets if plan else {}).items()
        },
        background=(
            background(
                plan,
                repository,
                policy=_policy(plan, publication),
                in_workflow=publication.in_workflow,
            )
            if plan
            else NOTHING_KNOWN
        ),
    )
    report = replace(report, banner=banner)
    files = _files(report, plan, publication)
    remarks = annotations(report, lines=changed_lines(plan) if plan else {}, problems=problems)
    if publication.in_workflow:
        files[ANNOTATIONS] = as_json(annotation_document(remarks))
    write_files(publication.folder, files)
    if plan is not None or publication.as_json:
        _print(report, publication, files, policy=_policy(plan, publication))
    if publication.in_workflow:
        _tell_the_step(publication, files, remarks)
    return report


def _tell_the_step(
    publication: Publication, files: Mapping[str, str], remarks: Sequence[Annotation]
) -> None:
    """Tell the step of the workflow; of several roots all remarks and outputs come at the end."""
    if publication.root:
        actions.publish({}, f"{code(publication.root)}\n\n{files['summary.md']}\n")
        return
    actions.publish(_outputs(files[VERDICT], publication.folder), files["summary.md"])
    if not publication.as_json:
        _annotate(remarks)


def _annotate(remarks: Iterable[Annotation]) -> None:
    for each in capped(remarks):
        actions.annotate(each)


def publish_roots(publication: Publication, roots: Sequence[str], *, worst: str) -> None:
    """Say what all roots came to: one JSON document, or remarks within what one step shows.

    The outputs are those of the worst root, but for the cost, which is that of all.
    """
    texts = [(publication.folder / root / VERDICT).read_text("utf-8") for root in roots]
    verdicts: list[Data] = [json.loads(text) for text in texts]
    if publication.as_json:
        print_json(as_json({"schema": "verdicts/1", "verdicts": verdicts}))
    if not publication.in_workflow:
        return
    outputs = _outputs(texts[roots.index(worst)], publication.folder / worst)
    costs = [_at(verdict, "cost_usd") for verdict in verdicts]
    known = [cost for cost in costs if isinstance(cost, int | float)]
    cost = sum(known) if len(known) == len(costs) else None
    actions.publish(outputs | {"cost": _number(cost, 6)}, "")
    if not publication.as_json:
        _annotate(chain.from_iterable(_remarks_of(publication.folder, root) for root in roots))


def _remarks_of(folder: Path, root: str) -> Iterator[Annotation]:
    path = folder / root / ANNOTATIONS
    for each in read_annotations(read_json(str(path), path.read_bytes())):
        yield replace(each, title=f"{each.title} / {root}")


def _files(report: Report, plan: Plan | None, publication: Publication) -> dict[str, str]:
    document = verdict_document(report.run) | {"headline": report.headline}
    files = {VERDICT: as_json(document)}
    if plan is not None and plan.matchups:
        files[PAGE] = adapters.page(report)
    # In a workflow the page becomes an artifact, and whoever publishes adds its address.
    location = PAGE if PAGE in files and not publication.in_workflow else None
    budget = COMMENT_BYTES // publication.shares
    files["comment.md"] = comment(report, report_location=location, budget=budget)
    # One step adds the summaries of all roots to one file, whose size is limited.
    budget = SUMMARY_BYTES // publication.shares
    files["summary.md"] = summary(report, report_location=location, budget=budget)
    files["junit.xml"] = junit(report)
    return files


def _policy(plan: Plan | None, publication: Publication) -> str | None:
    """Return the policy that a command has to name, which it need not where there is but one."""
    path = plan.sources.policy.path if plan else POLICY_PATH
    return path if publication.root or path != POLICY_PATH else None


def _print(
    report: Report, publication: Publication, files: dict[str, str], *, policy: str | None
) -> None:
    if publication.as_json and publication.root:
        return
    if publication.as_json:
        print_json(files[VERDICT])
        return
    where = {name: str(publication.folder / name) for name in files}
    # What a case or an answer says must not be obeyed by the workflow's runner.
    with actions.untrusted() if publication.in_workflow else nullcontext():
        if publication.root:
            to_standard_output(lambda: PipeConsole().rule(publication.root))
        to_standard_output(lambda: show(report, PipeConsole(), files=where, policy=policy))


def _outputs(verdict_json: str, folder: Path) -> dict[str, str]:
    """Return the outputs of the action; rate and change are those of the worst prompt."""
    document: Data = json.loads(verdict_json)
    prompts = _at(document, "prompts")
    worst = max(prompts if isinstance(prompts, list) else [], key=_severity, default=None)
    page = folder / PAGE
    return {
        "verdict": str(_at(document, "verdict")),
        "pass-rate": _number(_at(worst, "pass_rate", "candidate"), 4),
        "delta": _number(_at(worst, "delta", "estimate"), 4),
        "report-path": str(page if page.is_file() else folder / "comment.md"),
        "cost": _number(_at(document, "cost_usd"), 6),
    }


def _severity(prompt: Data) -> int:
    return Verdict(str(_at(prompt, "verdict"))).severity


def _at(data: Data, *keys: str) -> Data:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _number(value: Data, digits: int) -> str:
    return f"{value:.{digits}f}" if isinstance(value, int | float) else ""
