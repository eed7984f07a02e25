"""What Claude models cost when they are called directly: the published list prices, with a date.

Source: https://platform.claude.com/docs/en/about-claude/pricing and the models' own pages, in US
dollars per million tokens for the standard tier, as in force on the date in `VERSION`. Not covered,
because no call of evalgate uses it: batches, fast mode, `inference_geo`, Bedrock and Vertex.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from evalgate.model.chat import Usage

VERSION = "2026-11-20"
"""The date of the table; a run records it beside its cost."""

PER_TOKEN = 1e-6

LEAST_CACHED_TOKENS = 1024
"""The shortest prefix that most models remember."""

LEAST_CACHED_TOKENS_BY_LINE: Mapping[str, int] = {
    "claude-haiku-4-5": 4096,
    "claude-haiku-5-5": 512,
    "claude-sonnet-5-5": 512,
    "claude-opus-5-5": 512,
    "claude-opus-4-5": 4096,
    "claude-opus-4-6": 4096,
}
"""The models whose shortest prefix is another; the longest name that fits decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """US dollars per million tokens, for prompts of at most `up_to` tokens (None: any length)."""

    input: float
    write_5m: float
    write_1h: float
    read: float
    output: float
    up_to: int | None = None

    def cost_usd(self, usage: Usage) -> float:
        """Return what the tokens of one call cost."""
        return PER_TOKEN * (
            self.input * usage.input_tokens
            + self.write_5m * usage.cache_write_5m_tokens
            + self.write_1h * usage.cache_write_1h_tokens
            + self.read * usage.cache_read_tokens
            + self.output * usage.output_tokens
        )


def _flat(
    input_: float, write_5m: float, *, write_1h: float, read: float, output: float
) -> tuple[Rate, ...]:
    return (Rate(input=input_, write_5m=write_5m, write_1h=write_1h, read=read, output=output),)


_FABLE_5_2 = _flat(8, 10, write_1h=16, read=0.20, output=40)
_FABLE_5_1 = _flat(10, 12.50, write_1h=20, read=0.25, output=50)
_FABLE_5 = _flat(10, 12.50, write_1h=20, read=1.00, output=50)
_OPUS_5 = _flat(5, 6.25, write_1h=10, read=0.50, output=25)
_OPUS_5_5 = _flat(4, 5, write_1h=8, read=0.20, output=20)
_SONNET_4 = _flat(3, 3.75, write_1h=6, read=0.30, output=15)
_SONNET_5 = _flat(2, 2.50, write_1h=4, read=0.20, output=10)
_SONNET_5_5 = _flat(2, 2.50, write_1h=4, read=0.10, output=10)
_HAIKU_4_5 = _flat(1, 1.25, write_1h=2, read=0.10, output=5)
_HAIKU_5_5 = (
    Rate(input=0.10, write_5m=0.125, write_1h=0.20, read=0.01, output=0.50, up_to=100_000),
    Rate(input=0.50, write_5m=0.625, write_1h=1.00, read=0.05, output=2.50),
)

LIST_PRICES: Mapping[str, tuple[Rate, ...]] = {
    "claude-fable-5-2": _FABLE_5_2,
    "claude-mythos-5-2": _FABLE_5_2,
    "claude-fable-5-1": _FABLE_5_1,
    "claude-mythos-5-1": _FABLE_5_1,
    "claude-fable-5": _FABLE_5,
    "claude-mythos-5": _FABLE_5,
    "claude-opus-5-5": _OPUS_5_5,
    "claude-opus-5": _OPUS_5,
    "claude-opus-4-8": _OPUS_5,
    "claude-opus-4-7": _OPUS_5,
    "claude-opus-4-6": _OPUS_5,
    "claude-opus-4-5": _OPUS_5,
    "claude-opus-4-5-20251101": _OPUS_5,
    "claude-sonnet-5-5": _SONNET_5_5,
    "claude-sonnet-5": _SONNET_5,
    "claude-sonnet-4-6": _SONNET_4,
    "claude-sonnet-4-5": _SONNET_4,
    "claude-sonnet-4-5-20250929": _SONNET_4,
    "claude-haiku-5-5": _HAIKU_5_5,
    "claude-haiku-4-5": _HAIKU_4_5,
    "claude-haiku-4-5-20251001": _HAIKU_4_5,
}


class PriceTable:
    """Prices by model id; a model that is not listed has no known cost, never a cost of zero."""

    def __init__(self, rates: Mapping[str, tuple[Rate, ...]] = LIST_PRICES) -> None:
        """Use these rates; those of one model stand in the order of `up_to`, the open one last."""
        self._rates = rates

    def cost_usd(self, model: str, usage: Usage) -> float | None:
        """Return US dollars, or None when the model is not listed.

        The length of the prompt chooses the rate for all of the call's tokens, output included.
        """
        prompt = (
            usage.input_tokens
            + usage.cache_write_5m_tokens
            + usage.cache_write_1h_tokens
            + usage.cache_read_tokens
        )
        for rate in self._rates.get(model, ()):
            if rate.up_to is None or prompt <= rate.up_to:
                return rate.cost_usd(usage)
        return None

    def least_cached_tokens(self, model: str) -> int:
        """Return how long a prefix must be for the provider to remember it."""
        lines = [line for line in LEAST_CACHED_TOKENS_BY_LINE if model.startswith(line)]
        return LEAST_CACHED_TOKENS_BY_LINE[max(lines, key=len)] if lines else LEAST_CACHED_TOKENS
