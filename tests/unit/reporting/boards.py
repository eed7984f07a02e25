"""Boards of a day of production, for the tests of how they are told."""

from math import sin
from typing import Any

from evalgate.model.alarm import Alarm, Signal, Urgency
from evalgate.model.alarm_report import Burn, ErrorBudget, Missing, Trend, TrendPoint, Unwatched
from evalgate.model.board import (
    ArmScore,
    ArmView,
    Beat,
    Board,
    Canary,
    FailingSink,
    Figures,
    Lack,
    Loss,
    Mark,
    OpenIncident,
    Scoring,
    Slice,
    SmellRate,
    SpenderGroup,
    Standing,
    TrendView,
)
from evalgate.model.call import Arm
from evalgate.model.monitoring import Level, Objective
from evalgate.model.observation import Stream
from evalgate.model.traffic import Change, LineCount, Place, Tally, bucket_of

AT = 1_795_305_600.0
"""2026-11-22 00:00 UTC."""

HOUR = 3600.0
SINCE = AT - 24 * HOUR
FELL = AT - 6 * HOUR


def stream(prompt: str = "support-reply", criterion: str = "accuracy", **slices: str) -> Stream:
    """Return a stream."""
    return Stream(prompt=prompt, criterion=criterion, **slices)


def trend(  # noqa: PLR0913 - what differs between trends
    of: Stream,
    *,
    mean: float,
    later: float | None = None,
    baseline: float | None = None,
    limit: float | None = None,
    floor: float | None = None,
) -> Trend:
    """Return a trend that is at `mean`, and at `later` after the fall."""
    points = []
    for number in range(24):
        end = SINCE + (number + 1) * HOUR
        level = mean if later is None or end <= FELL else later
        now = min(1.0, level + 0.01 * sin(2.3 * number))
        points.append(
            TrendPoint(
                start=end - HOUR, end=end, n=40, mean=now, low=now - 0.03, high=min(1.0, now + 0.03)
            )
        )
    last = mean if later is None else later
    return Trend(
        stream=of,
        n=960,
        unscored=12,
        in_window=100,
        window=100 if limit is not None else 0,
        mean=last,
        low=last - 0.02,
        high=min(1.0, last + 0.02),
        baseline=baseline,
        limit=limit,
        floor=floor,
        weighted=last - 0.005,
        per_hour=40.0,
        last=AT - 60,
        points=tuple(points),
    )


def view(trend: Trend, **more: Any) -> TrendView:
    """Return a trend as it is shown: its course is that of the whole day."""
    return TrendView(trend=trend, points=trend.points, **more)


def page_alarm(of: Stream | None = None) -> Alarm:
    """Return an alarm that pages: quality fell."""
    return Alarm(
        signal=Signal.FALL,
        urgency=Urgency.PAGE,
        stream=of or stream(version="v4"),
        fingerprint="0123456789ab",
        began=FELL,
        raised=FELL + 2 * HOUR,
        observed=0.82,
        baseline=0.91,
        limit=0.86,
        low=0.8,
        high=0.84,
        n=100,
        window="100 scores",
        message="accuracy of support-reply fell from 91% to 82%, since v4 serves it",
        also=(stream(criterion="relevance"),),
    )


def past_alarm() -> Alarm:
    """Return an alarm that is over."""
    return Alarm(
        signal=Signal.BURN,
        urgency=Urgency.PAGE,
        stream=Stream(prompt="", criterion="answered"),
        fingerprint="ba9876543210",
        began=SINCE + HOUR,
        raised=SINCE + 1.2 * HOUR,
        resolved=SINCE + 2 * HOUR,
        observed=20.0,
        limit=14.4,
        n=1800,
        window="1 h and 5 min",
        message="the error budget of `answered` is spent 20 times too fast",
    )


def figures(calls: int, *, failed: int = 0, cost: float = 0.0075, p50: float = 1200.0) -> Figures:
    """Return the figures of so many calls."""
    return Figures(
        calls=calls,
        failed=failed,
        degraded=calls // 200,
        refused=calls // 500,
        cached=calls // 20,
        sampled=calls // 100,
        unpriced=calls // 1000,
        cost_usd=calls * cost,
        anew=calls - calls // 20,
        p50=p50,
        p90=2 * p50,
        p95=2.5 * p50,
        p99=4 * p50,
    )


def beats() -> tuple[Beat, ...]:
    """Return a day, in stretches of half an hour."""
    return tuple(
        Beat(
            start=SINCE + number * HOUR / 2,
            end=SINCE + (number + 1) * HOUR / 2,
            figures=figures(
                int(900 + 700 * sin(number / 7.6 - 1.5)),
                failed=150 if 3 <= number <= 4 else 2,
                p50=1200 + 300 * sin(number / 5),
            ),
        )
        for number in range(48)
    )


