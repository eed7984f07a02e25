"""A job of a workflow without its runner: the Action's two steps, as `action.yml` runs them."""

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import current_thread, main_thread
from zipfile import ZipFile

from evalgate.adapters.git_process import check
from evalgate.simulator.server import SimulatorServer
from tests.act.newcomer import NUMBER, OURS, pull_request_event
from tests.e2e.shop import environment, inside, start
from tests.github.server import TOKEN, Serving
from tests.github.state import Status

REPORT = "https://github.example/octo/shop/actions/runs/50/artifacts/1"
_ENDED, _RUN = 70, 50
_OUTPUT = re.compile(
    r"^(?P<name>[a-z-]+)(?:=(?P<text>.*)|<<(?P<mark>\S+)\n(?P<lines>.*?)\n?(?P=mark))$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a job has left: `exit_code` is the judging step's, and so the job's."""

    exit_code: int
    outputs: Mapping[str, str]
    summary: str
    log: str
    folder: Path

    def annotations(self, level: str) -> list[str]:
        """Return the messages at one level, in the order in which they were printed."""
        return re.findall(rf"^::{level}[^:]*::(.*)$", self.log, re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Jobs of one pull request: its checkout, the GitHub that hears of it, and Claude."""

    shop: Path
    github: Serving
    claude: SimulatorServer | None = None

    @property
    def head(self) -> str:
        """The commit that is checked out."""
        return check(self.shop, "rev-parse", "HEAD").decode().strip()

    def open(self) -> str:
        """Make what is checked out the head of the pull request, as `GITHUB_SHA` has it."""
        self.github.state.commits.add(self.head)
        self.github.state.add_pull(
            NUMBER, self.head, head_ref="topic", head_repository=OURS, base_ref="main"
        )
        return self.head

    def variables(self, scratch: Path, **more: str) -> dict[str, str]:
        """Return the variables of a step; the files that the runner reads lie in `scratch`."""
        scratch.mkdir(parents=True, exist_ok=True)
        event = scratch / "event.json"
        event.write_text(json.dumps(pull_request_event(self.head)))
        files = {name: scratch / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.touch()
        outer = environment(self.claude).items()
        return {
            **{name: value for name, value in outer if not name.startswith("EVALGATE_")},
            **{name: str(file) for name, file in files.items()},
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REPOSITORY": OURS,
            "GITHUB_BASE_REF": "main",
            "GITHUB_SHA": self.head,
            "GITHUB_API_URL": self.github.url,
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_RUN_ID": str(_RUN),
            "RUNNER_TEMP": str(scratch),
            "EVALGATE_TOKEN": TOKEN,
            **more,
        }

    def run(self, scratch: Path, **more: str) -> Ended:
        """Judge, then publish, and return what is left.

        Args:
            scratch: a folder of the runner's, new for each job.
            more: variables of both steps, such as `EVALGATE_POLICY`.
        """
        variables = self.variables(scratch, **more)
        judged = _ended(self.shop, "action", variables=variables)
        return self.publish(
            scratch, ended=judged.returncode, log=judged.stdout + judged.stderr, **more
        )

    def publish(self, scratch: Path, *, ended: int = _ENDED, log: str = "", **more: str) -> Ended:
        """Run the publishing step after a judging step that ended so."""
        variables = self.variables(scratch, **more)
        folder = Path(_outputs(variables).get("folder", str(scratch)))
        words = ("publish", str(folder), f"--ended={ended}", f"--report-url={REPORT}")
        published = _ended(self.shop, *words, variables=variables)
        return Ended(
            exit_code=ended,
            outputs=_outputs(variables),
            summary=Path(variables["GITHUB_STEP_SUMMARY"]).read_text("utf-8"),
            log="".join([log, published.stdout, published.stderr]),
            folder=folder,
        )

    def upload(self, ended: Ended, name: str, *, expired: bool = False, below: str = "") -> None:
        """Keep what a job has left as the artifact of its run, in a folder when one is named."""
        archive = BytesIO()
        with ZipFile(archive, "w") as file:
            for path in sorted(path for path in ended.folder.rglob("*") if path.is_file()):
                file.write(path, below + path.relative_to(ended.folder).as_posix())
        self.github.state.add_artifact(_RUN, archive.getvalue(), name=name, expired=expired)

    def statuses(self) -> dict[str, Status]:
        """Return what stands beside the commit, by context."""
        newest_last = reversed(self.github.state.statuses_of(self.head))
        return {status.context: status for status in newest_last}

    def bodies(self) -> list[str]:
        """Return the comments on the pull request."""
        return list(self.github.state.bodies(NUMBER))


def _ended(
    shop: Path, *words: str, variables: dict[str, str]
) -> "subprocess.CompletedProcess[str]":
    """Run a step. Of jobs at once each has a process: a folder and an environment are a process's."""
    if current_thread() is main_thread():
        return inside(shop, *words, variables=variables)
    return start(shop, *words, variables=variables).wait()


def _outputs(variables: Mapping[str, str]) -> dict[str, str]:
    text = Path(variables["GITHUB_OUTPUT"]).read_text("utf-8")
    found = re.finditer(_OUTPUT.pattern, text, re.MULTILINE | re.DOTALL)
    return {each["name"]: each["lines"] or each["text"] or "" for each in found}
