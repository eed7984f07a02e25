"""`evalgate view` as a process and in a real browser: index and reports, in peace and under attack.

The pages that attack are reports which somebody else has written, as an artifact of a fork is.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from evalgate.adapters.report_server import ReportServer
from evalgate.adapters.reports_folder import look_over
from evalgate.reporting.html import page as html_of
from evalgate.reporting.index_page import index_page
from tests.edges.browsers import CHROMIUM, needs_chromium
from tests.edges.browsers import opened as watched_page
from tests.edges.reports import a_report

HOSTILE = '<script>document.title = "taken"</script>\u202e' + "unbroken" * 60
OWN_PAGE = """<!doctype html><html lang="en"><title>Own</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'">
<script>
document.title = location.hash;
function save() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["a,b"], {type: "text/csv"}));
  link.download = "cases.csv";
  link.click();
}
async function attempt(address) {
  try { return (await fetch(address)).status; } catch (error) { return "refused"; }
}
</script>"""


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def a_verdict(run_id: str, word: str, headline: str) -> str:
    prompt = {
        "name": "support",
        "baseline": {"version": "v3"},
        "candidate": {"version": "v4"},
    }
    return json.dumps(
        {
            "schema": "verdict/1",
            "run_id": run_id,
            "verdict": word,
            "headline": headline,
            "base": "1" * 40,
            "head": "2" * 40,
            "cost_usd": 0.41,
            "simulated": True,
            "prompts": [prompt],
        }
    )


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("reports")
    verdicts = ("pass", "fail", "inconclusive", "error", "not_applicable")
    for number, word in enumerate(verdicts):
        run = f"20261121-20000{number}-aaaa"
        put(root / run / "verdict.json", a_verdict(run, word, f"It is {word}: 9 of 120 cases."))
        put(root / run / "report.html", OWN_PAGE)
        put(root / run / "other.html", OWN_PAGE)
    put(root / "hostile" / "verdict.json", a_verdict(HOSTILE, "pass", HOSTILE))
    for each in ("billing", "shop"):
        put(root / "several" / each / "verdict.json", a_verdict("x", "fail", "Blocked: no."))
    put(root / "broken" / "verdict.json", "{")
    plan = {"schema": "plan/1", "run_id": "begun", "trials": 790}
    put(root / "begun" / "plan.json", json.dumps(plan))
    put(root / "tested" / "selftest.json", json.dumps({"schema": "selftest/1"}))
    (root / "linked").symlink_to("/")
    return root


@contextmanager
def serving(root: Path) -> Iterator[str]:
    def index() -> str:
        return index_page(look_over(root), folder="reports")

    with ReportServer(root, index) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.address
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def address(reports: Path) -> Iterator[str]:
    with serving(reports) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(address)
    yield page
    page.close()


# The index


@needs_chromium
def test_the_index_asks_for_nothing_else_and_has_nothing_to_complain_about(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address, wait_until="networkidle")
    # A browser looks for an icon by itself; what it is told is that there is none.
    assert [url for url in requests if not url.endswith("/favicon.ico")] == [address]
    assert [text for text in complaints if "404" not in text] == []
    assert page.title() == "Reports · evalgate"
    page.close()


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_axe_finds_nothing(browser: Browser, address: str, scheme: str, width: int) -> None:
    page = browser.new_page(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page.goto(address)
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    found = page.evaluate("axe.run().then(found => found.violations.map(each => each.id))")
    assert found == []
    page.close()


@needs_chromium
@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_the_index_follows_the_readers_light_or_dark(
    browser: Browser, address: str, scheme: str, *, is_dark: bool
) -> None:
    page = browser.new_page(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(address)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]")
    ink = page.evaluate("getComputedStyle(document.body).color.match(/\\d+/)[0]")
    assert (int(ground) < int(ink)) is is_dark
    page.close()


@needs_chromium
@pytest.mark.parametrize("width", [320, 375, 768, 1440])
def test_nothing_is_wider_than_the_screen(browser: Browser, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@needs_chromium
def test_a_report_opens_by_keyboard(opened: Page) -> None:
    opened.locator("h2 a[href^='/20261121-200004']").focus()
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/20261121-200004-aaaa/report.html")


@needs_chromium
def test_an_empty_folder_has_an_index_too(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path) as address:
        page = browser.new_page()
        page.goto(address)
        assert page.get_by_role("heading", name="There is no report here yet").count() == 1
        page.close()


# Reports


@needs_chromium
def test_a_report_keeps_its_script_its_place_and_its_downloads(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    page.goto(f"{address}20261121-200000-aaaa/report.html#case-7")
    assert page.title() == "#case-7"
    with page.expect_download() as started:
        page.evaluate("save()")
    assert Path(started.value.path()).read_text("utf-8") == "a,b"
    assert started.value.suggested_filename == "cases.csv"
    page.evaluate("history.replaceState(null, '', '#case-8')")
    assert page.url.endswith("#case-8")
    page.close()


@needs_chromium
def test_the_report_that_evalgate_writes_works_as_it_does_from_a_disk(
    browser: Browser, tmp_path: Path
) -> None:
    put(tmp_path / "report.html", html_of(a_report()))
    with serving(tmp_path) as address:
        link = f"{address}report.html#case/support/v4/letters/refund-late"
        with watched_page(browser, link) as (page, watched):
            page.get_by_role("button", name="Copy link").click()
            expect(page.get_by_role("button", name="Copied")).to_be_visible()
            page.evaluate("location.hash = '#cases'")
            with page.expect_download() as saved:
                page.get_by_role("button", name="CSV").click()
            assert "refund-late" in saved.value.path().read_text("utf-8")
            assert watched.complaints == []
            assert {url.partition("#")[0] for url in watched.requests} == {f"{address}report.html"}


@needs_chromium
def test_a_report_reads_no_other_whatever_its_own_policy_says(
    browser: Browser, tmp_path: Path
) -> None:
    put(tmp_path / "planted" / "report.html", OWN_PAGE.replace("http-equiv", "data-nothing"))
    put(tmp_path / "run" / "verdict.json", "{}")
    with serving(tmp_path) as address:
        page = browser.new_page()
        page.goto(f"{address}planted/report.html")
        assert page.evaluate("origin") == "null"
        for target in ("/", "/run/verdict.json", "https://evil.example/"):
            assert page.evaluate("attempt", target) == "refused"
        page.close()


@needs_chromium
def test_any_other_page_is_shown_as_its_text(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}20261121-200000-aaaa/other.html#case-7")
    assert page.title() == ""
    assert "createObjectURL" in page.inner_text("body")
    page.close()


# The verb


@contextmanager
def viewing(*options: str, folder: Path, browser: str = "") -> Iterator[subprocess.Popen[str]]:
    """Run the verb in a folder, and interrupt it at the end unless that has happened."""
    with subprocess.Popen(
        (sys.executable, "-m", "evalgate", "view", *options),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "BROWSER": browser},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_the_verb_prints_where_and_ends_in_peace_when_it_is_interrupted(reports: Path) -> None:
    with viewing(str(reports), "--no-open", folder=reports) as process:
        first, second = line(process), line(process)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert first.startswith(f"Reports of {reports}: http://127.0.0.1:")
    assert first.endswith("/\n")
    assert second == "Ctrl-C ends it.\n"
    assert (process.returncode, said) == (0, "evalgate: the reports are served no more\n")


def test_the_folder_of_one_run_opens_with_its_report(reports: Path) -> None:
    with viewing("20261121-200000-aaaa", "--no-open", folder=reports) as process:
        assert line(process).endswith("/report.html\n")


def test_without_a_folder_it_is_the_repositorys(tmp_path: Path) -> None:
    subprocess.run(("git", "init", "--quiet", str(tmp_path)), check=True)
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "reports").mkdir()
    with viewing("--no-open", folder=inner) as process:
        assert line(process).startswith(f"Reports of {tmp_path}/reports: ")
    with viewing("--no-open", folder=tmp_path) as process:
        assert line(process).startswith("Reports of reports: ")


@pytest.mark.parametrize("options", [(), ("--no-open",)])
def test_the_browser_is_opened_unless_it_is_not_to_be(
    options: tuple[str, ...], reports: Path, tmp_path: Path
) -> None:
    script, opened = tmp_path / "browser", tmp_path / "opened"
    script.write_text(f'#!/bin/sh\necho "$1" > {opened}.new && mv {opened}.new {opened}\n')
    script.chmod(0o755)
    with viewing(str(reports), *options, folder=tmp_path, browser=f"{script} %s") as process:
        address = line(process).split(": ")[1]
        end = time.monotonic() + (10 if not options else 0.5)
        while not opened.exists() and time.monotonic() < end:
            time.sleep(0.02)
    assert opened.exists() is not bool(options)
    assert options or opened.read_text("utf-8") == address
