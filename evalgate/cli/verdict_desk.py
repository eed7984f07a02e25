"""Joins what delivery engines ask to what is read of rollouts, and says when a verdict changes."""

import time
from collections.abc import Callable

from evalgate.adapters.readings import Readings
from evalgate.cli.complaint import notify
from evalgate.errors import EvalgateError
from evalgate.model.rollout import RolloutReport
from evalgate.model.served_verdict import ServedAnswer
from evalgate.rollout.verdict_answer import answer, no_such_prompt, unreadable, word
from evalgate.rollout.verdict_question import read_question

ReportOf = Callable[[str, float], RolloutReport | None]
"""Assesses the latest rollout of a prompt at an instant; None when there was none."""


class VerdictDesk:
    """Answers requests from assessments that are kept for a while."""

    def __init__(
        self, report_of: ReportOf, *, is_prompt: Callable[[str], bool], every: float
    ) -> None:
        """Assess nothing yet.

        Args:
            report_of: raises EvalgateError when the evidence cannot be read.
            is_prompt: whether there is a prompt of a name; asked often.
            every: seconds for which an assessment is kept.
        """
        self._report_of, self._is_prompt = report_of, is_prompt
        self._readings = Readings(self._read, every=every)
        self._told: dict[str, str] = {}

    def open(self) -> None:
        """Begin to assess anew what is asked for."""
        self._readings.keep_fresh()

    def close(self) -> None:
        """Assess nothing by itself any more."""
        self._readings.end()

    def answer(self, method: str, target: str) -> ServedAnswer:
        """Return what is answered to a request; many threads may ask at once."""
        question = read_question(method, target)
        if isinstance(question, ServedAnswer):
            return question
        try:
            if not self._is_prompt(question.prompt):
                return no_such_prompt()
            report = self._readings.of(question.prompt)
        except EvalgateError as error:
            return unreadable(str(error))
        return answer(question, report)

    def _read(self, prompt: str) -> RolloutReport | None:
        try:
            report = self._report_of(prompt, time.time())
        except EvalgateError as error:
            self._tell(prompt, f"no verdict: {error}")
            raise
        version = f" of {report.rollout.version}" if report else ""
        self._tell(prompt, f"the verdict{version} is {word(report, prompt).value}")
        return report

    def _tell(self, prompt: str, said: str) -> None:
        """Say what is new; a log of every poll would say nothing."""
        if self._told.get(prompt) != said:
            self._told[prompt] = said
            notify(f"{prompt}: {said}")
