"""Random histories: what is found in them is what a plain reading of `git diff` says."""

import random
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.gate.gathering import Question, gather
from evalgate.prompts.changes import find_changes

HISTORIES = 60
FRONT = "---\nmodel: claude-haiku-5-5\nmax_tokens: 5\ntemplate: jinja\n---\n## user\n"
Files = dict[str, str]


def run(folder: Path, *arguments: str, stdin: str = "") -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, input=stdin.encode(), capture_output=True, check=True
    )
    return done.stdout.decode()


# A random history


@dataclass
class Author:
    """Writes random commits; `files` is the tree at hand."""

    luck: random.Random
    files: Files = field(default_factory=dict)

    def versions(self, prompt: str) -> list[str]:
        found = (re.fullmatch(rf"prompts/{prompt}/(v\d+)\.md", path) for path in self.files)
        return sorted((mark[1] for mark in found if mark), key=lambda name: int(name[1:]))

    def body(self) -> str:
        shared = [path.rpartition("/")[2] for path in self.files if "/_shared/" in path]
        include = ""
        if shared and self.luck.random() < 0.5:
            include = f'{{% include "{self.luck.choice(shared)}" %}}\n'
        return f"{FRONT}{include}{self.luck.randrange(4)} {{{{q}}}}\n"

    def commit(self) -> Files:
        for _ in range(self.luck.randint(1, 3)):
            action = self.luck.choice(
                [
                    self.add,
                    self.add,
                    self.edit,
                    self.remove,
                    self.rename,
                    self.point,
                    self.share,
                    self.other,
                ]
            )
            action(self.luck.choice(["a", "b c"]))
        return dict(self.files)

    def add(self, prompt: str) -> None:
        newest = int((self.versions(prompt) or ["v0"])[-1][1:])
        self.files[f"prompts/{prompt}/v{newest + 1}.md"] = self.body()

    def edit(self, prompt: str) -> None:
        for version in self.versions(prompt)[:1]:
            self.files[f"prompts/{prompt}/{version}.md"] = self.body()

    def remove(self, prompt: str) -> None:
        if self.versions(prompt):
            del self.files[f"prompts/{prompt}/{self.luck.choice(self.versions(prompt))}.md"]

    def rename(self, prompt: str) -> None:
        if self.versions(prompt):
            old = self.luck.choice(self.versions(prompt))
            text = self.files.pop(f"prompts/{prompt}/{old}.md")
            self.files[f"prompts/{prompt}/v{self.luck.randint(1, 9)}.md"] = text

    def point(self, prompt: str) -> None:
        if self.versions(prompt):
            stable = self.luck.choice(self.versions(prompt))
            self.files[f"prompts/{prompt}/live.yaml"] = f"stable: {stable}\n"

    def share(self, prompt: str) -> None:
        self.files[f"prompts/_shared/{prompt[0]}.v{self.luck.randint(1, 2)}.md"] = str(
            self.luck.randrange(3)
        )

    def other(self, prompt: str) -> None:
        self.files[f"src/{prompt}.py"] = str(self.luck.random())


def imported(folder: Path, seed: int) -> None:
    """Make a repository with the branches main and change, merges included, in one go."""
    luck = random.Random(seed)  # noqa: S311 - a history, no secret
    author = Author(luck)
    script: list[str] = []
    marks: list[int] = []

    def write(branch: str, parents: list[int], files: Mapping[str, str]) -> int:
        marks.append(len(marks) + 1)
        script.extend((f"commit refs/heads/{branch}", f"mark :{marks[-1]}"))
        script.extend((f"committer t <t@example.invalid> {marks[-1]} +0000", "data 1", "m"))
        script.extend(
            f"{'from' if at == 0 else 'merge'} :{mark}" for at, mark in enumerate(parents)
        )
        script.append("deleteall")
        for path, text in files.items():
            script.extend((f'M 100644 inline "{path}"', f"data {len(text.encode())}", text))
        return marks[-1]

    main = write("main", [], author.commit())
    for _ in range(luck.randint(0, 3)):
        main = write("main", [main], author.commit())
    trunk = dict(author.files)
    change = main
    for _ in range(luck.randint(1, 3)):
        change = write("change", [change], author.commit())
    branch = dict(author.files)
    author.files = trunk
    side = main
    for _ in range(luck.randint(0, 2)):
        main = write("main", [main], author.commit())
    if luck.random() < 0.3 and main != side:
        # The branch takes the base in, as people do before they merge: theirs wins where both did.
        merged = {**author.files, **branch}
        extra = write("extra", [side], author.files | {"src/extra.py": "1"})
        write("change", [change, main, extra] if luck.random() < 0.5 else [change, main], merged)
    run(folder, "init", "--quiet", "--initial-branch=main")
    run(folder, "fast-import", "--quiet", stdin="\n".join(script) + "\n")


# A plain reading


