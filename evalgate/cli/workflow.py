"""Reads what GitHub Actions says to a job: where it runs, for whom, with which inputs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from evalgate.adapters.github_addresses import DEFAULT_API
from evalgate.errors import UsageError

SERVER_URL = "https://github.com"

PREFIX = "EVALGATE_"
_TRUE, _FALSE = ("true",), ("", "false")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """The run that a job belongs to. `repository` is `owner/name`; `token` is the job's own.

    `commit` and `ref` are what the run is about, as GitHub names them.
    """

    event_name: str = ""
    event_path: str = ""
    repository: str = ""
    api_url: str = DEFAULT_API
    server_url: str = SERVER_URL
    commit: str = ""
    ref: str = ""
    run: int = 0
    attempt: int = 1
    actor: str = ""
    token: str = field(default="", repr=False)

    @property
    def run_url(self) -> str:
        """The page of the run; empty outside of a workflow."""
        if not (self.repository and self.run):
            return ""
        return f"{self.server_url}/{self.repository}/actions/runs/{self.run}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The inputs of the Action, as texts; an input that is left out is empty."""

    activity: str = ""
    base: str = ""
    head: str = ""
    policy: str = ""
    out: str = ""
    artifact: str = ""
    simulate: str = ""
    shard: str = ""
    merge: str = ""
    max_cost: str = ""
    prompt: str = ""
    version: str = ""
    percent: str = ""
    reason: str = ""
    pull_request: str = ""
    content: str = ""
    rollout: str = ""
    calls: str = ""
    scores: str = ""
    override: str = ""
    record_trials: str = ""
    comment: str = ""
    comment_author: str = ""
    check_run: str = ""
    forks_workflow: str = ""

    def flag(self, name: str, *, default: bool) -> bool:
        """Return an input that is true or false.

        Raises:
            UsageError: when it is something else.
        """
        text = str(getattr(self, name))
        if text == "":
            return default
        if text not in (*_TRUE, *_FALSE):
            written = name.replace("_", "-")
            raise UsageError(f"the input {written} takes true or false, not `{text}`")
        return text in _TRUE


def read_workflow(variables: Mapping[str, str]) -> Workflow:
    """Return what the variables of the runner say, with the token of `EVALGATE_TOKEN`.

    Raises:
        UsageError: when a number is none.
    """
    return Workflow(
        event_name=variables.get("GITHUB_EVENT_NAME", ""),
        event_path=variables.get("GITHUB_EVENT_PATH", ""),
        repository=variables.get("GITHUB_REPOSITORY", ""),
        api_url=variables.get("GITHUB_API_URL") or DEFAULT_API,
        server_url=variables.get("GITHUB_SERVER_URL") or SERVER_URL,
        commit=variables.get("GITHUB_SHA", ""),
        ref=variables.get("GITHUB_REF", ""),
        run=_number(variables, "GITHUB_RUN_ID", 0),
        attempt=_number(variables, "GITHUB_RUN_ATTEMPT", 1),
        actor=variables.get("GITHUB_ACTOR", ""),
        token=variables.get("EVALGATE_TOKEN", "").strip(),
    )


def read_inputs(variables: Mapping[str, str]) -> Inputs:
    """Return the inputs, each from a variable such as `EVALGATE_MAX_COST` for `max-cost`."""
    names = [each.name for each in fields(Inputs)]
    return Inputs(**{name: variables.get(PREFIX + name.upper(), "").strip() for name in names})


def _number(variables: Mapping[str, str], name: str, default: int) -> int:
    text = variables.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal():
        raise UsageError(f"{name} is `{text}`, and no number: run inside a step of a workflow")
    return int(text)
