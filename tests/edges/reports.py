"""Reports for the browser: one with something of everything, and one of a size of its own."""

from collections.abc import Iterator, Sequence

from evalgate.errors import ExitCode
from evalgate.model.change import FileChange
from evalgate.model.chat import Completion, Usage
from evalgate.model.comparison import ArmLedger
from evalgate.model.evalset import Case
from evalgate.model.track import Track, TrackPoint, Turn
from evalgate.model.trial import Arm, Grade, Trial, TrialStatus
from evalgate.model.verdict import (
    CaseCounts,
    ChangedCases,
    Estimate,
    Flips,
    PromptVerdict,
    Reason,
    RunVerdict,
    Slice,
    Verdict,
    VersionRef,
)
from evalgate.reporting.background import Background
from evalgate.reporting.story import Report
from evalgate.reporting.telling import tell

HOSTILE = (
    '<script>document.title = "taken"</script><img src="https://evil.example/x" onerror="alert(1)">'
    "<style>body { display: none }</style></script>\u202e\x1b[31m\u200b@everyone" + "unbroken" * 60
)
REFS = {
    Arm.BASELINE: VersionRef(version="v3", hash="a" * 64),
    Arm.CANDIDATE: VersionRef(version="v4", hash="b" * 64),
}
ANSWERS = {
    "refund-late": ("You may return it within 30 days.", "You may return it within 14 days."),
    "refund-cjk": ("三十天内可以退款。", "十四天内可以退款。"),
    "=refund-short": ("Yes, within 30 days.", "Nothing of the kind exists here, sorry"),
    "greeting": ("Hello and welcome.", "Hello and welcome."),
    "mended/slash": ("We cannot say.", "We can say: 30 days."),
    HOSTILE: (HOSTILE, HOSTILE + " more"),
}
BROKEN = ("refund-late", "refund-cjk", "=refund-short", HOSTILE)
OLD = "## system\nBe kind.\nName the window of 30 days.\n## user\n{{letter}}\n"


def a_trial(case: str, arm: Arm, answer: str, *, passed: bool, trial: int = 0) -> Trial:
    """A graded trial with one rubric and one check."""
    reason = "" if passed else f"The window of `30 days` is missing. {HOSTILE[:40]}"
    return Trial(
        prompt="support",
        version=REFS[arm].version,
        version_hash=REFS[arm].hash,
        evalset="letters",
        arm=arm,
        case=case,
        trial=trial,
        status=TrialStatus.GRADED,
        passed=passed,
        score=float(passed),
        grades=(
            Grade(grader="closing line", passed=True, score=1.0),
            Grade(grader="states the window", passed=passed, score=float(passed), reason=reason),
        ),
        completion=Completion(
            text=answer,
            model="claude-sonnet-5-5",
            stop_reason="end_turn",
            usage=Usage(input_tokens=400, output_tokens=40),
            latency_ms=700 + 10 * len(case),
        ),
        cost_usd=0.0012,
    )


def a_verdict(
    cases: Sequence[str], *, broken: Sequence[str], fixed: Sequence[str] = ()
) -> PromptVerdict:
    """A regression that is beyond doubt."""
    reason = Reason(code="regression", message="The drop is between 4 and 11 points.")
    return PromptVerdict(
        name="support",
        evalset="letters",
        candidate=REFS[Arm.CANDIDATE],
        baseline=REFS[Arm.BASELINE],
        verdict=Verdict.FAIL,
        reasons=(reason,),
        max_drop=0.05,
        alpha=0.05,
        ledger={arm: ArmLedger(planned=len(cases), graded=len(cases)) for arm in Arm},
        cases=CaseCounts(compared=len(cases)),
        changed_cases=ChangedCases(edited=tuple(cases[-1:])),
        pass_rate={Arm.BASELINE: 1.0, Arm.CANDIDATE: 0.9},
        delta=Estimate(estimate=-0.075, low=-0.11, high=-0.04),
        flips=Flips(regressed=tuple(broken), fixed=tuple(fixed)),
        flaky=tuple(fixed),
        slices=(
            Slice(tag="refunds", cases=3, baseline=1.0, candidate=0.9, delta=-0.1, protected=True),
            Slice(tag=HOSTILE[:60], cases=1, baseline=1.0, candidate=1.0, delta=0.0),
        ),
    )


