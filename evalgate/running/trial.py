"""Runs one planned trial: asks for the answer, has it graded, and adds up what that took."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from evalgate.grading.answer import Answer
from evalgate.grading.trial import Judging, Outcome, grade_answer, outcome
from evalgate.model.calibration import AnchorCheck
from evalgate.model.chat import CallFailure, ChatRequest, Completion
from evalgate.model.evalset import Case
from evalgate.model.policy import JudgeSettings
from evalgate.model.ports import CodeGraders, Prices, Records
from evalgate.model.prompt import PromptVersion
from evalgate.model.trial import (
    CACHE,
    EVIDENCE,
    RECORD,
    Grade,
    Trial,
    TrialStatus,
)
from evalgate.running.account import Account, Calls, unanswered
from evalgate.running.conversation import converse
from evalgate.running.judging import JudgeTrials, known_trial
from evalgate.running.keys import answer_key, asked_key, grading_key
from evalgate.running.place import Places
from evalgate.running.plan import PlannedTrial

Render = Callable[[PromptVersion, Case], ChatRequest]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRunner:
    """Everything that a trial needs.

    `render` fills a version's templates with a case. `draw_boundary` gives 32 random lowercase hex
    digits, for the judge's fences. `route` serves the answers. `code` are the Python graders, if
    there are any, and `code_hash` that of their files. `records` are past trials of the base, and
    `evidence` those of earlier runs of the same question.
    """

    calls: Calls
    prices: Prices
    places: Places
    judge: JudgeSettings
    render: Render
    draw_boundary: Callable[[], str]
    route: str = ""
    code: CodeGraders | None = None
    code_hash: str = ""
    records: Records | None = None
    evidence: Records | None = None

    async def run(self, planned: PlannedTrial) -> Trial:
        """Return the trial, graded or not; a failure of the service is never raised."""
        if planned.check is not None:
            return await self._judge(planned, planned.check)
        request = self.request(planned)
        key = answer_key(request, origin=self.places.origin(self.route))
        started = planned.trial(
            TrialStatus.ERRORED,
            asked=asked_key(key, planned.case.tool_results),
            grading=self._grading(planned.case),
        )
        past = self.records.find(started.asked) if self.records else None
        if past is not None and past.grading == started.grading:
            return _again(past, started, reused=RECORD)
        earlier = self.evidence.find(started.asked) if self.evidence else None
        if earlier is not None and earlier.grading == started.grading:
            return _again(earlier, started, reused=EVIDENCE)
        account = Account(self.calls)
        answer = await self._answer(request, planned, past=past, account=account)
        if isinstance(answer, CallFailure):
            return _ended(started, unanswered(answer), account)
        grades = await self._grades(answer, planned, account)
        found = account.blame(outcome(grades, pass_at=planned.evalset.pass_at), grades)
        if found.status is TrialStatus.SKIPPED:
            return _ended(started, found, account)
        place = RECORD if past is not None and past.completion is not None else CACHE
        reused = place if account.reused else ""
        return _ended(started, found, account, grades=grades, completion=answer, reused=reused)

    def request(self, planned: PlannedTrial) -> ChatRequest:
        """Return the request that opens a trial."""
        rendered = self.render(planned.version, planned.case)
        return replace(rendered, trial=planned.key, sample=planned.sample, route=self.route)

    async def _judge(self, planned: PlannedTrial, check: AnchorCheck) -> Trial:
        known = known_trial(planned, check)
        if known is not None:
            return known
        judge = JudgeTrials(calls=self.calls, draw_boundary=self.draw_boundary)
        return (await judge.run(planned, check))[0]

    async def _answer(
        self, request: ChatRequest, planned: PlannedTrial, *, past: Trial | None, account: Account
    ) -> Completion | CallFailure:
        if past is not None and past.completion is not None:
            return past.completion
        return await converse(account.send, request, results=planned.case.tool_results)

    async def _grades(
        self, answer: Completion, planned: PlannedTrial, account: Account
    ) -> tuple[Grade, ...]:
        cost = self.prices.cost_usd(answer.model, answer.usage)
        factor = self.places.price_factor(self.route)
        return await grade_answer(
            planned.case,
            Answer(completion=answer, cost_usd=None if cost is None else cost * factor),
            trial=planned.key,
            judging=Judging(
                judge=account.send,
                settings=self.judge,
                draw_boundary=self.draw_boundary,
                code=self.code,
            ),
        )

    def _grading(self, case: Case) -> str:
        origin = self.places.origin(self.judge.route)
        return grading_key(case, judge=self.judge, origin=origin, code=self.code_hash)


def _again(past: Trial, planned: Trial, *, reused: str) -> Trial:
    """Return a past trial as this run's."""
    return replace(
        planned,
        status=past.status,
        passed=past.passed,
        score=past.score,
        grades=past.grades,
        completion=past.completion,
        reused=reused,
    )


def _ended(  # noqa: PLR0913 - everything that a trial ends with
    started: Trial,
    outcome: Outcome,
    account: Account,
    *,
    grades: tuple[Grade, ...] = (),
    completion: Completion | None = None,
    reused: str = "",
) -> Trial:
    return replace(
        started,
        grades=grades,
        completion=completion,
        reused=reused,
        status=outcome.status,
        passed=outcome.passed,
        score=outcome.score,
        error=outcome.error,
        cost_usd=account.cost_usd,
        judge_cost_usd=account.judge_cost_usd,
        booked_usd=account.booked_usd,
        calls=account.calls,
    )
