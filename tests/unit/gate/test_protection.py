"""Facts about protected slices that no trial can tell: whether they are still there."""

import pytest
from inline_snapshot import snapshot

from evalgate.gate.planning import Plan
from evalgate.model.verdict import Verdict
from tests.unit.gate import planned

POLICY = "gate: {protected_slices: [vip]}\n"


def evalset(*, tagged: int = 6, plain: int = 2, edited: int = 0, tag: str = "vip") -> str:
    cases = [
        f"  - {{id: v{number}, tags: [{tag}], vars: {{question: {'e' * (number < edited)}q}}}}\n"
        for number in range(tagged)
    ]
    cases += [f"  - {{id: p{number}, vars: {{question: q}}}}\n" for number in range(plain)]
    return f"prompts: [p]\ngraders: [{{contains: x}}]\ncases:\n{''.join(cases)}"


def changed(text: str, *, before: str | None = None, policy: str = POLICY) -> Plan:
    """Plan a change of nothing but the eval set."""
    base = planned.BASE | {
        ".github/evalgate.yml": policy,
        "evalsets/a.yaml": evalset() if before is None else before,
    }
    return planned.plan(base | {"evalsets/a.yaml": text}, base=base)


def codes(plan: Plan) -> list[str]:
    return [finding.reason.code for finding in plan.findings]


@pytest.mark.parametrize(
    "after",
    [
        evalset(tagged=0, plain=8),
        evalset(tag="guest"),
        evalset(edited=6),
        evalset(edited=3),
        evalset(tagged=3, plain=5),
    ],
    ids=["deleted", "tagged otherwise", "edited", "half edited", "too few left"],
)
def test_a_protected_slice_that_a_change_takes_away_is_inconclusive(after: str) -> None:
    plan = changed(after)
    assert "protected_slice_gone" in codes(plan)
    assert {finding.verdict for finding in plan.findings} == {Verdict.INCONCLUSIVE}


@pytest.mark.parametrize(
    "after",
    [evalset(plain=3), evalset(edited=2), evalset(tagged=9)],
    ids=["another case", "two edited", "more tagged"],
)
def test_a_protected_slice_that_can_still_fail_is_no_finding(after: str) -> None:
    assert codes(changed(after)) == []


@pytest.mark.parametrize(("left", "finds"), [(4, True), (26, True), (27, False)])
@pytest.mark.parametrize("plain", [0, 30], ids=["deleted", "tagged otherwise"])
def test_a_protected_slice_may_not_lose_more_than_the_edit_budget(
    left: int, plain: int, *, finds: bool
) -> None:
    after = evalset(tagged=30).replace("[vip]", "[guest]").replace("[guest]", "[vip]", left)
    if not plain:
        after = evalset(tagged=left)
    plan = changed(after, before=evalset(tagged=30))
    assert codes(plan) == (["protected_slice_gone"] if finds else [])


def test_the_finding_says_how_many_cases_lost_the_tag() -> None:
    [finding] = changed(evalset(tagged=4), before=evalset(tagged=30)).findings
    assert finding.reason.message == snapshot(
        "The protected slice vip had 30 cases in evalsets/a.yaml; of those 26 (86.7%) were deleted or lost the tag, more than the 10% that a change may touch: keep the cases and their tag; a maintainer accepts it by `evalgate accept a --head h --reason TEXT`."
    )


def test_the_edit_budget_of_the_policy_counts_for_protected_slices() -> None:
    policy = "gate: {protected_slices: [vip], edit_budget: 0.5}\n"
    assert codes(changed(evalset(tagged=15), before=evalset(tagged=30), policy=policy)) == []


def test_a_loss_of_just_the_edit_budget_is_borne_however_it_is_rounded() -> None:
    policy = "gate: {protected_slices: [vip], edit_budget: 0.29}\n"
    assert 0.29 * 100 < 29
    assert codes(changed(evalset(tagged=71), before=evalset(tagged=100), policy=policy)) == []


def test_a_slice_that_could_never_fail_may_shrink_but_not_vanish() -> None:
    assert codes(changed(evalset(tagged=2), before=evalset(tagged=3))) == []
    assert codes(changed(evalset(tagged=0), before=evalset(tagged=3))) == ["protected_slice_gone"]


def test_a_slice_that_no_policy_protects_may_go() -> None:
    assert codes(changed(evalset(tagged=0), policy="")) == []


def test_the_finding_says_what_is_left() -> None:
    [finding] = changed(evalset(edited=4)).findings
    assert finding.reason.message == snapshot(
        "The protected slice vip had 6 cases in evalsets/a.yaml; of those 2 remain as they were, so a drop could not be seen: keep the cases and their tag; a maintainer accepts it by `evalgate accept a --head h --reason TEXT`."
    )


def test_a_protected_tag_that_no_case_carries_is_told() -> None:
    plan = changed(evalset(plain=3), policy="gate: {protected_slices: [vip, vipp, legal]}")
    assert [note for note in plan.notes if "protected_slices" in note] == snapshot(
        [
            "`gate.protected_slices` names vipp and legal, but no case of any eval set has such a tag: nothing is protected by that."
        ]
    )
    assert not any("protected_slices" in note for note in changed(evalset(plain=3)).notes)
