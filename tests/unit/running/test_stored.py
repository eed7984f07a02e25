"""Facts about which stored answers may stand."""

import pytest

from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind, Purpose, Usage
from evalgate.model.content import Turn
from evalgate.running.stored import checked, is_of_use


def stored(text: str = "{}", stop_reason: str = "end_turn") -> Completion:
    usage = Usage(input_tokens=1, output_tokens=1)
    return Completion(text=text, model="m", stop_reason=stop_reason, usage=usage, latency_ms=1)


def asking(purpose: Purpose, model: str = "m") -> ChatRequest:
    turn = Turn(role="user", content="?")
    return ChatRequest(model=model, max_tokens=1, turns=(turn,), purpose=purpose)


def test_an_answer_of_another_model_does_not_stand() -> None:
    found = checked(stored(), asking(Purpose.ANSWER, model="n"))
    assert isinstance(found, CallFailure)
    assert found.kind is FailureKind.WRONG_MODEL


@pytest.mark.parametrize(
    ("text", "stop_reason", "stands"),
    [
        ('{"c1": 1}', "end_turn", True),
        ("I like it.", "end_turn", False),
        ('{"c1": 1}', "max_tokens", False),
        ("", "refusal", False),
    ],
)
def test_a_judge_s_reply_that_decides_nothing_is_asked_for_again(
    text: str, stop_reason: str, *, stands: bool
) -> None:
    assert is_of_use(stored(text, stop_reason), asking(Purpose.JUDGE)) == stands
    assert is_of_use(stored(text, stop_reason), asking(Purpose.ANSWER))
