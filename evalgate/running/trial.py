"""Runs one planned trial: asks for the answer, has it graded, and adds up what that took."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from evalgate.grading.answer import Answer
from evalgate.grading.judgement import Cause
from evalgate.grading.trial import Judging, Outcome, grade_answer, outcome
from evalgate.model.chat import CallFailure, ChatRequest, Completion
from evalgate.model.evalset import Case
from evalgate.model.policy import JudgeSettings, RunSettings
from evalgate.model.ports import ChatModel, Clock, CodeGraders, Prices
from evalgate.model.prompt import PromptVersion
from evalgate.model.trial import Grade, Trial, TrialError, TrialStatus
from evalgate.running.calls import send_with_retry
from evalgate.running.conversation import converse
from evalgate.running.plan import PlannedTrial

Render = Callable[[PromptVersion, Case], ChatRequest]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRunner:
    """Everything that a trial needs from the outside.

    `render` fills a version's templates with a case. `random` draws from 0 up to 1, for pauses, and
    `draw_boundary` gives 32 random lowercase hex digits, for the judge's fences. `code`
    are the Python graders, if there are any.
    """

    model: ChatModel
    prices: Prices
    clock: Clock
    settings: RunSettings
    judge: JudgeSettings
    render: Render
    random: Callable[[], float]
    draw_boundary: Callable[[], str]
    code: CodeGraders | None = None

    async def run(self, planned: PlannedTrial) -> Trial:
        """Return the trial, graded or errored; a failure of the service is never raised."""
        request = replace(self.render(planned.version, planned.case), trial=planned.key)
        account = _Account(self)
        answer = await converse(account.send, request, results=planned.case.tool_results)
        if isinstance(answer, CallFailure):
            error = TrialError(kind=answer.kind.value, message=answer.message)
            failed = Outcome(status=TrialStatus.ERRORED, error=error)
            return account.trial(planned, outcome=failed)
        grades = await grade_answer(
            planned.case,
            Answer(completion=answer, cost_usd=account.cost_usd),
            trial=planned.key,
            judging=Judging(
                judge=account.send,
                settings=self.judge,
                draw_boundary=self.draw_boundary,
                code=self.code,
            ),
        )
        found = account.blame(outcome(grades, pass_at=planned.evalset.pass_at), grades)
        return account.trial(planned, outcome=found, grades=grades, completion=answer)


class _Account:
    """The calls of one trial, the answer's and the judge's: how many, at what cost, how failed."""

    def __init__(self, runner: TrialRunner) -> None:
        self._runner = runner
        self._calls = 0
        self._cost_usd: float | None = 0.0
        self._failure: CallFailure | None = None

    @property
    def cost_usd(self) -> float | None:
        """What the calls so far cost in US dollars; None when that is not known."""
        return self._cost_usd

    async def send(self, request: ChatRequest) -> Completion | CallFailure:
        """Send with retries and book the call; what a failed one may have cost is not known."""
        runner = self._runner
        called = await send_with_retry(
            runner.model,
            request,
            settings=runner.settings,
            clock=runner.clock,
            random=runner.random,
        )
        self._calls += called.calls
        self._book(None if called.may_be_billed else 0.0)
        if isinstance(called.result, CallFailure):
            self._failure = called.result
        else:
            self._book(runner.prices.cost_usd(called.result.model, called.result.usage))
        return called.result

    def _book(self, cost_usd: float | None) -> None:
        known = cost_usd is not None and self._cost_usd is not None
        self._cost_usd = (self._cost_usd or 0.0) + (cost_usd or 0.0) if known else None

    def blame(self, found: Outcome, grades: tuple[Grade, ...]) -> Outcome:
        """Name the judge's failed call as the error of a trial that it left ungraded."""
        missing = next((grade for grade in grades if grade.required and grade.passed is None), None)
        if self._failure is None or missing is None or missing.cause != Cause.CALL_FAILED:
            return found
        message = f"the judge's call failed: {self._failure.message}"
        return replace(found, error=TrialError(kind=self._failure.kind.value, message=message))

    def trial(
        self,
        planned: PlannedTrial,
        *,
        outcome: Outcome,
        grades: tuple[Grade, ...] = (),
        completion: Completion | None = None,
    ) -> Trial:
        """Return the finished trial."""
        return replace(
            planned.trial(outcome.status),
            passed=outcome.passed,
            score=outcome.score,
            grades=grades,
            completion=completion,
            error=outcome.error,
            cost_usd=self._cost_usd,
            calls=self._calls,
        )
