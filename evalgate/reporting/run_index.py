"""Sums up what lies in a folder of reports: its runs, newest first, selftests and calibrations."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from posixpath import join

from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Document
from evalgate.model.report_folder import (
    CALIBRATIONS,
    PLAN,
    SELFTEST,
    SELFTEST_PAGE,
    VERDICT,
    FoundFolder,
    FoundReports,
)
from evalgate.reporting.index_places import Link, When, files_of, page_of, when_of
from evalgate.reporting.run_summary import (
    Mark,
    Summary,
    read_calibration,
    read_plan,
    read_selftest,
    read_verdict,
    unreadable,
)
from evalgate.reporting.visible import on_one_line

MOST_RUNS = 500
"""Runs on one page; a page of thousands is of no use to anybody."""

MOST_PROBLEMS = 50
"""Places that could not be looked into which are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One verdict, selftest or calibration as the index shows it.

    `label` tells it from the others of its run: the root of a monorepo, an earlier attempt. `page`
    is what its sentence leads to, if there is anything to be read.
    """

    path: str
    label: str
    summary: Summary
    when: When
    page: Link | None
    files: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one folder at the top came to: one entry, or one for each root and earlier attempt."""

    name: str
    when: When
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunIndex:
    """All that the page shows.

    `tally` counts the entries of all runs by their mark; `left_out` the older runs that are not
    shown.
    """

    folder: str
    runs: tuple[Run, ...] = ()
    selftests: tuple[Entry, ...] = ()
    calibrations: tuple[Entry, ...] = ()
    tally: tuple[tuple[Mark, int], ...] = ()
    problems: tuple[str, ...] = ()
    left_out: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all to show."""
        return not (self.runs or self.selftests or self.calibrations)


def run_index(found: FoundReports, *, folder: str) -> RunIndex:
    """Return the index of what was found; the same folder gives the same index.

    Args:
        found: what lies in the folder.
        folder: its path as people and commands name it.
    """
    runs = _runs(entry for each in found.folders for entry in _run_entries(each, folder))
    return RunIndex(
        folder=on_one_line(folder, 500),
        runs=tuple(runs[:MOST_RUNS]),
        selftests=_newest(entry for each in found.folders for entry in _selftest(each)),
        calibrations=_newest(entry for each in found.folders for entry in _calibrations(each)),
        tally=_tally(runs),
        problems=_problems(found.problems),
        left_out=max(0, len(runs) - MOST_RUNS),
    )


def _run_entries(found: FoundFolder, folder: str) -> Iterator[Entry]:
    if SELFTEST in found.documents or _holds_calibrations(found):
        return
    if verdict := found.documents.get(VERDICT):
        yield _entry(found, _read(verdict, read_verdict))
    elif plan := found.documents.get(PLAN):
        place = join(folder, found.path) if found.path else folder
        yield _entry(found, _read(plan, partial(read_plan, place=place, trials=found.trials)))


def _selftest(found: FoundFolder) -> Iterator[Entry]:
    if document := found.documents.get(SELFTEST):
        yield _entry(found, _read(document, read_selftest))
    elif SELFTEST_PAGE in found.files:
        fault = Problem(path=SELFTEST_PAGE, message=f"there is no {SELFTEST} beside it")
        yield _entry(found, unreadable(fault))


def _calibrations(found: FoundFolder) -> Iterator[Entry]:
    if not _holds_calibrations(found):
        return
    for name, document in found.documents.items():
        link = Link.to(found.path, name)
        yield Entry(
            path=join(found.path, name),
            label=link.name,
            summary=_read(document, read_calibration),
            when=when_of(changed=found.changed),
            page=link,
            files=(link,),
        )


def _holds_calibrations(found: FoundFolder) -> bool:
    return found.path.rpartition("/")[2] == CALIBRATIONS


def _entry(found: FoundFolder, summary: Summary) -> Entry:
    top, _, below = found.path.partition("/")
    return Entry(
        path=found.path,
        label=on_one_line(below, 100),
        summary=summary,
        when=when_of(summary.run_id, top, changed=found.changed),
        page=page_of(found),
        files=files_of(found),
    )


def _read(document: Document | Problem, read: Callable[[Document], Summary]) -> Summary:
    if isinstance(document, Problem):
        return unreadable(document)
    try:
        return read(document)
    except ConfigurationError as error:
        return unreadable(error.problems[0])


def _runs(entries: Iterable[Entry]) -> list[Run]:
    """Return the entries by the folder at the top, the newest first."""
    ordered = sorted(entries, key=lambda entry: entry.path)
    ordered.sort(key=_top)
    runs = [_run(top, tuple(each)) for top, each in groupby(ordered, _top)]
    return sorted(runs, key=lambda run: run.when.moment, reverse=True)


def _run(top: str, entries: tuple[Entry, ...]) -> Run:
    newest = max((entry.when for entry in entries), key=lambda when: when.moment)
    return Run(name=on_one_line(top, 100), when=newest, entries=entries)


def _top(entry: Entry) -> str:
    return entry.path.partition("/")[0]


def _newest(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    ordered = sorted(entries, key=lambda entry: entry.path)
    return tuple(sorted(ordered, key=lambda entry: entry.when.moment, reverse=True))


def _tally(runs: Sequence[Run]) -> tuple[tuple[Mark, int], ...]:
    counted = Counter(entry.summary.mark for run in runs for entry in run.entries)
    return tuple(sorted(counted.items(), key=lambda each: (-each[1], each[0].word)))


def _problems(problems: Sequence[Problem]) -> tuple[str, ...]:
    told = [on_one_line(str(problem), 400) for problem in problems[:MOST_PROBLEMS]]
    more = len(problems) - MOST_PROBLEMS
    return (*told, f"and {more:,} more") if more > 0 else tuple(told)
