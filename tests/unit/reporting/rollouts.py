"""Rollouts at several points of their way, for the tests of how they are told."""

from collections.abc import Sequence
from dataclasses import replace
from math import cos, exp, log, sin, sqrt

from evalgate.model.milestone import Phase
from evalgate.model.policy import RolloutRules
from evalgate.model.rollout import (
    ArmRate,
    Criterion,
    CriterionEvidence,
    Evidence,
    Lack,
    Outcome,
    Outlook,
    Rollout,
    RolloutReport,
    Snapshot,
    SplitCheck,
    Step,
)
from evalgate.model.verdict import Reason

START = 1_794_902_400.0
"""2026-11-17 08:00 UTC."""

HOUR = 3_600.0
HASH = "b" * 64
WEIGHTS = {Criterion.QUALITY: 3 / 4}
MOST = {Criterion.ERRORS: 0.04, Criterion.REFUSALS: 0.04}
BASE = {
    Criterion.QUALITY: 0.06,
    Criterion.ERRORS: 0.004,
    Criterion.REFUSALS: 0.01,
    Criterion.LATENCY: 0.1,
    Criterion.COST: 0.1,
}
LIMITS = {Criterion.LATENCY: 4_300.0, Criterion.COST: 0.0125}


def course(  # noqa: PLR0913 - where it leads, and how it is sampled
    *, since: float, until: float, units: int, rise: float, most: float, length: int = 40
) -> tuple[Snapshot, ...]:
    """Return a course that wobbles towards a rise while its bounds close in."""
    snapshots = []
    harm = proof = before = 0.0
    for number in range(1, length + 1):
        n = max(2.0, units * number / length)
        half = 0.6 * sqrt((log(log(n + 3)) + 1.2) / n)
        now = rise + 0.5 * half * (sin(0.7 * number) + cos(1.9 * number)) * (1 - number / length)
        harm += 4 * (n - before) * now * abs(now)
        proof += 4 * (n - before) * (most - now) * abs(most - now)
        before = n
        snapshots.append(
            Snapshot(
                at=since + (until - since) * number / length,
                units=int(n),
                rise=max(-1.0, min(1.0, now)),
                low=max(-1.0, now - half),
                high=min(1.0, now + half),
                harm=exp(max(-12.0, min(20.0, harm))),
                proof=exp(max(-12.0, min(20.0, proof))),
            )
        )
    return tuple(snapshots)


def criterion(
    kind: Criterion, *, units: int, rise: float = 0.0, since: float = START, until: float
) -> CriterionEvidence:
    """Return the evidence of a criterion with so many units in each arm."""
    base, most = BASE[kind], MOST.get(kind, 0.05)
    stable, canary = arm(units, base), arm(units, min(1.0, base + rise))
    found = (canary.rate or 0.0) - (stable.rate or 0.0)
    grown = course(since=since, until=until, units=units, rise=found, most=most)
    return CriterionEvidence(
        criterion=kind,
        stable=stable,
        canary=canary,
        max_rise=most,
        harm=grown[-1].harm,
        proof=grown[-1].proof,
        weight=WEIGHTS.get(kind, 1 / 16),
        limit=LIMITS.get(kind),
        course=grown,
    )


def arm(units: int, rate: float) -> ArmRate:
    failed = round(units * rate)
    half = 1.2 / sqrt(units)
    return ArmRate(
        units=units,
        failed=failed,
        low=max(0.0, failed / units - half),
        high=min(1.0, failed / units + half),
    )


def evidence(
    *, at: float, units: int, rises: dict[Criterion, float] | None = None, split: SplitCheck
) -> Evidence:
    """Return the evidence of all criteria, as if every unit were scored."""
    known = rises or {}
    criteria = tuple(
        criterion(kind, units=units, rise=known.get(kind, 0.0), until=at) for kind in Criterion
    )
    return Evidence(
        at=at,
        criteria=criteria,
        harm=sum(each.weight * each.harm for each in criteria),
        split=split,
        scored=(units, units),
        assigned=(split.stable, split.canary),
        hours=units / 18,
        left_out={"crossed": 212, "pinned": 3, "other_version": 1},
        remarks=("2 scores are of calls that the log does not have.",),
    )


def steps(*shares: float, at: float, hours: float = 6.0) -> tuple[Step, ...]:
    """Return steps of so many hours each, the last of which goes on."""
    instants = [START + HOUR * hours * number for number in range(len(shares))]
    untils: Sequence[float | None] = [*instants[1:], None]
    return tuple(
        Step(percent=percent, since=since, until=until)
        for percent, since, until in zip(shares, instants, untils, strict=True)
        if since < at
    )


