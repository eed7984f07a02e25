"""Facts about reading tracks out of the history of records."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest

from evalgate.adapters.records import read_record
from evalgate.adapters.trial_lines import encode
from evalgate.gate.tracks import MOST_BYTES, Tracks, read_tracks
from evalgate.model.chat import Completion, Usage
from evalgate.model.document import Tree
from evalgate.model.policy import BaselineSettings, Policy
from evalgate.model.revision import Blob, Revisions
from evalgate.model.track import Turn
from evalgate.model.trial import CHECK, CONFIRMATION, Arm, Trial, TrialStatus
from evalgate.simulator.fakes import MemoryRepository

FILE = "reports/baselines/p.set.jsonl"
TRIAL = Trial(
    prompt="p",
    version="v1",
    version_hash="h1",
    evalset="set",
    arm=Arm.BASELINE,
    case="a",
    trial=0,
    status=TrialStatus.GRADED,
    passed=True,
    completion=Completion(
        text="Hi",
        model="m",
        stop_reason="end_turn",
        usage=Usage(input_tokens=1, output_tokens=1),
        latency_ms=1,
    ),
    asked="k",
    grading="g",
)


def lines(*trials: Trial) -> bytes:
    return b"".join(json.dumps(encode(each)).encode() + b"\n" for each in trials)


def cases(*passed: bool, of: Trial = TRIAL) -> bytes:
    """Return a record of one trial for each case."""
    return lines(
        *(
            replace(of, case=f"c{number}", passed=each, asked=f"{of.version_hash}{number}")
            for number, each in enumerate(passed)
        )
    )


def repository(*trees: Tree, work_tree: Tree | None = None) -> MemoryRepository:
    """Return a repository in which one commit after another has one of the trees."""
    names = [f"commit{number}" for number in range(len(trees))]
    return MemoryRepository(
        commits=dict(zip(names, trees, strict=True)),
        parents={name: (before,) for before, name in pairwise(names)},
        refs={"HEAD": names[-1], "refs/remotes/origin/kept": names[-1]} if names else {},
        dates={name: f"2026-01-0{number + 1}T00:00:00Z" for number, name in enumerate(names)},
        work_tree=work_tree,
    )


def read(
    own: MemoryRepository,
    *,
    trusted: str | None = "HEAD",
    at: str | None = None,
    branch: str | None = None,
    last: int = 12,
) -> Tracks:
    return read_tracks(
        own,
        Policy(baseline=BaselineSettings(branch=branch)),
        read=read_record,
        trusted=trusted,
        at=at,
        last=last,
    )


def rates(found: Tracks) -> Mapping[tuple[str, str], list[float]]:
    return {
        (track.prompt, track.evalset): [round(point.rate, 3) for point in track.points]
        for track in found.tracks
    }


def test_each_commit_that_changed_a_record_is_a_point() -> None:
    found = read(
        repository(
            {FILE: cases(True, False)},
            {FILE: cases(True, False), "other": b"x"},
            {FILE: cases(True, True), "other": b"x"},
        )
    )
    (track,) = found.tracks
    assert (track.prompt, track.evalset, found.notes) == ("p", "set", ())
    assert [(point.at, point.commit, point.rate) for point in track.points] == [
        ("2026-01-01T00:00:00Z", "commit0", 0.5),
        ("2026-01-03T00:00:00Z", "commit2", 1.0),
    ]


def test_what_a_commit_is_trusted_for_ends_with_it() -> None:
    own = repository({FILE: cases(False)}, {FILE: cases(True)}, work_tree={FILE: cases(False)})
    assert rates(read(own, trusted="commit0")) == {("p", "set"): [0.0]}
    assert rates(read(own, trusted="commit1")) == {("p", "set"): [0.0, 1.0]}


def test_the_work_tree_is_the_last_state_of_itself() -> None:
    own = repository({FILE: cases(False)}, work_tree={FILE: cases(True)})
    (track,) = read(own, trusted=None).tracks
    assert [(point.at, point.commit) for point in track.points] == [
        ("2026-01-01T00:00:00Z", "commit0"),
        ("", ""),
    ]


def test_a_work_tree_without_a_commit_has_its_own_records() -> None:
    own = MemoryRepository(commits={}, parents={}, refs={}, work_tree={FILE: cases(True)})
    assert rates(read(own, trusted=None)) == {("p", "set"): [1.0]}


def test_a_work_tree_that_changes_nothing_adds_no_point() -> None:
    own = repository({FILE: cases(False)}, work_tree={FILE: cases(False)})
    assert rates(read(own, trusted=None)) == {("p", "set"): [0.0]}


def test_the_records_of_a_branch_are_read_there_up_to_the_commit_of_the_run() -> None:
    own = repository({FILE: cases(False)}, {FILE: cases(True)}, work_tree={FILE: cases(False)})
    assert rates(read(own, branch="kept")) == {("p", "set"): [0.0, 1.0]}
    assert rates(read(own, branch="kept", at="commit0")) == {("p", "set"): [0.0]}
    assert rates(read(own, branch="kept", trusted=None)) == {("p", "set"): [0.0, 1.0]}
    assert read(own, branch="kept", at="") == Tracks()
    assert read(own, branch="gone") == Tracks()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting(MemoryRepository):
    """A repository that notes what it is asked."""

    asked: list[str] = field(default_factory=list)

    def revisions(self, commit: str, under: Iterable[str], *, most: int) -> Revisions:
        self.asked.append("revisions")
        return MemoryRepository.revisions(self, commit, under, most=most)

    def resolve(self, ref: str) -> str:
        self.asked.append("resolve")
        return MemoryRepository.resolve(self, ref)


def test_without_records_git_is_asked_once() -> None:
    own = Counting(commits={"c": {"x": b""}}, parents={}, refs={})
    assert read(own, trusted="c") == Tracks()
    assert own.asked[:1] == ["revisions"]
    assert own.asked.count("revisions") == 1


def test_each_prompt_and_set_has_a_track_of_its_own_in_their_order() -> None:
    other = replace(TRIAL, prompt="b")
    # Names can have dots, so that two of them share a file.
    found = read(
        repository({FILE: cases(True), "reports/baselines/b.set.jsonl": cases(False, of=other)})
    )
    assert rates(found) == {("b", "set"): [0.0], ("p", "set"): [1.0]}
    dotted = cases(True, of=replace(TRIAL, prompt="a.b", evalset="c"))
    dotted += cases(False, of=replace(TRIAL, prompt="a", evalset="b.c"))
    found = read(repository({"reports/baselines/a.b.c.jsonl": dotted}))
    assert rates(found) == {("a", "b.c"): [0.0], ("a.b", "c"): [1.0]}


@pytest.mark.parametrize("stray", ["reports/baselines/a.jsonl", "reports/baselines/z.jsonl"])
def test_of_two_files_about_a_prompt_the_one_of_its_name_counts(stray: str) -> None:
    assert rates(read(repository({FILE: cases(True), stray: cases(False)}))) == {
        ("p", "set"): [1.0]
    }


def test_other_files_are_left_alone() -> None:
    trees = {"reports/baselines/README.md": b"x", "reports/other.jsonl": cases(True)}
    assert read(repository(trees)) == Tracks()


def test_lines_that_cannot_be_read_are_counted_once_and_left_out() -> None:
    broken = b"{\n\xff\n" + b"[" * 100_000 + b"\n{}\n" + lines(replace(TRIAL, asked=""))
    found = read(repository({FILE: broken + cases(True)}, {FILE: broken + cases(True, False)}))
    assert rates(found) == {("p", "set"): [1.0, 0.5]}
    assert found.notes == (
        "5 lines of the records, past ones included, could not be read and do not count.",
    )


def test_what_enters_no_mean_makes_no_point() -> None:
    apart = lines(
        replace(TRIAL, status=TrialStatus.ERRORED, passed=None),
        replace(TRIAL, purpose=CHECK),
        replace(TRIAL, purpose=CONFIRMATION),
    )
    assert read(repository({FILE: apart})) == Tracks()


def test_a_record_that_was_deleted_and_came_back_goes_on() -> None:
    other = cases(True, of=replace(TRIAL, version="v2", version_hash="h2"))
    found = read(repository({FILE: cases(False)}, {}, {FILE: other}))
    assert [point.turns for point in found.tracks[0].points] == [(), (Turn.VERSION,)]


def many(number: int) -> MemoryRepository:
    """Return a repository whose record got one case more in each commit."""
    return repository(*({FILE: cases(*[True] * (count + 1))} for count in range(number)))


def test_only_the_latest_points_are_told_and_they_know_what_came_before() -> None:
    (track,) = read(many(9), last=3).tracks
    assert [(point.commit, point.turns) for point in track.points] == [
        ("commit6", (Turn.CASES,)),
        ("commit7", (Turn.CASES,)),
        ("commit8", (Turn.CASES,)),
    ]


def test_states_that_are_left_out_are_mentioned_where_they_would_be_points() -> None:
    """The last seven states are read for three points; five of them repeat the one before."""
    same = [{FILE: cases(True) + b"\n" * number} for number in range(9)]
    found = read(repository(*same), last=3)
    assert rates(found) == {("p", "set"): [1.0]}
    assert found.notes == (
        "Older states of the records are not told: they are too many, or too large.",
    )
    assert read(many(9), last=3).notes == ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Large(MemoryRepository):
    """A repository that says its contents are of some size, and notes how many it gave at once."""

    size: int
    given: list[int] = field(default_factory=list)

    def revisions(self, commit: str, under: Iterable[str], *, most: int) -> Revisions:
        found = MemoryRepository.revisions(self, commit, under, most=most)
        return replace(
            found,
            listed=tuple(
                replace(
                    each,
                    files={
                        path: Blob(id=blob.id, size=self.size) for path, blob in each.files.items()
                    },
                )
                for each in found.listed
            ),
        )

    def contents(self, ids: Sequence[str]) -> Iterator[bytes]:
        self.given.append(len(ids))
        return MemoryRepository.contents(self, ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetful(MemoryRepository):
    """A repository that says it has left older revisions out."""

    def revisions(self, commit: str, under: Iterable[str], *, most: int) -> Revisions:
        return replace(MemoryRepository.revisions(self, commit, under, most=most), has_more=True)


def large(size: int) -> Large:
    own = many(8)
    return Large(
        commits=own.commits, parents=own.parents, refs=own.refs, dates=own.dates, size=size
    )


def test_no_more_of_a_file_is_read_than_has_room() -> None:
    found = read(large(MOST_BYTES // 3))
    assert [point.commit for point in found.tracks[0].points] == ["commit5", "commit6", "commit7"]
    assert "they are too many, or too large" in found.notes[0]


def test_large_contents_are_read_few_at_a_time() -> None:
    own = large(MOST_BYTES // 24)
    assert len(read(own).tracks[0].points) == 8
    assert own.given == [3, 3, 2]


def test_revisions_that_git_leaves_out_are_mentioned_where_points_are_lacking() -> None:
    own = Forgetful(**{name: getattr(many(4), name) for name in ("commits", "parents", "refs")})
    assert read(own, last=4).notes == ()
    assert "they are too many, or too large" in read(own, last=5).notes[0]


def test_contents_that_the_clone_lacks_are_left_out() -> None:
    own = many(3)
    lacking = frozenset(
        blob.id for blob in own.revisions("commit1", [FILE], most=9).listed[0].files.values()
    )
    found = read(replace(own, lacking=lacking))
    assert [point.commit for point in found.tracks[0].points] == ["commit1", "commit2"]
    assert found.notes == (
        "This clone lacks 1 earlier state of the records: clone or fetch without `--filter`.",
    )


def test_a_shallow_clone_is_mentioned() -> None:
    (note,) = read(replace(many(2), is_shallow=True)).notes
    assert "`fetch-depth: 0`" in note


def test_the_same_commits_give_the_same_tracks() -> None:
    assert read(many(5)) == read(many(5))


def test_a_line_that_stays_is_read_once() -> None:
    """Most lines of a state are those of the one before."""
    asked: list[bytes] = []

    def counting(line: bytes) -> Trial | None:
        asked.append(line)
        return read_record(line)

    read_tracks(many(6), Policy(), read=counting, trusted="HEAD")
    assert len(asked) == 6


def test_commits_that_leave_a_record_as_it_was_take_no_room() -> None:
    trees = [
        {FILE: cases(True), "reports/baselines/other.jsonl": b"\n" * number} for number in range(8)
    ]
    found = read(repository(*trees), last=2)
    assert rates(found) == {("p", "set"): [1.0]}
    assert found.notes == ()


def test_blank_lines_are_no_lines_of_a_record() -> None:
    assert read(repository({FILE: cases(True) + b"\n  \n"})).notes == ()
