"""The record of a quality problem: what happened, what was done about it, and what was told.

It is one document that grows: machines fill it in, people change it by commands, and every change
is noted in its history. It names calls by their ids; what was said in them stays where it is.
Instants are texts, `YYYY-MM-DDTHH:MM:SSZ`, and empty where there is none.
"""

from dataclasses import dataclass, field
from enum import StrEnum

SCHEMA = "incident/2"


class Status(StrEnum):
    """How far an incident is, in this order."""

    DETECTED = "detected"
    TRIAGED = "triaged"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Severity(StrEnum):
    """How grave an incident is: `sev1` is the gravest; in doubt the graver one is right."""

    SEV1 = "sev1"
    SEV2 = "sev2"
    SEV3 = "sev3"
    SEV4 = "sev4"


class IncidentClass(StrEnum):
    """What is wrong."""

    OUTAGE = "outage"
    LATENCY = "latency"
    QUALITY = "quality"
    FORMAT = "format"
    REFUSAL_SPIKE = "refusal_spike"
    COST = "cost"
    SAFETY = "safety"
    PRIVACY = "privacy"
    JUDGE_DRIFT = "judge_drift"


class ActionPhase(StrEnum):
    """What an action is for, in the order in which they are done."""

    DETECT = "detect"
    TRIAGE = "triage"
    MITIGATE = "mitigate"
    COMMUNICATE = "communicate"
    RECOVER = "recover"
    LEARN = "learn"


class Risk(StrEnum):
    """What an action may do to those who are not concerned."""

    NONE = "none"
    LOW = "low"
    HIGH = "high"


class Answer(StrEnum):
    """What a question of the triage comes to."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """What others call such a problem: OWASP's list for LLM applications, NIST AI 600-1."""

    owasp: tuple[str, ...] = ()
    nist: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is affected; an empty name stands for all."""

    prompt: str = ""
    criterion: str = ""
    version: str = ""
    feature: str = ""
    route: str = ""
    provider: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentSlice:
    """A part of the traffic: its rate of failure before and after, and its part in the rise.

    `dimension` is `version`, `feature`, `route`, `provider` or `model`.
    """

    dimension: str
    name: str
    n: int
    observed: float
    before: float | None = None
    contribution: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What was seen, against what; `p_false` is the chance that nothing is behind it."""

    signal: str
    metric: str = ""
    window: str = ""
    observed: float | None = None
    baseline: float | None = None
    threshold: float | None = None
    n: int = 0
    low: float | None = None
    high: float | None = None
    p_false: float | None = None
    first_bad: str = ""
    message: str = ""
    slices: tuple[IncidentSlice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """Whom it concerns; None where that is not known.

    `users` counts hashes, `share` is that of the affected calls among all of the prompt, and
    `error_budget_spent` the share of the budget of 30 days that is gone.
    """

    calls: int | None = None
    users: int | None = None
    share: float | None = None
    features: tuple[str, ...] = ()
    cost_delta_usd: float | None = None
    error_budget_spent: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A change, or something else, that may be the cause: the likeliest one stands first.

    `kind` is that of `model.traffic.Change`, or `traffic` for what users ask. `ts` is empty for
    what no change of ours explains. `lead_minutes` is how long before the first bad answers it
    was, below zero for a change after them, None where nobody knows when they began, and
    `weight` its share of the suspicion, from 0 to 1.
    """

    kind: str
    subject: str
    before: str = ""
    after: str = ""
    ts: str = ""
    lead_minutes: float | None = None
    weight: float = 0.0
    source: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageStep:
    """One question that the machine has asked, with the figures that the answer rests on."""

    question: str
    answer: Answer
    figures: str
    leads_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where to look: commands, and ids of calls. `report` is a file or an address."""

    queries: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    vendor_calls: tuple[str, ...] = ()
    rerun: str = ""
    report: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionResult:
    """That an action was done, by whom, and how it ended: `done`, `failed` or `undone`."""

    at: str
    by: str
    outcome: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One step of the playbook; the commands can be pasted into a terminal."""

    id: str
    phase: ActionPhase
    title: str
    command: str = ""
    precondition: str = ""
    effect: str = ""
    verify: str = ""
    undo: str = ""
    risk: Risk = Risk.NONE
    needs_human: bool = False
    timeout_minutes: float | None = None
    result: ActionResult | None = None

    @property
    def is_done(self) -> bool:
        """Whether it was done and holds."""
        return self.result is not None and self.result.outcome == "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """That an audience was told."""

    at: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Communication:
    """What one audience is told, how often, and when the next time is due."""

    audience: str
    channel: str
    template: str
    every_minutes: float
    due: str = ""
    text: str = ""
    sent: tuple[Sent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedCase:
    """A golden case that an incident has left behind, and what shows that it would have caught it.

    `proof` is `proven`, or `unproven` with the reason in `note`.
    """

    evalset: str
    case: str
    proof: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """How an incident ended."""

    at: str = ""
    by: str = ""
    root_cause: str = ""
    contributing: tuple[str, ...] = ()
    minutes_to_detect: float | None = None
    minutes_to_mitigate: float | None = None
    cases: tuple[LearnedCase, ...] = ()
    follow_ups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One change of an incident; none is ever removed."""

    at: str
    by: str
    what: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One quality problem, from its detection to what was learned from it.

    `fingerprint` is that of the alarm; while an incident is open there is no other one with it.
    `drafted` are cases that were drafted from its evidence, as `<eval set>:<case>`.
    """

    id: str
    fingerprint: str
    title: str
    status: Status
    severity: Severity
    severity_rule: str
    kind: IncidentClass
    opened_at: str
    detected_by: str
    owner: str = ""
    drill: bool = False
    scope: Scope = field(default_factory=Scope)
    taxonomy: Taxonomy = field(default_factory=Taxonomy)
    detection: Detection
    impact: Impact = field(default_factory=Impact)
    triage: tuple[TriageStep, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    provider_status: str = ""
    evidence: Evidence = field(default_factory=Evidence)
    actions: tuple[Action, ...] = ()
    communication: tuple[Communication, ...] = ()
    drafted: tuple[str, ...] = ()
    closure: Closure | None = None
    history: tuple[HistoryEntry, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.status is not Status.CLOSED

    def is_open_for(self, fingerprint: str) -> bool:
        """Return whether it is the open incident of a cause."""
        return self.is_open and self.fingerprint == fingerprint
