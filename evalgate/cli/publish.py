"""`evalgate publish`: shows on GitHub what the judging step has left, and writes nothing else."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from evalgate.adapters import actions
from evalgate.adapters.files import read_json
from evalgate.cli import adapters
from evalgate.cli.action_task import warn
from evalgate.cli.complaint import complain
from evalgate.cli.events import event_of
from evalgate.cli.printing import print_lines
from evalgate.cli.workflow import Inputs, Workflow, read_inputs, read_workflow
from evalgate.errors import ConfigurationError, EvalgateError, ExitCode, GitHubError, UsageError
from evalgate.gate.roots import MAIN, root_name
from evalgate.model.document import Document
from evalgate.model.github import Annotation, Level
from evalgate.publishing.handover import FILE, Handover, handover_of, read_handover
from evalgate.publishing.page import no_verdict, report_link
from evalgate.publishing.results import (
    RootResult,
    agreeing,
    missing_result,
    read_result,
    status_context,
)
from evalgate.publishing.sticky import Marker, comment_key
from evalgate.publishing.surfaces import Place, Published, show
from evalgate.reporting.annotation_file import FILE as ANNOTATIONS
from evalgate.reporting.annotation_file import read_annotations

BOT = "github-actions[bot]"
"""The login that a workflow's own token writes under; it may not ask for it."""

_ALL_ROOTS = "all"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument(
        "folder", metavar="DIR", type=Path, help="where the judging step has left it"
    )
    parser.add_argument(
        "--began",
        metavar="SECONDS",
        type=int,
        default=0,
        help="when the judging step began, in seconds since 1970 (default: before all others)",
    )
    parser.add_argument(
        "--ended",
        metavar="CODE",
        type=int,
        default=int(ExitCode.BUG),
        help="the exit code of the judging step (default: 70, as if it had left none)",
    )
    parser.add_argument("--report-url", metavar="URL", default="", help="where the report lies")


def run(options: Namespace) -> ExitCode:
    """Show the results; what GitHub refuses is a warning, and never changes a result."""
    workflow, inputs = read_workflow(os.environ), read_inputs(os.environ)
    handover = None if inputs.shard else _handover(options.folder, workflow, inputs)
    if handover is None:
        print_lines(["nothing to publish: this run is about no commit that waits for a status"])
        return ExitCode.OK
    if not workflow.token:
        print_lines(["nothing is published: the input `github-token` is empty"])
        return ExitCode.OK
    results = _results(options.folder, handover, code=options.ended)
    marker = Marker(
        key=comment_key(inputs.policy or _ALL_ROOTS),
        head=handover.commit,
        at=max(0, options.began),
        run=workflow.run,
        attempt=workflow.attempt,
    )
    place = replace(
        _place(handover, marker, inputs),
        run_url=workflow.run_url,
        report_url=_address(options.report_url),
    )
    try:
        with adapters.github(
            workflow.repository, token=workflow.token, api_url=workflow.api_url
        ) as github:
            published = show(github, results, place=place)
    except GitHubError as error:
        published = Published(warnings=(f"Nothing could be published: {error}",))
    _tell(published, results, place)
    return ExitCode.OK


def _handover(folder: Path, workflow: Workflow, inputs: Inputs) -> Handover | None:
    """Return where the results belong; a run that has left none still owes its commit an error."""
    path = folder / FILE
    if path.is_file():
        handover = read_handover(_document(path))
        return handover if handover.commit else None
    try:
        event = event_of(workflow)
    except EvalgateError:
        return None
    if event.name not in ("pull_request", "merge_group") or event.is_foreign:
        return None
    folders = {root_name(inputs.policy): "."}
    return replace(handover_of(event, base=inputs.base), folders=folders)


def _results(folder: Path, handover: Handover, *, code: int) -> tuple[RootResult, ...]:
    read = [
        _result(folder / place, root, handover=handover, code=code)
        for root, place in handover.folders.items()
    ]
    return agreeing(read or [missing_result(MAIN, code=code)], code=code)


def _result(folder: Path, root: str, *, handover: Handover, code: int) -> RootResult:
    verdict, page = folder / "verdict.json", folder / "comment.md"
    if not (verdict.is_file() and page.is_file()):
        return missing_result(root, code=code)
    remarks = folder / ANNOTATIONS
    try:
        return read_result(
            root,
            _document(verdict),
            page=page.read_text("utf-8"),
            remarks=read_annotations(_document(remarks)) if remarks.is_file() else (),
            standing=handover.standings.get(root),
            has_report=(folder / "report.html").is_file(),
        )
    except ConfigurationError as error:  # cut off by whatever ended the judging step, for example
        complain(error)
        return missing_result(root, code=code)


def _document(path: Path) -> Document:
    return read_json(str(path), path.read_bytes())


def _place(handover: Handover, marker: Marker, inputs: Inputs) -> Place:
    return Place(
        commit=handover.commit,
        number=handover.number,
        marker=marker,
        author=inputs.comment_author or BOT,
        target=handover.target,
        comments=handover.comments and _flag(inputs, "comment", default=True),
        check_runs=_flag(inputs, "check_run", default=False),
    )


def _flag(inputs: Inputs, name: str, *, default: bool) -> bool:
    """Return an input; one that is misspelt must not leave the commit waiting for its status."""
    try:
        return inputs.flag(name, default=default)
    except UsageError as error:
        warn(f"{error}; it counts as {str(default).lower()}")
        return default


def _address(text: str) -> str:
    """Return an address that can stand in Markdown, or nothing."""
    is_one = text.startswith(("https://", "http://")) and not set(text) & set(" <>\"'\n\\")
    return text if is_one else ""


def _tell(published: Published, results: Sequence[RootResult], place: Place) -> None:
    actions.publish({"comment-url": published.comment_url}, _summary(results, place))
    for result in _missing(results):  # the judging step has told of all others
        said = f"{status_context(result.root, target=place.target)}: {result.headline}"
        actions.annotate(Annotation(level=Level.ERROR, title="evalgate", message=said))
    for notice in published.notices:
        print_lines([notice])
    for warning in published.warnings:
        warn(warning)


def _summary(results: Sequence[RootResult], place: Place) -> str:
    """Return what the job summary lacks: the roots without a verdict, and where the report is."""
    link = [report_link(place.report_url, results)] if place.report_url else []
    return "".join(f"{line}\n\n" for line in [*map(no_verdict, _missing(results)), *link])


def _missing(results: Sequence[RootResult]) -> Sequence[RootResult]:
    return [each for each in results if each.verdict is None]
