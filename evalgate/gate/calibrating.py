"""Has the judge grade answers that people have labelled, and freezes what it said of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from evalgate.errors import EvaluationError
from evalgate.gate.engines import open_calls
from evalgate.gate.labels import LabelledAnswer
from evalgate.gate.outside import Outside
from evalgate.gate.scope import Scope
from evalgate.grading.calibration import asked_hash
from evalgate.model.calibration import (
    Anchor,
    AnchorCheck,
    Calibration,
    CriterionCounts,
    print_of,
)
from evalgate.model.evalset import Case, EvalSet
from evalgate.model.policy import JudgeSettings, Policy
from evalgate.model.prompt import PromptVersion
from evalgate.model.trial import Arm, Trial
from evalgate.running.account import known_sum
from evalgate.running.judging import JudgeTrials
from evalgate.running.plan import PlannedTrial
from evalgate.running.scheduler import RunLimits, run_trials

JUDGE = "judge"
"""The name under which the judge is tried, as prompts are under theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the judge said of one answer; `passed` is None where it gave no verdict, by `cause`."""

    passed: bool | None
    criteria: Mapping[str, bool | None] = field(default_factory=dict)
    reason: str = ""
    cause: str = ""
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedAnswer:
    """A labelled answer, and what the judge said of it."""

    label: LabelledAnswer
    said: Said

    @property
    def disagrees(self) -> bool:
        """Whether people and the judge both have a verdict on the answer, and not the same."""
        verdicts = (self.label.human, self.said.passed)
        return None not in verdicts and verdicts[0] is not verdicts[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToJudge:
    """One answer that the judge is asked about."""

    evalset: EvalSet
    case: Case
    answer: str
    human: bool | None


@dataclass(slots=True, kw_only=True)
class Spent:
    """What the judge's calls have cost; None when that is not known."""

    calls: int = 0
    cost_usd: float | None = 0.0

    def add(self, trial: Trial) -> None:
        """Add what one trial took."""
        self.calls += trial.calls
        self.cost_usd = known_sum(self.cost_usd, trial.cost_usd)


def judge_version(settings: JudgeSettings, identity: str) -> PromptVersion:
    """Return the judge in the shape of a version, so that trials can be of it.

    Args:
        settings: its settings.
        identity: a hash of them and of the rubrics that it judges by.
    """
    effort = f", {settings.effort}" if settings.effort else ""
    votes = f", {settings.votes} votes" if settings.votes > 1 else ""
    return PromptVersion(
        prompt=JUDGE,
        version=f"{settings.model}{effort}{votes}",
        path="",
        hash=identity,
        model=settings.model,
        max_tokens=settings.max_tokens,
        effort=settings.effort,
        description="",
        inputs=(),
        output_schema=None,
        metadata={},
        system=None,
        parts=(),
    )


async def ask_judge(
    answers: Sequence[ToJudge],
    policy: Policy,
    *,
    outside: Outside,
    scope: Scope,
    on_trial: Callable[[Trial], None],
) -> list[Said]:
    """Return what the policy's judge says of each answer, in their order.

    Args:
        answers: what is to be judged.
        policy: its judge, routes and limits hold.
        outside: what the run reaches for; its store is used where there is one.
        scope: says what it may cost.
        on_trial: told of each answer once it is judged.

    Raises:
        EvaluationError: when a limit or the service ended it before the last answer.
    """
    planned = list(_planned(answers, policy.judge))
    tasks = dict(zip(map(_key, planned), answers, strict=True))
    said: dict[tuple[str, str, int], Said] = {}
    async with open_calls(policy, outside, scope) as calls:
        judge = JudgeTrials(calls=calls, draw_boundary=outside.draw_boundary)

        async def work(each: PlannedTrial) -> Trial:
            task = tasks[_key(each)]
            check = AnchorCheck(answer=task.answer, human=task.human, settings=policy.judge)
            trial, judgement = await judge.run(each, check)
            said[_key(each)] = Said(
                passed=judgement.passed,
                criteria=judgement.criteria,
                reason=judgement.reason,
                cause=judgement.cause,
                simulated=judgement.simulated,
            )
            return trial

        stopped = await run_trials(
            planned,
            work=work,
            log=_Unwritten(),
            # What the judge leaves without a verdict is part of what is told about it.
            limits=RunLimits(concurrency=policy.run.concurrency, errored=len(planned)),
            on_trial=on_trial,
        )
    if stopped is not None:
        raise EvaluationError(f"not every answer was judged: {stopped.message}")
    return [said[_key(each)] for each in planned]


