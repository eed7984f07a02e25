"""Facts about the texts of a request."""

from evalgate.model.chat import ChatRequest
from evalgate.model.content import Opaque, Text, Turn
from evalgate.runtime.smelling.smell_request import MOST_ASKED, texts_of


def test_the_latest_message_comes_first_and_the_system_prompt_last() -> None:
    turns = (
        Turn(role="user", content="one"),
        Turn(role="assistant", content=(Text(text="two"), Opaque(data={"a": "b"}))),
        Turn(role="user", content="three"),
    )
    request = ChatRequest(model="m", max_tokens=1, turns=turns, system="four")
    assert list(texts_of(request)) == ["three", "two", "one", "four"]


def test_no_more_is_read_than_is_looked_at() -> None:
    turns = tuple(Turn(role="user", content="x" * (MOST_ASKED - 10)) for _ in range(50))
    request = ChatRequest(model="m", max_tokens=1, turns=turns, system="y" * 10**6)
    sizes = [len(text) for text in texts_of(request)]
    assert sizes == [MOST_ASKED - 10, 9, MOST_ASKED]
