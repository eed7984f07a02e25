"""Reads what a workflow's run is to do about rollouts: which act, with which prompt and version."""

from dataclasses import dataclass
from enum import StrEnum

from evalgate.errors import UsageError
from evalgate.model.reading import describe, suggestion


class Act(StrEnum):
    """What is to become of a rollout.

    `check` only tells what the evidence says. `watch` looks after every rollout that is under way.
    """

    CHECK = "check"
    START = "start"
    ADVANCE = "advance"
    HOLD = "hold"
    ROLLBACK = "rollback"
    WATCH = "watch"

    @property
    def needs_evidence(self) -> bool:
        """Whether it goes by what production shows."""
        return self in (Act.CHECK, Act.ADVANCE, Act.WATCH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """What a run is to do: with which prompt, and with which version where that is said.

    `overrides` tells that the version is to advance against the evidence.
    """

    act: Act
    prompt: str = ""
    version: str = ""
    overrides: bool = False


def read_dispatch(  # noqa: PLR0913 - each is a text of its own
    act: str, prompt: str, version: str, *, percent: str, reason: str, overrides: bool
) -> Dispatch:
    """Return what is asked for; whether there are such a prompt and version is not looked at.

    Raises:
        UsageError: names the input that is wrong, and what was expected.
    """
    dispatch = Dispatch(act=_act(act), prompt=prompt, version=version, overrides=overrides)
    if percent:
        raise UsageError(
            "percent: a rollout takes its shares from `rollout.stages` of the policy: leave it out"
        )
    _check_names(dispatch)
    if overrides:
        _check_override(dispatch, reason)
    return dispatch


def _act(name: str) -> Act:
    if not name:
        return Act.WATCH
    try:
        return Act(name)
    except ValueError:
        hint = suggestion(name, list(Act))
        raise UsageError(
            f"rollout: expected what is to become of it, got {describe(name)}{hint}"
        ) from None


def _check_names(dispatch: Dispatch) -> None:
    is_watch = dispatch.act is Act.WATCH
    if not dispatch.prompt and (dispatch.version or not is_watch):
        raise UsageError("prompt: expected the name of a prompt, got nothing")
    if dispatch.act is Act.START and not dispatch.version:
        raise UsageError("version: expected the version that is to start, such as `v3`")


def _check_override(dispatch: Dispatch, reason: str) -> None:
    if dispatch.act is not Act.ADVANCE:
        raise UsageError(
            f"override: only `advance` can go against the evidence, not `{dispatch.act.value}`: "
            "leave it out"
        )
    if not reason.strip():
        raise UsageError("reason: say why the version is to advance against the evidence")
