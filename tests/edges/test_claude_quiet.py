"""What loggers tell of calls: nothing of evalgate's own, and all of the application's."""

import logging

import pytest
from anthropic import AsyncAnthropic

from evalgate.adapters.claude import ClaudeModel
from evalgate.adapters.claude_quiet import LOGGERS
from evalgate.model.chat import ChatRequest, Completion
from evalgate.model.content import Turn
from tests.edges.applications import simulated


async def test_loggers_tell_of_the_applications_own_calls_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    turn = Turn(role="user", content="CANARY")
    with simulated() as server:
        async with ClaudeModel(api_key="any", base_url=server.base_url) as claude:
            for tokens in (64, 60_000):
                request = ChatRequest(model="claude-haiku-5-5", max_tokens=tokens, turns=(turn,))
                assert isinstance(await claude.send(request, within=10), Completion)
            told = [each.name for each in caplog.records if each.name in LOGGERS]
            assert told == []
            async with AsyncAnthropic(api_key="any", base_url=server.base_url) as client:
                await client.messages.create(
                    model="claude-haiku-5-5",
                    max_tokens=9,
                    messages=[{"role": "user", "content": "their own"}],
                )
    assert "CANARY" not in caplog.text
    assert "their own" in caplog.text
