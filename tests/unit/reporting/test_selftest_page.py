"""Facts about the page of a selftest."""

from base64 import b64encode
from hashlib import sha256

from evalgate.model.selftest import Soundness
from evalgate.reporting.selftest_page import selftest_page
from tests.unit.reporting.selftests import selftest, set_test
from tests.unit.reporting.test_html import Outline

HOSTILE = "<script>alert(1)</script>\u202e"


def test_the_page_tells_each_set_and_draws_both_spreads() -> None:
    outline = Outline(selftest_page(selftest(set_test(), set_test(name="triage"))))
    assert outline.text.index("support") < outline.text.index("triage")
    assert [tag for tag, _ in outline.elements].count("svg") == 4
    assert "Sound: 2% (" in outline.text
    assert "10 points, some cases break" in outline.text


def test_each_drawing_has_its_words() -> None:
    outline = Outline(selftest_page(selftest(set_test(), set_test())))
    named = [attributes["aria-labelledby"] for tag, attributes in outline.elements if tag == "svg"]
    titles = [
        attributes["id"]
        for tag, attributes in outline.elements
        if tag == "title" and "id" in attributes
    ]
    assert named == titles
    assert len(set(titles)) == 4


def test_names_are_escaped_and_what_hides_is_shown() -> None:
    html = selftest_page(selftest(set_test(name=HOSTILE, remarks=(HOSTILE,))))
    assert "<script" not in html
    assert "\u202e" not in html


def test_the_page_loads_nothing_and_allows_its_own_style_alone() -> None:
    html = selftest_page(selftest())
    style = html.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src &#39;sha256-{digest}&#39;" in html
    assert "http://" not in html
    assert "https://" not in html
    assert not {"script", "link", "img"} & Outline(html).tags


def test_an_unsound_policy_looks_like_one() -> None:
    html = selftest_page(selftest(set_test(), set_test(Soundness.UNSOUND)))
    assert '<header class="verdict is-fail">' in html
    assert "<title>Unsound · evalgate selftest</title>" in html


def test_a_set_without_trials_has_no_drawing_and_no_table() -> None:
    outline = Outline(selftest_page(selftest(set_test(Soundness.UNTESTED, courses=()))))
    assert not {"svg", "table"} & outline.tags


def test_simulated_answers_are_told() -> None:
    assert "Answers are simulated" in selftest_page(selftest(simulated=True))
    assert "Answers are simulated" not in selftest_page(selftest())


def test_the_same_selftest_gives_the_same_page() -> None:
    assert selftest_page(selftest()) == selftest_page(selftest())


def test_a_page_without_a_script_allows_none() -> None:
    assert "script-src" not in selftest_page(selftest())
