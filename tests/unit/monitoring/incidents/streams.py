"""Scores, calls and changes of a made-up day, with a change point at noon."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from evalgate.model.alarm import Alarm, Signal, Urgency
from evalgate.model.observation import AnchorScore, Observation, Stream
from evalgate.model.traffic import Change, Minute, Place, Tally
from evalgate.monitoring.incidents.questions import Seen

DAY = 1_795_305_600.0
NOON = DAY + 43_200.0
END = NOON + 7_200.0
JUDGE = "claude-haiku-5-5/0a1b2c3d"
PROMPT = "support-reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """How a day goes: who is asked for what, and by how much worse it is answered since noon.

    `worse` says for an answer after noon how much lower its score is; `shares` are those of the
    features before noon, `later` those since.
    """

    seed: int = 7
    worse: Callable[[Observation], float] = lambda _: 0.0
    routes: Sequence[tuple[str, str]] = (("direct", "direct"), ("bedrock-eu", "bedrock"))
    version: Callable[[float, Random], str] = lambda _ts, _draw: "v2"
    model: Callable[[float, Random], str] = lambda _ts, _draw: "claude-haiku-5-5"
    level: Mapping[str, float] = field(default_factory=lambda: {"chat": 0.9, "mail": 0.9})
    shares: tuple[float, float] = (0.5, 0.5)
    later: tuple[float, float] | None = None
    prompts: Sequence[str] = (PROMPT, "ticket-triage")
    judge: Callable[[float], str] = lambda _: JUDGE


def observations(day: Day, *, each: float = 40.0) -> tuple[Observation, ...]:
    """Return the scores of a day, one for each prompt every so many seconds."""
    draw = Random(day.seed)  # noqa: S311 - a made-up day
    return tuple(_observations(day, draw, each))


def _observations(day: Day, draw: Random, each: float) -> Iterator[Observation]:
    ts, number = DAY, 0
    while ts < END:
        for prompt in day.prompts:
            shares = day.later if day.later and ts >= NOON else day.shares
            feature = draw.choices(list(day.level), shares)[0]
            route, provider = draw.choice(list(day.routes))
            number += 1
            made = Observation(
                ts=ts,
                request_id=f"req-{number}",
                criterion="accuracy",
                outcome=None,
                prompt=prompt,
                version=day.version(ts, draw),
                feature=feature,
                route=route,
                provider=provider,
                model=day.model(ts, draw),
                judge=day.judge(ts),
            )
            lower = day.worse(made) if ts >= NOON else 0.0
            score = day.level[feature] - lower + draw.gauss(0.0, 0.1)
            yield replace(made, outcome=min(max(score, 0.0), 1.0))
        ts += each


def anchors(*, moved: float = 0.0) -> tuple[AnchorScore, ...]:
    """Return what the judge says of eight anchors every hour; since noon it is so much lower."""
    draw = Random(3)  # noqa: S311 - a made-up day
    return tuple(
        AnchorScore(
            ts=DAY + hour * 3600.0,
            anchor=f"anchor-{number}",
            criterion="accuracy",
            judge=JUDGE,
            outcome=min(1.0, max(0.0, 0.3 + 0.08 * number - late + draw.gauss(0.0, 0.01))),
        )
        for hour in range(14)
        for late in (moved if DAY + hour * 3600.0 >= NOON else 0.0,)
        for number in range(8)
    )


def minutes(*, failed: float = 0.0, malformed: float = 0.0, refused: float = 0.0) -> list[Minute]:
    """Return the calls of the day: since noon these shares of them fail."""
    return [
        Minute(
            start=DAY + 600.0 * number,
            place=Place(
                feature=feature,
                prompt=PROMPT,
                version="v2",
                route="direct",
                provider="direct",
                model="claude-haiku-5-5",
            ),
            tally=Tally(
                calls=100,
                failed=round(100 * failed) if is_late else 0,
                malformed=round(100 * malformed) if is_late else 1,
                refused=round(100 * refused) if is_late else 0,
                cost_usd=0.2,
            ),
        )
        for number in range(84)
        for is_late in (DAY + 600.0 * number >= NOON,)
        for feature in ("chat", "mail")
    ]


def alarm(signal: Signal = Signal.FALL, **changes: object) -> Alarm:
    """Return the alarm of a fall of accuracy at noon."""
    made = Alarm(
        signal=signal,
        urgency=Urgency.PAGE,
        stream=Stream(prompt=PROMPT, criterion="accuracy"),
        fingerprint="0a1b2c3d4e5f",
        began=NOON,
        raised=END,
        observed=0.8,
        baseline=0.9,
        limit=0.85,
        low=0.78,
        high=0.82,
        n=180,
        window="100 scores",
        message="accuracy of support-reply fell from 90 to 80 points.",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # the fields of an alarm


def change(
    kind: str, subject: str = PROMPT, *, minutes_before: float = 5.0, to: str = ""
) -> Change:
    """Return a change shortly before noon."""
    return Change(
        ts=NOON - 60.0 * minutes_before, kind=kind, subject=subject, before="old", after=to or "new"
    )


def seen(day: Day, *changes: Change, **others: object) -> Seen:
    """Return what is known of a day."""
    made = Seen(observations=observations(day), anchors=anchors(), changes=changes)
    return replace(made, **others)  # type: ignore[arg-type]  # the fields of what is seen
