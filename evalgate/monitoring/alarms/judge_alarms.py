"""Tickets about judges: one that scores its anchors otherwise, or one that nobody knows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from evalgate.model.alarm import Alarm, Signal, Urgency
from evalgate.model.monitoring import AlarmRules
from evalgate.model.observation import Stream
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.monitoring.alarms import wording
from evalgate.monitoring.alarms.figures import fingerprint_of
from evalgate.monitoring.alarms.judges import Judge, Look
from evalgate.monitoring.alarms.series import Gathered, Series

PART = 0.25
"""The share of `max_drop` that a judge's move must reach, so that it matters."""

OVER = 0.05
"""The p-value from which on a judge counts as what it was."""


def judge_alarms(
    judges: Mapping[str, Judge],
    gathered: Iterable[Gathered],
    baselines: Sequence[QualityBaseline],
    *,
    rules: AlarmRules,
    at: float,
) -> Iterator[Alarm]:
    """Yield the tickets about judges, by criterion.

    Args:
        judges: how each criterion's was found.
        gathered: what was observed, by prompt and criterion.
        baselines: what was frozen.
        rules: the policy's.
        at: nothing later is known.
    """
    for criterion in sorted(judges):
        yield from _moves(judges[criterion], least=PART * rules.max_drop)
    told: set[str] = set()
    for each in gathered:
        criterion = each.whole.stream.criterion
        if criterion in told:
            continue
        stranger = _stranger(each.whole, baselines, judges.get(criterion), fewest=rules.fewest)
        if stranger is not None and stranger.raised <= at:
            told.add(criterion)
            yield stranger


def _moves(judge: Judge, *, least: float) -> Iterator[Alarm]:
    first: Look | None = None
    for look in judge.looks:
        if first is None:
            if look.shift.is_clear and abs(look.shift.mean) >= least:
                first = look
        elif look.shift.p_value > OVER or abs(look.shift.mean) < least / 2:
            yield _moved(judge, first, resolved=look.ts)
            first = None
    if first is not None:
        yield _moved(judge, first, resolved=None)


def _moved(judge: Judge, look: Look, *, resolved: float | None) -> Alarm:
    stream, shift = Stream(prompt="", criterion=judge.criterion), look.shift
    earlier = [each.ts for each in judge.looks if each.ts < look.ts]
    return Alarm(
        signal=Signal.JUDGE,
        urgency=Urgency.TICKET,
        stream=stream,
        fingerprint=fingerprint_of(Signal.JUDGE, stream),
        began=earlier[-1] if earlier else judge.measured,
        raised=look.ts,
        resolved=resolved,
        observed=shift.mean,
        baseline=0.0,
        limit=0.0,
        low=shift.low,
        high=shift.high,
        n=shift.n,
        window="1 to 3 days of anchors",
        message=wording.judge_moved(judge.criterion, shift=shift.mean, n=shift.n),
    )


def _stranger(
    series: Series, baselines: Iterable[QualityBaseline], judge: Judge | None, *, fewest: int
) -> Alarm | None:
    """Return a ticket about a judge who is not the baseline's, and whom no anchors tell."""
    stream = series.stream
    ours = [
        each
        for each in baselines
        if (each.prompt, each.criterion) == (stream.prompt, stream.criterion)
        and not each.feature
        and not each.route
    ]
    if not ours:
        return None
    baseline = max(ours, key=lambda each: each.holds_from)
    begin = series.after(baseline.holds_from)
    strange = [
        each
        for each in series.scores[begin:]
        if each.judge and baseline.judge and each.judge != baseline.judge
    ]
    known = judge.identities if judge else {}
    if len(strange) < fewest or strange[-1].judge in known:
        return None
    if series.scores[-1].judge == baseline.judge:
        return None
    target = Stream(prompt="", criterion=stream.criterion)
    return Alarm(
        signal=Signal.JUDGE,
        urgency=Urgency.TICKET,
        stream=target,
        fingerprint=fingerprint_of(Signal.JUDGE, target),
        began=strange[0].ts,
        raised=strange[fewest - 1].ts,
        observed=0.0,
        baseline=0.0,
        limit=0.0,
        n=len(strange),
        window=wording.scores_window(len(strange)),
        message=wording.judge_changed(
            stream.criterion, before=baseline.judge, after=strange[-1].judge
        ),
        also=(stream,),
    )
