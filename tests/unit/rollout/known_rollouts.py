"""Reports of rollouts for the facts about verdicts that are served."""

from evalgate.model.milestone import Phase
from evalgate.model.rollout import (
    Evidence,
    Lack,
    Outcome,
    Outlook,
    Rollout,
    RolloutReport,
)
from evalgate.model.verdict import Reason

STARTED = 1_795_000_000.0  # 2026-11-18T11:06:40Z


def known_rollout(
    outcome: Outcome = Outcome.HOLD,
    phase: Phase = Phase.SERVING,
    *,
    version: str = "v4",
    verdict: str = "20261118-101500-ab12",
    lacks: tuple[Lack, ...] = (),
) -> RolloutReport:
    """Return a report whose evidence leads to an outcome."""
    rollout = Rollout(
        prompt="support-reply",
        stable="v3",
        version=version,
        hash="a" * 64,
        phase=phase,
        percent=5.0,
        started=STARTED,
        since=STARTED,
        verdict=verdict,
    )
    outlook = Outlook(
        outcome=outcome,
        reasons=_reasons(outcome, lacks),
        lacks=lacks,
        to=0.0 if phase.is_over else 25.0,
    )
    evidence = Evidence(at=STARTED + 3_600, criteria=(), harm=1.0, split=None)
    return RolloutReport(
        rollout=rollout,
        evidence=evidence,
        outlook=outlook,
        stages=(5.0, 25.0, 50.0, 100.0),
        history=(),
    )


def _reasons(outcome: Outcome, lacks: tuple[Lack, ...]) -> tuple[Reason, ...]:
    """Return why: what is missing, as the real outlook has it, or else a word."""
    told = [Reason(code=lack.code, message=lack.message) for lack in lacks]
    word = Reason(code=outcome.value, message=f"the evidence says {outcome.value}")
    return tuple(told) or (word,)
