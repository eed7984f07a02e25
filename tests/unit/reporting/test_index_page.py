"""Facts about the page that lists reports."""

from evalgate.errors import Problem
from evalgate.model.report_folder import FoundFolder
from evalgate.reporting.index_page import index_page
from tests.unit.reporting.found_reports import folder, plan, reports, verdict
from tests.unit.reporting.test_html import Outline

HOSTILE = '<script>alert(1)</script><img src="https://evil.example/x">\u202e'


def html(*folders: FoundFolder, problems: tuple[Problem, ...] = ()) -> str:
    return index_page(reports(*folders, problems=problems), folder="reports")


def test_a_run_is_told_with_sign_word_sentence_and_links() -> None:
    outline = Outline(html(folder("run", "comment.md", "report.html", verdict=verdict())))
    for part in (
        *("✗", "Blocked", "support v4 answers 9 of 120 cases worse than v3.", "support v3 → v4"),
        *("$0.4100", "111111111111 → 222222222222", "21 Nov 2026, 20:25 UTC"),
    ):
        assert part in outline.text
    addresses = [attributes["href"] for tag, attributes in outline.elements if tag == "a"]
    assert addresses == [
        *("/run/report.html", "/run/report.html", "/run/comment.md", "/run/verdict.json")
    ]


def test_the_same_folder_gives_the_same_page() -> None:
    found = (folder("a", verdict=verdict()), folder("b", plan=plan()))
    assert html(*found) == html(*reversed(found))


def test_an_empty_folder_says_which_command_makes_a_report() -> None:
    text = Outline(html()).text
    assert "There is no report here yet" in text
    assert "evalgate gate" in text
    assert "There is no report here yet" not in Outline(html(folder("b", plan=plan()))).text


def test_a_time_that_is_that_of_a_file_is_named_as_such() -> None:
    assert "(when the file was written)" in html(folder("b", verdict=verdict(run_id="x")))
    assert "(when the file was written)" not in html(folder("b", verdict=verdict()))


def test_simulated_answers_are_named() -> None:
    assert "simulated" in Outline(html(folder("b", verdict=verdict(simulated=True)))).text
    assert "simulated" not in Outline(html(folder("b", verdict=verdict()))).text


def test_what_is_hostile_is_inert_and_visible() -> None:
    page = html(
        folder(
            HOSTILE.replace("/", ""),
            f"{HOSTILE}.md".replace("/", ""),
            verdict=verdict(headline=HOSTILE, run_id=HOSTILE, base=HOSTILE),
        ),
        folder("other", verdict=Problem(path=HOSTILE, message=HOSTILE)),
        problems=(Problem(path=HOSTILE, message=HOSTILE),),
    )
    outline = Outline(page)
    assert not {"script", "img", "link", "form", "iframe"} & outline.tags
    assert "\u202e" not in page
    hrefs = [attributes["href"] or "" for tag, attributes in outline.elements if tag == "a"]
    assert hrefs
    assert all(href.startswith("/") and not href.startswith("//") for href in hrefs)


def test_what_could_not_be_looked_into_is_told() -> None:
    page = html(problems=(Problem(path="linked", message="a link: links are not followed"),))
    assert "linked: a link: links are not followed" in Outline(page).text
