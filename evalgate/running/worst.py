"""The most that one call can cost: what a cost limit sets aside before the call is made."""

from collections.abc import Iterator

from evalgate.model.chat import ChatRequest, Usage
from evalgate.model.ports import Prices
from evalgate.running.size import MOST_INPUT_TOKENS, most_messages, most_prefix


def worst_usd(request: ChatRequest, prices: Prices, factor: float) -> float | None:
    """Return the most US dollars that one attempt at a request can cost; None without a price.

    That is every byte a token, `max_tokens` of answer, and the dearest way to bill a prefix that
    is to be remembered. It takes a price per token that does not fall as the prompt gets longer.

    Args:
        request: what is to be sent.
        prices: the list prices.
        factor: what the route, or a batch, costs against them.
    """
    costs = [prices.cost_usd(request.model, usage) for usage in _worst(request)]
    known = [cost for cost in costs if cost is not None]
    return factor * max(known) if len(known) == len(costs) else None


def _worst(request: ChatRequest) -> Iterator[Usage]:
    """Yield the largest usage, by each price that its prefix may be billed at."""
    prefix = min(most_prefix(request), MOST_INPUT_TOKENS)
    rest = min(most_messages(request), MOST_INPUT_TOKENS - prefix)
    output = request.max_tokens
    yield Usage(input_tokens=prefix + rest, output_tokens=output)
    if request.caches_prefix:
        yield Usage(input_tokens=rest, output_tokens=output, cache_write_5m_tokens=prefix)
        yield Usage(input_tokens=rest, output_tokens=output, cache_write_1h_tokens=prefix)
