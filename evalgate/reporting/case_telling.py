"""Tells one case: what it asks, what each arm answered, and how to have it once more."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from evalgate.grading.case_files import is_file
from evalgate.grading.messages import is_conversation
from evalgate.grading.transcript import transcript
from evalgate.model.document import Data
from evalgate.model.evalset import Case
from evalgate.model.verdict import RunVerdict
from evalgate.reporting.background import Background
from evalgate.reporting.gathering import TEXT_LIMIT, Gathering, text_limit
from evalgate.reporting.reproduction import reproduce_command
from evalgate.reporting.story import CaseOutcome, CaseStory, Outcome
from evalgate.reporting.visible import Excerpt, excerpt


@dataclass(frozen=True, slots=True)
class CaseTelling:
    """Everything that the cases of one candidate on one eval set are told from.

    `cases` are those at the head, by id.
    """

    run: RunVerdict
    gathering: Gathering
    cases: Mapping[str, Case]
    background: Background

    def story(self, result: CaseOutcome) -> CaseStory:
        """Return the story of a case."""
        case, gathering = self.cases.get(result.case), self.gathering
        limit = TEXT_LIMIT
        if result.outcome is Outcome.UNCHANGED:
            limit = text_limit(len(self.cases))
        given = case.vars if case else {}
        expected = case.expected if case else None
        return CaseStory(
            result=result,
            cluster=case.cluster if case else None,
            variables=tuple((name, _excerpt_of(value, limit)) for name, value in given.items()),
            expected=None if expected is None else _excerpt_of(expected, limit),
            arms=gathering.answers(result.case),
            trials=gathering.trials(result.case),
            source=self.background.source_of(case) if case else "",
            command=self._command(result.case) if case else "",
        )

    def _command(self, case: str) -> str:
        verdict = self.gathering.verdict
        return reproduce_command(
            self.run.base,
            self.run.head,
            case=case,
            policy=self.background.policy,
            prompt=verdict.name,
            evalset=verdict.evalset,
            simulated=self.run.simulated,
        )


def _excerpt_of(value: Data, limit: int) -> Excerpt:
    return excerpt(text_of(value), limit)


def text_of(value: Data) -> str:
    """Return a value of a case as people read it."""
    if is_conversation(value) or is_file(value) or isinstance(value, str):
        return transcript(value)
    return json.dumps(value, ensure_ascii=False, indent=2)
