"""What a run will take, before it starts: calls, tokens and money, by prompt and by purpose."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evalgate.model.chat import Purpose, Usage
from evalgate.model.ports import Prices
from evalgate.model.route import Route
from evalgate.running.foreseen import ForeseenCall, ForeseenTrials
from evalgate.running.size import Forecast
from evalgate.running.spending import Cost, Load, Spending, added

BATCH_FACTOR = 0.5
"""What a batch costs against single calls."""

FIRST_TOKEN_SECONDS, TOKENS_PER_SECOND = 1.5, 60.0
"""A guess of how long an answer takes: to its first token, and from there on."""

Lane = tuple[str, str]
"""A route and a model: what rate limits are counted by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """What calls cost: list prices, the routes' factors by name, and whether they go in batches."""

    prices: Prices
    routes: Mapping[str, Route] = field(default_factory=dict)
    batches: bool = False

    def factor(self, route: str) -> float:
        """Return what a call over a route costs against the list price."""
        found = self.routes.get(route)
        return (BATCH_FACTOR if self.batches else 1.0) * (found.price_factor if found else 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What trials will take: by prompt and purpose, and by route and model.

    `unpriced` are the models without a known price. `work_seconds` is how long the expected calls
    take one after the other, `longest_trial` how long the longest single trial does.
    """

    trials: int = 0
    parts: Mapping[tuple[str, Purpose], Spending] = field(default_factory=dict)
    lanes: Mapping[Lane, Load] = field(default_factory=dict)
    unpriced: frozenset[str] = frozenset()
    work_seconds: float = 0.0
    longest_trial: float = 0.0

    @property
    def total(self) -> Spending:
        """All parts together."""
        return added(self.parts.values())

    def of(self, purpose: Purpose) -> Spending:
        """Return the parts of one purpose together."""
        return added(part for (_, each), part in self.parts.items() if each is purpose)


def estimate(foreseen: Iterable[ForeseenTrials], tariff: Tariff) -> Estimate:
    """Add up what is foreseen; nothing of it is held."""
    accounts: dict[tuple[str, Purpose, str, str], _Account] = {}
    trials, work, longest = 0, 0.0, 0.0
    for each in foreseen:
        trials += each.number
        seconds = 0.0
        for call in each.calls:
            key = (each.prompt, call.purpose, call.route, call.model)
            account = accounts.setdefault(key, _Account())
            account.add(call, each.number, tariff)
            one = FIRST_TOKEN_SECONDS + call.output.expected / TOKENS_PER_SECOND
            seconds += call.repeats.expected * one
        work += each.number * seconds
        longest = max(longest, seconds)
    parts: dict[tuple[str, Purpose], Spending] = {}
    lanes: dict[Lane, Load] = {}
    for (prompt, purpose, route, model), account in accounts.items():
        spending = account.spending()
        parts[prompt, purpose] = parts.get((prompt, purpose), Spending()).plus(spending)
        lanes[route, model] = lanes.get((route, model), Load()).plus(spending.load)
    return Estimate(
        trials=trials,
        parts=parts,
        lanes=lanes,
        unpriced=frozenset(key[3] for key, account in accounts.items() if account.unpriced),
        work_seconds=work,
        longest_trial=longest,
    )


def joined(estimates: Sequence[Estimate]) -> Estimate:
    """Return several estimates as one."""
    parts: dict[tuple[str, Purpose], Spending] = {}
    lanes: dict[Lane, Load] = {}
    for each in estimates:
        for key, part in each.parts.items():
            parts[key] = parts.get(key, Spending()).plus(part)
        for lane, load in each.lanes.items():
            lanes[lane] = lanes.get(lane, Load()).plus(load)
    return Estimate(
        trials=sum(each.trials for each in estimates),
        parts=parts,
        lanes=lanes,
        unpriced=frozenset[str]().union(*(each.unpriced for each in estimates)),
        work_seconds=math.fsum(each.work_seconds for each in estimates),
        longest_trial=max((each.longest_trial for each in estimates), default=0.0),
    )


def extended(estimate: Estimate, *, expected: float, most: float) -> Estimate:
    """Return an estimate with the trials that may follow on its own, taken to be like them.

    Args:
        estimate: of the trials that are planned.
        expected: how many times as many are expected in the end, from 1.
        most: how many times as many there are at most.
    """
    return replace(
        estimate,
        parts={key: part.times(expected, most) for key, part in estimate.parts.items()},
        lanes={key: load.times(expected, most) for key, load in estimate.lanes.items()},
        work_seconds=estimate.work_seconds * expected,
    )


@dataclass(slots=True)
class _Account:
    """Adds up calls of one prompt, purpose, route and model."""

    calls: int = 0
    most_calls: int = 0
    input: int = 0
    most_input: int = 0
    output: int = 0
    most_output: int = 0
    usd: float = 0.0
    most_usd: float = 0.0
    unpriced: bool = False

    def add(self, call: ForeseenCall, trials: int, tariff: Tariff) -> None:
        usual, most = trials * call.repeats.expected, trials * call.repeats.most
        self.calls += usual
        self.most_calls += most
        self.input += usual * call.input.expected
        self.most_input += most * call.input.most
        self.output += usual * call.output.expected
        self.most_output += most * call.output.most
        usd = _usd(call, tariff, input_=call.input.expected, output=call.output.expected)
        most_usd = _usd(call, tariff, input_=call.input.most, output=call.output.most)
        self.usd += usual * (usd or 0.0)
        self.most_usd += most * (most_usd or 0.0)
        self.unpriced = self.unpriced or usd is None or most_usd is None

    def spending(self) -> Spending:
        return Spending(
            load=Load(
                calls=Forecast(expected=self.calls, most=self.most_calls),
                input_tokens=Forecast(expected=self.input, most=self.most_input),
                output_tokens=Forecast(expected=self.output, most=self.most_output),
            ),
            cost=Cost(
                expected=None if self.unpriced else self.usd,
                most=None if self.unpriced else self.most_usd,
            ),
        )


def _usd(call: ForeseenCall, tariff: Tariff, *, input_: int, output: int) -> float | None:
    usage = Usage(input_tokens=input_, output_tokens=output)
    cost = tariff.prices.cost_usd(call.model, usage)
    return None if cost is None else cost * tariff.factor(call.route)