async def judge_labels(
    labels: Sequence[LabelledAnswer],
    policy: Policy,
    *,
    outside: Outside,
    scope: Scope,
    on_trial: Callable[[Trial], None],
) -> list[JudgedAnswer]:
    """Return labelled answers with what the judge says of them; a verdict that is stated stands.

    Raises:
        EvaluationError: see `ask_judge`.
    """
    open_ones = unjudged(labels)
    asked = iter(
        await ask_judge(open_ones, policy, outside=outside, scope=scope, on_trial=on_trial)
        if open_ones
        else ()
    )
    return [
        JudgedAnswer(label=label, said=_stated(label) if label.has_verdict else next(asked))
        for label in labels
    ]


def unjudged(labels: Iterable[LabelledAnswer]) -> list[ToJudge]:
    """Return the answers whose labels do not state what the judge says of them."""
    return [
        ToJudge(evalset=label.evalset, case=label.case, answer=label.answer, human=label.human)
        for label in labels
        if not label.has_verdict
    ]


def calibrations(judged: Iterable[JudgedAnswer], settings: JudgeSettings) -> dict[str, Calibration]:
    """Return a calibration for each eval set that answers are of, by its name."""
    by_set: dict[str, list[JudgedAnswer]] = {}
    for each in judged:
        by_set.setdefault(each.label.evalset.name, []).append(each)
    return {name: _calibration(name, of, settings) for name, of in sorted(by_set.items())}


def _calibration(
    evalset: str, judged: Sequence[JudgedAnswer], settings: JudgeSettings
) -> Calibration:
    anchors = tuple(filter(None, map(_anchor, judged)))
    named = {anchor.case for anchor in anchors}
    cases = {each.label.case.id: each.label.case for each in judged}
    causes = Counter(each.said.cause or "unknown" for each in judged if each.said.passed is None)
    return Calibration(
        evalset=evalset,
        judge=print_of(settings),
        asked={name: asked_hash(case) for name, case in cases.items() if name in named},
        anchors=anchors,
        criteria=_criteria(judged),
        ungraded=dict(sorted(causes.items())),
        simulated=any(each.said.simulated for each in judged),
    )


def _anchor(judged: JudgedAnswer) -> Anchor | None:
    human, judge = judged.label.human, judged.said.passed
    if human is None or judge is None:
        return None
    return Anchor(case=judged.label.case.id, answer=judged.label.answer, human=human, judge=judge)


def _criteria(judged: Iterable[JudgedAnswer]) -> dict[str, CriterionCounts]:
    tables: dict[str, Counter[tuple[bool, bool]]] = {}
    for each in judged:
        for text, human in each.label.criteria.items():
            verdict = each.said.criteria.get(text)
            if verdict is not None:
                tables.setdefault(text, Counter())[human, verdict] += 1
    return {
        text: CriterionCounts(
            pass_pass=table[True, True],
            pass_fail=table[True, False],
            fail_pass=table[False, True],
            fail_fail=table[False, False],
        )
        for text, table in sorted(tables.items())
    }


def _stated(label: LabelledAnswer) -> Said:
    cause = "cannot_tell" if label.judge is None else ""
    return Said(passed=label.judge, criteria=label.judge_criteria, cause=cause)


def _planned(answers: Iterable[ToJudge], settings: JudgeSettings) -> Iterator[PlannedTrial]:
    version = judge_version(settings, "")
    seen: Counter[tuple[str, str]] = Counter()
    for each in answers:
        place = (each.evalset.name, each.case.id)
        yield PlannedTrial(
            version=version,
            arm=Arm.CANDIDATE,
            evalset=each.evalset,
            case=each.case,
            index=seen[place],
        )
        seen[place] += 1


def _key(planned: PlannedTrial) -> tuple[str, str, int]:
    return (planned.evalset.name, planned.case.id, planned.index)


class _Unwritten:
    """A log that keeps nothing: verdicts on labels become a calibration, not trials."""

    def append(self, trial: Trial) -> None:
        """Keep nothing."""

    def read(self) -> Iterator[Trial]:
        """Yield nothing."""
        return iter(())
