"""Facts about the page of a rollout."""

import re
from base64 import b64encode
from dataclasses import replace
from functools import cache
from hashlib import sha256

import pytest

from evalgate.reporting.rollout_page import rollout_page
from tests.unit.reporting.rollouts import every, nothing_known, promoted
from tests.unit.reporting.test_html import Outline


@cache  # ten charts take their time
def page_of(name: str) -> str:
    """The page of one of the rollouts."""
    return rollout_page(every()[name])


def text_of(name: str) -> str:
    return Outline(page_of(name)).text.replace("\u00a0", " ")


def test_the_page_opens_with_what_to_do_and_ends_in_the_evidence() -> None:
    text = text_of("healthy")
    places = [
        text.index(part)
        for part in (
            "v3 of support-reply: hold at 5 %, two things are missing, about 3 h 20 min",
            "What to do next",
            "evalgate rollout status support-reply",
            "5 %: here",
            "What is missing",
            "40 of 100 scored units of each arm are missing",
            "until 2026-11-17 14:32 UTC, about 3 h 20 min",
            "The evidence",
            "answers that were scored as failing",
            "All criteria together",
            "The split is as configured",
            "touches 0.25 % of the calls",
            "How it grew",
            "Left out, and remarks",
            "212 calls are of units that met the other arm first",
            "History",
            "replies in the customer's language",
            "20261117-075500-1a2b3c",
            "How to read this",
        )
    ]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("name", "tone", "word"),
    [
        ("healthy", "inconclusive", "Hold"),
        ("held", "inconclusive", "Held"),
        ("ready", "pass", "Advance"),
        ("promoted", "pass", "Promoted"),
        ("worse", "fail", "Roll back"),
        ("rolled_back", "fail", "Rolled back"),
    ],
)
def test_an_outcome_looks_like_one(name: str, tone: str, word: str) -> None:
    html = page_of(name)
    assert f'<header class="verdict is-{tone}">' in html
    assert re.search(rf'aria-hidden="true">.</span> {word}</p>', html)


@pytest.mark.parametrize("name", every())
def test_the_present_station_is_marked_for_every_reader(name: str) -> None:
    assert page_of(name).count('aria-current="step"') == 1


def test_the_page_has_both_charts_of_each_criterion_each_with_its_words() -> None:
    outline = Outline(page_of("ready"))
    named = [attributes["aria-labelledby"] for tag, attributes in outline.elements if tag == "svg"]
    titles = [
        attributes["id"]
        for tag, attributes in outline.elements
        if tag == "title" and "id" in attributes
    ]
    assert named == titles
    assert len(set(titles)) == 10


def test_ids_are_unique() -> None:
    elements = Outline(page_of("worse")).elements
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_quality_and_what_is_worse_are_seen_at_once() -> None:
    def opened(name: str) -> list[bool]:
        folds = [each for each in Outline(page_of(name)).elements if each[0] == "details"]
        return ["open" in attributes for _, attributes in folds]

    assert opened("ready") == [True, False, False, False, False]
    assert opened("costly") == [True, False, False, False, True]


def test_without_evidence_the_page_says_so_and_draws_nothing() -> None:
    outline = Outline(page_of("nothing_known"))
    assert "There is nothing to draw yet" in outline.text
    assert "svg" not in outline.tags
    assert "Times suppose" not in outline.text
    assert "Left out, and remarks" not in outline.text


def test_a_split_that_is_off_is_told() -> None:
    text = text_of("skewed")
    assert "The split is not as configured: the canary got 9 % of 2,022 units" in text
    assert "until then no number below says anything" in text


def test_the_reasons_are_told_where_they_say_more_than_what_is_missing() -> None:
    assert "the evidence of harm is above 20. harm" in text_of("worse")
    assert 'id="why-title"' not in page_of("healthy")
    assert 'id="why-title"' in page_of("held")


def test_what_was_done_is_told_where_something_was() -> None:
    assert "Done: v3 of support-reply is the stable version now." in text_of("promoted")
    assert "Done:" not in text_of("healthy")


def test_a_number_and_its_unit_stay_on_one_line() -> None:
    html = page_of("healthy")
    assert "about 3\u00a0h\u00a020\u00a0min at this traffic</h1>" in html
    assert "hold at 5\u00a0%, two things" in html


def test_hostile_texts_are_escaped_and_what_hides_is_shown() -> None:
    html = page_of("hostile")
    outline = Outline(html)
    assert [tag for tag, _ in outline.elements].count("script") == 1
    assert "<script>alert" not in html
    assert not {"img", "b/pre"} & outline.tags
    assert "\u202e" not in html
    assert "\x1b" not in html
    assert "javascript:" not in html


def test_a_command_that_cannot_be_shown_exactly_is_left_out() -> None:
    assert 'id="command"' not in page_of("hostile")
    assert 'id="command"' in page_of("healthy")


def digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def test_the_policy_allows_this_style_sheet_and_this_script_and_nothing_else() -> None:
    html = page_of("ready")
    style = html.partition("<style>")[2].partition("</style>")[0]
    script = html.partition("<script>")[2].partition("</script>")[0]
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    assert policy[1].replace("&#39;", "'") == (
        f"default-src 'none'; style-src 'sha256-{digest(style)}'; "
        f"script-src 'sha256-{digest(script)}'; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    assert not re.search(r'\sstyle="|\son\w+="', html)


def test_the_page_asks_for_nothing_from_elsewhere() -> None:
    html = rollout_page(replace(nothing_known(), run_url=""))
    assert "http://" not in html
    assert "https://" not in html


def test_the_same_report_gives_the_same_page() -> None:
    assert rollout_page(promoted()) == rollout_page(promoted())
