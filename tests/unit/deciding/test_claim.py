"""The claim that is owed follows from the base's set, not from what is left of it to compare."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalgate.deciding.claim import Claim, needed_units, owed_claim
from evalgate.model.comparison import CaseKind, CasePair, Comparison
from evalgate.model.policy import Estimand, GateRules

RULES = GateRules()
SUITE, POPULATION = Estimand.SUITE, Estimand.POPULATION


def pair(
    name: str, *, kind: CaseKind = CaseKind.SAME, cluster: str | None = None, lost: bool = False
) -> CasePair:
    outcomes = () if lost else (1.0,)
    before = outcomes if kind is CaseKind.SAME else ()
    return CasePair(case=name, kind=kind, baseline=before, candidate=outcomes, cluster=cluster)


def pairs(number: int, *, kind: CaseKind = CaseKind.SAME, lost: bool = False) -> list[CasePair]:
    return [pair(f"{kind} {lost} {index}", kind=kind, lost=lost) for index in range(number)]


def compared(*told: CasePair, deleted: int = 0) -> Comparison:
    return Comparison(
        pairs=told,
        deleted=tuple(f"deleted {index}" for index in range(deleted)),
        ledger={},
        planned_pairs=len(told),
        lost_pairs=0,
        error_kinds={},
    )


@pytest.mark.parametrize(("cases", "estimand"), [(58, SUITE), (59, POPULATION)])
def test_a_set_speaks_about_the_traffic_once_it_could_prove_the_limit(
    cases: int, estimand: Estimand
) -> None:
    assert owed_claim(compared(*pairs(cases)), RULES) == Claim(
        estimand=estimand, population_needs=59, population_unit="case"
    )


LEFT_OUT = {
    "deleted": compared(*pairs(50), deleted=9),
    "edited": compared(*pairs(50), *pairs(9, kind=CaseKind.EDITED)),
    "lost": compared(*pairs(50), *pairs(9, lost=True)),
    "of each sort": compared(
        *pairs(50), *pairs(3, kind=CaseKind.EDITED), *pairs(3, lost=True), deleted=3
    ),
}


@pytest.mark.parametrize("comparison", LEFT_OUT.values(), ids=LEFT_OUT)
def test_cases_that_cannot_be_compared_any_more_still_count(comparison: Comparison) -> None:
    assert owed_claim(comparison, RULES).estimand is POPULATION


def test_new_cases_do_not_count() -> None:
    comparison = compared(*pairs(58), *pairs(10, kind=CaseKind.NEW))
    assert owed_claim(comparison, RULES).estimand is SUITE


@pytest.mark.parametrize(("clusters", "estimand"), [(58, SUITE), (59, POPULATION)])
def test_the_cases_of_a_cluster_count_once(clusters: int, estimand: Estimand) -> None:
    told = [pair(str(index), cluster=str(index % clusters)) for index in range(200)]
    assert owed_claim(compared(*told), RULES) == Claim(
        estimand=estimand, population_needs=59, population_unit="cluster"
    )


def test_cases_without_a_cluster_count_beside_the_clusters() -> None:
    told = [pair(f"c{index}", cluster=str(index % 40)) for index in range(80)]
    assert owed_claim(compared(*told, *pairs(19)), RULES).estimand is POPULATION
    assert owed_claim(compared(*told, *pairs(18)), RULES).estimand is SUITE


@pytest.mark.parametrize("asked", [SUITE, POPULATION])
@pytest.mark.parametrize("cases", [10, 100])
def test_a_policy_that_names_the_claim_is_followed(asked: Estimand, cases: int) -> None:
    rules = GateRules(estimand=asked)
    assert owed_claim(compared(*pairs(cases)), rules).estimand is asked


def test_a_limit_that_nothing_proves_is_not_eased_by_a_claim_about_a_suite() -> None:
    found = owed_claim(compared(*pairs(5)), GateRules(max_drop=0.0))
    assert (found.estimand, found.population_needs) == (POPULATION, None)


@pytest.mark.parametrize(("clustered", "needed"), [(False, 6), (True, 10)])
def test_clusters_are_needed_in_a_least_number(clustered: bool, needed: int) -> None:
    assert needed_units(GateRules(max_drop=0.4), clustered=clustered) == needed


def test_an_edit_that_names_a_cluster_does_not_raise_what_the_traffic_takes() -> None:
    edited = pair("edited", kind=CaseKind.EDITED, cluster="c")
    assert owed_claim(compared(*pairs(7), edited), GateRules(max_drop=0.4)) == Claim(
        estimand=POPULATION, population_needs=6, population_unit="case"
    )


clusters = st.none() | st.sampled_from("abcdefghijkl")
fates = st.sampled_from(["kept", "lost", "edited", "deleted"])


@settings(deadline=None)
@given(
    st.lists(st.tuples(clusters, fates, clusters), min_size=1, max_size=20),
    st.integers(0, 10),
    st.sampled_from([0.2, 0.3, 0.4]),
)
def test_no_edit_deletion_loss_or_addition_eases_the_claim(
    cases: list[tuple[str | None, str, str | None]], new: int, max_drop: float
) -> None:
    rules = GateRules(max_drop=max_drop)
    base = [pair(str(index), cluster=cluster) for index, (cluster, _, _) in enumerate(cases)]
    head = []
    for before, (_, fate, elsewhere) in zip(base, cases, strict=True):
        if fate == "lost":
            head.append(replace(before, baseline=(), candidate=()))
        elif fate == "edited":
            head.append(replace(before, kind=CaseKind.EDITED, baseline=(), cluster=elsewhere))
        elif fate == "kept":
            head.append(before)
    changed = compared(
        *head,
        *pairs(new, kind=CaseKind.NEW),
        deleted=sum(fate == "deleted" for _, fate, _ in cases),
    )
    if owed_claim(compared(*base), rules).estimand is POPULATION:
        assert owed_claim(changed, rules).estimand is POPULATION
