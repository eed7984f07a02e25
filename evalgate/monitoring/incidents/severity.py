"""How grave an incident is, by a rule that it names, and what others call such a one; pure."""

from collections.abc import Mapping

from evalgate.model.alarm import Alarm, Signal, Urgency
from evalgate.model.incident import IncidentClass, Severity, Taxonomy

GRAVE = frozenset({IncidentClass.SAFETY, IncidentClass.PRIVACY})
"""Classes in which a page is of the gravest severity, however few are affected."""

FAR = 0.2
"""The fall of a score, of 1, that users cannot overlook."""

MINOR = frozenset({Signal.JUDGE, Signal.SILENCE, Signal.SINK})

TAXONOMY: Mapping[IncidentClass, Taxonomy] = {
    IncidentClass.OUTAGE: Taxonomy(nist=("Value Chain and Component Integration",)),
    IncidentClass.LATENCY: Taxonomy(nist=("Value Chain and Component Integration",)),
    IncidentClass.QUALITY: Taxonomy(
        owasp=("LLM09:2025 Misinformation",), nist=("Confabulation", "Information Integrity")
    ),
    IncidentClass.FORMAT: Taxonomy(
        owasp=("LLM05:2025 Improper Output Handling",),
        nist=("Value Chain and Component Integration",),
    ),
    IncidentClass.REFUSAL_SPIKE: Taxonomy(nist=("Human-AI Configuration",)),
    IncidentClass.COST: Taxonomy(owasp=("LLM10:2025 Unbounded Consumption",)),
    IncidentClass.SAFETY: Taxonomy(
        owasp=("LLM01:2025 Prompt Injection", "LLM06:2025 Excessive Agency"),
        nist=("Dangerous, Violent, or Hateful Content", "Information Security"),
    ),
    IncidentClass.PRIVACY: Taxonomy(
        owasp=("LLM02:2025 Sensitive Information Disclosure",), nist=("Data Privacy",)
    ),
    IncidentClass.JUDGE_DRIFT: Taxonomy(nist=("Information Integrity",)),
}
"""What to look under; a person may know better."""


def severity_of(
    alarm: Alarm, kind: IncidentClass, *, drill: bool = False, what: str = "a page"
) -> tuple[Severity, str]:
    """Return the severity of an alarm, and the rule that set it; `what` says what paged."""
    if drill:
        return Severity.SEV4, "a drill"
    if alarm.signal in MINOR or kind is IncidentClass.JUDGE_DRIFT:
        return Severity.SEV4, "what watches production has failed, and not production"
    if alarm.urgency is Urgency.TICKET:
        return Severity.SEV3, "a ticket: it can wait until morning"
    grave = _grave(alarm, kind)
    return (Severity.SEV1, f"{what}, and {grave}") if grave else (Severity.SEV2, what)


def _grave(alarm: Alarm, kind: IncidentClass) -> str:
    """Say what makes a page one of the gravest severity; nothing where nothing does."""
    if kind in GRAVE:
        return f"it is about {kind.value}"
    if alarm.signal is not Signal.BURN:
        fall = (alarm.baseline or 0.0) - alarm.observed
        return f"a fall of at least {FAR * 100:g} points" if fall >= FAR else ""
    return ""
