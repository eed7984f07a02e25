"""Tests for evalgate.cli.evidence_places."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from inline_snapshot import snapshot

from evalgate.cli.evidence_places import MOST_ARCHIVE, Places
from evalgate.errors import GitHubError, UsageError
from evalgate.model.github import Artifact
from evalgate.simulator.fake_github import FakeGitHub


@pytest.fixture
def github() -> FakeGitHub:
    return FakeGitHub()


@pytest.fixture
def places(tmp_path: Path, github: FakeGitHub) -> Places:
    for name in ("shop", "temp"):
        (tmp_path / name).mkdir()
    return Places(
        github=github,
        branch="main",
        workspace=tmp_path / "shop",
        temporary=tmp_path / "temp",
        store=tmp_path / "temp/evidence",
    )


def upload(github: FakeGitHub, name: str, files: dict[str, str], **about: int | bool | str) -> None:
    archive = BytesIO()
    with ZipFile(archive, "w") as file:
        for path, text in files.items():
            file.writestr(path, text)
    number = len(github.uploads) + 1
    artifact = Artifact(
        id=number,
        name=name,
        size=int(about.get("size", len(archive.getvalue()))),
        expired=bool(about.get("expired", False)),
        created_at=f"2026-11-22T05:00:{number:02}Z",
    )
    github.add_artifact(7, artifact, archive.getvalue(), branch=str(about.get("branch", "main")))


def found(places: Places, text: str) -> dict[str, str]:
    """Return name and text of all files in what an input names."""
    folders = places.named(text, by="calls")
    return {
        path.name: path.read_text()
        for folder in folders
        for path in ([folder] if folder.is_file() else sorted(folder.iterdir()))
        if path.is_file()
    }


def test_each_line_names_a_path_from_the_workspace(places: Places) -> None:
    temporary = places.temporary
    named = places.named(f"\n logs/a.jsonl \n\n{temporary}/calls\n", by="calls")
    assert named == (places.workspace / "logs/a.jsonl", temporary / "calls")
    assert places.named("  \n", by="scores") == ()


@pytest.mark.parametrize("line", ["../shop2/a", "/etc/passwd", "logs/../../x", "link/a.jsonl"])
def test_a_path_that_leads_elsewhere_is_refused(places: Places, line: str) -> None:
    (places.workspace / "link").symlink_to("/usr")
    with pytest.raises(UsageError, match=r"the input calls: .* lies neither below the workspace"):
        places.named(line, by="calls")


def test_the_newest_artifact_of_the_branch_is_unpacked(places: Places, github: FakeGitHub) -> None:
    upload(github, "log", {"calls-1.jsonl": "old"})
    upload(github, "log", {"calls-1.jsonl": "one", "host/calls-2.jsonl": "two", "notes.txt": "x"})
    upload(github, "log", {"calls-1.jsonl": "planted"}, branch="topic")
    upload(github, "log", {"calls-1.jsonl": "gone"}, expired=True)
    upload(github, "other", {"calls-1.jsonl": "other"})
    assert found(places, "artifact:log") == {"calls-1.jsonl": "one", "calls-2.jsonl": "two"}


def test_an_artifact_with_calls_and_scores_is_fetched_once(
    places: Places, github: FakeGitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    upload(github, "log", {"calls-1.jsonl": "one", "scores-1.jsonl": "two"})
    upload(github, "more", {"calls-1.jsonl": "three"})
    assert places.named("artifact:log", by="calls") == places.named("artifact: log", by="scores")
    assert found(places, "artifact:more") == {"calls-1.jsonl": "three"}
    assert found(places, "artifact:log")["calls-1.jsonl"] == "one"
    assert capsys.readouterr().out.splitlines() == snapshot(
        [
            "calls: the artifact log of 2026-11-22T05:00:01Z, 2 files",
            "calls: the artifact more of 2026-11-22T05:00:02Z, 1 file",
        ]
    )


def test_an_artifact_that_cannot_be_used_is_told_with_the_input(
    places: Places, github: FakeGitHub
) -> None:
    upload(github, "empty", {"notes.txt": "x"})
    upload(github, "hidden", {".calls.jsonl": "x"})
    upload(github, "large", {"calls-1.jsonl": "x"}, size=MOST_ARCHIVE + 1)
    upload(github, "odd", {"../calls-1.jsonl": "x"})
    upload(github, "elsewhere", {"calls-1.jsonl": "x"}, branch="topic")
    said = []
    for name in ("empty", "hidden", "large", "odd", "elsewhere", "none", ""):
        with pytest.raises(UsageError) as caught:
            places.named(f"artifact:{name}", by="scores")
        said.append(str(caught.value))
    assert said == snapshot(
        [
            "the input scores: the artifact empty holds no file that ends in .jsonl",
            "the input scores: the artifact hidden holds no file that ends in .jsonl",
            "the input scores: the artifact large has 200,000,001 bytes, and 200,000,000 are read: upload only the days and prompts of the rollout",
            "the input scores: the artifact odd: the archive of the artifact is not read: it has an entry whose path leads elsewhere, or is none",
            "the input scores: no run on `main` has left an artifact `elsewhere` that has not expired: upload one there, or name a path",
            "the input scores: no run on `main` has left an artifact `none` that has not expired: upload one there, or name a path",
            "the input scores: expected the name of an artifact after `artifact:`",
        ]
    )


def test_an_artifact_that_is_larger_than_it_was_said_to_be_is_not_fetched(
    places: Places, github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalgate.cli.evidence_places.MOST_ARCHIVE", 100)
    artifact = Artifact(id=1, name="log", size=1, expired=False, created_at="")
    github.add_artifact(7, artifact, b"x" * 101, branch="main")
    with pytest.raises(GitHubError, match="more than"):
        places.named("artifact:log", by="calls")
