"""`evalgate logs find`: one call with its attempts, its scores, and whether it was sampled."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from evalgate.adapters.log_search import ID, FoundCalls, find_calls, find_scores, is_sampled
from evalgate.adapters.log_sources import Form, LogFile, find_sources
from evalgate.cli import logs_adapter
from evalgate.cli.logs_answers import console_of
from evalgate.cli.logs_cut import Asked, ask_what_is_left
from evalgate.cli.logs_engine import add_source_arguments, sources_named
from evalgate.cli.logs_progress import ReadingProgress
from evalgate.cli.printing import as_json, print_json, to_standard_output
from evalgate.errors import ExitCode, UsageError
from evalgate.model.log_answer import LoggedCall
from evalgate.model.log_question import Selection
from evalgate.reporting.logs_call import FoundTold, Searched, call_document, show_found


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the action."""
    parser.add_argument("id", metavar="ID", help="of the call, its trace, or an attempt")
    add_source_arguments(parser)
    parser.add_argument(
        "--scores",
        metavar="PATH",
        type=Path,
        action="append",
        default=[],
        help="a file or folder of scores; repeatable",
    )
    parser.add_argument("--spool", metavar="DIR", type=Path, help="the folder of samples")
    parser.add_argument("--json", action="store_true", help="print it for machines")


def find(options: Namespace) -> ExitCode:
    """Print the calls that an id belongs to; 1 when there is none.

    Raises:
        UsageError: when the id cannot be one, or files cannot be read.
    """
    wanted = options.id.strip()
    if ID.fullmatch(wanted) is None:
        raise UsageError("an id has at most 128 letters, digits and `_.:-`")
    asked = _search(options, wanted)
    found = asked.said
    told = tuple(_told(options, call) for call in found.calls)
    searched = Searched(files=found.files, damaged=found.damaged, cut_off=asked.cut_off)
    if options.json:
        print_json(as_json(call_document(wanted, told, searched)))
    else:
        console = console_of()
        to_standard_output(lambda: show_found(wanted, told, searched, console))
    return ExitCode.OK if told else ExitCode.FAIL


def _search(options: Namespace, wanted: str) -> Asked[FoundCalls]:
    paths = sources_named(options)
    with ReadingProgress() as progress:
        sources = find_sources(paths, Selection())
        if not any(each.form in (Form.PARQUET, Form.ZSTD) for each in sources.files):
            return ask_what_is_left(
                sources,
                lambda left: find_calls(left, wanted, tell=progress.tell, compacted=_none),
            )
        with logs_adapter.log_database(tell=progress.tell, memory=options.memory) as reader:
            sources = find_sources(paths, Selection(), extent=reader.made_of)

            def compacted(files: Sequence[LogFile]) -> Sequence[LoggedCall]:
                return reader.calls_with(files, wanted)

            return ask_what_is_left(
                sources,
                lambda left: find_calls(left, wanted, tell=progress.tell, compacted=compacted),
            )


def _none(_: Sequence[LogFile]) -> Sequence[LoggedCall]:
    return ()


def _told(options: Namespace, call: LoggedCall) -> FoundTold:
    request_id = str(call.get("request_id") or "")
    scores = find_scores(options.scores, request_id) if options.scores and request_id else ()
    return FoundTold(
        call=call,
        scores=[(each.criterion, each.outcome, each.cause, each.judge) for each in scores],
        is_sampled=is_sampled(options.spool, request_id) if options.spool else None,
    )
