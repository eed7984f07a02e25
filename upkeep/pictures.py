"""Draws the pictures of the README: the main views of a report, opened in a real browser.

The report is that of `evalgate demo`, so the pictures show what a newcomer sees.

Usage: python -m upkeep.pictures
"""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from evalgate.cli.main import main as evalgate

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One picture: an address in the page, and how large the window is that shows it."""

    address: str
    width: int = 1200
    height: int = 900
    scheme: str = "light"


VIEWS: Mapping[str, View] = {
    "report.png": View(address="#overview"),
    "report-cases.png": View(address="#cases?outcome=regressed&tag=returns", height=720),
    "report-case.png": View(
        address="#case/support-reply/v3/support-replies/cancel-dispatched-refuse", height=860
    ),
    "report-dark.png": View(address="#prompts", height=510, scheme="dark"),
    "report-phone.png": View(address="#overview", width=375, height=812),
}


def demo(folder: Path) -> Path:
    """Run the demo and return the report of its damaging change."""
    evalgate(["demo", "--out", str(folder)])
    return folder / "damaging" / "report.html"


def draw(browser: Browser, report: Path, name: str, view: View) -> None:
    """Write one picture."""
    window = ViewportSize(width=view.width, height=view.height)
    dark = view.scheme == "dark"
    page = browser.new_page(viewport=window, color_scheme="dark" if dark else "light")
    page.goto(f"{report.as_uri()}{view.address}")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.screenshot(path=DOCS / name)
    page.close()


def main() -> None:
    """Draw all of them."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as folder:
        report = demo(Path(folder, "demo"))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for name, view in VIEWS.items():
                draw(browser, report, name, view)
            browser.close()


if __name__ == "__main__":
    main()
