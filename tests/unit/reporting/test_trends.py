"""Which tracks a report draws, and in which order."""

from collections.abc import Callable
from dataclasses import replace

from evalgate.model.track import Track, TrackPoint
from evalgate.model.trial import Arm
from evalgate.model.verdict import PromptVerdict, RunVerdict
from evalgate.reporting.html import page
from evalgate.reporting.story import Report
from evalgate.reporting.trends import MOST_DRAWN, trends

POINT = TrackPoint(
    at="2026-11-01T10:00:00Z",
    commit="1" * 40,
    version="v3",
    version_hash="a" * 64,
    models=("claude-haiku-5-5",),
    trials=30,
    rate=0.95,
    low=0.9,
    high=0.98,
    outcomes={"late": (1.0, 0.0, 1.0)},
)


def a_track(prompt: str, evalset: str = "letters") -> Track:
    return Track(prompt=prompt, evalset=evalset, points=(POINT,))


def test_the_prompts_of_this_run_come_first_with_what_their_candidate_did(
    a_report: Callable[..., Report],
) -> None:
    tracks = (a_track("another"), a_track("support"), a_track("support", "angry"))
    found = trends(replace(a_report(), tracks=tracks))
    assert [(each.track.prompt, each.track.evalset) for each in found] == [
        ("support", "letters"),
        ("another", "letters"),
        ("support", "angry"),
    ]
    assert [each.run.rate if each.run else None for each in found] == [0.875, None, None]
    assert found[0].run is not None
    assert found[0].run.version == "v4"


def test_a_run_that_graded_nothing_has_no_point(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    report = a_report(a_run(a_verdict(pass_rate={})))
    (found,) = trends(replace(report, tracks=(a_track("support"),)))
    assert found.run is None
    report = a_report(a_run(a_verdict(candidate=None)))
    (found,) = trends(replace(report, tracks=(a_track("support"),)))
    assert found.run is None


def test_the_point_of_this_run_has_the_interval_of_its_rate(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    bounds = {Arm.BASELINE: (0.1, 0.2), Arm.CANDIDATE: (0.8, 0.93)}
    report = a_report(a_run(a_verdict(rate_bounds=bounds)))
    (found,) = trends(replace(report, tracks=(a_track("support"),)))
    assert found.run is not None
    assert (found.run.low, found.run.high) == (0.8, 0.93)


def test_no_more_are_drawn_than_a_page_holds(a_report: Callable[..., Report]) -> None:
    tracks = tuple(a_track(f"prompt-{number:02}") for number in range(MOST_DRAWN + 1))
    assert len(trends(replace(a_report(), tracks=tracks))) == MOST_DRAWN


def test_the_page_has_a_view_of_the_trend_only_where_there_are_records(
    a_report: Callable[..., Report],
) -> None:
    html = page(replace(a_report(), tracks=(a_track("support"),)))
    assert 'href="#trend"' in html
    assert "<td>claude-haiku-5-5</td>" in html
    assert "90% to 98%" in html
    assert "#trend" not in page(a_report())


def test_what_the_tracks_lack_is_said_beside_them(a_report: Callable[..., Report]) -> None:
    report = replace(a_report(), tracks=(a_track("support"),), track_notes=("It is `shallow`.",))
    assert "It is <code>shallow</code>." in page(report)