def slices() -> tuple[Slice, ...]:
    """Return the calls by feature, version, route and provider."""
    told = (
        ("feature", "support", 21_400),
        ("feature", "triage", 12_800),
        ("feature", "search", 7_900),
        ("feature", "", 1_100),
        ("version", "support-reply v3", 24_000),
        ("version", "support-reply v4", 10_200),
        ("version", "triage v7", 9_000),
        ("route", "direct", 36_000),
        ("route", "bedrock", 7_200),
        ("provider", "direct", 36_000),
        ("provider", "bedrock", 7_200),
        ("model", "claude-sonnet-5-5", 43_200),
    )
    return tuple(
        Slice(kind=kind, name=name, figures=figures(calls, failed=calls // 300))
        for kind, name, calls in told
    )


def budgets() -> tuple[ErrorBudget, ...]:
    """Return the error budgets of two service levels, one of them overspent."""
    return (
        ErrorBudget(
            objective=Objective(name="answered", level=Level.AVAILABILITY, target=0.999),
            counted=1_240_000,
            bad=740,
            allowed=1240.0,
            left=0.403,
            days=28.5,
            burns=(
                Burn(window="1 h and 5 min", urgency=Urgency.PAGE, limit=14.4, long=0.6, short=0.0),
            ),
        ),
        ErrorBudget(
            objective=Objective(
                name="quick",
                level=Level.LATENCY,
                target=0.95,
                threshold=4000,
                prompt="support-reply",
            ),
            counted=980_000,
            bad=52_000,
            allowed=49_000.0,
            left=-0.06,
            days=28.5,
        ),
    )


def canary() -> Canary:
    """Return both arms of a prompt."""
    return Canary(
        prompt="support-reply",
        stable=ArmView(
            versions=("v3",),
            figures=figures(24_000, failed=80),
            smelling=240,
            scores=(
                ArmScore(criterion="accuracy", n=240, mean=0.91),
                ArmScore(criterion="safety", n=0, mean=None),
            ),
        ),
        canary=ArmView(
            versions=("v4",),
            figures=figures(1_200, failed=6, p50=1500),
            smelling=31,
            scores=(
                ArmScore(criterion="accuracy", n=120, mean=0.82),
                ArmScore(criterion="safety", n=11, mean=1.0),
            ),
        ),
    )


def counters() -> dict[Place, Tally]:
    """Return calls by place, as they are counted along."""
    places = (
        Place(feature="support", prompt="support-reply", version="v4", provider="direct"),
        Place(
            feature="support",
            prompt="support-reply",
            version="v4",
            arm=Arm.CANARY,
            provider="direct",
        ),
    )
    return {
        place: Tally(
            calls=100,
            failed=1,
            degraded=2,
            cost_usd=0.75,
            unpriced=1,
            sampled=3,
            smelling=2,
            smells={"refusal": 2},
            latencies={bucket_of(1200): 90, bucket_of(4000): 9, bucket_of(90_000): 1},
        )
        for place in places
    }


def fallen() -> Board:
    """Return the board of a day on which quality fell."""
    accuracy, relevance = stream(), stream(criterion="relevance")
    marks = (Mark(ts=FELL, text="v4"), Mark(ts=AT - 20 * HOUR, text="app 9f3c1"))
    return Board(
        at=AT,
        since=SINCE,
        standing=Standing.PAGE,
        alarms=(page_alarm(),),
        past=(past_alarm(),),
        trends=(
            view(
                trend(accuracy, mean=0.91, later=0.82, baseline=0.91, limit=0.86, floor=0.8),
                alarms=(page_alarm(),),
                marks=marks,
                slices=(
                    trend(stream(version="v3"), mean=0.91, baseline=0.91, limit=0.86),
                    trend(stream(version="v4"), mean=0.82, baseline=0.91, limit=0.86),
                    trend(stream(provider="direct"), mean=0.85),
                ),
            ),
            view(
                trend(relevance, mean=0.95, later=0.93, baseline=0.95, limit=0.9),
                marks=marks,
            ),
            view(trend(stream("triage", "format"), mean=0.99, baseline=0.99, limit=0.94)),
            view(
                trend(stream("triage", "safety"), mean=1.0),
                why=Unwatched(
                    stream=stream("triage", "safety"),
                    why=Missing.BASELINE,
                    lacking=0,
                    until=None,
                    message="`safety` of triage is not watched: nothing is frozen.",
                ),
            ),
        ),
        whole=figures(43_200, failed=144),
        beats=beats(),
        slices=slices(),
        spenders=(
            SpenderGroup(name="dearest 1 % of the users", users=38, calls=9_100, cost_usd=71.2),
            SpenderGroup(name="next 9 %", users=342, calls=13_000, cost_usd=98.4),
            SpenderGroup(name="all other users", users=3_420, calls=20_000, cost_usd=149.9),
            SpenderGroup(name="calls without a user", users=0, calls=1_100, cost_usd=4.5),
        ),
        budgets=budgets(),
        canaries=(canary(),),
        smells=(
            SmellRate(
                prompt="support-reply",
                smell="too_long",
                found=310,
                of=34_000,
                before=0.004,
                source="the time before",
            ),
            SmellRate(prompt="triage", smell="not_json", found=12, of=9_000),
        ),
        losses=(
            Loss(name="samples_dropped", number=14, meaning="sampled answers that were not kept"),
            Loss(name="log_lines_lost", number=0, meaning="calls that could not be logged"),
        ),
        lines=LineCount(calls=43_200, events=12, empty=1, left_out={"unreadable_calls": 2}),
        scoring=Scoring(
            chosen=432,
            answers=420,
            scores=1_650,
            ungraded={"refused": 7, "budget": 3},
            judge_usd=3.2,
            most_usd=5.0,
        ),
        incidents=(
            OpenIncident(
                id="2026-11-21T200000Z-support-reply-accuracy",
                title="accuracy of support-reply fell",
                status="detected",
                severity="sev2",
                opened=FELL + 2 * HOUR,
                due=AT - 600,
            ),
        ),
        sinks=(
            FailingSink(name="pager", since=AT - HOUR, failure="it did not answer within 10 s"),
        ),
        changes=(
            Change(
                ts=AT - 20 * HOUR,
                kind="application",
                subject="application",
                before="8c11d",
                after="9f3c1",
                source="calls",
            ),
            Change(
                ts=FELL,
                kind="prompt",
                subject="support-reply",
                before="v3",
                after="v4",
                source="event",
            ),
        ),
        lacks=(Lack(message="The judge has no anchors.", command="evalgate monitor freeze"),),
        notes=("Pages about `safety` are withheld: its judge has changed.",),
        counters=counters(),
        happened={"pointer_moved": 1},
    )


def well() -> Board:
    """Return the board of a quiet day."""
    watched = trend(stream(), mean=0.91, baseline=0.91, limit=0.86)
    return Board(
        at=AT,
        since=SINCE,
        standing=Standing.WELL,
        trends=(view(watched),),
        whole=figures(1_000),
        beats=beats()[:4],
        slices=(Slice(kind="feature", name="support", figures=figures(1_000)),),
        scoring=Scoring(chosen=10, answers=10, scores=10),
    )


def unread() -> Board:
    """Return the board of nothing at all."""
    return Board(
        at=AT,
        since=SINCE,
        standing=Standing.UNREAD,
        lacks=(
            Lack(message="No call was found in the log.", command="evalgate monitor logs"),
            Lack(message="No scores were named.", command="evalgate score --scores scores"),
        ),
    )


HOSTILE = "<script>alert(1)</script>\u202e`x` \x1b[31m ::warning:: [bold]"


def hostile() -> Board:
    """Return a board whose every name is written by somebody who means harm."""
    of = Stream(prompt=HOSTILE, criterion=HOSTILE, version=HOSTILE)
    figure = figures(10)
    return Board(
        at=AT,
        since=SINCE,
        standing=Standing.PAGE,
        alarms=(
            Alarm(
                signal=Signal.FLOOR,
                urgency=Urgency.PAGE,
                stream=of,
                fingerprint=HOSTILE,
                began=FELL,
                raised=FELL,
                observed=0.1,
                limit=0.2,
                n=3,
                window=HOSTILE,
                message=HOSTILE,
                also=(of,),
            ),
        ),
        trends=(
            view(
                trend(Stream(prompt=HOSTILE, criterion=HOSTILE), mean=0.5),
                marks=(Mark(ts=FELL, text=HOSTILE),),
                slices=(trend(of, mean=0.5),),
            ),
        ),
        whole=figure,
        beats=beats()[:2],
        slices=(
            Slice(kind="feature", name=HOSTILE, figures=figure),
            Slice(kind="route", name=HOSTILE, figures=figure),
            Slice(kind="route", name="x" * 5000, figures=figure),
        ),
        budgets=(
            ErrorBudget(
                objective=Objective(name=HOSTILE, level=Level.QUALITY, target=0.9, feature=HOSTILE),
                counted=0,
                bad=0,
                allowed=0.0,
                left=1.0,
                days=0.0,
            ),
        ),
        canaries=(
            Canary(
                prompt=HOSTILE,
                stable=ArmView(versions=(HOSTILE,), figures=figure, smelling=0),
                canary=ArmView(versions=(HOSTILE,), figures=figure, smelling=0),
            ),
        ),
        smells=(SmellRate(prompt=HOSTILE, smell="other", found=1, of=1),),
        scoring=Scoring(chosen=1, ungraded={HOSTILE: 1}),
        incidents=(OpenIncident(id=HOSTILE, title=HOSTILE, status=HOSTILE),),
        sinks=(FailingSink(name=HOSTILE, since=None, failure=HOSTILE),),
        changes=(Change(ts=FELL, kind=HOSTILE, subject=HOSTILE, before=HOSTILE, after=HOSTILE),),
        lacks=(Lack(message=HOSTILE, command=HOSTILE),),
        notes=(HOSTILE,),
        counters={Place(feature=HOSTILE, prompt='"\\\n'): Tally(calls=1)},
    )
