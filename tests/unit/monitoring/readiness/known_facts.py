"""Facts about an application that is ready for production, and what its items come to."""

from dataclasses import replace

from evalgate.model.alarm import Urgency
from evalgate.model.alert import Delivery, SinkKind
from evalgate.model.alerted import AlertState
from evalgate.model.monitoring import (
    Answering,
    Level,
    MonitorRules,
    Objective,
    ScoringRules,
)
from evalgate.model.policy import Policy, RunSettings
from evalgate.model.readiness import Finding, Standing
from evalgate.model.route import Route
from evalgate.model.serving import CacheKind, CacheRules, SamplingRules, Serving
from evalgate.monitoring.alarms.sink_trial import SinkTrial
from evalgate.monitoring.readiness.checklist import readiness_of
from evalgate.monitoring.readiness.facts import (
    Detection,
    Drill,
    Facts,
    LogFacts,
    PlaceFacts,
    Probe,
    PromptFacts,
    ScoreFacts,
    SpoolFacts,
)
from evalgate.monitoring.readiness.log_survey import LogSurvey
from tests.unit.alerts import NOW, a_sink, an_alarm

MODEL = "claude-haiku-5-5"
SINKS = (a_sink("pager", Urgency.PAGE, kind=SinkKind.PAGERDUTY), a_sink("chat"))
TAKEN = Delivery(sink="pager", fingerprint="t", at=NOW)
SURVEY = LogSurvey(
    lines=900,
    calls=800,
    first="2026-09-19T15:00:00.000Z",
    last="2026-09-21T14:00:00.000Z",
    by_application=3,
    hashed=800,
    sampled=9,
)
SERVING = Serving(
    routes={"direct": Route(), "other": Route()},
    cache=CacheRules(kind=CacheKind.MEMORY),
    sampling=SamplingRules(rate=0.01, spool="spool", raised={"canary": 0.2}),
)
POLICY = Policy(
    run=RunSettings(max_cost_usd_per_day=50.0),
    monitor=MonitorRules(
        scoring=ScoringRules(anchors="evalsets/anchors.jsonl"),
        objectives=tuple(Objective(name=each.value, level=each, target=0.99) for each in Level),
        alerts=SINKS,
        incidents=Answering(owner="ann", vendor="account manager"),
    ),
)
PROMPT = PromptFacts(
    name="support",
    stable="v2",
    canary="v3",
    salt="support/v3",
    models=(MODEL,),
    good=("v1",),
)
READY = Facts(
    at=NOW,
    serving=SERVING,
    policy=POLICY,
    prompts=(PROMPT,),
    has_history=True,
    price_date="2026-09-01",
    key_bytes=32,
    sdk_retries=0,
    deadline=60.0,
    log=LogFacts(place=PlaceFacts(path="logs"), survey=SURVEY),
    scores=ScoreFacts(
        place=PlaceFacts(path="scores"),
        last_score=NOW - 600,
        last_anchor=NOW - 7_200,
        anchors=20,
        per_hour=12.5,
    ),
    spool=SpoolFacts(place=PlaceFacts(path="spool"), oldest_days=3.0),
    baselines=True,
    detection=Detection(drop=5.0, scores=100, hours=8.0),
    burnt={each.value: (an_alarm(),) for each in Level if each is not Level.QUALITY},
    unset={"pager": (), "chat": ()},
    alert_state=AlertState(),
    last_drill=NOW - 40 * 86_400,
    probes=(Probe(route="direct", model=MODEL, seconds=0.4),),
    drill=Drill(prompt="support", switched=0.4, rolled_back=0.5),
    trials=tuple(SinkTrial(rules=each, fired=TAKEN, resolved=TAKEN) for each in SINKS),
)


def found(item: str, **changes: object) -> Finding:
    """Return what an item comes to when some facts are others than of the one that is ready."""
    facts = replace(READY, **changes)  # type: ignore[arg-type]
    (finding,) = [each for each in readiness_of(facts).findings if each.id == item]
    return finding


def standing(item: str, **changes: object) -> Standing:
    """Return how an item stands; see `found`."""
    return found(item, **changes).standing
