"""`evalgate monitor freeze`: says what production shall be held against from now on."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from evalgate.adapters.quality_baselines import (
    baselines_in,
    document_of,
    write_quality_baselines,
)
from evalgate.adapters.swap import read_file
from evalgate.cli.complaint import notify
from evalgate.cli.evidence_options import add_instant_argument, now_of
from evalgate.cli.monitor_files import (
    add_file_arguments,
    add_prompt_arguments,
    baselines_place,
    named,
    nearly,
    prompts_of,
    rules_of,
    scores_of,
    stable_since,
    who,
)
from evalgate.cli.printing import as_json, print_json, print_lines
from evalgate.errors import EvaluationError, ExitCode, UsageError
from evalgate.model.monitoring import AlarmRules
from evalgate.model.observation import Observation
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.monitoring.alarms.freezing import (
    Difference,
    Freezing,
    Frozen,
    Period,
    differences,
    freeze,
    stream_of,
)
from evalgate.monitoring.alarms.wording import called
from evalgate.reporting.instants import iso, utc
from evalgate.reporting.numbers import count, percent, signed_points
from evalgate.reporting.visible import safe_line
from evalgate.rollout.instants import seconds_of

SCHEMA = "monitor-freeze/1"

_ALIKE = 1e-4
"""A difference of means that is none."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the action."""
    add_prompt_arguments(parser)
    add_file_arguments(parser)
    parser.add_argument(
        "--criterion",
        metavar="NAME",
        action="append",
        default=[],
        help="this criterion alone; repeatable",
    )
    parser.add_argument(
        "--since",
        metavar="INSTANT",
        type=instant,
        help="the first answers that count (default: since the stable version is stable)",
    )
    parser.add_argument(
        "--until", metavar="INSTANT", type=instant, help="the last ones (default: all)"
    )
    parser.add_argument(
        "--version", metavar="vN", help="the version whose answers count (default: the stable one)"
    )
    parser.add_argument(
        "--fewest",
        metavar="N",
        type=int,
        help="scores that a baseline has at least (default: what max_drop takes)",
    )
    parser.add_argument("--by", metavar="NAME", default="", help="who says so")
    parser.add_argument("--reason", metavar="TEXT", default="", help="why; it is written down")
    parser.add_argument("--dry-run", action="store_true", help="show it, and write nothing")
    parser.add_argument("--json", action="store_true", help="print it for machines")
    add_instant_argument(parser)


def run(options: Namespace) -> ExitCode:
    """Freeze what the scores say, show what that changes, and write it.

    Raises:
        UsageError: an option is wrong, files cannot be read or written, or the bar would be
            lowered without a name and a reason.
        ConfigurationError: the policy, a live pointer or the file of baselines is wrong.
        EvaluationError: no stream has enough scores.
    """
    rules, now = rules_of(options).alarms, now_of(options)
    path = baselines_place(options)
    content = read_file(path)
    before = baselines_in(path, content) if content is not None else ()
    observations = _chosen(options)
    periods = _periods(options, observations, now=now)
    frozen = freeze(observations, periods, _freezing(options, rules, now=now))
    if not frozen.baselines:
        raise EvaluationError(_nothing(frozen))
    found = differences(before, frozen.baselines)
    _check_bar(found, options)
    new = [each.after for each in found if not each.is_none]
    if new and not options.dry_run:
        write_quality_baselines(path, (*before, *new), before=content)
    _tell(options, found, frozen, path=path)
    return ExitCode.OK


def instant(text: str) -> float:
    """Read an instant or a day; argparse shows the message."""
    seconds = seconds_of(text)
    if seconds is None:
        raise ArgumentTypeError(
            f"expected an instant such as 2026-11-22T10:00:00Z, or a day, got `{text}`"
        )
    return seconds


def _chosen(options: Namespace) -> list[Observation]:
    """Return the scores of the prompts and criteria that are meant."""
    if options.fewest is not None and options.fewest < 2:
        raise UsageError(f"--fewest: expected 2 or more, got {options.fewest}")
    read, prompts = scores_of(options)
    known = sorted({each.criterion for each in read.observations if each.prompt in prompts})
    criteria = named(options.criterion, known, what="criterion")
    return [
        each for each in read.observations if each.prompt in prompts and each.criterion in criteria
    ]


