"""Facts about the most that one call can cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.prices import LIST_PRICES, PriceTable
from evalgate.model.chat import ChatRequest, Usage
from evalgate.model.content import Attachment, Block, Text, Tool, Turn
from evalgate.running.size import most_messages, most_prefix
from evalgate.running.worst import worst_usd
from evalgate.simulator.fakes import FlatPrices


def request(
    *blocks: Block,
    model: str = "claude-sonnet-5-5",
    max_tokens: int = 1_000,
    system: str = "",
    caches_prefix: bool = False,
) -> ChatRequest:
    return ChatRequest(
        model=model,
        max_tokens=max_tokens,
        system=system,
        turns=(Turn(role="user", content=tuple(blocks)),),
        caches_prefix=caches_prefix,
    )


def test_every_byte_is_a_token_and_the_answer_is_as_long_as_it_may_be() -> None:
    asked = request(Text(text="ä" * 1_000))
    worst = worst_usd(asked, PriceTable(), 1.0)
    assert worst is not None
    assert 2_000 * 2e-6 + 1_000 * 10e-6 < worst < 2_200 * 2e-6 + 1_000 * 10e-6


def test_a_prefix_that_is_remembered_costs_what_writing_it_costs_at_most() -> None:
    plain = worst_usd(request(system="x" * 10_000), PriceTable(), 1.0)
    cached = worst_usd(request(system="x" * 10_000, caches_prefix=True), PriceTable(), 1.0)
    assert plain is not None
    assert cached is not None
    assert cached - plain == pytest.approx(10_064 * (4 - 2) * 1e-6)


def test_the_factor_of_a_route_or_a_batch_counts() -> None:
    asked = request(Text(text="hello"))
    whole, half = worst_usd(asked, PriceTable(), 1.0), worst_usd(asked, PriceTable(), 0.5)
    assert whole is not None
    assert half == whole / 2


def test_without_a_price_the_worst_is_unknown_and_not_zero() -> None:
    prices = FlatPrices(unknown=frozenset({"m"}))
    assert worst_usd(request(model="m"), prices, 1.0) is None


def test_a_prompt_that_may_be_long_is_priced_by_the_dearer_band() -> None:
    short = worst_usd(request(Text(text="x" * 90_000), model="claude-haiku-5-5"), PriceTable(), 1.0)
    long = worst_usd(request(Text(text="x" * 100_001), model="claude-haiku-5-5"), PriceTable(), 1.0)
    assert short is not None
    assert long is not None
    assert long > 5 * short


PICTURE = Attachment(name="a.png", media_type="image/png", sha256="", content=b"x" * 99)
PAPER = Attachment(name="a.pdf", media_type="application/pdf", sha256="", content=b"/Page" * 3)


@st.composite
def requests(draw: st.DrawFn) -> ChatRequest:
    text = draw(st.text(max_size=300))
    said = Text(text=text * draw(st.integers(1, 1_000)))
    files = draw(st.lists(st.sampled_from([PICTURE, PAPER]), max_size=2))
    tool = Tool(name="t", description=text, input_schema={"title": text})
    return ChatRequest(
        model=draw(st.sampled_from(sorted(LIST_PRICES))),
        max_tokens=draw(st.integers(1, 32_000)),
        system=text,
        tools=(tool,) if draw(st.booleans()) else (),
        turns=(Turn(role="user", content=(said, *files)),),
        caches_prefix=draw(st.booleans()),
    )


@st.composite
def usages(draw: st.DrawFn, asked: ChatRequest) -> Usage:
    """Draw what a server may bill for a request: its prefix at any price, if it is remembered."""
    prefix = draw(st.integers(0, min(most_prefix(asked), 1_000_000)))
    rest = draw(st.integers(0, min(most_messages(asked), 1_000_000 - prefix)))
    kept = draw(st.integers(0, prefix)) if asked.caches_prefix else 0
    read = draw(st.integers(0, kept))
    short = draw(st.integers(0, kept - read))
    return Usage(
        input_tokens=prefix - kept + rest,
        output_tokens=draw(st.integers(0, asked.max_tokens)),
        cache_read_tokens=read,
        cache_write_5m_tokens=short,
        cache_write_1h_tokens=kept - read - short,
    )


@given(asked=requests(), factor=st.floats(0.1, 2.0), data=st.data())
def test_no_usage_within_the_bounds_costs_more(
    asked: ChatRequest, factor: float, data: st.DataObject
) -> None:
    cost = PriceTable().cost_usd(asked.model, data.draw(usages(asked)))
    worst = worst_usd(asked, PriceTable(), factor)
    assert cost is not None
    assert worst is not None
    assert factor * cost <= worst * (1 + 1e-12)


@pytest.mark.parametrize("model", sorted(LIST_PRICES))
def test_no_list_price_falls_as_the_prompt_gets_longer(model: str) -> None:
    """What `worst_usd` takes for granted of a price table."""
    rates = LIST_PRICES[model]
    for kind in ("input", "write_5m", "write_1h", "read", "output"):
        prices = [getattr(rate, kind) for rate in rates]
        assert prices == sorted(prices)
