"""Which calls planned trials will make, and how large: answers, rounds with tools, and judging.

Where nothing is recorded, an answer is expected to take a quarter of its `max_tokens`, and at most
400 tokens of output. A case with canned tool results is expected to take one round more than there
are results. Retries are not foreseen.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

from evalgate.grading.calibration import required_rubrics, written
from evalgate.grading.exchange import exchange_of
from evalgate.grading.graders import RUBRIC
from evalgate.grading.rubric import rubric_request
from evalgate.model.calibration import AnchorCheck
from evalgate.model.chat import ChatRequest, Purpose
from evalgate.model.evalset import Case
from evalgate.model.policy import JudgeSettings
from evalgate.model.prompt import PromptVersion
from evalgate.running.conversation import MOST_ROUNDS
from evalgate.running.plan import PlannedTrial
from evalgate.running.size import (
    TURN_TOKENS,
    Forecast,
    byte_length,
    input_tokens,
    text_tokens,
)

USUAL_SHARE, USUAL_OUTPUT = 4, 400
"""Without a record, an answer takes one of so many parts of its limit, and no more than that."""

TOKENIZER_SPREAD = 1.5
"""How many tokens of the judge's an answer's token may be; today's tokenizers differ by 1.3."""

_FENCE = "0" * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What earlier runs say: the mean tokens of output of one call, per prompt and for the judge.

    What is not known is guessed.
    """

    answers: Mapping[str, float] = field(default_factory=dict)
    judge: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeseenCall:
    """One call of a trial; `repeats` says how often a trial makes it, with the same size."""

    purpose: Purpose
    model: str
    route: str
    input: Forecast
    output: Forecast
    repeats: Forecast


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeseenTrials:
    """So many trials of one version on one case, all with the same calls."""

    prompt: str
    number: int
    calls: tuple[ForeseenCall, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """What it takes to foresee calls: how requests are made, who judges, and what is recorded.

    `route` names the route of the answers' calls.
    """

    render: Callable[[PromptVersion, Case], ChatRequest]
    judge: JudgeSettings
    route: str = ""
    past: Past = field(default_factory=Past)

    def trials(self, planned: Iterable[PlannedTrial]) -> Iterator[ForeseenTrials]:
        """Yield what is foreseen of trials; those of one case that follow each other are one.

        The trials are pulled and not held.
        """
        for _, together in groupby(planned, key=lambda trial: (trial.evalset.name, trial.case.id)):
            group = list(together)
            yield from (self._check(trial, trial.check) for trial in group if trial.check)
            group = [trial for trial in group if trial.check is None]
            if not group:
                continue
            counted = _counted(group)
            judging = tuple(self._judging(counted[0][0].case, self.judge))
            for trial, number in counted:
                yield ForeseenTrials(
                    prompt=trial.version.prompt,
                    number=number,
                    calls=self._calls(trial.version, trial.case, judging),
                )

    def _check(self, trial: PlannedTrial, check: AnchorCheck) -> ForeseenTrials:
        """Return what is foreseen of a trial of the judge: it reads an answer that is there."""
        calls: tuple[ForeseenCall, ...] = ()
        if check.known is None:
            case = replace(trial.case, graders=required_rubrics(trial.case))
            calls = tuple(self._judging(case, check.settings, answer=check.answer))
        return ForeseenTrials(prompt=trial.version.prompt, number=1, calls=calls)

    def _calls(
        self, version: PromptVersion, case: Case, judging: Iterable[ForeseenCall]
    ) -> tuple[ForeseenCall, ...]:
        """Return the calls of a trial; `judging` are those of the judge to an empty answer."""
        request = self.render(version, case)
        output = _output(request, self.past.answers.get(version.prompt))
        asked = tuple(self._answer(request, case, output))
        said = sum(call.repeats.expected for call in asked)
        answer = Forecast(
            expected=output.expected * said,
            most=math.ceil(output.most * TOKENIZER_SPREAD) * len(asked),
        )
        read = (replace(call, input=call.input.plus(answer)) for call in judging)
        return (*asked, *read)

    def _answer(self, request: ChatRequest, case: Case, output: Forecast) -> Iterator[ForeseenCall]:
        """Yield the rounds of a conversation: each sends all that was said and given before."""
        first = input_tokens(request)
        results = case.tool_results if request.tools else ()
        expected = min(1 + len(results), MOST_ROUNDS)
        usual = text_tokens(sum(len(each.content) for each in results)) // max(1, len(results))
        longest = max((byte_length(each.content) for each in results), default=0)
        for number in range(MOST_ROUNDS if results else 1):
            # A round may call as many tools as its answer has room for; one call is the usual.
            grown = number * (output.expected + usual)
            most_grown = number * (output.most + longest + 4 * TURN_TOKENS)
            yield ForeseenCall(
                purpose=Purpose.ANSWER,
                model=request.model,
                route=self.route,
                input=Forecast(expected=first.expected + grown, most=first.most + most_grown),
                output=output,
                repeats=Forecast(expected=int(number < expected), most=1),
            )

    def _judging(
        self, case: Case, settings: JudgeSettings, *, answer: str = ""
    ) -> Iterator[ForeseenCall]:
        """Yield a call for each rubric; further votes are possible, not expected."""
        rubrics = [spec for spec in case.graders if spec.kind == RUBRIC]
        if not rubrics:
            return
        exchange = exchange_of(case, written(answer))
        for spec in rubrics:
            request = rubric_request(spec, exchange, boundary=_FENCE, judge=settings)
            yield ForeseenCall(
                purpose=Purpose.JUDGE,
                model=request.model,
                route=settings.route,
                input=input_tokens(request),
                output=_output(request, self.past.judge),
                repeats=Forecast(expected=1, most=settings.votes),
            )


def _counted(trials: Iterable[PlannedTrial]) -> list[tuple[PlannedTrial, int]]:
    """Return the first trial of each version, and how many the version has."""
    firsts: dict[tuple[str, str], PlannedTrial] = {}
    numbers: Counter[tuple[str, str]] = Counter()
    for trial in trials:
        key = (trial.version.prompt, trial.version.hash)
        firsts.setdefault(key, trial)
        numbers[key] += 1
    return [(trial, numbers[key]) for key, trial in firsts.items()]


def _output(request: ChatRequest, recorded: float | None) -> Forecast:
    """Return the tokens of the answer to a request."""
    guess = min(math.ceil(request.max_tokens / USUAL_SHARE), USUAL_OUTPUT)
    expected = guess if recorded is None else math.ceil(recorded)
    return Forecast(expected=min(expected, request.max_tokens), most=request.max_tokens)
