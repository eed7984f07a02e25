"""What an answer of production is held to by one criterion, and under which name of a judge."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evalgate.grading.graders import RUBRIC
from evalgate.grading.rubric import FILES, REFERENCES, RESULTS, SYSTEM, TEXTS
from evalgate.model.document import Data
from evalgate.model.evalset import GraderSpec
from evalgate.model.policy import JudgeSettings

_INSTRUCTIONS = "\0".join((SYSTEM, REFERENCES, TEXTS, FILES, RESULTS))
_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """The graders of one criterion.

    `judge` names the model and a hash of all that it is asked; it is empty where checks alone
    decide, which cost nothing. `is_graded` takes the score of the graders for the outcome, in place
    of pass or fail. `with_instructions` shows the judge what the assistant was told.
    `of_whole_answers` leaves refused and cut answers without a score, in place of a score of 0.
    `is_of_form` is for what an answer that goes on with a tool is not held to.
    """

    name: str
    specs: tuple[GraderSpec, ...]
    judge: str = ""
    is_graded: bool = False
    with_instructions: bool = False
    of_whole_answers: bool = False
    is_of_form: bool = False

    @property
    def rubrics(self) -> int:
        """How many rubrics the judge is asked about."""
        return sum(spec.kind == RUBRIC for spec in self.specs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardsticks:
    """The criteria of all prompts.

    `common` has them with the prompts that each is for; none stands for all. `form` holds, where
    there is a criterion of the form, its yardstick without graders; `of_prompts` the checks of each
    prompt's eval sets, and `schemas` the schemas of the versions that have one.
    """

    common: Sequence[tuple[Yardstick, Sequence[str]]]
    form: tuple[Yardstick, Sequence[str]] | None = None
    of_prompts: Mapping[str, tuple[GraderSpec, ...]] = field(default_factory=dict)
    schemas: Mapping[tuple[str, str], Mapping[str, Data]] = field(default_factory=dict)

    def of(self, prompt: str, version: str) -> list[Yardstick]:
        """Return what the answers of a version are held to; checks first, which cost nothing."""
        found = [each for each, prompts in self.common if not prompts or prompt in prompts]
        if self.form is not None:
            form, prompts = self.form
            specs = self._form(prompt, version)
            if specs and (not prompts or prompt in prompts):
                found.append(replace(form, specs=specs))
        return sorted(found, key=lambda each: bool(each.judge))

    def named(self, name: str) -> Yardstick | None:
        """Return the judged criterion of a name."""
        return next((each for each, _ in self.common if each.name == name and each.judge), None)

    def rubrics_of(self, prompt: str, version: str) -> int:
        """Return how many rubrics the judge is asked about an answer of a version."""
        return sum(each.rubrics for each in self.of(prompt, version))

    def _form(self, prompt: str, version: str) -> tuple[GraderSpec, ...]:
        schema = self.schemas.get((prompt, version))
        own = () if schema is None else (_schema_spec(schema),)
        return (*self.of_prompts.get(prompt, ()), *own)


def judge_name(
    specs: Iterable[GraderSpec], settings: JudgeSettings, *, with_instructions: bool
) -> str:
    """Return the name of a judge with a rubric: another one means that scores do not compare.

    The hash covers what shapes a verdict, as in the gate: rubrics, settings and instructions.
    """
    rubrics = [
        [spec.required, spec.weight, spec.negated]
        + [[each.text, each.required, each.weight] for each in spec.criteria]
        for spec in specs
        if spec.kind == RUBRIC
    ]
    if not rubrics:
        return ""
    asked = [
        [settings.effort, settings.max_tokens, settings.votes, settings.route],
        [with_instructions, _INSTRUCTIONS],
        rubrics,
    ]
    digest = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
    return f"{settings.model} {digest[:_DIGITS]}"


def is_of_degrees(specs: Iterable[GraderSpec]) -> bool:
    """Return whether graders tell degrees: a rubric of several criteria, or a function."""
    return any(len(spec.criteria) > 1 or spec.kind == "python" for spec in specs)


def _schema_spec(schema: Mapping[str, Data]) -> GraderSpec:
    return GraderSpec(kind="json_schema", name="output_schema", argument=dict(schema))
