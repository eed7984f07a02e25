"""Facts about rates of smells."""

from evalgate.model.smell import Smell
from evalgate.model.smell_baseline import PassCount, SmellBaseline
from evalgate.model.traffic import Place, Tally
from evalgate.monitoring.board.smells import FEWEST_BEFORE, smell_rates

NOW = {
    Place(prompt="p", feature="a"): Tally(calls=60, failed=10, smells={"schema": 3}),
    Place(prompt="p", feature="b"): Tally(calls=50, smells={"schema": 1, "empty": 2}),
}


def before(calls: int) -> dict[Place, Tally]:
    return {Place(prompt="p"): Tally(calls=calls, smells={"schema": calls // 10, "refusal": 1})}


def test_a_rate_is_of_the_answers_of_the_prompt() -> None:
    told = [(each.smell, each.found, each.of, each.before) for each in smell_rates(NOW, {})]
    assert told == [("schema", 4, 100, None), ("empty", 2, 100, None)]


def test_it_is_held_against_the_time_before_where_that_is_long_enough() -> None:
    rates = {each.smell: each for each in smell_rates(NOW, before(200))}
    assert (rates["schema"].before, rates["schema"].source) == (0.1, "the time before")
    assert rates["empty"].before == 0
    assert (rates["refusal"].found, rates["refusal"].before) == (0, 0.005)
    short = smell_rates(NOW, before(FEWEST_BEFORE - 1))
    assert {(each.smell, each.before) for each in short} == {("schema", None), ("empty", None)}


def test_a_baseline_outranks_the_time_before() -> None:
    baseline = SmellBaseline(
        prompt="p", count=PassCount(passed=90, of=100), found={Smell.SCHEMA: 5, Smell.EMPTY: 0}
    )
    rates = {each.smell: each for each in smell_rates(NOW, before(500), [baseline])}
    assert (rates["schema"].before, rates["schema"].source) == (0.05, "the baseline")
    assert set(rates) == {"schema", "empty"}
