"""The most that a call can cost, whatever the model makes of it."""

from evalgate.model.chat import ChatRequest, Usage
from evalgate.model.ports import Prices
from evalgate.running.size import expected_input_tokens


def worst_usd(request: ChatRequest, prices: Prices, *, factor: float) -> float | None:
    """Return the most that one call can cost in US dollars; None when there is no price."""
    tokens = int(4 * expected_input_tokens(request)) + 1000
    usage = Usage(input_tokens=0, cache_write_5m_tokens=tokens, output_tokens=request.max_tokens)
    cost = prices.cost_usd(request.model, usage)
    return None if cost is None else cost * factor
