"""An incident in which something is known of everything."""

from dataclasses import replace

from evalgate.model.incident import Incident
from evalgate.model.milestone import Milestone, Phase
from evalgate.model.monitoring import Answering
from evalgate.model.prompt import Canary, LivePointer, Move, Switch
from evalgate.monitoring.incidents.following import Signed
from evalgate.monitoring.incidents.impact import Affected
from evalgate.monitoring.incidents.mitigation import Situation
from evalgate.monitoring.incidents.opening import Known, opened_from
from tests.unit.monitoring.incidents.streams import (
    END,
    NOON,
    PROMPT,
    Day,
    alarm,
    change,
    minutes,
    seen,
)

AT = END + 60.0
ANN = Signed(at=AT + 300.0, by="Ann")
HASH = "5" * 64

HISTORY = (
    Move(stable="v1", at="2026-11-01T10:00:00Z", by="Ann", why="first", verdict="r1"),
    Move(stable="v2", at="2026-11-10T10:00:00Z", by="Ann", why="better", verdict="r2"),
)
STABLE = LivePointer(
    prompt=PROMPT, path=f"prompts/{PROMPT}/live.yaml", stable="v2", history=HISTORY
)
SERVING = Move(
    stable="v2",
    at="2026-11-22T11:00:00Z",
    by="Ann",
    rollout=Milestone(version="v3", phase=Phase.SERVING, hash=HASH, percent=25.0),
)
ROLLING = replace(
    STABLE, canary=Canary(version="v3", percent=25.0, salt="s"), history=(*HISTORY, SERVING)
)
SWITCHED = replace(
    STABLE,
    switch=Switch(model="claude-nano-5-5"),
    history=(
        *HISTORY,
        Move(stable="v2", at="2026-11-22T11:00:00Z", switch=Switch(model="claude-nano-5-5")),
    ),
)
ROUTES = {"direct": "direct", "bedrock-eu": "bedrock"}
SITUATION = Situation(pointer=STABLE, routes=ROUTES, models=("claude-nano-5-5",))
ANSWERING = Answering(owner="ann", vendor="support@provider.invalid")


def known(**changes: object) -> Known:
    """Return what is known of a day on which a new version did harm."""
    day = Day(
        worse=lambda each: 0.1 if each.prompt == PROMPT else 0.0,
        version=lambda ts, _: "v2" if ts >= NOON else "v1",
    )
    told = seen(day, change("prompt", to="v2"), minutes=minutes(failed=0.02))
    made = Known(
        seen=told,
        situation=SITUATION,
        answering=ANSWERING,
        affected=Affected(calls=999, users=31, failing=("req-x",), vendor=("req_011CS",)),
        budget_spent=0.25,
        false_alarms=0.01,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # the fields of what is known


def an_incident(**changes: object) -> Incident:
    """Return the incident of that day."""
    made = opened_from(alarm(), known(), at=AT)
    return replace(made, **changes)  # type: ignore[arg-type]  # the fields of an incident