@dataclass(frozen=True)
class Reading:
    """What a person finds with `git diff` and `git show`."""

    folder: Path
    base: str
    fork: str
    head: str

    def show(self, commit: str, path: str) -> str | None:
        done = subprocess.run(
            ["git", "show", f"{commit}:{path}"], cwd=self.folder, capture_output=True, check=False
        )
        return done.stdout.decode() if done.returncode == 0 else None

    def differing(self, since: str) -> set[str]:
        listing = run(self.folder, "diff", "--name-only", "--no-renames", "-z", since, self.head)
        return set(filter(None, listing.split("\0")))

    def paths(self, commit: str) -> list[str]:
        return list(
            filter(None, run(self.folder, "ls-tree", "-rz", "--name-only", commit).split("\0"))
        )

    def stable(self, commit: str, prompt: str) -> str | None:
        text = self.show(commit, f"prompts/{prompt}/live.yaml")
        return None if text is None else text.split()[-1]

    def includes(self, commit: str, path: str) -> set[str]:
        text = self.show(commit, path) or ""
        return {f"prompts/_shared/{name}" for name in re.findall(r'include "([^"]+)"', text)}

    def changed_includes(self, path: str, differing: tuple[set[str], set[str]]) -> set[str]:
        """Return the files that a version includes, now or at the fork, and that differ."""
        included = self.includes(self.head, path) | self.includes(self.fork, path)
        return included & differing[0] & differing[1]

    def is_touched(self, path: str, differing: tuple[set[str], set[str]]) -> bool:
        """Tell whether a version, with what it includes, differs from both sides."""
        sides = zip((self.fork, self.base), differing, strict=True)
        return all(
            path in changed
            or bool(changed & (self.includes(self.head, path) | self.includes(since, path)))
            for since, changed in sides
        )

    def findings(self) -> Iterator[tuple[str, str]]:
        """Yield (`candidate` or the code of a finding, path of the version) as far as it goes."""
        differing = (self.differing(self.fork), self.differing(self.base))
        for path in self.paths(self.head):
            mark = re.fullmatch(r"prompts/([^_/][^/]*)/(v\d+)\.md", path)
            if mark is None:
                continue
            prompt, version = mark.groups()
            published = self.stable(self.base, prompt) == version and self.show(self.base, path)
            own = path in differing[0] and path in differing[1]
            whole = self.is_touched(path, differing)
            target = self.stable(self.head, prompt)
            moved = target not in (self.stable(self.fork, prompt), self.stable(self.base, prompt))
            if whole and published:
                if own:
                    yield "published_version_edited", path
                for include in self.changed_includes(path, differing):
                    yield "published_include_edited", include
            elif whole or (moved and target == version):
                yield "candidate", path


def dangling(reading: Reading) -> bool:
    """Tell whether some pointer that counts names no file, or a prompt is gone."""
    for commit in (reading.base, reading.head):
        for path in reading.paths(commit):
            mark = re.fullmatch(r"prompts/([^/]+)/live\.yaml", path)
            if mark:
                stable = reading.stable(commit, mark[1])
                if reading.show(commit, f"prompts/{mark[1]}/{stable}.md") is None:
                    return True
    return False


def found(folder: Path, reading: Reading) -> set[tuple[str, str]]:
    """Return what evalgate finds, in the words of the plain reading."""
    sources = gather(
        Question(base="main", head="change", run_id="r"), GitRepository(folder), FORMATS
    )
    assert (sources.base, sources.head) == (reading.base, reading.head)
    change = find_changes(sources.prompts, FORMATS, changed_sets={})
    candidates = {("candidate", each.version.path) for each in change.candidates}
    known = {
        "published_version_edited",
        "published_include_edited",
        "identical_version",
        "identical_request",
    }
    findings = {
        (
            "candidate"
            if each.reason.code in {"identical_version", "identical_request"}
            else each.reason.code,
            each.path,
        )
        for each in change.findings
        if each.reason.code in known
    }
    return candidates | findings


@pytest.mark.full
def test_random_histories_read_as_git_diff_reads_them(tmp_path: Path) -> None:
    compared = skipped = 0
    kinds: set[str] = set()
    for seed in range(HISTORIES):
        folder = tmp_path / str(seed)
        folder.mkdir()
        imported(folder, seed)
        base, head = (run(folder, "rev-parse", name).strip() for name in ("main", "change"))
        fork = run(folder, "merge-base", base, head).strip()
        reading = Reading(folder, base, fork, head)
        if dangling(reading):
            skipped += 1
            continue
        if not any(path.startswith("prompts/") for path in reading.paths(head)):
            skipped += 1
            continue
        got = found(folder, reading)
        wanted = set(reading.findings())
        assert got == wanted, f"seed {seed}"
        compared += 1
        kinds |= {kind for kind, _ in wanted}
    assert kinds == {"candidate", "published_version_edited", "published_include_edited"}
    assert compared >= HISTORIES / 2, (compared, skipped)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_history_is_the_same_for_a_seed(tmp_path: Path, seed: int) -> None:
    heads = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        imported(tmp_path / name, seed)
        heads.append(run(tmp_path / name, "rev-parse", "change"))
    assert heads[0] == heads[1]
