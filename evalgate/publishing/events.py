"""Reads the payload of an event into what evalgate needs of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Data, Document
from evalgate.model.event import Event
from evalgate.model.reading import describe

_BRANCH = "refs/heads/"
_DEPENDABOT = "dependabot[bot]"


def read_event(name: str, payload: Document, *, commit: str, ref: str, actor: str) -> Event:
    """Return the event of a payload.

    Args:
        name: of the event, as in `GITHUB_EVENT_NAME`.
        payload: what GitHub says about it.
        commit: what the workflow has checked out, `GITHUB_SHA`.
        ref: the ref of that, `GITHUB_REF`.
        actor: who started the run, `GITHUB_ACTOR`.

    Raises:
        ConfigurationError: when the payload lacks what every event of its name has.
    """
    read = _READERS.get(name, _read_plain)
    return read(_Payload(name, payload), _Run(commit=commit, ref=ref, actor=actor))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What the runner says besides: the commit, its ref, and who started the run."""

    commit: str
    ref: str
    actor: str

    @property
    def branch(self) -> str:
        """The short name of the branch; empty where it is none."""
        return _branch(self.ref)


class _Payload:
    """A payload whose values are asked for by their path, such as `pull_request.head.sha`."""

    def __init__(self, name: str, document: Document) -> None:
        self.name = name
        self._document = document

    def text(self, path: str) -> str:
        """Return a text; empty when it is null or not there."""
        value = self._at(path)
        return value if isinstance(value, str) else ""

    def required(self, path: str) -> str:
        """Return a text that must be there."""
        value = self._at(path)
        if not isinstance(value, str) or not value:
            raise self._lacks(path, "a text", value)
        return value

    def number(self, path: str) -> int:
        """Return a positive number that must be there."""
        value = self._at(path)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self._lacks(path, "a positive number", value)
        return value

    def flag(self, path: str) -> bool:
        """Return whether a value is true."""
        return self._at(path) is True

    def _at(self, path: str) -> Data:
        value = self._document.data
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def _lacks(self, path: str, wanted: str, value: Data) -> ConfigurationError:
        message = f"expected {wanted} in the payload of `{self.name}`, got {describe(value)}"
        return ConfigurationError([Problem(path=self._document.path, key=path, message=message)])


def _read_pull_request(payload: _Payload, run: _Run) -> Event:
    repository = payload.required("pull_request.base.repo.full_name")
    # The repository of a fork that was deleted since is null.
    is_fork = payload.text("pull_request.head.repo.full_name") != repository
    return Event(
        name=payload.name,
        head=payload.required("pull_request.head.sha"),
        number=payload.number("pull_request.number"),
        is_foreign=is_fork or run.actor == _DEPENDABOT,
        base_ref=payload.required("pull_request.base.ref"),
        default_branch=payload.text("repository.default_branch"),
    )


def _read_merge_group(payload: _Payload, _: _Run) -> Event:
    return Event(
        name=payload.name,
        head=payload.required("merge_group.head_sha"),
        base=payload.required("merge_group.base_sha"),
        base_ref=payload.required("merge_group.base_ref").removeprefix(_BRANCH),
        default_branch=payload.text("repository.default_branch"),
    )


def _read_push(payload: _Payload, run: _Run) -> Event:
    ref = payload.required("ref")
    return Event(
        name=payload.name,
        head=payload.text("after") or run.commit,
        branch=_branch(ref),
        default_branch=payload.required("repository.default_branch"),
        deleted=payload.flag("deleted"),
    )


def _read_run(payload: _Payload, _: _Run) -> Event:
    owner = payload.text("workflow_run.head_repository.owner.login")
    branch = payload.text("workflow_run.head_branch")
    return Event(
        name=payload.name,
        head=payload.required("workflow_run.head_sha"),
        run=payload.number("workflow_run.id"),
        source=payload.required("workflow_run.event"),
        head_branch=f"{owner}:{branch}" if owner and branch else "",
        default_branch=payload.text("repository.default_branch"),
    )


def _read_plain(payload: _Payload, run: _Run) -> Event:
    return Event(
        name=payload.name,
        head=run.commit,
        branch=_branch(payload.text("ref")) or run.branch,
        default_branch=payload.text("repository.default_branch"),
    )


def _read_schedule(payload: _Payload, run: _Run) -> Event:
    # A schedule runs on the default branch alone.
    event = _read_plain(payload, run)
    return replace(event, default_branch=event.default_branch or run.branch)


def _branch(ref: str) -> str:
    return ref.removeprefix(_BRANCH) if ref.startswith(_BRANCH) else ""


_READERS: Mapping[str, Callable[[_Payload, _Run], Event]] = {
    "pull_request": _read_pull_request,
    "merge_group": _read_merge_group,
    "push": _read_push,
    "schedule": _read_schedule,
    "workflow_run": _read_run,
}
