"""Facts about how a described picture becomes inline SVG."""

import os
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from evalgate.reporting.drawing import HATCH, framed, inline_svg
from evalgate.reporting.marks import Axis, Plane, Row, layer, letters, point, region, rule
from evalgate.reporting.visible import on_one_line
from tests.unit.reporting.drawings import parts, roots, texts

PLANE = Plane(
    width=100,
    height=50,
    left=10,
    right=20,
    top=5,
    bottom=15,
    x=Axis(ends=(0.0, 10.0), ticks=(0.0, 5.0), title="x, in points"),
    y=Axis(ends=(0.0, 10.0)),
)
HOSTILE = (
    "<script>alert(1)</script>",
    "]]><img src=x onerror=alert(1)>",
    "\"'></text></svg><a href='javascript:x'>",
    "datum.x",
    "{{constructor.constructor('x')()}}",
    '{"signal": "width"}',
    "',datum));alert(1);((",
    "url(#hatch)",
    "&lt;b&gt;",
    "__proto__",
    "0012",
    "1e999",
    "null",
    "2026-01-01T00:00:00Z",
    "שלום \u202eabc",
    "a\nb\u2028c",
    "\x00\x1b[31m\ud800\ufffe",
    'id="clip0" class="background"',
)


def drawn(*rows: Row, words: str = "A line.", key: str = "k") -> Markup:
    layers = [
        *layer(region(HATCH), [{"x": 0, "x2": 5, "y": 0, "y2": 10}]),
        *layer(letters("var(--ink)"), rows, y=8),
    ]
    return framed(inline_svg(PLANE.picture(layers), words, key=key, kind="wide"))


def test_a_drawing_is_one_image_with_a_name_and_says_nothing_else() -> None:
    (svg,) = roots(drawn({"x": 5, "text": "five"}, words="Five & <six>."))
    assert (svg.attrib["role"], svg.attrib["aria-labelledby"]) == ("img", "k-title")
    assert (svg[0].tag, svg[0].attrib["id"], svg[0].text) == ("title", "k-title", "Five & <six>.")
    assert [(each.tag, each.attrib["aria-hidden"]) for each in svg[1:]] == [("g", "true")]
    inner = list(parts(svg[1]))[1:]
    assert not [each for each in inner if {"role", "aria-label"} & each.attributes.keys()]


def test_a_drawing_shrinks_with_its_place() -> None:
    (svg,) = roots(drawn())
    assert svg.attrib["viewBox"] == "0 0 130 70"


def test_marks_stand_where_the_scales_put_them() -> None:
    (svg,) = roots(drawn({"x": 5, "text": "five"}, {"x": 10, "text": "ten"}))
    seen = texts(svg)
    assert [seen["five"].x, seen["ten"].x] == pytest.approx([60, 110])


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_drawn_as_a_text_and_nothing_else(text: str) -> None:
    shown = on_one_line(text, 60)
    (svg,) = roots(drawn({"x": 5, "text": shown}))
    (plain,) = roots(drawn({"x": 5, "text": "a"}))
    assert shown in texts(svg)
    assert [each.tag for each in parts(svg)] == [each.tag for each in parts(plain)]
    assert [sorted(each.attributes) for each in parts(svg)] == [
        sorted(each.attributes) for each in parts(plain)
    ]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
def test_any_text_comes_out_as_it_went_in(text: str) -> None:
    shown = on_one_line(text, 40)
    markup = drawn({"x": 5, "text": shown}, words=shown)
    (svg,) = roots(markup)
    assert svg[0].text == (shown or None)
    assert [each.text for each in parts(svg) if each.tag == "text"].count(shown) >= bool(shown)
    assert "<script" not in markup


def test_a_page_needs_no_style_no_script_and_no_address_for_a_drawing() -> None:
    markup = drawn({"x": 5, "text": "five"})
    assert not re.search(r"style=|<style|<script|href|https?:|xmlns| on\w+=", markup)
    assert not re.search(r"#[0-9a-f]{3,6}\b(?!atch)", markup.replace("url(#", ""))


def test_two_drawings_of_a_page_share_no_id() -> None:
    both = drawn(key="a") + drawn(key="b")
    ids = re.findall(r' id="([^"]+)"', both)
    assert sorted(ids) == ["a-hatch", "a-title", "b-hatch", "b-title"]
    assert re.findall(r"url\(#([^)]+)\)", both) == ["a-hatch", "b-hatch"]


def test_clips_of_the_library_are_named_after_the_key_too() -> None:
    clipped: Row = point("red", fill="red") | {"clip": True}
    picture = PLANE.picture(layer(clipped, [{"x": 1, "y": 1, "shape": "circle"}]))
    markup = inline_svg(picture, "", key="k", kind="wide")
    names = set(re.findall(r'<clipPath id="([^"]+)"', markup))
    assert names
    assert all(name.startswith("k-") for name in names)
    assert set(re.findall(r'clip-path="url\(#([^)]+)\)"', markup)) == names


def test_numbers_are_no_longer_than_can_be_seen() -> None:
    markup = inline_svg(
        PLANE.picture(layer(rule("red"), [{"x": 1 / 3, "y": 2 / 3, "y2": 5}])),
        "",
        key="k",
        kind="wide",
    )
    assert not re.search(r"\d\.\d{4}", markup)


def test_another_process_without_fonts_draws_the_same_bytes() -> None:
    code = (
        "import sys\nfrom tests.unit.reporting.test_drawing import drawn\n"
        "sys.stdout.buffer.write(drawn({'x': 5, 'text': 'five'}).encode())\n"
    )
    bare = {**os.environ, "FONTCONFIG_FILE": os.devnull, "LANG": "C", "TZ": "Asia/Tokyo"}
    paths = os.pathsep.join(sys.path)
    there = subprocess.run(
        [sys.executable, "-c", code],
        env=bare | {"PYTHONPATH": paths, "PYTHONHASHSEED": "7"},
        capture_output=True,
        check=True,
    ).stdout
    assert there == drawn({"x": 5, "text": "five"}).encode()
