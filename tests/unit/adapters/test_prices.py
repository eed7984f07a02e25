"""Facts about the price table; the figures are worked out by hand from the published prices."""

import pytest

from evalgate.adapters.prices import LIST_PRICES, PriceTable
from evalgate.model.chat import Usage
from evalgate.model.ports import Prices

MILLION = Usage(
    input_tokens=1_000_000,
    output_tokens=1_000_000,
    cache_write_5m_tokens=1_000_000,
    cache_write_1h_tokens=1_000_000,
    cache_read_tokens=1_000_000,
)


def test_the_table_meets_the_port() -> None:
    prices: Prices = PriceTable()
    assert prices.cost_usd("claude-opus-5-5", Usage(input_tokens=0, output_tokens=0)) == 0


@pytest.mark.parametrize(
    ("model", "usd"),
    [
        # input + five-minute write + one-hour write + read + output
        ("claude-fable-5-2", 8 + 10 + 16 + 0.20 + 40),
        ("claude-mythos-5-1", 10 + 12.50 + 20 + 0.25 + 50),
        ("claude-fable-5", 10 + 12.50 + 20 + 1 + 50),
        ("claude-opus-5-5", 4 + 5 + 8 + 0.20 + 20),
        ("claude-opus-5", 5 + 6.25 + 10 + 0.50 + 25),
        ("claude-sonnet-5-5", 2 + 2.50 + 4 + 0.10 + 10),
        ("claude-sonnet-5", 2 + 2.50 + 4 + 0.20 + 10),
        ("claude-sonnet-4-6", 3 + 3.75 + 6 + 0.30 + 15),
        ("claude-haiku-4-5", 1 + 1.25 + 2 + 0.10 + 5),
        ("claude-haiku-5-5", 0.50 + 0.625 + 1 + 0.05 + 2.50),
    ],
)
def test_a_million_tokens_of_each_kind_cost_the_sum_of_the_row(model: str, usd: float) -> None:
    assert PriceTable().cost_usd(model, MILLION) == pytest.approx(usd)


def test_a_usual_call_costs_fractions_of_a_cent() -> None:
    usage = Usage(input_tokens=1_200, output_tokens=350)
    # 1,200 x 2 / 10^6 + 350 x 10 / 10^6
    assert PriceTable().cost_usd("claude-sonnet-5-5", usage) == pytest.approx(0.0024 + 0.0035)


def test_haiku_counts_cached_tokens_into_the_length_that_chooses_its_band() -> None:
    within = Usage(input_tokens=60_000, cache_read_tokens=40_000, output_tokens=1_000)
    beyond = Usage(input_tokens=60_000, cache_read_tokens=40_001, output_tokens=1_000)
    prices = PriceTable()
    assert prices.cost_usd("claude-haiku-5-5", within) == pytest.approx(0.006 + 0.0004 + 0.0005)
    assert prices.cost_usd("claude-haiku-5-5", beyond) == pytest.approx(
        0.03 + 40_001 * 0.05e-6 + 0.0025
    )


@pytest.mark.parametrize("written", ["cache_write_5m_tokens", "cache_write_1h_tokens"])
def test_tokens_written_to_the_cache_count_into_the_band_too(written: str) -> None:
    usage = Usage(input_tokens=1, output_tokens=0, **{written: 100_000})
    rate = {"cache_write_5m_tokens": 0.625, "cache_write_1h_tokens": 1.00}[written]
    expected = 0.50e-6 + 100_000 * rate * 1e-6
    assert PriceTable().cost_usd("claude-haiku-5-5", usage) == pytest.approx(expected)


def test_a_model_that_is_not_listed_has_no_known_cost() -> None:
    assert PriceTable().cost_usd("claude-opus-9", MILLION) is None
    assert PriceTable().cost_usd("claude-opus-5-5-20270101", MILLION) is None


@pytest.mark.parametrize(
    ("dated", "family"),
    [
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("claude-opus-4-5-20251101", "claude-opus-4-5"),
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
    ],
)
def test_a_dated_snapshot_costs_what_its_family_costs(dated: str, family: str) -> None:
    prices = PriceTable()
    assert prices.cost_usd(dated, MILLION) == prices.cost_usd(family, MILLION)


def test_every_row_keeps_the_published_ratio_of_cache_writes_to_input() -> None:
    for rates in LIST_PRICES.values():
        for rate in rates:
            assert rate.write_5m == pytest.approx(1.25 * rate.input)
            assert rate.write_1h == pytest.approx(2 * rate.input)
