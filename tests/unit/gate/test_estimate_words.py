"""Facts about the words that say what a plan will take."""

from evalgate.gate.estimate_words import cost_words, estimate_line, states_limits, time_words
from evalgate.gate.estimating import PlanEstimate
from evalgate.model.chat import Purpose
from evalgate.model.policy import RunSettings
from evalgate.running.duration import Bottleneck, Duration
from evalgate.running.estimate import Estimate
from evalgate.running.size import Forecast
from evalgate.running.spending import Cost, Load, Spending

SPENDING = Spending(
    load=Load(calls=Forecast(expected=1_536, most=9_000)), cost=Cost(expected=4.2446, most=21.994)
)
TIME = Duration(seconds=598.8, decided_by=Bottleneck.INPUT_TOKENS, model="claude-haiku-5-5")


def estimated(time: Duration | None) -> PlanEstimate:
    total = Estimate(trials=790, parts={("p", Purpose.ANSWER): SPENDING})
    return PlanEstimate(matchups=(), total=total, time=time, warnings=())


def test_one_line_has_trials_calls_cost_and_time() -> None:
    assert estimate_line(estimated(TIME)) == (
        "790 trials, 1,536 calls; cost about $4.24, at most $21.99; time about 10 min, decided by "
        "the limit of input tokens per minute of claude-haiku-5-5"
    )


def test_the_time_of_batches_is_not_guessed() -> None:
    assert time_words(estimated(None)) == "within a day, mostly within an hour (batches)"


def test_an_unknown_cost_is_said_to_be_unknown() -> None:
    assert cost_words(Cost(expected=None, most=None)) == "unknown"


def test_a_policy_states_limits_as_soon_as_it_states_one() -> None:
    assert not states_limits(RunSettings())
    assert states_limits(RunSettings(output_tokens_per_minute=1))
