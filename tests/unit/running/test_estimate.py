"""Facts about what a run is estimated to take."""

import pytest

from evalgate.adapters.prices import PriceTable
from evalgate.model.chat import Purpose
from evalgate.model.route import Provider, Route
from evalgate.running.estimate import Estimate, Tariff, estimate, extended, joined
from evalgate.running.foreseen import ForeseenCall, ForeseenTrials
from evalgate.running.size import Forecast
from evalgate.simulator.fakes import FlatPrices

PRICES = Tariff(prices=FlatPrices(usd_per_million=1.0, unknown=frozenset({"new"})))


def call(
    *,
    purpose: Purpose = Purpose.ANSWER,
    model: str = "m",
    route: str = "",
    tokens: tuple[int, int, int, int] = (100, 300, 60, 500),
    repeats: tuple[int, int] = (1, 1),
) -> ForeseenCall:
    return ForeseenCall(
        purpose=purpose,
        model=model,
        route=route,
        input=Forecast(expected=tokens[0], most=tokens[1]),
        output=Forecast(expected=tokens[2], most=tokens[3]),
        repeats=Forecast(expected=repeats[0], most=repeats[1]),
    )


def trials(number: int, *calls: ForeseenCall, prompt: str = "p") -> ForeseenTrials:
    return ForeseenTrials(prompt=prompt, number=number, calls=calls)


def test_calls_tokens_and_cost_are_multiplied_and_added() -> None:
    found = estimate([trials(3, call()), trials(2, call())], PRICES)
    total = found.total
    assert found.trials == 5
    assert total.load.calls == Forecast(expected=5, most=5)
    assert total.load.input_tokens == Forecast(expected=500, most=1_500)
    assert total.load.output_tokens == Forecast(expected=300, most=2_500)
    assert total.cost.expected == pytest.approx(800e-6)
    assert total.cost.most == pytest.approx(4_000e-6)


def test_what_is_only_possible_counts_toward_the_most_alone() -> None:
    found = estimate([trials(10, call(repeats=(0, 1)), call(repeats=(1, 5)))], PRICES).total
    assert found.load.calls == Forecast(expected=10, most=60)
    assert found.load.input_tokens == Forecast(expected=1_000, most=18_000)
    assert found.cost.most == pytest.approx(60 * 800e-6)
    assert found.cost.expected == pytest.approx(10 * 160e-6)


def test_prompts_and_purposes_are_told_apart() -> None:
    judge = call(purpose=Purpose.JUDGE, model="j")
    found = estimate([trials(1, call(), judge), trials(2, call(), prompt="q")], PRICES)
    calls = {key: part.load.calls.expected for key, part in found.parts.items()}
    assert calls == {("p", Purpose.ANSWER): 1, ("p", Purpose.JUDGE): 1, ("q", Purpose.ANSWER): 2}
    assert found.of(Purpose.ANSWER).load.calls.expected == 3
    assert {lane: load.calls.expected for lane, load in found.lanes.items()} == {
        ("", "m"): 3,
        ("", "j"): 1,
    }


def test_an_unknown_price_makes_the_cost_unknown_and_says_which_model() -> None:
    found = estimate([trials(1, call(), call(purpose=Purpose.JUDGE, model="new"))], PRICES)
    assert found.unpriced == {"new"}
    assert found.total.cost.expected is None
    assert found.total.cost.most is None
    assert found.of(Purpose.ANSWER).cost.expected is not None


def test_batches_cost_half_and_a_route_its_factor() -> None:
    routes = {"eu": Route(provider=Provider.VERTEX, price_factor=1.1)}
    tariff = Tariff(prices=PRICES.prices, routes=routes, batches=True)
    plain = estimate([trials(1, call())], PRICES).total.cost.most
    batch = estimate([trials(1, call())], tariff).total.cost.most
    both = estimate([trials(1, call(route="eu"))], tariff).total.cost.most
    assert plain is not None
    assert batch == pytest.approx(plain / 2)
    assert both == pytest.approx(plain / 2 * 1.1)


def test_a_price_that_depends_on_the_length_is_that_of_each_single_call() -> None:
    one = call(model="claude-haiku-5-5", tokens=(60_000, 60_000, 0, 0))
    found = estimate([trials(100, one)], Tariff(prices=PriceTable())).total
    assert found.cost.expected == pytest.approx(100 * 60_000 * 0.10e-6)


def test_work_is_the_time_of_all_calls_one_after_the_other() -> None:
    long = trials(1, call(), call(repeats=(0, 3)), call())
    found = estimate([trials(4, call()), long, trials(6, call())], PRICES)
    assert found.work_seconds == pytest.approx(12 * (1.5 + 1.0))
    assert found.longest_trial == pytest.approx(5.0)


def test_joined_estimates_are_one_estimate_of_everything() -> None:
    groups = [trials(3, call()), trials(2, call(model="new"), prompt="q"), trials(1, call())]
    apart = joined([estimate([each], PRICES) for each in groups])
    together = estimate(groups, PRICES)
    assert apart.parts.keys() == together.parts.keys()
    assert apart.lanes == together.lanes
    assert (apart.trials, apart.unpriced) == (together.trials, together.unpriced)
    assert apart.work_seconds == pytest.approx(together.work_seconds)
    assert apart.longest_trial == together.longest_trial


def test_nothing_takes_nothing() -> None:
    assert estimate([], PRICES) == Estimate() == joined([])
    assert Estimate().total.cost.expected == 0


def test_what_may_follow_is_a_multiple_of_what_is_planned() -> None:
    first = estimate([trials(3, call(), call(model="new"))], PRICES)
    found = extended(first, expected=1.5, most=4.0)
    assert found.total.load.calls == Forecast(expected=9, most=24)
    assert found.total.cost.expected is None
    [lane] = [load for lane, load in found.lanes.items() if lane == ("", "m")]
    assert lane.input_tokens == Forecast(expected=450, most=3_600)
    assert found.work_seconds == pytest.approx(1.5 * first.work_seconds)
    priced = extended(estimate([trials(2, call())], PRICES), expected=1.5, most=4.0)
    assert priced.total.cost.expected == pytest.approx(3 * 160e-6)
    assert priced.total.cost.most == pytest.approx(8 * 800e-6)
    assert (priced.trials, priced.longest_trial) == (2, first.longest_trial / 2)
