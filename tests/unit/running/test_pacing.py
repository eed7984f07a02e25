"""Facts about the pace of calls, most of them against a simulated service."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil, inf
from random import Random

import pytest

from evalgate.model.chat import (
    Allowance,
    CallFailure,
    Completion,
    FailureKind,
    RateLimits,
    Usage,
)
from evalgate.running.pacing import START, Pace, Ticket

Latency = Callable[[Random], float]


def steady(seconds: float) -> Latency:
    return lambda _: seconds


def anywhere(random: Random) -> float:
    return random.uniform(0.05, 2.0)


@dataclass(slots=True)
class Tokens:
    """One rate limit of the service; `burst` is how many seconds' worth it holds."""

    rate: float
    burst: float
    level: float = 0.0
    at: float = 0.0

    def short(self, amount: float, now: float) -> float:
        capacity = max(1.0, self.rate * self.burst)
        self.level = min(capacity, self.level + (now - self.at) * self.rate)
        self.at = now
        return max(0.0, (min(amount, capacity) - self.level) / self.rate)

    def stated(self, now: float, *, exact: bool) -> Allowance:
        self.short(0, now)
        left = max(0.0, self.level)
        remaining = int(left + 1e-6) if exact else round(left / 1000) * 1000
        return Allowance(limit=round(self.rate * 60), remaining=remaining)


@dataclass(slots=True, kw_only=True)
class Service:
    """A service with limits per minute, which it may keep second by second.

    `most` is how many calls it bears at once and `flaky` the share that it turns away by chance.
    `headers` tells whether it states its limits: at the end of an answer, as they are then.
    """

    requests: Tokens | None = None
    input: Tokens | None = None
    output: Tokens | None = None
    headers: bool = True
    most: float = inf
    flaky: float = 0.0
    in_flight: int = 0

    def turns_away(self, tokens: int, now: float, random: Random) -> float | None:
        if self.in_flight >= self.most or random.random() < self.flaky:
            return 0.0
        wanted = ((self.requests, 1), (self.input, tokens), (self.output, 1))
        wait = max([limit.short(n, now) for limit, n in wanted if limit is not None], default=0.0)
        if wait > 1e-6:
            return wait
        for limit, amount in wanted[:2]:
            if limit is not None:
                limit.level -= amount
        self.in_flight += 1
        return None

    def answered(self, tokens: int) -> None:
        self.in_flight -= 1
        if self.output is not None:
            self.output.level -= tokens

    def limits(self, now: float) -> RateLimits | None:
        if not self.headers:
            return None
        free = Allowance(limit=10**9, remaining=10**9)
        requests, input_, output = self.requests, self.input, self.output
        return RateLimits(
            requests=requests.stated(now, exact=True) if requests else free,
            input_tokens=input_.stated(now, exact=False) if input_ else free,
            output_tokens=output.stated(now, exact=False) if output else free,
        )


def answer(limits: RateLimits | None = None, *, input_: int = 100, output: int = 50) -> Completion:
    usage = Usage(input_tokens=input_, output_tokens=output)
    return Completion(
        text="", model="m", stop_reason="end_turn", usage=usage, latency_ms=0, limits=limits
    )


