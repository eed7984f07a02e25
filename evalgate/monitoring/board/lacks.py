"""Says what is missing to see more, and which command makes it."""

from collections.abc import Iterator
from dataclasses import dataclass

from evalgate.model.alarm_report import AlarmReport, Missing
from evalgate.model.board import Lack

DEFAULT_SCORES = "scores"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What there was to look at: numbers of calls and scores, and what was named or configured.

    `unread` are places where something should be and is not, each with the reason.
    """

    calls: int = 0
    scores: int = 0
    anchors: int = 0
    sampled: int = 0
    baselines: int = 0
    objectives: int = 0
    has_policy: bool = False
    names_scores: bool = False
    unread: tuple[tuple[str, str], ...] = ()


def lacks_of(given: Given, report: AlarmReport) -> tuple[Lack, ...]:
    """Return what is missing, the most basic first."""
    return tuple(_lacks(given, report))


def _lacks(given: Given, report: AlarmReport) -> Iterator[Lack]:
    for place, reason in given.unread:
        yield Lack(message=f"`{place}` cannot be read: {reason}.")
    if not given.calls:
        yield Lack(
            message=(
                "No call was found in the log: let the application write one with "
                "`Runtime(log=…)`, and name its folder."
            ),
            command="evalgate monitor logs",
        )
    yield from _lacks_of_quality(given, report)
    if not given.has_policy:
        yield Lack(
            message=(
                "There is no policy, so no service level is promised and no alert is sent: a "
                "section `monitor` of `.github/evalgate.yml` has them."
            ),
            command="evalgate init",
        )
    elif not given.objectives:
        yield Lack(
            message=(
                "The policy promises no service level: `monitor.objectives` names availability, "
                "latency, format and quality."
            )
        )


def _lacks_of_quality(given: Given, report: AlarmReport) -> Iterator[Lack]:
    if not given.scores:
        if not given.names_scores:
            message = "No scores were named, so nothing is known of quality."
        elif given.calls and not given.sampled:
            message = (
                "No call was chosen for scoring: `sampling: {every: 100}` and `spool` in "
                "`runtime.yml` choose every hundredth one."
            )
        else:
            message = "There is no score yet, so nothing is known of quality."
        yield Lack(message=message, command=f"evalgate score --scores {DEFAULT_SCORES}")
        return
    if not given.baselines:
        yield Lack(
            message="No quality is frozen to hold the scores against.",
            command=f"evalgate monitor freeze --scores {DEFAULT_SCORES}",
        )
    for each in report.unwatched:
        if each.why is not Missing.BASELINE or given.baselines:
            yield Lack(message=each.message)
    if not given.anchors:
        yield Lack(
            message=(
                "The judge has no anchors: whether quality or the judge has changed cannot be "
                "told apart. `monitor.scoring.anchors` names a file of answers."
            )
        )
