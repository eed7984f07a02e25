"""A real browser, a page in it that is watched, and the accessibility checker."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="chromium is not installed: no page was opened"
)
DARK = pytest.param("dark", marks=pytest.mark.full)
WIDE = pytest.param(1280, marks=pytest.mark.full)
WIDTHS = (320, *(pytest.param(each, marks=pytest.mark.full) for each in (768, 1440)))
"""Screens that pages are looked at on, in pixels: the narrowest with every change, and the others."""

READY = "html[data-ready]"
VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => console.error(`refused: ${event.violatedDirective}`));
"""


@dataclass
class Watched:
    """What a page asked for, and what it or the browser complained about."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@contextmanager
def opened(browser: Browser, address: str, **options: Any) -> Iterator[tuple[Page, Watched]]:
    """Open a page in a context of its own, and watch it from before its first byte."""
    context = browser.new_context(**options)
    page, watched = context.new_page(), Watched()
    page.add_init_script(VIOLATIONS)
    page.on("request", lambda request: watched.requests.append(request.url))
    page.on("console", lambda message: watched.complaints.append(message.text))
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    page.goto(address)
    if options.get("java_script_enabled", True):
        page.wait_for_selector(READY, state="attached")
    yield page, watched
    context.close()


def faults(page: Page) -> list[tuple[str, str, str]]:
    """Return what axe finds of serious or critical impact: the rule, the impact, the first place.

    The source is evaluated, not added to the page, whose policy would refuse it.
    """
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    results = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [
        (each["id"], each["impact"], each["nodes"][0]["html"][:200])
        for each in results["violations"]
        if each["impact"] in ("serious", "critical")
    ]
