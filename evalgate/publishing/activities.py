"""Which event asks for what: one table, in which every event that is not known is an error."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from evalgate.errors import UsageError
from evalgate.model.event import Activity, Event
from evalgate.model.reading import suggestion

_TARGET = "pull_request_target"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the workflow's author said besides, by the inputs of the Action.

    `activity` overrides the table. `rolls_out` tells that an act of a rollout is named, `promotes`
    that a prompt is, `judges` that a pull request is, and `can_call` that there is a way to reach
    Claude.
    """

    activity: str = ""
    rolls_out: bool = False
    promotes: bool = False
    judges: bool = False
    can_call: bool = True


def activity_of(event: Event, wish: Wish) -> Activity:
    """Return what an event asks for.

    Raises:
        UsageError: when nobody has said what such an event asks for.
    """
    if wish.activity:
        return _named(wish.activity)
    decide = _ACTIVITIES.get(event.name)
    if decide is None:
        known = ", ".join(sorted(_ACTIVITIES.keys() - {_TARGET}))
        raise UsageError(
            f"evalgate does not know what to do about the event `{event.name}`: it acts on "
            f"{known}; start the workflow by one of them, or name the input `activity`"
        )
    return decide(event, wish)


def _named(name: str) -> Activity:
    try:
        return Activity(name)
    except ValueError:
        hint = suggestion(name, list(Activity))
        raise UsageError(f"the input activity: there is no activity `{name}`{hint}") from None


def _of_pull_request(event: Event, wish: Wish) -> Activity:
    # A repository may give its forks secrets; then they are judged like its own branches.
    return Activity.SCREEN if event.is_foreign and not wish.can_call else Activity.GATE


def _of_target(_: Event, __: Wish) -> Activity:
    raise UsageError(
        "`pull_request_target` has secrets and checks out the base, so it is no event to judge a "
        "change by: start the workflow by `pull_request`, and see docs/forks.md for forks"
    )


def _of_push(event: Event, _: Wish) -> Activity:
    if event.deleted or not event.branch:
        return Activity.NOTHING
    return Activity.RECORD if event.branch == event.default_branch else Activity.GATE


def _of_dispatch(_: Event, wish: Wish) -> Activity:
    if wish.judges and (wish.promotes or wish.rolls_out):
        raise UsageError(
            "the inputs name a prompt to promote and a pull request to judge: name one of the two"
        )
    if wish.rolls_out:
        return Activity.ROLLOUT
    if wish.promotes:
        return Activity.PROMOTE
    return Activity.JUDGE_FORK if wish.judges else Activity.GATE


def _of_run(event: Event, _: Wish) -> Activity:
    if event.source != "pull_request":
        raise UsageError(
            f"the run that has ended was started by `{event.source}`; only runs of `pull_request` "
            "have something to publish: name their workflow under `workflow_run.workflows`"
        )
    return Activity.RELAY


_ACTIVITIES: Mapping[str, Callable[[Event, Wish], Activity]] = {
    "pull_request": _of_pull_request,
    _TARGET: _of_target,
    "merge_group": lambda _, __: Activity.GATE,
    "push": _of_push,
    "schedule": lambda _, wish: Activity.ROLLOUT if wish.rolls_out else Activity.RECORD,
    "workflow_dispatch": _of_dispatch,
    "workflow_run": _of_run,
}
"""What decides about each event."""