def a_run(verdict: PromptVerdict) -> RunVerdict:
    """The run of one prompt."""
    return RunVerdict(
        run_id="run-1",
        verdict=Verdict.FAIL,
        reasons=verdict.reasons,
        exit_code=ExitCode.FAIL,
        base="1" * 40,
        head="2" * 40,
        policy_hash="3" * 64,
        prompts=(verdict,),
        notes=("The judge is not calibrated on letters.",),
        simulated=True,
    )


def a_track(prompt: str) -> Track:
    """Three records of a prompt, the last of a new version."""
    points = [
        TrackPoint(
            at=f"2026-11-0{day}T10:00:00Z",
            commit=str(day) * 40,
            version=f"v{1 + day // 3}",
            version_hash="a" * 64,
            models=("claude-haiku-5-5",),
            trials=20,
            rate=0.9 + day / 100,
            low=0.85,
            high=0.97,
            outcomes={"refund-late": (1.0, 0.0)},
            turns=(Turn.VERSION,) if day == 3 else (),
        )
        for day in (1, 2, 3)
    ]
    return Track(prompt=prompt, evalset="letters", points=tuple(points))


def a_report() -> Report:
    """A blocked prompt with cases that broke, were mended and stayed; some texts are hostile."""
    verdict = a_verdict(tuple(ANSWERS), broken=BROKEN, fixed=("mended/slash",))
    trials = [
        a_trial(case, arm, answers[arm is Arm.CANDIDATE], passed=_passes(case, arm), trial=index)
        for case, answers in ANSWERS.items()
        for arm in Arm
        for index in range(2)
    ]
    cases = {
        case: Case(
            id=case,
            vars={"letter": f"Where is it? {case}", "order": {"id": 7}},
            expected="30 days",
            graders=(),
            hash="h",
            tags=("refunds",) if "refund" in case else (),
            critical=case == "refund-late",
        )
        for case in ANSWERS
    }
    new = OLD.replace("kind", "brief").replace("Name the window of 30 days.\n", "")
    change = FileChange(
        path="prompts/support/v4.md", before=OLD, after=new, formerly="prompts/support/v3.md"
    )
    background = Background(
        files={("support", "v4"): (change,)},
        source_of=lambda case: f"- id: {case.id}\n",
        tracks=(a_track("support"), a_track("<b>triage</b>")),
        command="evalgate gate --base main",
        settings=(("Judge", "claude-sonnet-5-5"),),
    )
    return tell(
        a_run(verdict),
        trials=lambda: iter(trials),
        cases={"letters": cases},
        background=background,
    )


def _passes(case: str, arm: Arm) -> bool:
    if case in BROKEN:
        return arm is Arm.BASELINE
    return case != "mended/slash" or arm is Arm.CANDIDATE


def a_large_report(number: int, *, words: int = 120, trials: int = 3) -> Report:
    """A report of so many cases, of which one in twenty broke; no two answers are the same."""
    ids = [f"case-{index:05}" for index in range(number)]
    broken = ids[::20]

    def drawn() -> Iterator[Trial]:
        for place, case in enumerate(ids):
            text = " ".join(f"word{(place * 31 + index * index) % 4093}" for index in range(words))
            for arm in Arm:
                passed = arm is Arm.BASELINE or case not in lost
                answer = text if arm is Arm.BASELINE else f"{text[: len(text) // 2]} and no more"
                for index in range(trials):
                    yield a_trial(case, arm, answer, passed=passed, trial=index)

    lost = set(broken)
    cases = {
        case: Case(
            id=case,
            vars={"letter": f"A letter about {case}. " * 10},
            expected=None,
            graders=(),
            hash="h",
            tags=(f"tag-{place % 12}",),
        )
        for place, case in enumerate(ids)
    }
    return tell(a_run(a_verdict(ids, broken=broken)), trials=drawn, cases={"letters": cases})
