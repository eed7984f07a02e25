"""Sentences of reasons that depend on what they speak of; test_verdict has the usual ones."""

from inline_snapshot import snapshot

from evalgate.deciding.evidence import Evidence, weigh
from evalgate.deciding.reasons import (
    cannot_tell,
    error_budget,
    non_inferior,
    regression,
    too_few_units,
)
from evalgate.model.comparison import CaseKind, CasePair, Comparison
from evalgate.model.policy import Estimand, GateRules
from evalgate.model.verdict import Estimate

RULES = GateRules()


def compared(*changes: float, clusters: int, errors: dict[str, int] | None = None) -> Comparison:
    """Build one comparison from the candidate's outcomes on cases that used to score one half."""
    pairs = tuple(
        CasePair(
            case=str(index),
            kind=CaseKind.SAME,
            baseline=(0.5,),
            candidate=(0.5 + change,),
            cluster=str(index % clusters),
        )
        for index, change in enumerate(changes)
    )
    lost = sum((errors or {}).values())
    return Comparison(
        pairs=pairs,
        deleted=(),
        ledger={},
        planned_pairs=len(pairs) + lost,
        lost_pairs=lost,
        error_kinds=errors or {},
    )


def weighed(*changes: float, clusters: int) -> Evidence:
    return weigh(compared(*changes, clusters=clusters), RULES, baseline=True)


def test_only_the_three_most_frequent_causes_are_named() -> None:
    comparison = compared(0.0, clusters=1, errors={"a": 1, "d": 7, "c": 1, "b": 2_000})
    assert error_budget(comparison, RULES).message == snapshot(
        "2,009 of 2,010 trial pairs (>99.9%) have no grade and the budget is 5%: b 2,000, d 7, a 1."
    )


def test_too_few_clusters_ask_for_more_of_them_to_prove_the_limit() -> None:
    rules = GateRules(estimand=Estimand.POPULATION)
    found = weigh(compared(*[0.0] * 100, clusters=20), rules, baseline=True)
    assert too_few_units(found, rules).message == snapshot(
        "20 clusters can be compared, and a limit of 5 points can only be proven with 59 or"
        " more: add cases in further clusters or set a wider gate.max_drop."
    )


def test_outright_losses_are_counted_in_clusters_where_there_are_some() -> None:
    found = weighed(*[-0.5] * 2, *[0.1] * 58, clusters=60)
    assert found.delta is not None
    assert found.delta.low > -RULES.max_drop
    assert cannot_tell(found, found.delta, RULES).message == snapshot(
        "The gain is between 4 and 11.5 points, but up to 10.2% of the clusters may have broken outright; the limit is 5 points: about 600 clusters like these or a limit of 11 points would decide."
    )


def test_a_pass_with_a_gain_names_the_limit_apart() -> None:
    drop = non_inferior(Estimate(estimate=-0.01, low=-0.02, high=-0.001), RULES)
    gain = non_inferior(Estimate(estimate=0.02, low=0.01, high=0.03), RULES)
    assert drop.message == snapshot(
        "The drop is between 0.1 and 2 points, within the limit of 5 points."
    )
    assert gain.message == snapshot(
        "The gain is between 1 and 3 points; the limit for a drop is 5 points."
    )


def test_a_drop_close_to_the_limit_is_told_apart_from_it() -> None:
    delta = Estimate(estimate=-0.03, low=-0.0502, high=-0.01)
    found = regression(weighed(*[0.0] * 60, clusters=60), delta, GateRules())
    assert found.message == "The drop is between 1 and 5.02 points; the limit is 5 points."


def test_a_drop_within_the_limit_that_blocks_names_the_cases_that_may_have_broken() -> None:
    found = weighed(*[-0.5] * 6, *[0.0] * 187, clusters=193)
    assert found.regression
    assert found.delta is not None
    assert found.delta.low > -RULES.max_drop
    assert regression(found, found.delta, RULES).message == snapshot(
        "The drop is between 0.2 and 3 points, but up to 6.1% of the clusters may have broken outright; the limit is 5 points."
    )
