"""Facts about published versions held against the history of git."""

import subprocess
from pathlib import Path

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.prompt_folder import read_prompt_folder
from evalgate.cli.doctor_history import changed_files, revisions_of
from evalgate.prompts.library import Prompt, read_prompts
from tests.e2e.shop import version, write

PUBLISHED = "2026-03-01T00:00:00Z"
LIVE = (
    f"stable: v2\nhistory: [{{stable: v1, at: '{PUBLISHED}'}}, {{stable: v2, at: '{PUBLISHED}'}}]\n"
)


class Repository:
    """A repository with prompts, whose commits have the dates that a test gives."""

    def __init__(self, root: Path) -> None:
        self.root, self.folder = root, root / "app" / "prompts"
        self._git("init", "-q")

    def commit(self, at: str, **files: str) -> None:
        write(self.root, {f"app/prompts/{name}": text for name, text in files.items()})
        self._git("add", "-A")
        self._git("commit", "-qm", "change", "--allow-empty", at=at)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_bytes(text.encode())

    def changed(self) -> tuple[str, ...]:
        return changed_files(self.prompt(), self.folder, revisions_of(self.folder))

    def prompt(self) -> Prompt:
        return read_prompts(read_prompt_folder(self.folder, "p"), str(self.folder), FORMATS)["p"]

    def _git(self, *words: str, at: str = "2026-01-01T00:00:00Z") -> None:
        who = ("-c", "user.name=ann", "-c", "user.email=ann@example.com")
        dates = {"GIT_COMMITTER_DATE": at, "GIT_AUTHOR_DATE": at, "PATH": "/usr/bin:/bin"}
        subprocess.run(("git", *who, *words), cwd=self.root, env=dates, check=True)


def published(root: Path) -> Repository:
    """Return a repository whose versions were edited as drafts, and then published."""
    made = Repository(root)
    made.commit("2026-02-01T00:00:00Z", **{"p/v1.md": version("A draft.")})
    files = {"p/v1.md": version("One."), "p/v2.md": version("Two."), "p/live.yaml": LIVE}
    made.commit("2026-02-20T00:00:00Z", **files)
    return made


def test_what_was_edited_before_it_was_published_has_not_changed(tmp_path: Path) -> None:
    assert published(tmp_path).changed() == ()


def test_an_edit_after_that_is_found_committed_or_not(tmp_path: Path) -> None:
    made = published(tmp_path)
    made.write("p/v1.md", version("One, edited."))
    assert made.changed() == ("app/prompts/p/v1.md",)
    made.commit("2026-04-01T00:00:00Z")
    assert made.changed() == ("app/prompts/p/v1.md",)
    made.write("p/v1.md", version("One."))
    assert made.changed() == ()


def test_the_ends_of_lines_are_no_change(tmp_path: Path) -> None:
    made = published(tmp_path)
    made.write("p/v2.md", version("Two.").replace("\n", "\r\n"))
    assert made.changed() == ()


def test_a_version_that_nothing_points_to_may_change(tmp_path: Path) -> None:
    made = published(tmp_path)
    made.commit("2026-04-01T00:00:00Z", **{"p/v3.md": version("Three.")})
    made.write("p/v3.md", version("Three, better."))
    assert made.changed() == ()


def test_what_a_version_includes_counts_too(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    whole = version('{% include "tone.v1.md" %}')
    body = whole.replace("---\n", "---\ntemplate: jinja\n", 1)
    files = {"_shared/tone.v1.md": "Be kind.\n", "p/v1.md": body, "p/v2.md": body}
    made.commit("2026-02-20T00:00:00Z", **files, **{"p/live.yaml": LIVE})
    assert made.prompt().dependencies("v1") == ("tone.v1.md",)
    made.write("_shared/tone.v1.md", "Be short.\n")
    assert made.changed() == ("app/prompts/_shared/tone.v1.md",)


def test_without_a_repository_or_a_commit_nothing_is_known(tmp_path: Path) -> None:
    folder = tmp_path / "prompts"
    folder.mkdir()
    assert revisions_of(folder) == ()
    (tmp_path / "empty").mkdir()
    made = Repository(tmp_path / "empty")
    made.folder.mkdir(parents=True)
    assert revisions_of(made.folder) == ()
