"""Facts about which verdicts let a promotion through."""

from dataclasses import replace

import pytest

from evalgate.errors import ExitCode
from evalgate.model.verdict import PromptVerdict, Reason, RunVerdict, Verdict, VersionRef
from evalgate.rollout.promotion import Promotion
from evalgate.rollout.ruling import Ruling, rule
from tests.unit.rollout.asked import promotion

FORWARD = promotion("stable: v1\n", "v2", "5")
BACK = promotion("stable: v1\ncanary: {version: v2, percent: 5}\n", "v2", "1")
ROLLBACK = promotion("stable: v2\nhistory: [{stable: v1}]\n", "v1", "100")


def entry(
    verdict: Verdict, *, version: str = "v2", identity: str = FORWARD.hash, code: str = "x"
) -> PromptVerdict:
    return PromptVerdict(
        name="p",
        evalset="s",
        candidate=VersionRef(version=version, hash=identity) if version else None,
        baseline=None,
        verdict=verdict,
        reasons=(Reason(code=code, message="As it is."),),
        max_drop=0.05,
        alpha=0.05,
    )


def ruled(made: Promotion, verdict: Verdict, *entries: PromptVerdict) -> Ruling:
    return rule(
        made,
        RunVerdict(
            run_id="r",
            verdict=verdict,
            reasons=(Reason(code="x", message="It lost 9 points"),),
            exit_code=ExitCode.OK,
            base="b",
            head="h",
            policy_hash="",
            prompts=entries or (entry(verdict),),
        ),
    )


def test_a_pass_lets_a_promotion_through() -> None:
    assert ruled(FORWARD, Verdict.PASS).passes
    assert ruled(ROLLBACK, Verdict.PASS, entry(Verdict.PASS, version="", code="rollback")).passes


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        (Verdict.FAIL, ExitCode.FAIL),
        (Verdict.INCONCLUSIVE, ExitCode.INCONCLUSIVE),
        (Verdict.ERROR, ExitCode.NOT_EVALUATED),
        (Verdict.NOT_APPLICABLE, ExitCode.NOT_EVALUATED),
    ],
)
@pytest.mark.parametrize("made", [FORWARD, ROLLBACK], ids=["forward", "rollback"])
def test_whatever_is_no_pass_blocks_though_the_policy_only_warns(
    made: Promotion, verdict: Verdict, code: ExitCode
) -> None:
    ruling = ruled(made, verdict)
    assert (ruling.passes, ruling.exit_code) == (False, code)
    assert ruling.why == "It lost 9 points."


def test_a_step_back_needs_no_proof_and_bears_no_failure() -> None:
    assert ruled(BACK, Verdict.NOT_APPLICABLE).passes
    assert not ruled(BACK, Verdict.FAIL).passes
    assert not ruled(BACK, Verdict.ERROR).passes


@pytest.mark.parametrize(
    "other",
    [entry(Verdict.PASS, version="v3"), entry(Verdict.PASS, identity="0" * 64)],
    ids=["version", "content"],
)
def test_a_pass_of_something_else_is_no_pass(other: PromptVerdict) -> None:
    assert ruled(FORWARD, Verdict.PASS, other).exit_code is ExitCode.NOT_EVALUATED
    mixed = ruled(FORWARD, Verdict.PASS, entry(Verdict.PASS), other)
    assert mixed.exit_code is ExitCode.NOT_EVALUATED
    assert "has not judged v2" in mixed.why


def test_entries_of_other_prompts_are_not_asked() -> None:
    other = replace(entry(Verdict.PASS, version="v9"), name="judge")
    assert ruled(FORWARD, Verdict.PASS, entry(Verdict.PASS), other).passes


@pytest.mark.parametrize("code", ["identical_request", "identical_version"])
def test_a_version_that_asks_the_same_needs_no_run(code: str) -> None:
    assert ruled(FORWARD, Verdict.PASS, entry(Verdict.PASS, version="", code=code)).passes


def test_a_pass_without_a_run_of_the_version_is_no_pass() -> None:
    lone = entry(Verdict.PASS, version="", code="prompt_renamed")
    assert not ruled(FORWARD, Verdict.PASS, lone).passes
