"""What changed from one answer to the other, line by line."""

import json

from hypothesis import given
from hypothesis import strategies as st

from evalgate.reporting.answer_diff import answer_diff, marked_lines

LINES = st.lists(st.sampled_from("abcdef"), max_size=30)


@given(LINES, LINES)
def test_a_diff_keeps_every_change_and_counts_what_it_leaves_out(
    old: list[str], new: list[str]
) -> None:
    lines = marked_lines(old, new)
    assert lines is not None
    hidden = sum(int(line.split()[1]) for line in lines if line.startswith("  …"))
    shown = [line for line in lines if not line.startswith("  …")]
    assert sum(line[0] in " -" for line in shown) + hidden == len(old)
    assert sum(line[0] in " +" for line in shown) + hidden == len(new)


@given(LINES)
def test_equal_texts_have_no_sign(lines: list[str]) -> None:
    assert not [line for line in marked_lines(lines, lines) or [] if line[0] in "+-"]


def test_two_lines_stand_around_a_change_and_the_rest_is_counted() -> None:
    old = [str(number) for number in range(12)]
    new = [*old[:6], "six", *old[7:]]
    assert marked_lines(old, new) == [
        "  … 4 unchanged lines",
        "  4",
        "  5",
        "- 6",
        "+ six",
        "  7",
        "  8",
        "  … 3 unchanged lines",
    ]


def test_one_line_is_not_left_out_to_say_so() -> None:
    assert marked_lines(["a", "b", "c", "d"], ["a", "b", "c", "e"]) == [
        "  a",
        "  b",
        "  c",
        "- d",
        "+ e",
    ]


def test_long_prose_is_compared_sentence_by_sentence() -> None:
    kept = "You may return the lamp within a month of the day on which it came to you at home."
    lines = answer_diff(f"{kept} We pay for it. Regards.", f"{kept} You pay for it. Regards.")
    assert lines == [f"  {kept}", "- We pay for it.", "+ You pay for it.", "  Regards."]


def test_sentences_of_chinese_are_told_apart() -> None:
    kept = "您可以在收到商品后的三十天内退货" * 8 + "。"
    lines = answer_diff(f"{kept}运费由我们承担。", f"{kept}运费由您承担。")
    assert lines == [f"  {kept}", "- 运费由我们承担。", "+ 运费由您承担。"]


def test_answers_in_json_are_compared_value_by_value() -> None:
    before = json.dumps({"intent": "refund", "days": 30, "tags": ["a", "b"]})
    lines = answer_diff(before, '{"intent":"refund","days":14,"tags":["a","b"]}')
    assert lines is not None
    assert '-   "days": 30,' in lines
    assert '+   "days": 14,' in lines
    assert sum(line[0] in "+-" for line in lines) == 2


def test_a_difference_that_json_does_not_see_is_shown_all_the_same() -> None:
    lines = answer_diff('{"a": 1, "b": 2}', '{"a":1,"b":2}')
    assert lines == ['- {"a": 1, "b": 2}', '+ {"a":1,"b":2}']


def test_a_key_that_stands_twice_is_not_tidied_away() -> None:
    lines = answer_diff('{"a": 1, "a": 2}', '{"a": 1, "a": 3}')
    assert lines == ['- {"a": 1, "a": 2}', '+ {"a": 1, "a": 3}']


def test_deep_or_huge_json_is_only_text() -> None:
    deep = "[" * 5_000
    number = f"[{'9' * 6_000}]"
    assert answer_diff(deep, deep + "]") == [f"- {deep}", f"+ {deep}]"]
    assert answer_diff(number, number + " ") is not None


def test_answers_that_share_next_to_nothing_are_two_texts() -> None:
    assert answer_diff("You get your money back.", "Nein, leider geht dies nicht mehr!") is None


def test_texts_of_very_many_lines_are_not_compared() -> None:
    assert answer_diff("a\n" * 10_000, "a\n" * 10_001) is None
