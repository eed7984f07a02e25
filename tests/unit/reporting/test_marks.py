"""Facts about how layers of marks are described."""

import pytest

from evalgate.reporting.drawing import inline_svg
from evalgate.reporting.marks import SIGNED, Axis, Plane, layer, letters, path, point, rule
from tests.unit.reporting.drawings import drawn_with, parts, roots, texts


def plane() -> Plane:
    x = Axis(ends=(-10.0, 10.0), ticks=(-10.0, -2.5, 0.0, 10.0), label=SIGNED, title="points")
    return Plane(
        width=200, height=100, left=30, right=10, top=20, bottom=40, x=x, y=Axis(ends=(0.0, 1.0))
    )


def test_a_layer_without_rows_is_none() -> None:
    assert layer(rule("red"), []) == []


def test_texts_of_rows_stand_in_the_data_and_nowhere_else() -> None:
    (described,) = layer(letters("red"), [{"x": 1, "text": "from outside"}], y=5)
    assert "from outside" not in str(described["encoding"]) + str(described["mark"])
    assert described["data"] == {"values": [{"x": 1, "text": "from outside"}]}


def test_a_place_in_pixels_stands_for_all_marks_of_a_layer() -> None:
    layers = layer(letters("red"), [{"x": 0, "text": "a"}, {"x": 10, "text": "b"}], y=-8)
    (svg,) = roots(inline_svg(plane().picture(layers), "", key="k", kind="wide"))
    seen = texts(svg)
    assert (seen["a"].x, seen["b"].x) == pytest.approx((130, 230))
    assert seen["a"].y == seen["b"].y < 20


def test_an_axis_writes_changes_with_their_sign_at_their_places() -> None:
    (svg,) = roots(inline_svg(plane().picture([]), "", key="k", kind="wide"))
    seen = texts(svg)
    assert {"−10", "−2.5", "0", "+10", "points"} == set(seen)
    assert (seen["−10"].x, seen["0"].x, seen["+10"].x) == pytest.approx((30, 130, 230), abs=1)
    assert {each.attributes["text-anchor"] for each in seen.values()} == {"middle"}
    assert all(each.y < 160 for each in seen.values())


def test_an_axis_without_ticks_is_not_drawn() -> None:
    (svg,) = roots(inline_svg(plane().picture([]), "", key="k", kind="wide"))
    assert len(drawn_with(svg, "var(--line)")) == 4


def test_the_shape_of_a_point_is_that_of_its_row() -> None:
    rows = [{"x": 0, "y": 0.5, "shape": shape} for shape in ("circle", "diamond")]
    layers = layer(point("red", fill="blue"), [dict(row) for row in rows])
    (svg,) = roots(inline_svg(plane().picture(layers), "", key="k", kind="wide"))
    round_one, pointed = drawn_with(svg, "red")
    assert "A" in round_one.attributes["d"]
    assert "A" not in pointed.attributes["d"]


def test_a_path_goes_through_its_places_from_left_to_right() -> None:
    layers = layer(path("red", dash=(6, 4)), [{"x": 10, "y": 1}, {"x": -10, "y": 0}])
    (svg,) = roots(inline_svg(plane().picture(layers), "", key="k", kind="wide"))
    (line,) = [each for each in parts(svg) if each.attributes.get("stroke") == "red"]
    assert line.attributes["d"] == "M0,100L200,0"
    assert line.attributes["stroke-dasharray"] == "6,4"