def _periods(
    options: Namespace, observations: Sequence[Observation], *, now: float
) -> Mapping[str, Period]:
    """Return for each prompt which of its answers count."""
    until = min(now, now if options.until is None else options.until)
    periods = {}
    for prompt in prompts_of(observations):
        stable, since = stable_since(options.prompts, prompt)
        version = options.version or stable
        if options.version and options.version != stable:
            since = 0.0
        if not version:
            notify(f"{prompt}: no stable version is known, so that answers of any version count")
        since = since if options.since is None else options.since
        if since >= until:
            raise UsageError(
                f"{prompt}: no answers count between {utc(since)} and {utc(until)}: give an "
                "earlier --since, or a later --until"
            )
        periods[prompt] = Period(since=since, until=until, version=version)
    return periods


def _freezing(options: Namespace, rules: AlarmRules, *, now: float) -> Freezing:
    return Freezing(
        at=now,
        by=who(options),
        reason=options.reason,
        max_drop=rules.max_drop,
        fewest=options.fewest,
    )


def _nothing(frozen: Frozen) -> str:
    if frozen.closest is None:
        return (
            "no score counts: none is of the version and the time that are meant; see --version, "
            "--since and --until"
        )
    return (
        f"no stream has enough scores: {nearly(frozen.closest)}; wait for more, or sample at a "
        "higher rate"
    )


def _check_bar(changes: Sequence[Difference], options: Namespace) -> None:
    """Refuse to ask for less without somebody who answers for it."""
    lower = [each for each in changes if each.lowers]
    if not lower or options.dry_run or (options.by.strip() and options.reason.strip()):
        return
    listed = "; ".join(_line(each) for each in lower[:5])
    raise UsageError(
        f"this lowers the bar, so it takes --by NAME and --reason TEXT: {listed}; nothing was "
        "written"
    )


def _tell(options: Namespace, found: Sequence[Difference], frozen: Frozen, *, path: Path) -> None:
    changes = [each for each in found if not each.is_none]
    if options.json:
        print_json(
            as_json(
                {
                    "schema": SCHEMA,
                    "path": str(path),
                    "written": bool(changes) and not options.dry_run,
                    "baselines": [
                        {
                            **document_of(each.after),
                            "before": document_of(each.before) if each.before else None,
                        }
                        for each in changes
                    ],
                    "unchanged": [
                        document_of(each.before) for each in found if each.before and each.is_none
                    ],
                    "too_few": [
                        {"stream": called(each.stream), "n": each.n, "needed": each.needed}
                        for each in frozen.too_few
                    ],
                }
            )
        )
        return
    print_lines(map(safe_line, _lines(path, found, frozen, options.dry_run)))


def _lines(path: Path, found: Sequence[Difference], frozen: Frozen, is_dry: bool) -> Iterator[str]:
    for each in found:
        yield _line(each)
    for few in frozen.too_few:
        yield f"{called(few.stream)}: {few.n:,} of {few.needed:,} scores, so it is not watched"
    yield ""
    changes = [each for each in found if not each.is_none]
    if not changes:
        last = max(each.before.frozen for each in found if each.before)
        yield f"unchanged since {utc(last)}: the scores are those of {path}, which stays as it is"
        return
    first = changes[0].after
    yield (
        f"of answers from {utc(min(each.after.since for each in changes))} to {utc(first.until)}"
        f"{', all of ' + first.version if _is_one_version(changes) and first.version else ''}"
    )
    if is_dry:
        yield f"nothing was written: {path} stays as it is"
    else:
        yield f"{path} is written: commit it; answers from {iso(first.until)} on are held to it"


def _is_one_version(changes: Sequence[Difference]) -> bool:
    return len({each.after.version for each in changes}) == 1


def _line(change: Difference) -> str:
    after = change.after
    told = (
        f"{called(stream_of(after))}: {percent(after.mean)}, deviation {_spread(after)}, of "
        f"{count(after.n, 'score')}"
    )
    if change.before is None:
        return told
    if change.is_none:
        return f"{told}; unchanged since {utc(change.before.frozen)}"
    if change.reaches_back:
        begin, was = utc(after.holds_from), utc(change.before.holds_from)
        return f"{told}; as before, and answers from {begin} on are held to it, not from {was}"
    moved = after.mean - change.before.mean
    if abs(moved) < _ALIKE:
        return f"{told}; as before"
    return f"{told}; was {percent(change.before.mean)} ({signed_points(moved)} points)"


def _spread(baseline: QualityBaseline) -> str:
    return f"{100 * baseline.sd:.1f} points"
