"""Facts about the small chart of a prompt's track."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.model.track import Track, TrackPoint, Turn
from evalgate.reporting.drawing import Drawing
from evalgate.reporting.trend_chart import MOST_POINTS, RunPoint, shared_scale, trend_chart
from tests.unit.reporting.drawings import Seen, parts, roots, texts

RUN = RunPoint(version="v5", rate=0.8, low=0.71, high=0.88)
HOSTILE = "<script>alert(1)</script>\n\u202ex"


def point(day: int, rate: float = 0.9, *turns: Turn, version: str = "v1") -> TrackPoint:
    return TrackPoint(
        at=f"2026-01-{day:02}T00:00:00Z",
        commit="c" * 40,
        version=version,
        version_hash="h" * 64,
        models=("claude-sonnet-5-5",),
        trials=3,
        rate=rate,
        low=max(0.0, rate - 0.05),
        high=min(1.0, rate + 0.05),
        turns=turns,
    )


def track(*points: TrackPoint, prompt: str = "support") -> Track:
    return Track(prompt=prompt, evalset="letters", points=points)


def drawn(of: Track, run: RunPoint | None = None) -> Drawing:
    runs = () if run is None else (run,)
    return trend_chart(of, scale=shared_scale([of], runs), key="t", run=run)


def marks(drawing: Drawing, fill: str) -> list[Seen]:
    (svg,) = roots(drawing.svg)
    return [
        each
        for each in parts(svg)
        if each.attributes.get("fill") == fill and each.attributes.get("stroke") == "var(--accent)"
    ]


def test_the_drawing_is_told_in_words() -> None:
    drawing = drawn(track(point(1, 0.95), point(2, 0.9, version="v2")), RUN)
    assert drawing.words == snapshot(
        "Pass rate of support on letters over 2 records. Latest: v2 with 90%, between 85% and 95%, on 2026-01-02. Earliest here: v1 with 95%, between 90% and 100%, on 2026-01-01. This run: v5 with 80%, between 71% and 88%."
    )
    assert roots(drawing.svg)[0][0].text == drawing.words


def test_points_stand_in_their_order_and_higher_when_more_passes() -> None:
    places = marks(drawn(track(point(1, 0.8), point(2, 0.9), point(9, 0.85))), "var(--accent)")
    first, second, third = ((each.x, each.y) for each in places)
    assert second[0] - first[0] == pytest.approx(third[0] - second[0])
    assert second[1] < third[1] < first[1]


def test_this_run_is_a_hollow_mark_after_the_last_record() -> None:
    drawing = drawn(track(point(1), point(2)), RUN)
    (here,) = marks(drawing, "var(--paper)")
    assert here.x > max(each.x for each in marks(drawing, "var(--accent)"))
    assert "this run" in texts(roots(drawing.svg)[0])
    assert marks(drawn(track(point(1))), "var(--paper)") == []


def test_a_run_stands_alone_where_there_is_no_record_and_may_have_no_bounds() -> None:
    drawing = drawn(track(), RunPoint(version="v1", rate=0.875))
    assert drawing.words == (
        "Pass rate of support on letters over 0 records. This run: v1 with 87.5%."
    )
    assert len(marks(drawing, "var(--paper)")) == 1


def test_turns_are_told_by_shape_and_name() -> None:
    turned = [point(2, 0.9, turn, version="v2") for turn in Turn]
    drawing = drawn(track(point(1), *turned))
    assert {"v2", "model", "graders", "cases"} <= set(texts(roots(drawing.svg)[0]))
    assert len({each.attributes["d"] for each in marks(drawing, "var(--accent)")}) == 5


def test_several_turns_at_once_are_named_by_the_first_where_there_is_no_room_for_all() -> None:
    both = point(2, 0.9, Turn.MODEL, Turn.CASES)
    roomy = track(point(1), both)
    assert "model, cases" in texts(roots(drawn(roomy).svg)[0])
    crowded = track(*(point(1 + number, 0.9) for number in range(12)), both)
    assert "model +1" in texts(roots(drawn(crowded).svg)[0])


def test_the_beginning_of_a_track_is_no_turn() -> None:
    begun = point(1, 0.9, Turn.VERSION)
    assert "v1" not in texts(roots(drawn(track(begun, point(2))).svg)[0])


def test_names_of_turns_do_not_run_into_each_other() -> None:
    turned = [point(2, 0.9, Turn.VERSION, version=f"version {n:02}") for n in range(MOST_POINTS)]
    seen = texts(roots(drawn(track(*turned, point(3))).svg)[0])
    names = sorted((each for text, each in seen.items() if text.startswith("version")), key=_left)
    assert len(names) >= 2
    assert names[-1].text == f"version {MOST_POINTS - 1:02}"
    assert all(after.x - before.x >= 6 * len("version 00") for before, after in pairwise(names))


def _left(each: Seen) -> float:
    return each.x


def test_only_the_latest_records_are_drawn_and_the_others_counted() -> None:
    drawing = drawn(track(*(point(1 + number % 28) for number in range(MOST_POINTS + 3))))
    assert len(marks(drawing, "var(--accent)")) == MOST_POINTS
    assert "Not drawn: 3 earlier records." in drawing.words


def test_hostile_names_do_nothing() -> None:
    hostile = point(2, 0.9, Turn.VERSION, version=HOSTILE)
    drawing = drawn(track(point(1), hostile, prompt=HOSTILE), RunPoint(version=HOSTILE, rate=0.5))
    assert "<script" not in drawing.svg
    assert "\u202e" not in drawing.svg


RATES = st.floats(0, 1)


@given(st.lists(RATES, max_size=5), st.lists(RATES, max_size=2))
@example(rates=[], runs=[1.0])
@example(rates=[], runs=[0.0])
@example(rates=[], runs=[])
def test_a_shared_scale_holds_everything_between_whole_tenths(
    rates: list[float], runs: list[float]
) -> None:
    tracks = [track(point(1, rate)) for rate in rates]
    low, high = shared_scale(tracks, [RunPoint(version="v2", rate=rate) for rate in runs])
    assert 0 <= low < high <= 1
    assert all(low - 1e-6 <= rate <= high + 1e-6 for rate in [*rates, *runs])
    assert all(round(10 * end, 9).is_integer() for end in (low, high))


def test_two_tracks_on_one_scale_show_the_same_rate_at_the_same_height() -> None:
    good, bad = track(point(1, 0.9), point(2, 0.95)), track(point(1, 0.9), point(2, 0.3))
    scale = shared_scale([good, bad])
    heights = {
        marks(trend_chart(each, scale=scale, key="t"), "var(--accent)")[0].y for each in (good, bad)
    }
    assert len(heights) == 1
