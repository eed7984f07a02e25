"""The incident that pages are drawn of, with texts that try to be more than texts."""

from dataclasses import replace

from evalgate.model.incident import (
    ActionResult,
    Closure,
    Incident,
    LearnedCase,
    Status,
)
from tests.unit.monitoring.incidents.records import an_incident

EVIL = "</script><img src=x onerror=alert(1)>` | @team ::error::x"


def closed() -> Incident:
    """Return an incident that is over."""
    return replace(
        an_incident(),
        status=Status.CLOSED,
        closure=Closure(
            at="2026-11-22T15:00:00Z",
            by="Ann",
            root_cause="v2 lost a sentence",
            minutes_to_detect=121.0,
            minutes_to_mitigate=5.0,
            contributing=("no case",),
            cases=(LearnedCase(evalset="s", case="c", proof="proven", note="v2 passes 0 of 3"),),
            follow_ups=("read the others",),
        ),
    )


def evil() -> Incident:
    """Return an incident of which every text that people write is hostile."""
    made = closed()
    first, *rest = made.actions
    closure = made.closure
    assert closure is not None
    return replace(
        made,
        title=EVIL,
        owner=EVIL,
        provider_status=EVIL,
        scope=replace(made.scope, prompt=EVIL, feature=EVIL),
        detection=replace(made.detection, message=EVIL),
        impact=replace(made.impact, features=(EVIL,)),
        suspects=tuple(replace(each, subject=EVIL, why=EVIL) for each in made.suspects),
        evidence=replace(made.evidence, calls=(EVIL,), report=EVIL),
        actions=(
            replace(
                first,
                title=EVIL,
                command=EVIL,
                result=ActionResult(at="", by=EVIL, outcome="done", note=EVIL),
            ),
            *rest,
        ),
        communication=tuple(replace(each, text=EVIL) for each in made.communication),
        closure=replace(closure, root_cause=EVIL, follow_ups=(EVIL,)),
        history=tuple(replace(each, by=EVIL, why=EVIL) for each in made.history),
    )
