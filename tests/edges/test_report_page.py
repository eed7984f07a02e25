"""The report's page in a real browser: found, compared, copied, printed, and nothing asked for."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from evalgate.reporting.html import page as html_of
from tests.edges.browsers import CHROMIUM, DARK, WIDTHS, Watched, faults, needs_chromium, opened
from tests.edges.reports import ANSWERS, HOSTILE, a_large_report, a_report

pytestmark = [needs_chromium, pytest.mark.slow]

VIEWS = (
    "#overview",
    "#cases",
    "#case/support/v4/letters/refund-late",
    "#prompts",
    "#trend",
    "#run",
)


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
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address) as (page, watched):
        yield page
        assert watched.complaints == []


def go(page: Page, hash_: str) -> None:
    """Follow an address inside of the page, and wait until it is shown."""
    page.evaluate("hash => { location.hash = hash; }", hash_)
    name = hash_[1:].split("?")[0].split("/")[0]
    expect(page.locator(f"#{name}")).to_be_visible()


def listed(page: Page) -> list[str]:
    return page.locator("#rows .title bdi").all_inner_texts()


def hash_of(page: Page) -> str:
    return str(page.evaluate("location.hash"))


def test_no_view_asks_for_anything_or_has_anything_refused(browser: Browser, address: str) -> None:
    with opened(browser, address) as (page, watched):
        for view in VIEWS:
            go(page, view)
        page.wait_for_load_state("networkidle")
        assert watched == Watched(requests=[address])


def test_each_view_has_a_title_and_one_first_heading(page: Page) -> None:
    titles = []
    for view in VIEWS:
        go(page, view)
        expect(page.locator("h1:visible")).to_have_count(1)
        titles.append(page.title().removesuffix("Blocked · evalgate report"))
    assert titles == [
        "",
        "Cases · ",
        "refund-late · ",
        "What the change does to the prompts · ",
        "Trend · ",
        "Cost, time and settings · ",
    ]


def test_sentence_chart_and_the_first_broken_case_stand_on_one_screen(
    browser: Browser, address: str
) -> None:
    with opened(browser, address, viewport={"width": 1200, "height": 900}) as (page, _):
        for place in ("#sentence", ".drawing .wide", ".evidence .row >> nth=0"):
            box = page.locator(place).first.bounding_box()
            assert box is not None
            assert 0 <= box["y"] <= 700
        assert page.evaluate("scrollY") == 0


def test_the_policy_refuses_markup_styles_and_scripts_that_are_not_the_pages_own(
    browser: Browser, address: str
) -> None:
    with opened(browser, address) as (page, watched):
        with pytest.raises(Exception, match="TrustedHTML"):
            page.evaluate("document.body.innerHTML = '<b>x</b>'")
        page.evaluate("document.body.setAttribute('style', 'color: red')")
        page.evaluate("new Image().src = 'https://evil.example/x.png'")
        page.wait_for_timeout(100)
        refused = {line for line in watched.complaints if line.startswith("refused: ")}
        assert refused == {
            "refused: style-src-attr",
            "refused: img-src",
            "refused: require-trusted-types-for",
        }


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("scheme", ["light", DARK])
def test_no_view_keeps_anybody_out(browser: Browser, address: str, view: str, scheme: str) -> None:
    with opened(browser, address, color_scheme=scheme) as (page, _):
        go(page, view)
        assert faults(page) == []


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_view_is_wider_than_the_screen(
    browser: Browser, address: str, view: str, width: int
) -> None:
    with opened(browser, address, viewport={"width": width, "height": 800}) as (page, _):
        go(page, view)
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def is_dark(page: Page) -> bool:
    ground, ink = (
        page.evaluate(f"getComputedStyle(document.body).{name}.match(/\\d+/)[0]")
        for name in ("backgroundColor", "color")
    )
    return int(ground) < int(ink)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_system_until_the_reader_chooses(
    browser: Browser, address: str, scheme: str
) -> None:
    with opened(browser, address, color_scheme=scheme) as (page, _):
        assert is_dark(page) is (scheme == "dark")
        page.get_by_role("button", name="Theme: system").click()
        assert not is_dark(page)
        page.get_by_role("button", name="Theme: light").click()
        assert is_dark(page)
        page.reload()
        assert is_dark(page)


def test_the_list_is_filtered_by_outcome_mark_tag_and_grader(page: Page) -> None:
    go(page, "#cases")
    assert len(listed(page)) == len(ANSWERS)
    page.get_by_role("button", name="1 fixed").click()
    assert listed(page) == ["mended/slash"]
    expect(page.get_by_role("button", name="1 fixed")).to_be_focused()
    page.get_by_role("button", name="4 regressed").click()
    assert len(listed(page)) == 5
    page.get_by_role("button", name="1 critical").click()
    assert listed(page) == ["refund-late"]
    expect(page.get_by_role("button", name="1 regressed")).to_be_visible()
    expect(page.get_by_role("button", name="0 fixed")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    page.get_by_label("Tag", exact=True).select_option("refunds")
    assert set(listed(page)) == {"refund-late", "refund-cjk", "=refund-short"}
    page.get_by_label("Tag", exact=True).select_option("any")
    page.get_by_label("Failing grader", exact=True).select_option("states the window")
    assert len(listed(page)) == 4
    expect(page.locator("#shown")).to_have_text("4 of 6 cases")


def test_search_reads_ids_answers_and_reasons(page: Page) -> None:
    go(page, "#cases")
    search = page.get_by_label("Search", exact=True)
    for words, found in (
        ("CJK", ["refund-cjk"]),
        ("退款", ["refund-cjk"]),
        ("WELCOME hello", ["greeting"]),
        ("no such thing", []),
    ):
        search.fill(words)
        expect(page.locator("#shown")).to_have_text(f"{len(found)} of 6 cases")
        assert listed(page) == found


def test_the_worst_cases_come_first_and_other_orders_are_at_hand(page: Page) -> None:
    go(page, "#cases")
    assert listed(page)[0] == "refund-late"
    assert listed(page)[-1] == "greeting"
    page.get_by_label("Order", exact=True).select_option("by id")
    assert listed(page)[-1] == "refund-late"
    page.get_by_label("Order", exact=True).select_option("best first")
    assert listed(page)[0] == "mended/slash"


def test_orders_put_lost_ground_time_and_cost_first(page: Page) -> None:
    ordered = """(sort) => [
        { id: "b", outcome: "unchanged", marks: [], change: 0.1, ms: 5, cost: null },
        { id: "c", outcome: "regressed", marks: [], change: -0.5, ms: 9, cost: 0.1 },
        { id: "a", outcome: "regressed", marks: [], change: -1, ms: 7, cost: 0.3 },
        { id: "d", outcome: "regressed", marks: ["critical"], change: -0.1, cost: 0.2 },
    ].sort(ORDERS[sort]).map((row) => row.id).join("")"""
    orders = {"": "dacb", "id": "abcd", "better": "bdca", "slow": "cabd", "cost": "adcb"}
    assert {sort: page.evaluate(ordered, sort) for sort in orders} == orders


def test_of_several_prompts_one_can_be_chosen(page: Page) -> None:
    found = page.evaluate("""() => {
      const other = rows.slice(0, 2).map((row) => ({ ...row, number: 2, place: undefined }));
      prepareList([...rows, ...other]);
      openList("#cases?prompt=2");
      const one = byId("shown").textContent;
      openList("#cases");
      return [byId("prompt-field").hidden, one, byId("shown").textContent];
    }""")
    assert found == [False, "2 of 8 cases", "8 of 8 cases"]


def test_the_address_holds_the_choice_so_that_it_can_be_sent(
    browser: Browser, address: str, page: Page
) -> None:
    go(page, "#cases")
    page.get_by_role("button", name="4 regressed").click()
    page.get_by_label("Tag", exact=True).select_option("refunds")
    page.get_by_label("Search", exact=True).fill("14")
    assert hash_of(page) == "#cases?outcome=regressed&tag=refunds&q=14"
    with opened(browser, address + hash_of(page)) as (other, _):
        expect(other.locator("#shown")).to_have_text("1 of 6 cases")
        assert other.get_by_label("Tag", exact=True).input_value() == "refunds"
        assert listed(other) == ["refund-late"]


@pytest.mark.parametrize("case", ["refund-late", "mended/slash", "=refund-short"])
def test_a_case_has_an_address_of_its_own(browser: Browser, address: str, case: str) -> None:
    link = f"{address}#case/support/v4/letters/{quote(case, safe='')}"
    with opened(browser, link) as (page, _):
        expect(page.locator("#case-title bdi")).to_have_text(case)
        expect(page.locator("#overview")).to_be_hidden()


def test_addresses_of_cases_with_any_id_and_of_several_versions_are_told_apart(
    page: Page,
) -> None:
    assert page.evaluate("""() => {
      const like = (id, version) => ({ ...rows[0], id, prompt: { ...rows[0].prompt, version } });
      const all = [like("a", "v4"), like("a", "v5"), like("50%25 of a/b?#&", "v4"), like("%", "v4")];
      return all.map((row) => all.indexOf(rowAt(addressOf(row), all)));
    }""") == [0, 1, 2, 3]


def test_an_address_of_no_case_says_so(page: Page) -> None:
    go(page, "#case/support/v4/letters/gone")
    expect(page.locator("#case")).to_contain_text("There is no such case")


def test_words_that_differ_are_marked_on_their_own_side(page: Page) -> None:
    go(page, "#case/support/v4/letters/refund-late")
    before, after = page.locator(".side").all()
    assert before.locator("del").all_inner_texts() == ["30"]
    assert after.locator("ins").all_inner_texts() == ["14"]
    assert before.locator("ins").count() == after.locator("del").count() == 0
    assert before.locator("pre").first.inner_text() == ANSWERS["refund-late"][0]
    page.get_by_label("Mark what differs").uncheck()
    assert page.locator(".side del, .side ins").count() == 0
    assert after.locator("pre").first.inner_text() == ANSWERS["refund-late"][1]


def test_characters_that_differ_are_marked_where_words_have_no_spaces(page: Page) -> None:
    go(page, "#case/support/v4/letters/refund-cjk")
    assert page.locator(".side del").all_inner_texts() == ["三"]
    assert page.locator(".side ins").all_inner_texts() == ["四"]


def test_answers_with_nothing_in_common_and_equal_answers_are_said_to_be_so(page: Page) -> None:
    go(page, f"#case/support/v4/letters/{quote('=refund-short')}")
    expect(page.locator("#case")).to_contain_text("next to nothing in common")
    go(page, "#case/support/v4/letters/greeting")
    expect(page.locator("#case")).to_contain_text("Both answers are the same.")


def test_a_case_tells_input_expectation_grades_and_every_trial(page: Page) -> None:
    go(page, "#case/support/v4/letters/refund-late")
    case = page.locator("#case")
    for text in (
        "Where is it? refund-late",
        '"id": 7',
        "30 days",
        "The window of 30 days is missing",
    ):
        expect(case).to_contain_text(text)
    expect(case.locator(".side").nth(0)).to_contain_text("trial 1 of 2")
    fails = case.locator(".side").nth(1).locator(".grades li").first
    expect(fails).to_contain_text("states the window fails")
    rows = case.locator(".trials tbody tr")
    assert rows.count() == 4
    rows.nth(3).get_by_text("Answer").click()
    expect(rows.nth(3)).to_contain_text("within 14 days")


def test_a_case_tells_what_the_records_say_of_it(page: Page) -> None:
    go(page, "#case/support/v4/letters/refund-late")
    records = page.locator("#case .history li").all_inner_texts()
    assert records[0] == "2026-11-03 v2 1 of 2 passed"
    assert len(records) == 3


def test_one_goes_from_case_to_case_in_the_order_of_the_list(page: Page) -> None:
    go(page, "#cases?outcome=regressed&sort=id")
    first, second = listed(page)[:2]
    page.get_by_role("link", name=first).click()
    title = page.locator("#case-title bdi")
    expect(title).to_have_text(first)
    expect(page.locator("#case")).to_contain_text("1 of 4 cases")
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text(second, use_inner_text=True)
    page.get_by_role("link", name="Previous").click()
    expect(title).to_have_text(first)
    page.get_by_role("link", name="All cases").click()
    expect(page.locator("#shown")).to_have_text("4 of 6 cases")


@pytest.mark.parametrize("name", ["__proto__", "constructor", "toString", "nothing"])
def test_an_address_with_any_order_opens_the_list(
    browser: Browser, address: str, name: str
) -> None:
    with opened(browser, f"{address}#cases?sort={name}") as (page, watched):
        expect(page.locator("#shown")).to_have_text("6 of 6 cases")
        assert listed(page)[0] == "refund-late"
        assert watched.complaints == []


def test_one_comes_back_to_where_one_left_the_list(browser: Browser, address: str) -> None:
    with opened(browser, address, viewport={"width": 600, "height": 300}) as (page, _):
        go(page, "#cases?sort=id")
        link = page.locator("#rows a").nth(4)
        link.scroll_into_view_if_needed()
        left = page.evaluate("scrollY")
        assert left > 0
        link.click()
        expect(page.locator("#case-title")).to_be_focused()
        for way_back in (page.go_back, page.get_by_role("link", name="All cases").click):
            way_back()
            expect(link).to_be_focused()
            assert page.evaluate("scrollY") == left
            link.click()
            expect(page.locator("#case-title")).to_be_focused()


def test_what_the_browsers_own_menu_prints_is_at_hand(page: Page) -> None:
    go(page, "#cases?outcome=regressed")
    page.wait_for_timeout(300)
    told = page.evaluate(
        "async () => { dispatchEvent(new Event('beforeprint'));"
        " for (let i = 0; i < 50; i += 1) await null;"
        " return document.querySelectorAll('.printed').length; }"
    )
    assert told == 4


def test_the_keyboard_reaches_everything(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the report")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Cases")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#cases")).to_be_focused()
    page.locator("#rows a").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#rows a").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#case-title")).to_be_focused()


def test_link_and_yaml_of_a_case_and_the_runs_command_are_copied(
    browser: Browser, address: str
) -> None:
    link = f"{address}#case/support/v4/letters/refund-late"
    with opened(browser, link) as (page, _):
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="Copy link").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == link
        expect(page.get_by_role("button", name="Copy link")).to_be_visible()
        page.get_by_role("button", name="Copy as YAML").click()
        assert page.evaluate("navigator.clipboard.readText()") == "- id: refund-late\n"
        page.get_by_role("button", name="Copy command").first.click()
        assert page.evaluate("navigator.clipboard.readText()") == (
            "evalgate run --base 111111111111 --head 222222222222 --prompt support"
            " --evalset letters --case refund-late --simulate"
        )
        go(page, "#run")
        page.locator("#run").get_by_role("button", name="Copy command").click()
        assert page.evaluate("navigator.clipboard.readText()") == "evalgate gate --base main"


def saved(page: Page, name: str) -> str:
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    return download.value.path().read_text("utf-8")


def test_the_cases_of_the_list_are_saved_as_csv_in_which_nothing_is_a_formula(page: Page) -> None:
    go(page, "#cases?outcome=regressed")
    rows = list(csv.DictReader(io.StringIO(saved(page, "CSV"), newline="")))
    assert len(rows) == 4
    by_case = {row["case"]: row for row in rows}
    assert by_case["refund-late"]["before"] == "2 of 2 passed"
    assert by_case["refund-late"]["change"] == "-1"
    assert by_case["refund-late"]["failing_graders"] == "states the window"
    assert "'=refund-short" in by_case
    found = page.evaluate("['\\uff1d1', ' =1', '-1', '@a', -1, 'a=1', 'a\"b'].map(cell)")
    assert found == ["'\uff1d1", "' =1", "'-1", "'@a", "-1", "a=1", '"a""b"']


def test_the_cases_of_the_list_are_saved_as_json_with_their_answers(page: Page) -> None:
    go(page, "#cases?tag=refunds")
    document = json.loads(saved(page, "JSON"))
    assert document["schema"] == "report-cases/1"
    answers = {case["case"]: case["arms"]["candidate"]["answer"][0] for case in document["cases"]}
    assert answers["refund-cjk"] == ANSWERS["refund-cjk"][1]
    assert len(answers) == 3


def test_hostile_texts_are_shown_and_do_nothing(page: Page) -> None:
    for view in ("#cases", f"#case/support/v4/letters/{quote(visible_id(), safe='')}"):
        go(page, view)
        shown = page.locator("main").inner_text()
        assert '<img src="https://evil.example/x" onerror="alert(1)">' in shown
        assert "⟨U+202E⟩" in shown
        assert page.locator("main img, main style, main script").count() == 0
    assert page.title() == f"{visible_id()[:80]} · Blocked · evalgate report"


def visible_id() -> str:
    return HOSTILE.replace("\u202e", "⟨U+202E⟩").replace("\x1b", "␛").replace("\u200b", "⟨U+200B⟩")


def test_the_whole_report_is_printed_with_the_cases_of_the_list(page: Page) -> None:
    go(page, "#cases?outcome=regressed")
    page.evaluate("layOut()")
    page.emulate_media(media="print")
    for part in ("#overview", "#prompts", "#run", "#rows"):
        expect(page.locator(part)).to_be_visible()
    expect(page.locator(".printed .side pre").first).to_be_visible()
    assert page.locator(".printed").count() == 4
    expect(page.locator("#filters")).to_be_hidden()
    # What is there to run a case again would be most of the paper.
    assert page.locator("#printed table, #printed details").count() == 0


def test_of_a_case_that_is_open_nothing_else_is_printed(page: Page) -> None:
    go(page, "#case/support/v4/letters/refund-late")
    page.evaluate("layOut()")
    page.emulate_media(media="print")
    expect(page.locator("#case .side pre").first).to_be_visible()
    for part in ("#overview", "#rows", "#printed"):
        expect(page.locator(part)).to_be_hidden()


def test_on_paper_the_page_is_light_whatever_the_reader_chose(
    browser: Browser, address: str
) -> None:
    with opened(browser, address, color_scheme="dark") as (page, _):
        page.emulate_media(media="print", color_scheme="dark")
        assert not is_dark(page)


def test_answers_stand_side_by_side_where_there_is_room(browser: Browser, address: str) -> None:
    tops: dict[int, list[float]] = {}
    for width in (375, 1200):
        options = {"viewport": {"width": width, "height": 800}}
        with opened(browser, f"{address}{VIEWS[2]}", **options) as (page, _):
            boxes = [side.bounding_box() for side in page.locator(".side").all()]
            tops[width] = [box["y"] for box in boxes if box]
    assert tops[1200][0] == tops[1200][1]
    assert tops[375][0] < tops[375][1]


def test_without_script_everything_but_the_list_can_be_read(browser: Browser, address: str) -> None:
    with opened(browser, address, java_script_enabled=False) as (page, _):
        for text in (
            "answers 4 of 6 cases worse",
            "What broke",
            "prompts/support/v4.md",
            "Called now",
        ):
            expect(page.locator("main")).to_contain_text(text)
        expect(page.get_by_text("needs a browser that runs the script")).to_be_visible()
        expect(page.locator("#filters")).to_be_hidden()
        expect(page.locator("#theme")).to_be_hidden()


@pytest.mark.full
def test_five_thousand_cases_are_a_page_of_which_little_is_drawn_at_once(
    browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(html_of(a_large_report(5_000)), encoding="utf-8")
    assert path.stat().st_size < 15_000_000
    with opened(browser, f"{path.as_uri()}#cases") as (page, watched):
        assert page.locator("#rows li").count() <= 200
        page.get_by_label("Search", exact=True).fill("case-04999")
        expect(page.locator("#shown")).to_have_text("1 of 5,000 cases")
        page.locator("#rows a").click()
        expect(page.locator("#case-title bdi")).to_have_text("case-04999")
        expect(page.locator(".side ins").first).to_contain_text("no more")
        assert watched.complaints == []


def test_the_chart_has_a_text_for_those_who_do_not_see_it(page: Page) -> None:
    chart = page.get_by_role("img", name="between 4 and 11 points lower")
    assert chart.count() == 1


def test_the_rest_of_the_list_is_drawn_when_somebody_comes_near(
    browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(html_of(a_large_report(100, words=3, trials=1)), encoding="utf-8")
    with opened(browser, f"{path.as_uri()}#cases") as (page, _):
        items = page.locator("#rows li")
        expect(items).to_have_count(60)
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        expect(items).to_have_count(100)
        expect(page.get_by_role("button", name="Show more")).to_be_hidden()


def test_where_a_part_of_the_page_is_damaged_the_rest_can_be_read(
    browser: Browser, tmp_path: Path
) -> None:
    whole = html_of(a_large_report(100, words=3, trials=1))
    opening = '<script type="text/plain" id="chunk-1">'
    assert whole.count(opening) == 1
    path = tmp_path / "report.html"
    path.write_text(whole.replace(opening, opening + "eJx"), encoding="utf-8")
    with opened(browser, f"{path.as_uri()}#cases?sort=id") as (page, watched):
        page.get_by_label("Search", exact=True).fill("case-00099")
        expect(page.locator("#shown")).to_have_text("1 of 100 cases")
        page.get_by_label("Search", exact=True).fill("case-00050")
        page.locator("#rows a").click()
        expect(page.locator("#case")).to_contain_text("can read no more of it")
        go(page, "#case/support/v4/letters/case-00099")
        expect(page.locator("#case .side")).to_have_count(2)
        go(page, "#cases?q=letter")
        expect(page.locator("#shown")).to_have_text("60 of 100 cases")
        document = json.loads(saved(page, "JSON"))
        assert len(document["cases"]) == 60
        assert watched.complaints == []


def test_where_the_list_cannot_be_read_the_page_is_one_without_a_script(
    browser: Browser, address: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script("delete window.DecompressionStream")
    page.goto(address)
    expect(page.get_by_text("needs a browser that runs the script")).to_be_visible()
    expect(page.locator("#overview")).to_be_visible()
    expect(page.locator("#run")).to_be_visible()
    context.close()


def test_the_box_of_a_case_is_its_own_after_the_page_was_printed(page: Page) -> None:
    go(page, "#case/support/v4/letters/refund-late")
    page.evaluate("layOut()")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(ids) == len(set(ids))
    page.locator("#case").get_by_label("Mark what differs").uncheck()
    assert page.locator("#case .side del").count() == 0


def test_answers_of_a_megabyte_are_cut_and_say_so(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(html_of(a_large_report(2, words=150_000)), encoding="utf-8")
    assert path.stat().st_size < 1_000_000
    with opened(browser, f"{path.as_uri()}#case/support/v4/letters/case-00000") as (page, watched):
        notes = page.locator(".side .note").all_inner_texts()
        assert len(notes) == 2
        assert all(note.endswith("more characters not shown") for note in notes)
        assert watched.complaints == []
