"""Prints how large the page of a report is, and how soon it opens and answers, beside a bare page.

The bare page is one heading, opened in the same browser between the others. Nothing is loaded from
anywhere; each time is the median of several openings.

Usage: python -m benchmarks.report_page [--cases N] [--words W] [--trials K] [--runs R]
"""

import shutil
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from evalgate.reporting.html import page as html_of
from tests.edges.reports import a_large_report

BARE = "<!doctype html><html data-ready><h1>Nothing</h1></html>"


def measured(step: Callable[[], object]) -> float:
    """Return how many milliseconds a step takes."""
    begin = time.perf_counter()
    step()
    return 1000 * (time.perf_counter() - begin)


def opened(browser: Browser, path: Path) -> tuple[Page, float]:
    """Return a page that is ready, and how long that took."""
    page = browser.new_page()

    def until_ready() -> None:
        page.goto(path.as_uri())
        page.wait_for_selector("[data-ready]", state="attached")

    return page, measured(until_ready)


def answers(page: Page, cases: int) -> dict[str, float]:
    """Return how long a reader waits for each thing that the page does."""
    last = f"case-{cases - 1:05}"

    def search(words: str) -> None:
        page.locator("#search").fill(words)
        page.wait_for_function("words => byId('shown').textContent.startsWith('1 of')", arg=words)

    def open_case() -> None:
        page.locator("#rows a").first.click()
        page.wait_for_selector("#case-title")

    return {
        "list": measured(lambda: page.evaluate("location.hash = '#cases'")),
        "a search that reads every text": measured(lambda: search(f"letter about {last}")),
        "one case": measured(open_case),
    }


def main() -> None:
    """Build the page, open it some times, and print a table."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=5_000)
    parser.add_argument("--words", type=int, default=120)
    parser.add_argument("--trials", type=int, default=3)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    begin = time.perf_counter()
    report = a_large_report(options.cases, words=options.words, trials=options.trials)
    told = time.perf_counter()
    html = html_of(report)
    print(f"told in {told - begin:.2f} s, written in {time.perf_counter() - told:.2f} s")
    print(f"{len(html.encode()) / 1e6:.2f} MB for {options.cases:,} cases")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path, bare = Path(folder, "report.html"), Path(folder, "bare.html")
        path.write_text(html, "utf-8")
        bare.write_text(BARE, "utf-8")
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        found: dict[str, list[float]] = {}
        for _ in range(options.runs):
            page, took = opened(browser, bare)
            found.setdefault("a bare page", []).append(took)
            page.close()
            page, took = opened(browser, path)
            found.setdefault("the report", []).append(took)
            for name, milliseconds in answers(page, options.cases).items():
                found.setdefault(name, []).append(milliseconds)
            page.close()
        browser.close()
    base = median(found["a bare page"])
    for name, times in found.items():
        print(f"{name:<34} {median(times):7.0f} ms  {median(times) / base:5.1f} × bare")


if __name__ == "__main__":
    main()
