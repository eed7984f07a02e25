"""Walks the tree of questions that leads from an alarm to what is likely behind it; pure.

Did the judge move, or production? One prompt or all? One provider, one version, one feature? Did
users ask something else? Is it the format, is it coupled to errors? Each answer rests on figures
that it names, and says so where there are too few.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalgate.model.alarm import Alarm
from evalgate.model.incident import Answer, IncidentClass, IncidentSlice, Suspect, TriageStep
from evalgate.monitoring.incidents.beginning import ToldBy
from evalgate.monitoring.incidents.comparing import DIMENSIONS, Split, split_by
from evalgate.monitoring.incidents.losing import class_of, lost_by
from evalgate.monitoring.incidents.questions import (
    Seen,
    Walk,
    asked_otherwise,
    errors_rose,
    format_broken,
    judge_moved,
    one_of,
    others_fell,
)
from evalgate.monitoring.incidents.suspecting import suspects_of

MOST_SLICES = 12
"""Slices that an incident tells, the ones with the largest part in the rise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """What the walk came to: the class, the questions, the suspects, and the affected parts."""

    kind: IncidentClass
    steps: tuple[TriageStep, ...]
    suspects: tuple[Suspect, ...]
    slices: tuple[IncidentSlice, ...]


def triaged(alarm: Alarm, seen: Seen, *, told_by: ToldBy = ToldBy.FIGURES) -> Triage:
    """Return what is likely behind an alarm; `told_by` says who tells when it began."""
    lost = tuple(
        lost_by(alarm, seen.observations, minutes=seen.minutes, objectives=seen.objectives)
    )
    splits = {each: split_by(lost, each, began=alarm.began) for each in DIMENSIONS}
    walk = Walk(alarm=alarm, seen=seen, splits=splits)
    steps = []
    for question, ask, leads in TREE:
        answer, figures = ask(walk)
        steps.append(
            TriageStep(question=question, answer=answer, figures=figures, leads_to=leads[answer])
        )
        if walk.kind is IncidentClass.JUDGE_DRIFT:
            break
    return Triage(
        kind=walk.kind or class_of(alarm, seen.objectives),
        steps=tuple(steps),
        suspects=suspects_of(seen.changes, walk.found, alarm=alarm, told_by=told_by),
        slices=tuple(_slices(splits.values())),
    )


def _slices(splits: Iterable[Split]) -> Iterator[IncidentSlice]:
    parts = [
        (split, part)
        for split in splits
        for part in split.parts
        if part.after.n and (len(split.parts) > 1 or part.is_new)
    ]
    ranked = sorted(parts, key=lambda each: (-each[1].within, each[0].dimension, each[1].name))
    for split, part in ranked[:MOST_SLICES]:
        by = split.rise.by
        yield IncidentSlice(
            dimension=split.dimension,
            name=part.name,
            n=round(part.after.n),
            observed=round(part.after.mean, 6),
            before=round(part.before.mean, 6) if part.before.n else None,
            contribution=round(part.within / by, 4) if split.rise.is_one else None,
        )


_Asked = tuple[str, Callable[[Walk], tuple[Answer, str]], Mapping[Answer, str]]

_ON = "go on"
TREE: Sequence[_Asked] = (
    (
        "Did the judge move: are answers that never change scored otherwise?",
        judge_moved,
        {
            Answer.YES: "production is not to blame: look at the judge",
            Answer.NO: "production has changed",
            Answer.UNKNOWN: "keep the judge in mind: set anchors up",
        },
    ),
    (
        "Did other prompts fall at the same time?",
        others_fell,
        {
            Answer.YES: "what all prompts share: model, provider, SDK, settings",
            Answer.NO: "what is this prompt's own: version, share, model",
            Answer.UNKNOWN: _ON,
        },
    ),
    (
        "Is it one provider?",
        one_of("provider"),
        {
            Answer.YES: "send the calls elsewhere",
            Answer.NO: "no provider by itself",
            Answer.UNKNOWN: _ON,
        },
    ),
    (
        "Is it one route?",
        one_of("route"),
        {
            Answer.YES: "send the calls elsewhere",
            Answer.NO: "no route by itself",
            Answer.UNKNOWN: _ON,
        },
    ),
    (
        "Is it one version of the prompt?",
        one_of("version"),
        {
            Answer.YES: "take the version back",
            Answer.NO: "no version by itself",
            Answer.UNKNOWN: _ON,
        },
    ),
    (
        "Is it one model?",
        one_of("model"),
        {Answer.YES: "take the model back", Answer.NO: "no model by itself", Answer.UNKNOWN: _ON},
    ),
    (
        "Is it one feature of the application?",
        one_of("feature"),
        {
            Answer.YES: "what the feature sends, or its release",
            Answer.NO: "no feature by itself",
            Answer.UNKNOWN: _ON,
        },
    ),
    (
        "Do users ask something else than before?",
        asked_otherwise,
        {
            Answer.YES: "nothing to take back: the eval set lacks what users ask now",
            Answer.NO: "the same questions are answered worse",
            Answer.UNKNOWN: _ON,
        },
    ),
    (
        "Is the format broken, rather than the content?",
        format_broken,
        {
            Answer.YES: "schema, model or length limit",
            Answer.NO: "the content is worse",
            Answer.UNKNOWN: _ON,
        },
    ),
    (
        "Did errors, degraded answers or refusals rise too?",
        errors_rose,
        {
            Answer.YES: "an outage, or answers by a smaller model or from memory",
            Answer.NO: "calls go through: the answers themselves are worse",
            Answer.UNKNOWN: _ON,
        },
    ),
)
"""The questions in their order, and where each answer leads."""