def report(  # noqa: PLR0913 - all that differs between the rollouts below
    phase: Phase,
    *shares: float,
    known: Evidence,
    outlook: Outlook,
    at_full: float | None = None,
    command: str = "",
    moved: str = "",
) -> RolloutReport:
    taken = steps(*shares, at=known.at)
    is_serving = phase in (Phase.SERVING, Phase.HELD)
    return RolloutReport(
        rollout=Rollout(
            prompt="support-reply",
            stable="v2",
            version="v3",
            hash=HASH,
            phase=phase,
            percent=(100.0 if at_full else taken[-1].percent) if is_serving and taken else 0.0,
            started=START,
            since=taken[-1].since if taken else START,
            steps=taken,
            at_full=at_full,
            verdict="20261117-075500-1a2b3c",
        ),
        evidence=known,
        outlook=outlook,
        stages=(5.0, 25.0, 50.0, 100.0),
        history=(
            ("2026-11-17 08:00 UTC", "preflight", "ann", "replies in the customer's language"),
            ("2026-11-17 08:00 UTC", "serving at 5 %", "ann", "replies in the customer's language"),
        ),
        command=command,
        moved=moved,
        run_url="https://github.example/acme/shop/actions/runs/1",
        rules=RolloutRules(deadline_hours=24),
    )


def healthy() -> RolloutReport:
    """At 5 % with 60 units of 100 in each arm."""
    at = START + 3.2 * HOUR
    known = evidence(
        at=at, units=60, split=SplitCheck(percent=5.0, stable=1190, canary=61, p_value=1.0)
    )
    lacks = (
        Lack(
            code="units",
            message="40 of 100 scored units of each arm are missing.",
            until=at + 12_000,
        ),
        Lack(code="proof", message="the proof for quality is at 2.1 of 3", until=at + 8_000),
    )
    return report(
        Phase.SERVING,
        5.0,
        known=known,
        outlook=Outlook(
            outcome=Outcome.HOLD,
            reasons=tuple(Reason(code=each.code, message=each.message) for each in lacks),
            lacks=lacks,
            to=25.0,
        ),
        command="evalgate rollout status support-reply",
    )


def ready() -> RolloutReport:
    """At 25 %, with all that 50 % needs."""
    at = START + 14 * HOUR
    known = evidence(
        at=at,
        units=420,
        rises={Criterion.QUALITY: -0.01},
        split=SplitCheck(percent=25.0, stable=1500, canary=498, p_value=0.73),
    )
    said = "Every criterion is shown to be harmless: the least proof is 12.1 of 11."
    return report(
        Phase.SERVING,
        5.0,
        25.0,
        known=replace(known, left_out={}, remarks=()),
        outlook=Outlook(
            outcome=Outcome.ADVANCE, reasons=(Reason(code="shown", message=said),), to=50.0
        ),
        command="evalgate rollout advance support-reply",
    )


def worse(kind: Criterion = Criterion.QUALITY) -> RolloutReport:
    """At 25 %, with harm shown by one criterion."""
    at = START + 11 * HOUR
    rise = 0.16 if kind is Criterion.QUALITY else 0.24
    known = evidence(
        at=at,
        units=240,
        rises={kind: rise},
        split=SplitCheck(percent=25.0, stable=610, canary=199, p_value=0.6),
    )
    said = f"The canary fails more often by {kind.value}: the evidence of harm is above 20."
    return report(
        Phase.SERVING,
        5.0,
        25.0,
        known=known,
        outlook=Outlook(outcome=Outcome.ROLL_BACK, reasons=(Reason(code="harm", message=said),)),
        command="evalgate rollout rollback support-reply",
    )


def held() -> RolloutReport:
    """Held at 5 % since the time of the step is over."""
    at = START + 27 * HOUR
    known = evidence(
        at=at, units=31, split=SplitCheck(percent=5.0, stable=600, canary=33, p_value=0.9)
    )
    return report(
        Phase.HELD,
        5.0,
        known=replace(known, hours=known.scored[1] / 1.2),
        outlook=Outlook(
            outcome=Outcome.HOLD,
            reasons=(
                Reason(code="expired", message="24 hours at 5 % are over without an answer."),
            ),
            lacks=(
                Lack(
                    code="units",
                    message="69 of 100 scored units of the canary are missing",
                    until=at + 57 * HOUR,
                ),
            ),
            expired=True,
        ),
        command="evalgate rollout advance support-reply --override --reason TEXT",
    )


def promoted() -> RolloutReport:
    """Through all stages; the version is the stable one."""
    at = START + 70 * HOUR
    known = evidence(
        at=at, units=1400, split=SplitCheck(percent=50.0, stable=2000, canary=2010, p_value=1.0)
    )
    ended = replace(
        report(
            Phase.PROMOTED,
            5.0,
            25.0,
            50.0,
            known=known,
            outlook=Outlook(
                outcome=Outcome.HOLD,
                reasons=(Reason(code="promoted", message="v3 is the stable version."),),
            ),
            at_full=START + 44 * HOUR,
            moved="v3 of support-reply is the stable version now.",
        ),
        history=tuple(
            (f"2026-11-{17 + number} 08:00 UTC", state, "ann", "evidence")
            for number, state in enumerate(
                (
                    "preflight",
                    "serving at 5 %",
                    "serving at 25 %",
                    "serving at 50 %",
                    "serving at 100 %",
                    "promoted",
                )
            )
        ),
    )
    last = replace(ended.rollout.steps[-1], until=START + 44 * HOUR)
    return replace(ended, rollout=replace(ended.rollout, steps=(*ended.rollout.steps[:-1], last)))


