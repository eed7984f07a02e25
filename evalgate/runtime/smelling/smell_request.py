"""The texts of a request, as a suspicion about its answer is held against them."""

from collections.abc import Iterator

from evalgate.model.chat import ChatRequest

MOST_ASKED = 20_000
"""Characters of the messages, and of the system prompt, that are looked at."""


def texts_of(request: ChatRequest) -> Iterator[str]:
    """Yield the words of the messages, latest first, and last those of the system prompt."""
    left = MOST_ASKED
    for turn in reversed(request.turns):
        if left <= 0:
            break
        text = turn.text[:left]
        left -= len(text) + 1
        yield text
    yield request.system[:MOST_ASKED]
