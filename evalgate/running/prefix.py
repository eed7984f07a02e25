"""Whether the provider's prompt cache pays for the part of a request that all cases share."""

from evalgate.model.chat import Usage
from evalgate.model.ports import Prices
from evalgate.model.prompt import PromptVersion
from evalgate.running.pacing import START
from evalgate.running.size import CHARACTERS_PER_TOKEN

SAFETY = 1.2
"""How much longer than the least length a prefix must seem: its tokens are only estimated."""


def shared_characters(version: PromptVersion) -> int:
    """Return the length of what stands in front of every case: tools, and a fixed system prompt."""
    system = version.system
    if system is not None and system.names:
        return 0
    tools = sum(
        len(tool.name) + len(tool.description) + len(str(tool.input_schema))
        for tool in version.tools
    )
    return tools + (len(system.source) if system is not None else 0)


def caching_pays(prices: Prices, model: str, *, characters: int, uses: int) -> bool:
    """Return whether so many uses of a prefix cost less when the provider remembers it.

    The calls that start before the first answer all write it. What is shorter than the provider's
    least length is never remembered.

    Args:
        prices: what tokens cost, and the least length.
        model: the model.
        characters: the length of the prefix.
        uses: how many calls begin with it, within minutes of each other.
    """
    tokens = int(characters / CHARACTERS_PER_TOKEN)
    if tokens < SAFETY * prices.least_cached_tokens(model):
        return False
    writes = min(START, uses)
    plain = prices.cost_usd(model, Usage(input_tokens=tokens * uses, output_tokens=0))
    cached = prices.cost_usd(
        model,
        Usage(
            input_tokens=0,
            output_tokens=0,
            cache_write_5m_tokens=tokens * writes,
            cache_read_tokens=tokens * (uses - writes),
        ),
    )
    return plain is not None and cached is not None and cached < plain
