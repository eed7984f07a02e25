"""Runs workflows by the real runner `act`, with stand-ins for what needs GitHub's own services."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from compileall import compile_dir
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any

ROOT = Path(__file__).parents[2]
ACT = Path(sys.executable).with_name("act")
ACTION = "evalgate/evalgate@v1"
CACHE = "actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae"
UPLOAD = "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f"
UPLOAD_OF_DOCS = "actions/upload-artifact@v7"
DOWNLOAD_OF_DOCS = "actions/download-artifact@v7"

STAND_INS: Mapping[str, str] = {
    # An environment that a test before has made is as good as one that is made again.
    CACHE: """\
name: cache
inputs: {path: {default: ""}, key: {default: ""}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {KEY: "${{ inputs.key }}"}
      run: |
        if [ -d "$SHARED" ]; then
          mkdir -p "$RUNNER_TEMP"
          ln -sfn "$SHARED" "$RUNNER_TEMP/evalgate-${KEY##*-}"
        fi
""",
    DOWNLOAD_OF_DOCS: """\
name: download
inputs: {name: {default: ""}, path: {default: ""}, pattern: {default: ""}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {FOLDER: "${{ inputs.path }}"}
      run: mkdir -p "$FOLDER" && cp -R "$STORED/." "$FOLDER"
""",
    UPLOAD: """\
name: upload
inputs: {name: {default: ""}, path: {default: ""}, if-no-files-found: {default: ""}, overwrite: {default: ""}}
outputs: {artifact-url: {value: "${{ steps.keep.outputs.url }}"}}
runs:
  using: composite
  steps:
    - id: keep
      shell: bash
      env: {NAME: "${{ inputs.name }}", PATHS: "${{ inputs.path }}"}
      run: |
        folder=$(printf '%s' "$PATHS" | head -n 1)
        mkdir -p "$STORED/$NAME"
        if [ -d "$folder" ]; then cp -R "$folder/." "$STORED/$NAME"; else cp "$folder" "$STORED/$NAME"; fi
        find "$STORED/$NAME" -name '*.sqlite*' -delete
        if [ ! -d "$SHARED" ]; then
          for made in "$RUNNER_TEMP"/evalgate-*/complete; do cp -Rp "${made%/complete}" "$SHARED"; done
        fi
        echo "url=$GITHUB_SERVER_URL/octo/shop/actions/runs/$GITHUB_RUN_ID/artifacts/1" >> "$GITHUB_OUTPUT"
""",
}

COPIES: Mapping[str, str] = {**STAND_INS, UPLOAD_OF_DOCS: STAND_INS[UPLOAD]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How one step of the workflow ended, and what it put out."""

    outcome: str
    outputs: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is left of a run of a workflow: `stored` holds what became an artifact, by name."""

    exit_code: int
    log: str
    summaries: Sequence[str]
    steps: Mapping[str, Step]
    stored: Path
    commands: Sequence[Mapping[str, Any]] = ()

    @property
    def job(self) -> str:
        """How the step `gate` ended."""
        return self.steps["gate"].outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What the runs of a process share: a copy of the Action as it is committed, its environment.

    Every run writes its own copy of the Action into the environment, so that runs at the same time
    need one each; `original` is the environment that all processes copy.
    """

    folder: Path
    original: Path

    @property
    def action(self) -> Path:
        """The copy of the Action."""
        return self.folder / "evalgate"

    @property
    def environment(self) -> Path:
        """Where the environment of the first run that kept reports is, once there is one."""
        return self.folder / "shared"

    @contextmanager
    def prepared(self) -> Iterator[None]:
        """Let one process make the environment, in its first run, and the others copy it."""
        if self.environment.is_dir():
            yield
            return
        with locked(self.original.with_suffix(".lock")):
            if self.original.is_dir():
                shutil.copytree(self.original, self.environment, symlinks=True)
            yield
            if self.environment.is_dir() and not self.original.is_dir():
                shutil.copytree(self.environment, self.original, symlinks=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What starts a workflow.

    `variables` are those of the job, such as `GITHUB_API_URL`; `secrets` are masked in the log.
    """

    event: str
    payload: Mapping[str, Any]
    workflow: str = "gate.yml"
    run: int = 50
    attempt: int = 1
    actor: str = "ada"
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=Tests", "-c", "user.email=tests@example.org")
    command = ("git", *identity, *words)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(folder: Path, message: str) -> str:
    """Commit everything, and return the commit's id."""
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock that other processes respect; it goes with the process."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def set_up(folder: Path, original: Path) -> Bench:
    """Copy what is, or would be, committed: the runner gets nothing else either.

    Args:
        folder: of this process alone.
        original: where the processes leave the environment for each other.
    """
    listing = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listing.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "benchmarks/", "docs/")):
            target = folder / "evalgate" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
    # Each run works on a copy of its own, and would compile it again, once for each command. The
    # runner copies nothing that the list names of what git ignores, so that the list is left out.
    (folder / "evalgate/.gitignore").unlink(missing_ok=True)
    modules = folder / "evalgate/evalgate"
    compile_dir(modules, quiet=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    for name, text in COPIES.items():
        place = folder / "stand-ins" / name.partition("@")[0].replace("/", "-")
        place.mkdir(parents=True, exist_ok=True)
        (place / "action.yml").write_text(text, "utf-8")
    return Bench(folder=folder, original=original)


def act(bench: Bench, repository: Path, trigger: Trigger) -> Run:
    """Run a workflow of a repository on what it has checked out.

    The workflow may write `toJSON(steps)` to `$RESULTS/steps.json`, which is then read.
    """
    name = f"{repository.name}-{trigger.event}-{trigger.run}-{trigger.attempt}"
    scratch = repository.with_name(name)
    results, stored = scratch / "results", scratch / "stored"
    for place in (results, stored):
        place.mkdir(parents=True)
    (scratch / "event.json").write_text(json.dumps(trigger.payload), "utf-8")
    with bench.prepared():
        done = subprocess.run(
            (str(ACT), *_words(bench, trigger, scratch)),
            cwd=repository,
            env=_clean(trigger),
            capture_output=True,
            check=False,
        )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith(b"{")]
    # The runner shows what a step inside an action added twice: for that step and for the action.
    summaries = [line["content"] for line in lines if line.get("command") == "summary"]
    written = results / "steps.json"
    steps = json.loads(written.read_text("utf-8")) if written.is_file() else {}
    return Run(
        exit_code=done.returncode,
        log="\n".join(line.get("msg", "").rstrip() for line in lines)
        + done.stderr.decode(errors="replace"),
        summaries=list(dict.fromkeys(summaries)),
        steps={
            name: Step(outcome=step["outcome"], outputs=step["outputs"])
            for name, step in steps.items()
        },
        stored=stored,
        commands=[line for line in lines if line.get("command")],
    )


def _words(bench: Bench, trigger: Trigger, scratch: Path) -> list[str]:
    variables = {
        "RESULTS": str(scratch / "results"),
        "STORED": str(scratch / "stored"),
        "SHARED": str(bench.environment),
        "GITHUB_RUN_ID": str(trigger.run),
        "GITHUB_RUN_ATTEMPT": str(trigger.attempt),
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_REPOSITORY": "octo/shop",
        **trigger.variables,
    }
    local = {
        name: bench.folder / "stand-ins" / name.partition("@")[0].replace("/", "-")
        for name in COPIES
    } | {ACTION: bench.action}
    words = [
        *(trigger.event, "--eventpath", str(scratch / "event.json")),
        *("--workflows", f".github/workflows/{trigger.workflow}"),
        *("--platform", "ubuntu-latest=-self-hosted", "--platform", "ubuntu-24.04=-self-hosted"),
        *("--action-offline-mode", "--action-cache-path", str(scratch / "cache")),
        # One after the other: the jobs of a matrix share the environment.
        *("--no-cache-server", "--json", "--actor", trigger.actor, "--concurrent-jobs", "1"),
    ]
    for name, place in local.items():
        words += ["--local-repository", f"{name}={place}"]
    for name, value in variables.items():
        words += ["--env", f"{name}={value}"]
    for name in trigger.secrets:
        words += ["--secret", name]  # whose value is read from the environment
    return words


def _clean(trigger: Trigger) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GITHUB_", "ANTHROPIC_", "EVALGATE_"))
    }
    return kept | dict(trigger.secrets)