def rolled_back() -> RolloutReport:
    """Out of the traffic again, for its quality."""
    before = worse()
    return replace(
        before,
        rollout=replace(before.rollout, phase=Phase.ROLLED_BACK, percent=0.0),
        command="",
        moved="v3 of support-reply gets no traffic any more; v2 has all of it.",
        history=(
            *before.history,
            ("2026-11-17 19:00 UTC", "rolled back", "evalgate", "harm: quality"),
        ),
    )


def nothing_known() -> RolloutReport:
    """Just begun: no line of any log."""
    nothing = ArmRate(units=0, failed=0.0)
    known = Evidence(
        at=START + 60.0,
        criteria=tuple(
            CriterionEvidence(
                criterion=kind,
                stable=nothing,
                canary=nothing,
                max_rise=MOST.get(kind, 0.05),
                weight=WEIGHTS.get(kind, 1 / 16),
            )
            for kind in Criterion
        ),
        harm=1.0,
        split=None,
    )
    return report(
        Phase.SERVING,
        5.0,
        known=known,
        outlook=Outlook(
            outcome=Outcome.HOLD,
            reasons=(Reason(code="no_lines", message="The call log has no line of this rollout."),),
            lacks=(Lack(code="units", message="100 scored units of each arm are missing"),),
            to=25.0,
        ),
        command="evalgate rollout status support-reply",
    )


def preflight() -> RolloutReport:
    """Judged offline, and without traffic."""
    before = nothing_known()
    return replace(
        before,
        rollout=replace(before.rollout, phase=Phase.PREFLIGHT, percent=0.0, steps=()),
        outlook=Outlook(
            outcome=Outcome.ADVANCE,
            reasons=(Reason(code="preflight", message="The offline verdict is a pass."),),
            to=5.0,
        ),
        command="evalgate rollout start support-reply",
    )


def skewed() -> RolloutReport:
    """At 5 %, and the canary got 9 % of the units."""
    before = healthy()
    split = SplitCheck(percent=5.0, stable=1840, canary=182, p_value=1e-9)
    return replace(
        before,
        evidence=replace(before.evidence, split=split),
        outlook=replace(
            before.outlook,
            reasons=(Reason(code="split", message="The split is not as configured."),),
            lacks=(Lack(code="split", message="a split as configured"),),
        ),
    )


def at_full() -> RolloutReport:
    """With all of the traffic, and time alone still missing."""
    before = ready()
    known = before.evidence
    share = known.at - HOUR
    return replace(
        before,
        rollout=replace(before.rollout, percent=100.0, since=share, at_full=share),
        outlook=Outlook(
            outcome=Outcome.HOLD,
            reasons=(Reason(code="bake", message="30 minutes must pass."),),
            lacks=(
                Lack(code="bake", message="11 of 30 minutes are missing", until=known.at + 660),
            ),
            to=100.0,
        ),
    )


HOSTILE = "<script>alert(1)</script>`</pre> ::error::x ##[error] @everyone https://evil.example | x\u202e\x1b[31m"


def hostile() -> RolloutReport:
    """Every text that comes from outside tries to act."""
    before = worse()
    return replace(
        before,
        rollout=replace(
            before.rollout, prompt=HOSTILE, version=HOSTILE, stable=HOSTILE, verdict=HOSTILE
        ),
        evidence=replace(before.evidence, left_out={HOSTILE: 3}, remarks=(HOSTILE,)),
        outlook=Outlook(
            outcome=Outcome.HOLD,
            reasons=(Reason(code=HOSTILE, message=HOSTILE),),
            lacks=(Lack(code=HOSTILE, message=HOSTILE, until=before.evidence.at + 60),),
        ),
        history=((HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        command=f"evalgate rollout rollback '{HOSTILE}'",
        moved=HOSTILE,
        remarks=(HOSTILE,),
        run_url="javascript:alert(1)",
    )


def every() -> dict[str, RolloutReport]:
    """Return all of them by name."""
    return {
        "healthy": healthy(),
        "ready": ready(),
        "worse": worse(),
        "costly": worse(Criterion.COST),
        "held": held(),
        "promoted": promoted(),
        "rolled_back": rolled_back(),
        "nothing_known": nothing_known(),
        "preflight": preflight(),
        "skewed": skewed(),
        "at_full": at_full(),
        "hostile": hostile(),
    }
