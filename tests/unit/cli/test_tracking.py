"""Facts about reading tracks for a report."""

from evalgate.cli.keeping import record_text
from evalgate.cli.tracking import tracks
from evalgate.gate.tracks import Tracks
from evalgate.model.policy import Policy
from evalgate.model.trial import Arm, Trial, TrialStatus
from evalgate.simulator.fakes import MemoryRepository, text_tree

TRIAL = Trial(
    prompt="p",
    version="v1",
    version_hash="h",
    evalset="set",
    arm=Arm.BASELINE,
    case="a",
    trial=0,
    status=TrialStatus.GRADED,
    passed=True,
    asked="k",
)


def repository(*texts: str) -> MemoryRepository:
    trees = {
        f"c{number}": text_tree({"reports/baselines/p.set.jsonl": each})
        for number, each in enumerate(texts)
    }
    parents = {f"c{number}": (f"c{number - 1}",) for number in range(1, len(texts))}
    return MemoryRepository(commits=trees, parents=parents, refs={})


def read(own: MemoryRepository, trusted: str) -> Tracks:
    return tracks(own, Policy(), trusted=trusted, at=None, in_workflow=True)


def test_a_report_is_told_up_to_the_commit_that_it_trusts() -> None:
    own = repository(record_text([TRIAL]), record_text([TRIAL, TRIAL]) + record_text([]))
    (track,) = read(own, "c0").tracks
    assert [point.commit for point in track.points] == ["c0"]
    assert track.points[0].outcomes == {"a": (1.0,)}


def test_what_git_cannot_tell_is_a_note() -> None:
    found = read(repository(), "gone")
    assert found.tracks == ()
    assert found.notes == ("The past of the records cannot be read: unknown ref `gone`",)
