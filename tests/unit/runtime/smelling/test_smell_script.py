"""Facts about letters that were not to be expected."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.chat import ChatRequest
from evalgate.model.content import Turn
from evalgate.runtime.smelling.smell_script import is_in_strange_script, letters_by_script

SAYINGS = {
    "Thai": "สวัสดีค่ะ",
    "Arabic": "شحنتك في الطريق",
    "Hebrew": "החבילה בדרך",
    "Devanagari": "आपका पार्सल रास्ते में है",
    "Hangul": "소포가 가는 중입니다",
    "Han": "您的包裹在路上",
    "Georgian": "თქვენი ამანათი გზაშია",
}


def strange(text: str, question: str = "Where is it?", scripts: tuple[str, ...] = ()) -> bool:
    turns = (Turn(role="user", content=question),)
    request = ChatRequest(model="m", max_tokens=1, turns=turns)
    return is_in_strange_script(text, scripts, request=request)


@pytest.mark.parametrize("script", SAYINGS)
def test_each_script_is_told_from_the_others(script: str) -> None:
    said = SAYINGS[script]
    assert strange(said)
    assert not strange(said, question=said)
    assert not strange(said, scripts=(script,))
    others = [other for other in SAYINGS if other != script]
    assert all(strange(said, question=SAYINGS[other]) for other in others)
    assert all(strange(said, scripts=(other, "Latin")) for other in others)


def test_without_a_request_and_rules_everything_is_to_be_expected() -> None:
    assert not is_in_strange_script(SAYINGS["Thai"], (), request=None)


@pytest.mark.parametrize(
    "question",
    [
        *("Say it in Thai", "Bitte ins Japanische übersetzen", "en coréen", "in Cyrillic script"),
        *("Which LANGUAGE?", "for zh-CN", "для перевода", "用中文翻译"),
    ],
)
def test_who_speaks_of_languages_may_get_any(question: str) -> None:
    assert not strange(SAYINGS["Georgian"], question=question)


@pytest.mark.parametrize("question", ["Wie lange dauert es?", "machine", "a description", "core"])
def test_words_that_begin_alike_speak_of_no_language(question: str) -> None:
    assert strange(SAYINGS["Georgian"], question=question)


def test_a_fifth_of_the_letters_is_strange() -> None:
    assert strange("b" * 40 + "ж" * 10)
    assert not strange("b" * 41 + "ж" * 10)


def test_three_letters_tell_nothing() -> None:
    assert not strange("жжж", scripts=("Latin",))
    assert strange("жжжж", scripts=("Latin",))


def test_signs_that_all_scripts_share_are_strange_to_none() -> None:
    assert not strange("µµµµ ーーーー 1234 ……", scripts=("Han",))


def test_letters_are_counted_by_script() -> None:
    assert letters_by_script("ab жш 您 ひ カ 12 µ é") == Counter(
        {"Latin": 3, "Cyrillic": 2, "Han": 1, "Hiragana": 1, "Katakana": 1}
    )


@given(st.text(st.characters(), max_size=50))
def test_any_text_can_be_counted(text: str) -> None:
    assert sum(letters_by_script(text).values()) <= len(text)
