"""Tests for evalgate.gate.lines."""

from evalgate.gate.lines import changed_lines
from tests.unit.gate.planned import BASE, VERSION, plan


def test_a_version_differs_from_the_first_line_that_the_stable_one_does_not_have() -> None:
    edited = VERSION.replace("{{question}}", "Kindly: {{question}}")
    assert changed_lines(plan(BASE | {"prompts/p/v2.md": edited})) == {
        ("p", "v2"): ("prompts/p/v2.md", 6)
    }


def test_what_a_version_adds_at_its_end_is_where_it_differs() -> None:
    assert changed_lines(plan())["p", "v2"] == ("prompts/p/v2.md", 7)


def test_where_only_the_end_was_cut_the_last_line_stands_for_it() -> None:
    long = VERSION + "and\nmore\n"
    base = BASE | {"prompts/p/v1.md": long}
    found = changed_lines(plan(base | {"prompts/p/v2.md": VERSION}, base=base))
    assert found["p", "v2"] == ("prompts/p/v2.md", 6)


def test_a_first_version_differs_from_its_first_line_on() -> None:
    new = {
        "prompts/q/v1.md": VERSION,
        "evalsets/a.yaml": BASE["evalsets/a.yaml"].replace("[p]", "[p, q]"),
    }
    assert changed_lines(plan(BASE | new))["q", "v1"] == ("prompts/q/v1.md", 1)


def test_a_change_without_a_version_has_no_lines() -> None:
    assert changed_lines(plan(BASE)) == {}
