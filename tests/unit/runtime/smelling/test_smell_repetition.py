"""Facts about answers that repeat themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.runtime.smelling.smell_repetition import LEAST_LOOP, LONGEST_PERIOD, repeats

PROSE = "".join(
    f"Parcel {n} left hall {n * 7 % 13} on day {n * 5 % 11}, says desk {n}. " for n in range(80)
)


def loop_of(period: int, times: int) -> str:
    """Return a loop without the end of a sentence in it."""
    words = "".join(f"word{number} " for number in range(period))
    return words[:period] * times


@pytest.mark.parametrize("period", [1, 7, 66, 67, 300, LONGEST_PERIOD])
@pytest.mark.parametrize("before", ["", "Well, this is how it is: "])
def test_a_loop_to_the_end_is_found(period: int, before: str) -> None:
    text = before + ("a" * 300 if period == 1 else loop_of(period, max(5, 300 // period)))
    assert repeats(text)


def test_three_times_are_no_loop() -> None:
    assert not repeats(loop_of(200, 3))
    assert not repeats("ha" * (LEAST_LOOP // 4))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6])
def test_a_loop_of_a_quarter_is_found_wherever_it_stands(share: float) -> None:
    cut = int(len(PROSE) * share)
    assert not repeats(PROSE)
    assert repeats(PROSE[:cut] + loop_of(40, len(PROSE) // 40) + PROSE[cut:])


def test_half_of_the_text_must_be_the_same_few_sentences() -> None:
    sentence = "I can help you with that. "
    assert repeats(PROSE[:100] + "\n" + "".join(f"{sentence}{n}\n" for n in "abcdef"))
    assert not repeats(PROSE[:400] + "".join(f"{sentence}{n}\n" for n in "abcd"))


def test_short_lines_and_rows_of_data_may_come_back() -> None:
    assert not repeats("".join(f"Yes.\nItem {n} is {n * 3}.\nYes.\n" for n in range(9)))
    assert not repeats("".join(f"| a cup of tea |\n{n}\n" for n in range(9)))


def test_code_may_repeat_itself() -> None:
    code = "    total = total + 1\n" * 30
    assert repeats(code)
    assert not repeats(f"```\n{code}```\nThat is all there is to it.")
    assert repeats(f"```\nx\n```\n{loop_of(30, 30)}")


@given(st.text(alphabet="ab \n.`", max_size=400))
def test_any_text_has_an_answer(text: str) -> None:
    assert repeats(text) in (True, False)
