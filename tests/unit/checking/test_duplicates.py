"""Facts about finding cases that repeat others."""

from itertools import combinations
from random import Random
from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from evalgate.checking.duplicates import ALIKE, FEWEST_WORDS, twins
from evalgate.model.document import Data
from tests.machine import slowness


def found(*texts: str) -> list[tuple[str, str, float]]:
    inputs: dict[str, dict[str, Data]] = {
        str(number): {"q": text} for number, text in enumerate(texts)
    }
    return [(twin.case, twin.earlier, round(twin.alike, 2)) for twin in twins(inputs)]


def test_the_same_input_twice_is_found() -> None:
    assert found("Where is it?", "Who?", "Where is  it?") == [("2", "0", 1.0)]


def test_nearly_the_same_words_are_found() -> None:
    first = "my parcel with the blue kettle has not arrived yet please help me"
    assert found(first, "something else entirely that is long enough", first + " now") == [
        ("2", "0", 0.93)
    ]


def test_order_case_and_punctuation_do_not_hide_a_twin() -> None:
    assert found("Please, send me the new invoice!", "the new invoice please send me")


def test_different_questions_are_no_twins() -> None:
    assert found("How do I cancel my order today?", "How do I pay for my order with a card?") == []


def test_short_texts_are_only_compared_exactly() -> None:
    assert found("thank you very much", "thank you very Much") == []


def test_languages_without_blanks_are_compared_too() -> None:
    first = "ご注文の商品がまだ届いていないので確認してください"
    assert found(first, first + "。よろしく") != []
    assert found(first, "返品の送料はいくらですか教えてください") == []


def test_a_different_variable_makes_a_different_input() -> None:
    inputs: dict[str, dict[str, Data]] = {
        "a": {"q": "Where?", "n": 1},
        "b": {"q": "Where?", "n": 2},
    }
    assert list(twins(inputs)) == []


WORDS = st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=12).map(" ".join)


def alike(one: str, other: str) -> bool:
    left, right = frozenset(one.split()), frozenset(other.split())
    long_enough = min(len(left), len(right)) >= FEWEST_WORDS
    return long_enough and len(left & right) / len(left | right) >= ALIKE


@given(st.lists(WORDS, max_size=8, unique=True))
def test_no_two_cases_that_are_alike_stay_unsaid(texts: list[str]) -> None:
    repeated = {case: earlier for case, earlier, _ in found(*texts)}
    named = dict(zip(map(str, range(len(texts))), texts, strict=True))
    fresh = [name for name in named if name not in repeated]
    assert not any(alike(named[a], named[b]) for a, b in combinations(fresh, 2))
    assert all(alike(named[case], named[earlier]) for case, earlier in repeated.items())


def test_cases_made_of_the_same_few_words_are_not_compared_without_end() -> None:
    draw = Random(1)  # noqa: S311 - nothing here is secret
    words = [f"w{number}" for number in range(130)]
    inputs: dict[str, dict[str, Data]] = {
        f"c{number}": {"q": " ".join(draw.sample(words, 40))} for number in range(6_000)
    }
    began = process_time()
    assert list(twins(inputs)) == []
    assert process_time() - began < 5 * slowness()
