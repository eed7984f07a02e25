"""Facts about the page of the monitor."""

import re
from base64 import b64encode
from dataclasses import replace
from functools import cache
from hashlib import sha256

import pytest

from evalgate.reporting.monitor_page import MOST_CHARTS, monitor_page
from tests.unit.reporting import boards
from tests.unit.reporting.test_html import Outline

NAMES = ("fallen", "well", "unread", "hostile")


@cache  # its charts take their time
def page_of(name: str) -> str:
    return monitor_page(getattr(boards, name)())


def text_of(name: str) -> str:
    return Outline(page_of(name)).text


def test_the_page_goes_from_what_is_wrong_to_what_it_rests_on() -> None:
    text = text_of("fallen")
    place = 0
    for part in (
        "Act now",
        "accuracy of support-reply fell",
        "Alarms",
        "lasts since about 2026-11-21 18:00 UTC, 6 h",
        "Open incidents, and sinks that fail",
        "overdue since 10 min",
        "it did not answer within 10 s",
        "What is missing",
        "The judge has no anchors.",
        "Quality",
        "By version, feature, route, provider, model",
        "Service levels and their error budgets",
        "99.9% of the calls get what they ask for",
        "Traffic",
        "By feature",
        "support-reply v4",
        "Cost",
        "dearest 1 % of the users",
        "Canaries",
        "82% of 120 scores",
        "Smells",
        "What has changed",
        "prompt of support-reply: v3 → v4",
        "Alarms that are over",
        "What this rests on",
        "sampled answers that were not kept",
        "How to read this",
    ):
        place = text.index(part, place)


def test_a_quiet_day_leaves_out_what_there_is_none_of() -> None:
    text = text_of("well")
    assert "All well" in text
    for absent in ("Alarms", "Canaries", "Smells", "What is missing", "Open incidents"):
        assert f"\n{absent}\n" not in f"\n{text}\n"
    assert '<h2 id="alarms-title"' not in page_of("well")


def test_where_nothing_could_be_read_the_page_says_what_makes_it() -> None:
    assert "evalgate monitor logs" in text_of("unread")
    assert "<svg" not in page_of("unread")


@pytest.mark.parametrize("name", NAMES)
def test_the_policy_of_a_page_allows_its_own_style_and_script_alone(name: str) -> None:
    page = page_of(name)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert policy[1].startswith("default-src &#39;none&#39;; style-src &#39;sha256-")
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, flags=re.DOTALL)
        assert b64encode(sha256(content.encode()).digest()).decode() in policy[1]
    assert not re.search(r"\s(?:style|on\w+)=|https?://(?!www\.w3\.org)", page)


def test_hostile_names_stand_on_the_page_and_are_no_markup() -> None:
    page = page_of("hostile")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "\u202e" not in page


def test_the_same_board_gives_the_same_bytes() -> None:
    assert monitor_page(boards.well()) == page_of("well")


def test_ids_are_unique() -> None:
    ids = re.findall(r'\sid="([^"]+)"', page_of("fallen"))
    assert len(ids) == len(set(ids))


def test_of_many_trends_some_are_drawn_and_all_are_told() -> None:
    board = boards.well()
    (view,) = board.trends
    many = tuple(
        replace(view, trend=replace(view.trend, points=(), stream=boards.stream(f"p{number}")))
        for number in range(MOST_CHARTS + 3)
    )
    page = monitor_page(replace(board, trends=many))
    assert page.count('<article class="trend">') == MOST_CHARTS + 3
