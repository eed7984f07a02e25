import json
from collections.abc import Callable

from inline_snapshot import snapshot

from evalgate.model.comparison import ArmLedger
from evalgate.model.trial import Arm
from evalgate.model.verdict import (
    CaseCounts,
    Estimate,
    Latency,
    PromptVerdict,
    Reason,
    RunVerdict,
    Slice,
    Verdict,
)
from evalgate.model.waiver import Waiver
from evalgate.reporting.verdict_file import verdict_document

RUN_KEYS = [
    *("schema", "run_id", "verdict", "reasons", "exit_code", "base", "head", "policy_hash"),
    *("cost_usd", "calls", "prompts"),
]
PROMPT_KEYS = [
    *("name", "evalset", "baseline", "candidate", "verdict", "reasons", "estimand", "max_drop"),
    *("alpha", "ledger", "cases", "pass_rate", "delta", "smallest_detectable_drop", "flips"),
    *("slices", "cost_usd", "latency_ms"),
]


def test_the_keys_of_the_contract_come_first_and_in_order(
    a_run: Callable[..., RunVerdict], a_verdict: Callable[..., PromptVerdict]
) -> None:
    document = verdict_document(a_run(a_verdict()))
    assert list(document)[: len(RUN_KEYS)] == RUN_KEYS
    prompts = document["prompts"]
    assert isinstance(prompts, list)
    assert isinstance(prompts[0], dict)
    assert list(prompts[0])[: len(PROMPT_KEYS)] == PROMPT_KEYS


def test_everything_that_was_decided_is_written(
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_waiver: Callable[..., Waiver],
) -> None:
    verdict = a_verdict(
        ledger={
            Arm.BASELINE: ArmLedger(planned=3, graded=3),
            Arm.CANDIDATE: ArmLedger(planned=3, graded=1, errored=1, skipped=1),
        },
        cases=CaseCounts(compared=1, new=2, edited=3, deleted=4),
        pass_rate={Arm.BASELINE: 2 / 3, Arm.CANDIDATE: None},
        delta=Estimate(estimate=-1 / 3, low=-1.0, high=0.12345678),
        smallest_detectable_drop=0.2,
        slices=(
            Slice(tag="refunds", cases=1, baseline=None, candidate=1 / 3, delta=None),
            Slice(
                tag="tone", cases=3, baseline=1.0, candidate=0.9, delta=-0.1, low=-2 / 3, high=0.2
            ),
        ),
        cost_usd=None,
        latency_ms=Latency(p50=700, p95=2100),
        why=("v4 is new",),
        flaky=("late",),
        waived=(a_waiver(),),
    )
    run = a_run(verdict, notes=("A note.",), simulated=True)
    assert json.loads(json.dumps(verdict_document(run))) == snapshot(
        {
            "schema": "verdict/1",
            "run_id": "run-1",
            "verdict": "fail",
            "reasons": [{"code": "regression", "message": "The drop is between 4 and 11 points."}],
            "exit_code": 1,
            "base": "1111111111111111111111111111111111111111",
            "head": "2222222222222222222222222222222222222222",
            "policy_hash": "3333333333333333333333333333333333333333333333333333333333333333",
            "cost_usd": 0.0132,
            "calls": 1443,
            "prompts": [
                {
                    "name": "support",
                    "evalset": "letters",
                    "baseline": {
                        "version": "v3",
                        "hash": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                    },
                    "candidate": {
                        "version": "v4",
                        "hash": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
                    },
                    "verdict": "fail",
                    "reasons": [
                        {"code": "regression", "message": "The drop is between 4 and 11 points."}
                    ],
                    "estimand": "population",
                    "max_drop": 0.05,
                    "alpha": 0.05,
                    "ledger": {
                        "baseline": {
                            "planned": 3,
                            "graded": 3,
                            "errored": 0,
                            "skipped": 0,
                            "waived": 0,
                        },
                        "candidate": {
                            "planned": 3,
                            "graded": 1,
                            "errored": 1,
                            "skipped": 1,
                            "waived": 0,
                        },
                    },
                    "cases": {"compared": 1, "new": 2, "edited": 3, "deleted": 4},
                    "pass_rate": {"baseline": 0.666667, "candidate": None},
                    "delta": {"estimate": -0.333333, "low": -1.0, "high": 0.123457},
                    "smallest_detectable_drop": 0.2,
                    "flips": {"regressed": ["late"], "fixed": [], "broken": [], "slipped": []},
                    "slices": [
                        {
                            "tag": "refunds",
                            "cases": 1,
                            "baseline": None,
                            "candidate": 0.333333,
                            "delta": None,
                            "p_value": None,
                            "adjusted": None,
                            "protected": False,
                            "flag": None,
                            "low": None,
                            "high": None,
                        },
                        {
                            "tag": "tone",
                            "cases": 3,
                            "baseline": 1.0,
                            "candidate": 0.9,
                            "delta": -0.1,
                            "p_value": None,
                            "adjusted": None,
                            "protected": False,
                            "flag": None,
                            "low": -0.666667,
                            "high": 0.2,
                        },
                    ],
                    "cost_usd": None,
                    "latency_ms": {"p50": 700, "p95": 2100},
                    "spending": {
                        "answers_usd": 0.0,
                        "judge_usd": 0.0,
                        "at_most_usd": 0.0,
                        "reused": {},
                    },
                    "why": ["v4 is new"],
                    "head_pass_rate": None,
                    "pass_rate_bounds": {},
                    "changed_cases": {"new": [], "edited": [], "deleted": []},
                    "flaky": ["late"],
                    "waived": [
                        {
                            "case": "late",
                            "owner": "Ann",
                            "reason": "the tool is replaced",
                            "expires": "2027-01-31",
                            "candidate": "bbbbbbbbbbbb",
                        }
                    ],
                    "look": None,
                    "judge": None,
                    "preflight": None,
                    "turning": None,
                }
            ],
            "notes": ["A note."],
            "simulated": True,
            "spending": {"answers_usd": 0.0, "judge_usd": 0.0, "at_most_usd": 0.0, "reused": {}},
        }
    )


def test_what_is_not_known_is_null(
    a_run: Callable[..., RunVerdict], a_verdict: Callable[..., PromptVerdict]
) -> None:
    finding = a_verdict(
        verdict=Verdict.FAIL,
        reasons=(Reason(code="dangling_pointer", message="v9 does not exist."),),
        candidate=None,
        baseline=None,
        delta=None,
        pass_rate={},
        ledger={},
    )
    prompts = verdict_document(a_run(finding))["prompts"]
    assert isinstance(prompts, list)
    written = prompts[0]
    assert isinstance(written, dict)
    for key in ("candidate", "baseline", "delta", "smallest_detectable_drop", "latency_ms"):
        assert written[key] is None
    assert written["pass_rate"] == {"baseline": None, "candidate": None}
