"""The report page in a real browser: it needs no network, breaks no policy, and fits every size."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from evalgate.errors import ExitCode
from evalgate.model.chat import Completion, Usage
from evalgate.model.comparison import ArmLedger
from evalgate.model.evalset import Case
from evalgate.model.trial import Arm, Grade, Trial, TrialStatus
from evalgate.model.verdict import (
    CaseCounts,
    Estimate,
    Flips,
    PromptVerdict,
    Reason,
    RunVerdict,
    Slice,
    Verdict,
    VersionRef,
)
from evalgate.reporting.html import page as html_of
from evalgate.reporting.story import Report
from evalgate.reporting.telling import tell

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="chromium is not installed: the report page was not opened"
)

HOSTILE = (
    '<script>document.title = "taken"</script><img src="https://evil.example/x" onerror="alert(1)">'
    "<style>body { display: none }</style>\u202e" + "unbroken" * 60
)
REFS = {
    Arm.BASELINE: VersionRef(version="v3", hash="a" * 64),
    Arm.CANDIDATE: VersionRef(version="v4", hash="b" * 64),
}
IDS = ("refund-late", "refund-angry", "refund-short")


def a_trial(case: str, arm: Arm) -> Trial:
    passed = arm is Arm.BASELINE
    return Trial(
        prompt="support",
        version=REFS[arm].version,
        version_hash=REFS[arm].hash,
        evalset="letters",
        arm=arm,
        case=case,
        trial=0,
        status=TrialStatus.GRADED,
        passed=passed,
        score=float(passed),
        grades=(Grade(grader="rubric", passed=passed, score=float(passed), reason=HOSTILE),),
        completion=Completion(
            text=f"Dear customer, this is {arm.value}. {HOSTILE}",
            model="claude-sonnet-5-5",
            stop_reason="end_turn",
            usage=Usage(input_tokens=1, output_tokens=1),
            latency_ms=5,
        ),
    )


def a_report() -> Report:
    reason = Reason(code="regression", message="The drop is between 4 and 11 points.")
    verdict = PromptVerdict(
        name="support",
        evalset="letters",
        candidate=REFS[Arm.CANDIDATE],
        baseline=REFS[Arm.BASELINE],
        verdict=Verdict.FAIL,
        reasons=(reason,),
        max_drop=0.05,
        alpha=0.05,
        ledger={arm: ArmLedger(planned=3, graded=3) for arm in Arm},
        cases=CaseCounts(compared=3),
        pass_rate={Arm.BASELINE: 1.0, Arm.CANDIDATE: 0.9},
        delta=Estimate(estimate=-0.075, low=-0.11, high=-0.04),
        flips=Flips(regressed=IDS),
        slices=(Slice(tag="refunds", cases=3, baseline=1.0, candidate=0.9, delta=-0.1),),
    )
    run = RunVerdict(
        run_id="run-1",
        verdict=Verdict.FAIL,
        reasons=(reason,),
        exit_code=ExitCode.FAIL,
        base="1" * 40,
        head="2" * 40,
        policy_hash="3" * 64,
        prompts=(verdict,),
        simulated=True,
    )
    cases = {
        case: Case(id=case, vars={"letter": HOSTILE}, expected=None, graders=(), hash="h")
        for case in IDS
    }
    trials = [a_trial(case, arm) for case in IDS for arm in Arm]
    return tell(run, trials=lambda: iter(trials), cases={"letters": cases})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(html_of(a_report()), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(address)
    yield page
    page.close()


def test_the_page_asks_for_nothing_and_has_nothing_to_complain_about(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address, wait_until="networkidle")
    assert requests == [address]
    assert complaints == []
    assert page.title() == "Blocked · evalgate report"
    page.close()


def test_the_policy_refuses_what_it_does_not_allow(opened: Page) -> None:
    opened.evaluate("document.body.insertAdjacentHTML('beforeend', '<b style=\"color:red\">x</b>')")
    colours = opened.evaluate(
        "[getComputedStyle(document.querySelector('b[style]')).color,"
        " getComputedStyle(document.body).color]"
    )
    assert colours[0] == colours[1]


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_the_page_follows_the_readers_light_or_dark(
    browser: Browser, address: str, scheme: str, *, is_dark: bool
) -> None:
    page = browser.new_page(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(address)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]")
    ink = page.evaluate("getComputedStyle(document.body).color.match(/\\d+/)[0]")
    assert (int(ground) < int(ink)) is is_dark
    page.close()


@pytest.mark.parametrize("width", [320, 375, 768, 1440])
def test_nothing_is_wider_than_the_screen(browser: Browser, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_answers_stand_side_by_side_where_there_is_room(browser: Browser, address: str) -> None:
    tops: dict[int, list[float]] = {}
    for width in (375, 1200):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto(address)
        boxes = [side.bounding_box() for side in page.locator("details[open] .side").all()]
        tops[width] = [box["y"] for box in boxes if box]
        page.close()
    assert tops[1200][0] == tops[1200][1]
    assert tops[375][0] < tops[375][1]


def test_a_case_opens_by_keyboard(opened: Page) -> None:
    second = opened.locator("details.case").nth(1)
    assert second.get_attribute("open") is None
    second.locator("summary").first.focus()
    opened.keyboard.press("Enter")
    assert second.get_attribute("open") is not None


def test_folded_cases_are_printed(opened: Page) -> None:
    opened.emulate_media(media="print")
    answer = opened.locator("details.case").nth(1).locator(".side").first
    box = answer.bounding_box()
    assert box is not None
    assert box["height"] > 50


def test_the_chart_has_a_text_for_those_who_do_not_see_it(opened: Page) -> None:
    chart = opened.get_by_role("img", name="between 4 and 11 points lower")
    assert chart.count() == 1
