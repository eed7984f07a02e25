"""Facts about reading values out of documents."""

import pytest

from evalgate.adapters.files import read_yaml
from evalgate.errors import ConfigurationError
from evalgate.model.policy import OnInconclusive
from evalgate.model.reading import Section, describe, spell, suggestion


def section(text: str) -> Section:
    return Section(read_yaml("f.yml", text.encode()))


def problems(of: Section) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        of.finish()
    return [str(problem) for problem in caught.value.problems]


def test_a_clean_section_finishes_in_silence() -> None:
    reader = section("a: 1")
    reader.allow("a")
    assert reader.integer("a", 0, least=0, most=5) == 1
    reader.finish()


def test_every_problem_is_reported_at_once_with_its_own_line() -> None:
    reader = section("a: x\nb: 9\nc: maybe\n")
    reader.integer("a", 0, least=0, most=5)
    reader.integer("b", 0, least=0, most=5)
    reader.flag("c", default=False)
    assert problems(reader) == [
        "f.yml:1: a: expected a whole number from 0 to 5, got `x`",
        "f.yml:2: b: expected a whole number from 0 to 5, got the number 9",
        "f.yml:3: c: expected true or false, got `maybe`",
    ]


def test_an_unknown_key_names_the_nearest_known_one() -> None:
    reader = section("max_dorp: 5")
    reader.allow("max_drop", "alpha")
    assert problems(reader) == ["f.yml:1: max_dorp: unknown key (did you mean `max_drop`?)"]


def test_a_key_that_resembles_nothing_names_all_known_ones() -> None:
    assert suggestion("zzz", ["b", "a"]) == " (known: a, b)"


def test_true_is_not_a_number() -> None:
    reader = section("a: true\nb: false")
    assert reader.integer("a", 7, least=0, most=9) == 7
    assert reader.number("b", 0.5, least=0, most=9) == 0.5
    assert len(problems(reader)) == 2


@pytest.mark.parametrize("text", ["n: .nan", "n: .inf", "n: -0.1", "n: 1.1"])
def test_a_number_outside_its_limits_is_a_problem(text: str) -> None:
    reader = section(text)
    reader.number("n", 0.0, least=0.0, most=1.0)
    assert len(problems(reader)) == 1


def test_a_wrong_choice_lists_the_words() -> None:
    reader = section("on: blok")
    reader.choice("on", OnInconclusive.BLOCK)
    assert problems(reader) == [
        "f.yml:1: on: expected one of block, warn; got `blok` (did you mean `block`?)"
    ]


def test_a_missing_required_text_is_reported_where_the_mapping_starts() -> None:
    reader = section("x: {a: 1}").section("x")
    reader.required_text("model")
    assert problems(reader) == ["f.yml:1: x: the key `model` is missing"]


def test_problems_of_inner_sections_reach_the_outermost() -> None:
    outer = section("cases:\n  - {id: 1}\n  - text\n")
    for inner in outer.sections("cases"):
        inner.text("id")
    assert problems(outer) == [
        "f.yml:2: cases[0].id: expected text, got the number 1",
        "f.yml:3: cases[1]: expected a mapping, got `text`",
    ]


def test_an_absent_section_reads_as_empty() -> None:
    reader = section("a: 1")
    assert reader.section("gate").integer("max", 5, least=0, most=9) == 5
    reader.finish()


def test_a_single_text_counts_as_a_list_of_one() -> None:
    assert section("tags: refunds").texts("tags") == ("refunds",)


def test_a_place_is_spelled_as_people_point_at_it() -> None:
    assert spell(("cases", 3, "graders", 0, "regex")) == "cases[3].graders[0].regex"


def test_a_long_text_is_shortened_when_described() -> None:
    assert len(describe("x" * 1000)) == 60


def test_very_many_or_very_long_words_are_told_in_short() -> None:
    wide = section("{" + "".join(f"k{number}: 1, " for number in range(60)) + "}")
    wide.allow("a")
    told = problems(wide)
    assert (len(told), told[-1]) == (51, "f.yml:1: 10 more unknown keys")
    assert len(suggestion("x" * 1_000_000, [f"word-{number}" for number in range(900)])) < 600
    assert spell(("a", "x" * 100)) == f"a.{'x' * 57}…"
