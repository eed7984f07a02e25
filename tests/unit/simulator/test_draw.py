import hashlib
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.chat import ChatRequest
from evalgate.model.content import Turn
from evalgate.simulator.draw import luck, question_of, trial_of

ASKED = ChatRequest(
    model="claude-haiku-5-5",
    max_tokens=100,
    turns=(
        Turn(role="user", content="first"),
        Turn(role="assistant", content="reply"),
        Turn(role="user", content="second"),
    ),
)


def test_luck_is_the_documented_formula() -> None:
    bits = hashlib.sha256(b"support:case-7/1:return window").digest()[:8]
    expected = int.from_bytes(bits, "big") / 2**64
    assert luck("support", "case-7/1", "return window") == expected


@given(seed=st.text(), trial=st.text(), name=st.text())
def test_luck_lies_between_0_and_1_whatever_the_texts(seed: str, trial: str, name: str) -> None:
    assert 0 <= luck(seed, trial, name) <= 1


def test_the_question_is_the_last_user_turn() -> None:
    assert question_of(ASKED) == "second"


def test_a_conversation_without_a_user_has_an_empty_question() -> None:
    assert question_of(replace(ASKED, turns=())) == ""


def test_the_trial_is_the_one_that_the_request_names() -> None:
    assert trial_of(replace(ASKED, trial="case-7/1")) == "case-7/1"


def test_without_a_named_trial_equal_questions_are_the_same_trial() -> None:
    assert trial_of(ASKED) == trial_of(replace(ASKED, system="other"))
    assert trial_of(ASKED) != trial_of(replace(ASKED, turns=ASKED.turns[:1]))


def test_lone_surrogates_do_not_break_the_draw() -> None:
    assert 0 <= luck("", "\ud800", "") < 1
