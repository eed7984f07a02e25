"""Reads the tracks of a repository's prompts out of the git history of their records."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain

from evalgate.deciding.accounts import outcome_of
from evalgate.deciding.wording import counted
from evalgate.errors import RepositoryError
from evalgate.gate.records import branch_commit
from evalgate.gate.track_points import Sighting, State, track_points
from evalgate.model.policy import Policy
from evalgate.model.ports import Repository
from evalgate.model.revision import Blob, Revision, Revisions
from evalgate.model.track import Track
from evalgate.model.trial import Trial

MOST_REVISIONS = 1000
"""How many commits that changed records are looked at."""

MOST_BYTES = 256 * 1024 * 1024
"""How much of one file's past is read."""

_AT_ONCE = 32 * 1024 * 1024
_SUFFIX = ".jsonl"

ReadRecord = Callable[[bytes], Trial | None]
Place = tuple[str, str]
"""A prompt and an eval set."""

_Seen = Mapping[bytes, tuple[Place, Sighting] | None]
"""The lines of a state, and what they show; None for what enters no mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracks:
    """The tracks in the order of prompts and sets, and what a reader should know of them."""

    tracks: tuple[Track, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Gaps:
    """What could not be read, or was not."""

    lines: int = 0
    lacking: int = 0
    is_cut: bool = False

    def notes(self, revisions: Revisions) -> Iterator[str]:
        if revisions.is_shallow:
            yield (
                "This clone is shallow, so that the records may have more of a past than is told "
                "here: `fetch-depth: 0` at the checkout brings it."
            )
        if self.lacking:
            states = counted(self.lacking, "earlier state")
            yield f"This clone lacks {states} of the records: clone or fetch without `--filter`."
        if self.lines:
            lines = counted(self.lines, "line")
            yield f"{lines} of the records, past ones included, could not be read and do not count."
        if self.is_cut:
            yield "Older states of the records are not told: they are too many, or too large."


def read_tracks(  # noqa: PLR0913 - where the records are, how they are read, and how many
    repository: Repository,
    policy: Policy,
    *,
    read: ReadRecord,
    trusted: str | None,
    at: str | None = None,
    in_workflow: bool = False,
    last: int = 12,
) -> Tracks:
    """Return the tracks that the records of a policy left in git; none is no error.

    The same commits give the same tracks in every clone that has all of their history.

    Args:
        repository: where the records are.
        policy: says where.
        read: reads a line of a record; None when it is none.
        trusted: the commit that committed records come from; None is the work tree on its HEAD.
        at: the commit of their branch at which a run began, empty when there was none; None looks
            where the branch is now.
        in_workflow: whether only what origin had counts.
        last: how many points of a track are returned at most, the latest ones.

    Raises:
        RepositoryError: when git cannot answer.
    """
    folder, is_apart = policy.paths.baselines, policy.baseline.branch is not None
    commit = _commit(repository, policy, trusted=trusted, at=at, in_workflow=in_workflow)
    revisions = Revisions()
    if commit is not None:
        revisions = repository.revisions(commit, [folder], most=MOST_REVISIONS)
    here = repository.files(None, [folder]) if trusted is None and not is_apart else {}
    gaps = _Gaps()
    reader = _Reader(repository, read, gaps, last)
    found: dict[Place, Track] = {}
    paths = {path for each in revisions.listed for path in each.files} | set(here)
    for path in sorted(path for path in paths if path.endswith(_SUFFIX)):
        for track in reader.tracks(path, revisions, here.get(path)):
            place = (track.prompt, track.evalset)
            if place not in found or path == f"{folder}/{'.'.join(place)}{_SUFFIX}":
                found[place] = track
    ordered = tuple(found[place] for place in sorted(found))
    return Tracks(tracks=ordered, notes=tuple(gaps.notes(revisions)))


def _commit(
    repository: Repository,
    policy: Policy,
    *,
    trusted: str | None,
    at: str | None,
    in_workflow: bool,
) -> str | None:
    """Return the last commit with records, or None where there is none."""
    branch = policy.baseline.branch
    if branch is not None:
        return branch_commit(repository, branch, in_workflow=in_workflow, at=at)
    if trusted is not None:
        return trusted
    with suppress(RepositoryError):  # before the first commit there is only the work tree
        return repository.resolve("HEAD")
    return None


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the past of one file after another, and keeps account of what it cannot read."""

    repository: Repository
    read: ReadRecord
    gaps: _Gaps
    last: int

    @property
    def reach(self) -> int:
        """How many states are read: some make no point, and one before tells what has turned."""
        return 2 * self.last + 1

    def tracks(self, path: str, revisions: Revisions, here: bytes | None) -> Iterator[Track]:
        """Yield the tracks that one file holds, each of at least one point."""
        changes = list(_changes(path, revisions.listed))
        has_more = revisions.has_more or len(changes) > self.reach
        kept = self._within_reach(changes)
        moments = [(revision.at, revision.commit) for revision, _ in kept]
        contents = self._contents([blob for _, blob in kept])
        if here is not None:
            moments, contents = [*moments, ("", "")], chain(contents, [here])
        states: dict[Place, list[State]] = {}
        seen: _Seen = {}
        for number, content in enumerate(contents):
            seen = self._sightings(content, seen, number)
            at, commit = moments[number]
            for place, sightings in _by_place(seen).items():
                state = State(at=at, commit=commit, sightings=sightings)
                states.setdefault(place, []).append(state)
        for (prompt, evalset), own in states.items():
            points = tuple(track_points(own))
            if len(points) < self.last and has_more:
                self.gaps.is_cut = True
            if points:
                yield Track(prompt=prompt, evalset=evalset, points=points[-self.last :])

    def _within_reach(
        self, changes: Sequence[tuple[Revision, Blob]]
    ) -> Sequence[tuple[Revision, Blob]]:
        """Return the latest changes, as many as are read."""
        kept: list[tuple[Revision, Blob]] = []
        room = MOST_BYTES
        for revision, blob in reversed(changes[-self.reach :]):
            if blob.size is None:
                self.gaps.lacking += 1
                continue
            room -= blob.size
            if room < 0:
                self.gaps.is_cut = True
                break
            kept.append((revision, blob))
        return kept[::-1]

    def _contents(self, blobs: Sequence[Blob]) -> Iterator[bytes]:
        """Yield contents, a portion of them in memory at a time."""
        portion: list[str] = []
        room = _AT_ONCE
        for blob in blobs:
            if portion and (blob.size or 0) > room:
                yield from self.repository.contents(portion)
                portion, room = [], _AT_ONCE
            portion.append(blob.id)
            room -= blob.size or 0
        if portion:
            yield from self.repository.contents(portion)

    def _sightings(self, content: bytes, before: _Seen, number: int) -> _Seen:
        """Return what the lines show; those that the state before had are not read again."""
        lines = dict.fromkeys(line for line in content.splitlines() if line.strip())
        return {
            line: before[line] if line in before else self._sighting(line, number) for line in lines
        }

    def _sighting(self, line: bytes, number: int) -> tuple[Place, Sighting] | None:
        trial = self.read(line)
        if trial is None or not (trial.prompt and trial.evalset and trial.asked):
            self.gaps.lines += 1
            return None
        outcome = outcome_of(trial)
        if trial.purpose or outcome is None:  # it enters no mean
            return None
        return (trial.prompt, trial.evalset), Sighting(
            version=trial.version,
            version_hash=trial.version_hash,
            case=trial.case,
            trial=trial.trial,
            outcome=outcome,
            model=trial.completion.model if trial.completion else "",
            asked=trial.asked,
            grading=trial.grading,
            cluster=trial.cluster,
            weight=trial.weight,
            since=number,
        )


def _changes(path: str, revisions: Iterable[Revision]) -> Iterator[tuple[Revision, Blob]]:
    """Yield the revisions that changed a file, and what it was then, unless it was deleted."""
    before: Blob | None = None
    for revision in revisions:
        blob = revision.files.get(path)
        if blob is not None and blob != before:
            yield revision, blob
        before = blob


def _by_place(seen: _Seen) -> Mapping[Place, list[Sighting]]:
    places: dict[Place, list[Sighting]] = {}
    for each in seen.values():
        if each is not None:
            places.setdefault(each[0], []).append(each[1])
    return places
