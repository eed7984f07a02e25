"""The page of the monitor in a real browser: seen on any screen, nothing asked for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from evalgate.reporting.monitor_page import monitor_page
from tests.edges.browsers import (
    CHROMIUM,
    DARK,
    WIDE,
    WIDTHS,
    Watched,
    faults,
    needs_chromium,
    opened,
)
from tests.unit.reporting.boards import fallen, hostile, unread

pytestmark = [needs_chromium, pytest.mark.slow]

BOARDS = {"fallen": fallen, "unread": unread, "hostile": hostile}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The address of each page."""
    folder: Path = tmp_path_factory.mktemp("pages")
    for name, board in BOARDS.items():
        (folder / f"{name}.html").write_text(monitor_page(board()), encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in BOARDS}


@pytest.mark.parametrize("name", BOARDS)
def test_a_page_asks_for_nothing_and_has_nothing_refused(
    browser: Browser, pages: dict[str, str], name: str
) -> None:
    with opened(browser, pages[name]) as (page, watched):
        page.wait_for_load_state("networkidle")
        assert watched == Watched(requests=[pages[name]])


@pytest.mark.parametrize("name", ["fallen", "unread"])
@pytest.mark.parametrize("scheme", ["light", DARK])
@pytest.mark.parametrize("width", [390, WIDE])
def test_a_page_keeps_nobody_out(
    browser: Browser, pages: dict[str, str], name: str, scheme: str, width: int
) -> None:
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    with opened(browser, pages[name], **options) as (page, _):
        assert faults(page) == []


@pytest.mark.parametrize("name", ["fallen", "hostile"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_the_screen(
    browser: Browser, pages: dict[str, str], name: str, width: int
) -> None:
    with opened(browser, pages[name], viewport={"width": width, "height": 800}) as (page, _):
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_how_it_stands_and_what_to_do_are_on_one_screen_of_a_phone(
    browser: Browser, pages: dict[str, str]
) -> None:
    with opened(browser, pages["fallen"], viewport={"width": 390, "height": 844}) as (page, _):
        for place in ("h1", "#command", ".alarms li p"):
            box = page.locator(place).first.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 844


def test_without_script_everything_can_be_read(browser: Browser, pages: dict[str, str]) -> None:
    with opened(browser, pages["fallen"], java_script_enabled=False) as (page, _):
        for text in ("Act now", "dearest 1 % of the users", "sampled answers"):
            expect(page.locator("main")).to_contain_text(text)
        expect(page.locator("#theme")).to_be_hidden()
        expect(page.locator(".drawing svg").first).to_be_visible()


def test_hostile_texts_are_shown_and_do_nothing(browser: Browser, pages: dict[str, str]) -> None:
    with opened(browser, pages["hostile"]) as (page, watched):
        assert "<script>alert(1)</script>" in page.locator("main").inner_text()
        assert page.locator("main script, main img, main a").count() == 0
        assert watched.complaints == []