def refusal(
    limits: RateLimits | None = None,
    *,
    kind: FailureKind = FailureKind.RATE_LIMIT,
    after: float | None = None,
) -> CallFailure:
    return CallFailure(kind=kind, message="", retry_after=after, limits=limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Answers per second, and which share of the calls was turned away, once it runs steadily."""

    rates: tuple[float, ...]
    refused: float
    width: float

    @property
    def rate(self) -> float:
        return sum(self.rates)


class Simulation:
    """Jobs that never run out of calls, each at its own pace, against one service or one each."""

    def __init__(
        self, service: Service | list[Service], paces: list[Pace], latency: Latency
    ) -> None:
        self._services = [service] * len(paces) if isinstance(service, Service) else service
        self._paces = paces
        self._latency = latency
        self._random = Random(7)  # noqa: S311 - chance for a simulation
        self._events: list[tuple[float, int, Callable[[], None], int]] = []
        self._numbers = 0
        self._awake = [False] * len(paces)
        self._now = 0.0
        self.answered = [0] * len(paces)
        self.sent = 0
        self.refused = 0

    def run(self, *, warm: float, seconds: float) -> Seen:
        for job in range(len(self._paces)):
            self._start_calls(job)
        self._until(warm)
        self.answered, self.sent, self.refused = [0] * len(self._paces), 0, 0
        self._until(warm + seconds)
        return Seen(
            rates=tuple(count / seconds for count in self.answered),
            refused=self.refused / max(1, self.sent),
            width=self._paces[0].width,
        )

    def _until(self, end: float) -> None:
        while self._events and self._events[0][0] <= end:
            self._now, _, happen, job = heapq.heappop(self._events)
            happen()
            self._start_calls(job)

    def _at(self, seconds: float, happen: Callable[[], None], job: int) -> None:
        self._numbers += 1
        heapq.heappush(self._events, (self._now + seconds, self._numbers, happen, job))

    def _start_calls(self, job: int) -> None:
        pace = self._paces[job]
        while (wait := pace.wait(self._now, purpose="answer", input_tokens=800)) <= 0:
            self._call(job)
        if wait < inf and not self._awake[job]:
            self._awake[job] = True
            self._at(max(wait, 1e-4), lambda: self._wake(job), job)

    def _wake(self, job: int) -> None:
        self._awake[job] = False

    def _call(self, job: int) -> None:
        ticket = self._paces[job].start(self._now, purpose="answer", input_tokens=800)
        input_ = round(self._random.lognormvariate(6.8, 0.5))
        self.sent += 1
        wait = self._services[job].turns_away(input_, self._now, self._random)
        if wait is None:
            seconds = self._latency(self._random)
            self._at(seconds, lambda: self._answered(job, ticket, input_), job)
        else:
            self.refused += 1
            failed = refusal(self._services[job].limits(self._now), after=ceil(wait) or None)
            self._at(0.01, lambda: self._paces[job].end(self._now, ticket, failed), job)

    def _answered(self, job: int, ticket: Ticket, input_: int) -> None:
        output = round(self._random.lognormvariate(5, 0.7))
        self._services[job].answered(output)
        self.answered[job] += 1
        done = answer(self._services[job].limits(self._now), input_=input_, output=output)
        self._paces[job].end(self._now, ticket, done)


MEAN_INPUT, MEAN_OUTPUT = 1017.0, 189.6
"""What the calls of the simulation take on average."""


def simulate(
    service: Service, *, most: int, latency: Latency, warm: float = 15, seconds: float = 40
) -> Seen:
    return Simulation(service, [Pace(most=most)], latency).run(warm=warm, seconds=seconds)


def limited(rate: float, burst: float) -> Tokens:
    return Tokens(rate=rate, burst=burst, level=rate * min(burst, 3))


@pytest.mark.parametrize("burst", [1, 2, 60])
@pytest.mark.parametrize(
    ("rate", "most", "latency"),
    [
        (5, 16, steady(0.05)),
        (5, 64, steady(2.0)),
        (5, 16, anywhere),
        (20, 16, steady(0.05)),
        (20, 64, steady(2.0)),
        (20, 256, steady(2.0)),
        (20, 64, anywhere),
        (100, 16, steady(0.05)),
        (100, 256, anywhere),
        (500, 64, steady(0.05)),
    ],
)
def test_a_limit_of_requests_is_used_up_and_hardly_ever_passed(
    rate: float, most: int, latency: Latency, burst: float
) -> None:
    warm, seconds = (15, 100) if rate < 100 else (5, 6)
    service = Service(requests=limited(rate, burst))
    seen = simulate(service, most=most, latency=latency, warm=warm, seconds=seconds)
    assert seen.rate >= 0.95 * rate
    assert seen.refused < 0.01


@pytest.mark.parametrize(
    ("rate", "most", "latency", "burst"),
    [
        (5, 16, anywhere, 60),
        (20, 16, steady(0.05), 2),
        (20, 64, steady(2.0), 2),
        (50, 128, anywhere, 2),
        (50, 128, anywhere, 60),
    ],
)
def test_a_limit_of_input_tokens_is_used_up_and_hardly_ever_passed(
    rate: float, most: int, latency: Latency, burst: float
) -> None:
    service = Service(input=limited(rate * MEAN_INPUT, burst))
    seen = simulate(service, most=most, latency=latency, seconds=60)
    assert seen.rate >= 0.95 * rate
    assert seen.refused < 0.01


@pytest.mark.parametrize(
    ("rate", "most", "latency"),
    [(5, 16, anywhere), (20, 16, steady(0.05)), (20, 64, steady(2.0)), (50, 128, anywhere)],
)
def test_a_limit_of_output_tokens_is_used_up_and_hardly_ever_passed(
    rate: float, most: int, latency: Latency
) -> None:
    service = Service(output=limited(rate * MEAN_OUTPUT, 60))
    seen = simulate(service, most=most, latency=latency, seconds=60)
    assert seen.rate >= 0.95 * rate
    assert seen.refused < 0.01


def test_a_small_limit_of_output_tokens_is_kept_although_answers_are_known_late() -> None:
    service = Service(output=limited(20 * MEAN_OUTPUT, 1))
    seen = simulate(service, most=64, latency=steady(2.0), seconds=60)
    assert seen.rate >= 0.75 * 20
    assert seen.refused < 0.2


def test_jobs_that_share_a_limit_use_it_up_together_each_its_part() -> None:
    service = Service(requests=limited(40, 60))
    paces = [Pace(most=64, share=1 / 4) for _ in range(4)]
    seen = Simulation(service, paces, anywhere).run(warm=20, seconds=40)
    assert seen.rate >= 0.95 * 40
    assert seen.refused < 0.01
    assert all(rate == pytest.approx(10, rel=0.2) for rate in seen.rates)


def siblings(number: int) -> list[Pace]:
    paces = [Pace(most=64) for _ in range(number)]
    for place, pace in enumerate(paces):
        for other in paces[:place]:
            pace.join(other)
    return paces


@pytest.mark.parametrize("burst", [1, 2, 60])
@pytest.mark.parametrize(
    ("rate", "latency"), [(20, steady(0.2)), (100, steady(0.2)), (40, anywhere)]
)
def test_lanes_that_turn_out_to_share_a_limit_keep_it_together(
    rate: float, latency: Latency, burst: float
) -> None:
    service = Service(requests=limited(rate, burst))
    seen = Simulation(service, siblings(2), latency).run(warm=15, seconds=40)
    assert seen.rate >= 0.95 * rate
    assert seen.refused < 0.01


@pytest.mark.parametrize("burst", [1, 60])
@pytest.mark.parametrize(
    ("rate", "latency"), [(20, steady(0.2)), (100, steady(0.2)), (40, anywhere)]
)
def test_lanes_with_equal_limits_of_their_own_use_up_both(
    rate: float, latency: Latency, burst: float
) -> None:
    services = [Service(requests=limited(rate, burst)) for _ in range(2)]
    seen = Simulation(services, siblings(2), latency).run(warm=15, seconds=40)
    assert min(seen.rates) >= 0.95 * rate
    assert seen.refused < 0.01


@pytest.mark.parametrize("headers", [True, False])
@pytest.mark.parametrize("most", [16, 64])
@pytest.mark.parametrize("latency", [steady(0.5), anywhere])
def test_refusals_by_chance_cost_less_than_half_the_speed(
    most: int, latency: Latency, *, headers: bool
) -> None:
    service = Service(headers=headers, flaky=0.05)
    mean = 0.5 if latency is not anywhere else 1.025
    seen = simulate(service, most=most, latency=latency, seconds=60)
    assert most / mean / seen.rate < 1.7


def test_the_quickest_answers_of_a_first_round_are_not_taken_for_the_usual_ones() -> None:
    pace = Pace(most=1000, width=100)
    for seconds, ticket in enumerate([start(pace) for _ in range(100)], start=1):
        pace.end(seconds / 50, ticket, answer())
    assert pace.width > 170


@pytest.mark.parametrize("bears", [4, 10, 20, 64])
def test_what_a_silent_service_bears_at_once_is_found_out(bears: int) -> None:
    service = Service(headers=False, most=bears)
    seen = simulate(service, most=256, latency=steady(0.5), warm=20, seconds=150)
    assert seen.rate >= 0.9 * bears / 0.5
    assert seen.refused < 0.04


@pytest.mark.parametrize("rate", [5, 20, 100])
def test_a_silent_limit_is_used_up_with_few_refusals(rate: float) -> None:
    service = Service(headers=False, requests=limited(rate, 2))
    seen = simulate(service, most=256, latency=anywhere, warm=40, seconds=60)
    assert seen.rate >= 0.85 * rate
    assert seen.refused < 0.1


def test_a_service_that_recovers_is_soon_used_again() -> None:
    service = Service(headers=False, flaky=0.95)
    simulation = Simulation(service, [Pace(most=64)], steady(0.5))
    assert simulation.run(warm=0, seconds=20).width < 8
    service.flaky = 0.0
    assert simulation.run(warm=40, seconds=60).rate >= 0.75 * 64 / 0.5


# One call at a time, by hand.


def start(pace: Pace, now: float = 0.0, *, purpose: str = "answer") -> Ticket:
    assert pace.wait(now, purpose=purpose, input_tokens=100) == 0
    return pace.start(now, purpose=purpose, input_tokens=100)


def wide(width: float = 64.0) -> Pace:
    return Pace(most=64, width=width)


def waits(pace: Pace, now: float = 0.0) -> float:
    return pace.wait(now, purpose="answer", input_tokens=100)


def test_few_calls_start_before_the_first_answer() -> None:
    pace = Pace(most=100)
    for _ in range(START):
        start(pace)
    assert waits(pace) == inf


def test_never_more_than_the_most() -> None:
    pace = Pace(most=3)
    tickets = [start(pace) for _ in range(3)]
    assert waits(pace) == inf
    for ticket in tickets:
        pace.end(1.0, ticket, answer())
    assert pace.width == 3


def test_the_width_doubles_from_round_to_round() -> None:
    pace = Pace(most=100)
    for ticket in [start(pace) for _ in range(8)]:
        pace.end(1.0, ticket, answer())
    assert pace.width == 16


def test_ample_limits_open_the_whole_width_at_once() -> None:
    ample = Allowance(limit=10**9, remaining=10**9)
    pace = Pace(most=100)
    pace.end(1.0, start(pace), answer(RateLimits(requests=ample, output_tokens=ample)))
    assert pace.width == 100


def test_a_limit_that_is_nearly_reached_does_not() -> None:
    ample, tight = Allowance(limit=10**9, remaining=10**9), Allowance(limit=1000, remaining=300)
    pace = Pace(most=100)
    pace.end(1.0, start(pace), answer(RateLimits(requests=tight, output_tokens=ample)))
    assert pace.width == START + 1


@pytest.mark.parametrize("kind", [FailureKind.RATE_LIMIT, FailureKind.OVERLOADED])
def test_a_refusal_halves_the_width_once_for_all_calls_in_flight(kind: FailureKind) -> None:
    pace = wide()
    tickets = [start(pace) for _ in range(64)]
    for ticket in reversed(tickets):
        pace.end(1.0, ticket, refusal(kind=kind))
    assert pace.width == 32


def test_refusals_of_calls_that_started_later_halve_it_again() -> None:
    pace = wide()
    tickets = [start(pace) for _ in range(64)]
    for ticket in tickets[::-1]:
        pace.end(1.0, ticket, refusal())
    for ticket in [start(pace, 2.0) for _ in range(32)][::-1]:
        pace.end(3.0, ticket, refusal())
    assert pace.width == 16


@pytest.mark.parametrize("kind", [FailureKind.SERVER, FailureKind.TIMEOUT, FailureKind.REQUEST])
def test_other_failures_change_nothing(kind: FailureKind) -> None:
    pace = wide()
    pace.end(1.0, start(pace), refusal(kind=kind))
    assert (pace.width, pace.in_flight, waits(pace, 1.0)) == (64, 0, 0)


def test_at_least_one_call_may_always_be_in_flight() -> None:
    pace = wide(1.0)
    for second in range(9):
        pace.end(second, start(pace, second), refusal())
    assert pace.width == 1


def stating(remaining: int, limit: int = 1000) -> RateLimits:
    return RateLimits(requests=Allowance(limit=limit, remaining=remaining))


def test_a_wait_is_meant_for_all_when_the_limit_is_exhausted() -> None:
    pace = wide()
    pace.end(1.0, start(pace), refusal(stating(0), after=9.0))
    assert waits(pace, 1.0) == pytest.approx(9.0)
    assert waits(pace, 10.0) == 0


def test_an_exhausted_limit_does_not_narrow_what_its_bucket_already_holds_back() -> None:
    pace = wide()
    pace.end(1.0, start(pace), refusal(stating(0)))
    assert pace.width == 64
    assert waits(pace, 1.0) > 0


def test_a_wait_is_meant_for_one_call_when_much_is_left() -> None:
    pace = wide()
    pace.end(1.0, start(pace), refusal(stating(900), after=9.0))
    assert waits(pace, 1.0) == 0


def test_a_wait_without_any_limit_stated_is_meant_for_all_once_most_calls_are_refused() -> None:
    pace = wide(8.0)
    tickets = [start(pace) for _ in range(8)]
    pace.end(1.0, tickets[-1], refusal(after=9.0))
    assert pace._held_until == 0
    for ticket in tickets[:-1]:
        pace.end(1.0, ticket, refusal(after=9.0))
    assert waits(pace, 1.0) == pytest.approx(9.0)


def test_longer_latency_pauses_the_growth() -> None:
    pace = Pace(most=1000)
    for second in range(30):
        pace.end(second + 1.0, start(pace, second), answer())
    before = pace.width
    for second in range(100, 160, 6):
        pace.end(second + 6.0, start(pace, second), answer())
    grown = pace.width
    for second in range(200, 260, 6):
        pace.end(second + 6.0, start(pace, second), answer())
    assert before < grown
    assert pace.width == grown


def test_kinds_of_calls_have_latencies_of_their_own() -> None:
    pace = Pace(most=1000)
    for second in range(0, 300, 10):
        pace.end(second + 1.0, start(pace, second, purpose="judge"), answer())
    for second in range(300, 600, 10):
        pace.end(second + 9.0, start(pace, second, purpose="answer"), answer())
    assert pace.width == START + 60


def test_the_growth_goes_on_once_the_longer_latency_is_usual() -> None:
    pace = Pace(most=100_000)
    for second in range(30):
        pace.end(second + 1.0, start(pace, second), answer())
    for second in range(100, 2000, 5):
        pace.end(second + 5.0, start(pace, second), answer())
    assert pace.width > START + 300


def test_a_cancelled_call_leaves_no_slot_behind_and_teaches_nothing() -> None:
    pace = Pace(most=8)
    before = replace(pace)
    for _ in range(100):
        pace.end(0.0, start(pace), None)
    assert pace.in_flight == 0
    assert (pace.width, pace._wall) == (before.width, before._wall)


def test_calls_in_flight_are_taken_off_the_first_statement() -> None:
    pace = wide()
    tickets = [start(pace) for _ in range(10)]
    pace.end(0.0, tickets[0], answer(stating(12)))
    # Nine went out after it: three are left, which are kept in reserve.
    assert waits(pace, 0.0) > 0


def test_input_is_counted_as_the_server_counts_it() -> None:
    tokens = Allowance(limit=60_000, remaining=30_000)
    pace = wide()
    for _ in range(30):
        done = answer(RateLimits(input_tokens=tokens), input_=1000)
        pace.end(0.0, start(pace), done)
    assert pace.wait(0.0, purpose="answer", input_tokens=100) == 0
    # A hundred expected tokens were a thousand each time, so this will be twenty thousand.
    assert pace.wait(0.0, purpose="answer", input_tokens=2000) > 0
