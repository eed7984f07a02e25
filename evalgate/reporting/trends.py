"""The tracks that a report draws: small charts on one scale, those of this run first."""

from dataclasses import dataclass

from evalgate.model.track import Track
from evalgate.model.trial import Arm
from evalgate.reporting.drawing import Drawing
from evalgate.reporting.story import PromptStory, Report
from evalgate.reporting.trend_chart import RunPoint, shared_scale, trend_chart

MOST_DRAWN = 24
"""How many tracks are drawn; `evalgate history` has every one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A track and its drawing, with what the candidate of this run did, if it had one."""

    track: Track
    drawing: Drawing
    run: RunPoint | None = None


def trends(report: Report) -> tuple[Trend, ...]:
    """Return the tracks of the prompts in this run, then those of others, by name."""
    runs = {(story.verdict.name, story.verdict.evalset): _run(story) for story in report.prompts}
    ranked = sorted(
        report.tracks,
        key=lambda track: ((track.prompt, track.evalset) not in runs, track.prompt, track.evalset),
    )[:MOST_DRAWN]
    found = [(track, runs.get((track.prompt, track.evalset))) for track in ranked]
    scale = shared_scale(ranked, [run for _, run in found if run])
    return tuple(
        Trend(
            track=track,
            drawing=trend_chart(track, scale=scale, key=f"trend-{number}", run=run),
            run=run,
        )
        for number, (track, run) in enumerate(found, start=1)
    )


def _run(story: PromptStory) -> RunPoint | None:
    """Return what the candidate did, by the rate over the cases that were compared."""
    verdict = story.verdict
    rate = verdict.pass_rate.get(Arm.CANDIDATE)
    if rate is None or verdict.candidate is None:
        return None
    low, high = verdict.rate_bounds.get(Arm.CANDIDATE, (None, None))
    return RunPoint(version=verdict.candidate.version, rate=rate, low=low, high=high)
