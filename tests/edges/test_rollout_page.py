"""The page of a rollout in a real browser: seen on any screen, copied, printed, nothing asked for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from evalgate.reporting.rollout_page import rollout_page
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
from tests.unit.reporting.rollouts import every

pytestmark = [needs_chromium, pytest.mark.slow]

NAMES = ("worse", "promoted", "nothing_known", "hostile")


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
    for name in NAMES:
        (folder / f"{name}.html").write_text(rollout_page(every()[name]), encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_page_asks_for_nothing_and_has_nothing_refused(
    browser: Browser, pages: dict[str, str], name: str
) -> None:
    with opened(browser, pages[name]) as (page, watched):
        page.wait_for_load_state("networkidle")
        assert watched == Watched(requests=[pages[name]])


@pytest.mark.parametrize("name", ["worse", "nothing_known"])
@pytest.mark.parametrize("scheme", ["light", DARK])
@pytest.mark.parametrize("width", [390, WIDE])
def test_a_page_keeps_nobody_out(
    browser: Browser, pages: dict[str, str], name: str, scheme: str, width: int
) -> None:
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    with opened(browser, pages[name], **options) as (page, _):
        assert faults(page) == []


@pytest.mark.parametrize("name", ["promoted", "hostile"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_the_screen(
    browser: Browser, pages: dict[str, str], name: str, width: int
) -> None:
    with opened(browser, pages[name], viewport={"width": width, "height": 800}) as (page, _):
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_to_do_and_where_it_stands_are_on_one_screen(
    browser: Browser, pages: dict[str, str]
) -> None:
    with opened(browser, pages["worse"], viewport={"width": 390, "height": 844}) as (page, _):
        for place in ("h1", "#command", "[aria-current=step]"):
            box = page.locator(place).bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 844


def test_the_command_is_copied(browser: Browser, pages: dict[str, str]) -> None:
    with opened(browser, pages["worse"]) as (page, _):
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="Copy command").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == "evalgate rollout rollback support-reply"


def test_on_a_phone_every_number_stands_beside_its_name(
    browser: Browser, pages: dict[str, str]
) -> None:
    with opened(browser, pages["worse"], viewport={"width": 390, "height": 844}) as (page, _):
        cell = page.locator(".criteria tbody td").nth(1)
        name = cell.evaluate("cell => getComputedStyle(cell, '::before').content")
        assert name == '"Canary"'
        box = cell.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390


def test_on_paper_all_charts_are_seen(browser: Browser, pages: dict[str, str]) -> None:
    with opened(browser, pages["worse"]) as (page, _):
        last = page.locator(".drawing svg").last
        expect(last).to_be_hidden()
        page.emulate_media(media="print")
        box = last.bounding_box()
        assert box is not None
        assert box["height"] > 0


def test_without_script_everything_can_be_read(browser: Browser, pages: dict[str, str]) -> None:
    with opened(browser, pages["worse"], java_script_enabled=False) as (page, _):
        for text in ("roll back: quality", "evalgate rollout rollback", "All criteria together"):
            expect(page.locator("main")).to_contain_text(text)
        expect(page.locator("#theme")).to_be_hidden()
        expect(page.locator(".drawing svg").first).to_be_visible()


def test_hostile_texts_are_shown_and_do_nothing(browser: Browser, pages: dict[str, str]) -> None:
    with opened(browser, pages["hostile"]) as (page, watched):
        assert "<script>alert(1)</script>" in page.locator("main").inner_text()
        assert page.locator("main script, main img, main a").count() == 0
        assert watched.complaints == []
