"""Facts about telling what comparing files came to."""

from dataclasses import replace

from inline_snapshot import snapshot

from evalgate.model.comparison import ArmLedger
from evalgate.model.policy import OnInconclusive
from evalgate.model.told import FileComparison, PairedCounts
from evalgate.model.trial import Arm
from evalgate.model.verdict import (
    CaseCounts,
    ChangedCases,
    Estimate,
    Flips,
    PromptVerdict,
    Reason,
    Verdict,
    VersionRef,
)
from evalgate.reporting.file_comparison import (
    change,
    comparisons_document,
    facts,
    headline,
    interval,
    pass_rates,
    short_names,
)

VERDICT = PromptVerdict(
    name="",
    evalset="",
    candidate=None,
    baseline=None,
    verdict=Verdict.PASS,
    reasons=(Reason(code="non_inferior", message="Within."),),
    max_drop=0.05,
    alpha=0.05,
    estimand="suite",
    ledger={arm: ArmLedger(planned=100, graded=98, errored=1, skipped=1) for arm in Arm},
    cases=CaseCounts(compared=97, new=2, deleted=1),
    changed_cases=ChangedCases(new=("n1", "n2"), deleted=("d",)),
    pass_rate={Arm.BASELINE: 0.95, Arm.CANDIDATE: 0.94},
    head_pass_rate=0.93,
    delta=Estimate(estimate=-0.01, low=-0.04996, high=0.03),
    flips=Flips(regressed=("a", "b"), fixed=("c",)),
)
COMPARED = FileComparison(
    files=("old/a.jsonl", "new/b.csv"),
    verdict=VERDICT,
    error_kinds={"timeout": 3, "skipped": 1},
    paired=PairedCounts(lost=2, won=1, mid_p=0.625, score_interval=(-0.06, 0.04)),
    notes=("n",),
)


def test_files_of_no_known_version_are_told_by_name() -> None:
    assert headline(COMPARED) == snapshot(
        "Passed: b.csv answers as well as a.jsonl, within the limit: over 97 cases its pass rate is between 4.996 points lower and 3 points higher; the limit is a drop of 5."
    )


def test_versions_are_told_where_they_are_known() -> None:
    old, new = VersionRef(version="v1", hash="h"), VersionRef(version="v2", hash="h")
    known = replace(VERDICT, name="support", baseline=old, candidate=new)
    assert headline(replace(COMPARED, verdict=known)) == snapshot(
        "Passed: support v2 answers as well as v1, within the limit: over 97 cases its pass rate is between 4.996 points lower and 3 points higher; the limit is a drop of 5."
    )
    undecided = replace(known, verdict=Verdict.INCONCLUSIVE)
    reason = (Reason(code="set_changed", message="Too much changed."),)
    said = headline(replace(COMPARED, verdict=replace(undecided, reasons=reason)))
    assert said == snapshot("Undecided: along with support v2, Too much changed.")


def test_files_of_one_name_are_told_by_their_paths() -> None:
    assert short_names(COMPARED) == ("a.jsonl", "b.csv")
    assert short_names(replace(COMPARED, files=("1/t", "2/t"))) == ("1/t", "2/t")


def test_the_facts_are_those_of_the_gates_report() -> None:
    assert dict(facts(COMPARED)) == snapshot(
        {
            "cases": "97 compared, 2 new, 1 deleted",
            "deleted": "d",
            "new": "n1, n2",
            "trials": "100 baseline and 100 candidate; 4 without a grade (3 × timeout, 1 × skipped)",
            "pass rate": "95% → 94%",
            "change": "−1 points, from −4.996 to +3",
            "limit": "a drop of 5 points; error rate 5%",
            "about": "exactly these cases",
            "flips": "2 worse, 1 better (McNemar's mid-p 0.625)",
        }
    )


def test_what_is_not_there_is_not_made_up() -> None:
    ledger = {arm: ArmLedger(planned=3, graded=3) for arm in Arm}
    rates = {Arm.BASELINE: None, Arm.CANDIDATE: 0.5}
    nothing = replace(VERDICT, delta=None, ledger=ledger, pass_rate=rates)
    told = dict(facts(replace(COMPARED, verdict=nothing, paired=None)))
    assert "change" not in told
    assert told["flips"] == "2 worse, 1 better"
    assert told["trials"] == "3 baseline and 3 candidate"
    assert (change(nothing), interval(nothing), pass_rates(nothing)) == ("–", "–", "– → 50%")


def test_a_small_chance_is_not_none() -> None:
    rare = replace(
        COMPARED, paired=PairedCounts(lost=40, won=0, mid_p=1e-12, score_interval=(-0.5, -0.3))
    )
    assert dict(facts(rare))["flips"].endswith("(McNemar's mid-p <0.0001)")


def test_the_document_has_the_shape_of_a_verdict() -> None:
    document = comparisons_document([COMPARED], Verdict.INCONCLUSIVE, OnInconclusive.BLOCK)
    assert document == snapshot(
        {
            "schema": "comparisons/1",
            "verdict": "inconclusive",
            "exit_code": 3,
            "comparisons": [
                {
                    "files": ["old/a.jsonl", "new/b.csv"],
                    "name": "",
                    "evalset": "",
                    "baseline": None,
                    "candidate": None,
                    "verdict": "pass",
                    "reasons": [{"code": "non_inferior", "message": "Within."}],
                    "estimand": "suite",
                    "max_drop": 0.05,
                    "alpha": 0.05,
                    "ledger": {
                        "baseline": {
                            "planned": 100,
                            "graded": 98,
                            "errored": 1,
                            "skipped": 1,
                            "waived": 0,
                        },
                        "candidate": {
                            "planned": 100,
                            "graded": 98,
                            "errored": 1,
                            "skipped": 1,
                            "waived": 0,
                        },
                    },
                    "cases": {"compared": 97, "new": 2, "edited": 0, "deleted": 1},
                    "pass_rate": {"baseline": 0.95, "candidate": 0.94},
                    "delta": {"estimate": -0.01, "low": -0.04996, "high": 0.03},
                    "smallest_detectable_drop": None,
                    "flips": {"regressed": ["a", "b"], "fixed": ["c"], "broken": [], "slipped": []},
                    "slices": [],
                    "head_pass_rate": 0.93,
                    "changed_cases": {"new": ["n1", "n2"], "edited": [], "deleted": ["d"]},
                    "flaky": [],
                    "waived": [],
                    "look": None,
                    "error_kinds": {"timeout": 3, "skipped": 1},
                    "mcnemar": {
                        "lost": 2,
                        "won": 1,
                        "mid_p": 0.625,
                        "score_interval": [-0.06, 0.04],
                    },
                    "notes": ["n"],
                }
            ],
        }
    )
    warned = comparisons_document([COMPARED], Verdict.INCONCLUSIVE, OnInconclusive.WARN)
    assert warned["exit_code"] == 0
