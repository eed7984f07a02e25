"""Reads the criteria of production: graders in the words of eval sets, and the built-in ones."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from evalgate.errors import ConfigurationError, Problem
from evalgate.grading.beside import Beside
from evalgate.grading.checks import CHECKS
from evalgate.grading.graders import GraderReader, WrittenGrader
from evalgate.model.document import Data, Document, Tree
from evalgate.model.evalset import GraderSpec
from evalgate.model.monitoring import ScoredBy
from evalgate.model.policy import JudgeSettings, Policy
from evalgate.model.ports import Parser
from evalgate.model.reading import Section
from evalgate.monitoring.scoring.built_in import RUBRICS, BuiltIn
from evalgate.monitoring.scoring.yardstick import (
    Yardstick,
    Yardsticks,
    is_of_degrees,
    judge_name,
)
from evalgate.prompts.library import read_prompts

FORM = "format"
"""The criterion that the checks of eval sets and the schemas of versions decide."""

UNTOLD = frozenset({"latency_ms", "cost_usd"})
"""Checks of what a sample does not tell; the call log does, and service levels are for that."""

_ENDINGS = (".yaml", ".yml")


def read_criteria(policy: Policy, tree: Tree, parser: Parser, *, judged_by: str = "") -> Yardsticks:
    """Return the policy's criteria of production, ready to be held against answers.

    Args:
        policy: its section `monitor.scoring`, its judge and its folders.
        tree: the files of the folders of prompts and eval sets.
        parser: reads them.
        judged_by: what the name of every judge begins with.

    Raises:
        ConfigurationError: with every criterion that is wrong, and every file that cannot be read.
    """
    problems: list[Problem] = []
    scored = policy.monitor.scoring.criteria
    common = [
        (_named(_yardstick(each, policy, Trees(tree, parser, problems)), judged_by), each.prompts)
        for each in scored
        if each.graders or each.name != FORM
    ]
    form = next((each for each in scored if each.name == FORM and not each.graders), None)
    of_prompts: dict[str, tuple[GraderSpec, ...]] = {}
    schemas: dict[tuple[str, str], Mapping[str, Data]] = {}
    if form is not None:
        of_prompts = _checks_of_sets(policy.paths.evalsets, Trees(tree, parser, problems))
        schemas = dict(_schemas(tree, policy.paths.prompts, parser))
    if problems:
        raise ConfigurationError(problems)
    return Yardsticks(
        common=common,
        form=None
        if form is None
        else (Yardstick(name=FORM, specs=(), is_of_form=True), form.prompts),
        of_prompts=of_prompts,
        schemas=schemas,
    )


class Trees:
    """The files that graders may name, and the list in which problems are noted."""

    def __init__(self, tree: Tree, parser: Parser, problems: list[Problem]) -> None:
        self.tree = tree
        self.parser = parser
        self.problems = problems

    def reader(self, evalset: str) -> GraderReader:
        """Return what reads graders; paths are seen from the folder of a file."""
        beside = Beside(evalset=evalset, tree=self.tree, parser=self.parser, problems=self.problems)
        return GraderReader(schemas=beside.schemas(), problems=self.problems, evalset=evalset)


def _yardstick(scored: ScoredBy, policy: Policy, trees: Trees) -> Yardstick:
    if not scored.graders:
        return _built_in(scored.name, RUBRICS[scored.name], policy.judge)
    place = ("monitor", "scoring", "criteria", scored.name)
    written: Data = {"graders": list(scored.graders)}
    document = Document(path=policy.path, data=_nested(place, written), lines={})
    section = Section(document, place, trees.problems)
    # Paths are seen from the eval sets' folder, as in the eval sets that say the same.
    read = trees.reader(f"{policy.paths.evalsets}/-.yaml").read(section)
    for grader in read:
        fault = _fault(grader)
        if fault is not None:
            section.note_at(grader.place, fault)
    specs = tuple(grader.spec for grader in read)
    if specs and not any(spec.weight for spec in specs):
        section.note("graders", "all of them have the weight 0, so that nothing is scored")
    return Yardstick(
        name=scored.name,
        specs=specs,
        judge=judge_name(specs, policy.judge, with_instructions=False),
        is_graded=is_of_degrees(specs),
    )


def _named(stick: Yardstick, by: str) -> Yardstick:
    return replace(stick, judge=f"{by}{stick.judge}") if stick.judge else stick


def _fault(grader: WrittenGrader) -> str | None:
    if grader.names:
        listed = ", ".join(f"`{name}`" for name in sorted(grader.names))
        return f"names {listed}, which a call of production has not: only cases have values"
    if grader.spec.kind in UNTOLD:
        return "a sample does not tell that: make it an objective under `monitor.objectives`"
    return None


def _built_in(name: str, built_in: BuiltIn, settings: JudgeSettings) -> Yardstick:
    section = Section(
        Document(path="", data={"graders": [{"rubric": built_in.rubric, "name": name}]}, lines={})
    )
    specs = tuple(grader.spec for grader in GraderReader(schemas={}, problems=[]).read(section))
    return Yardstick(
        name=name,
        specs=specs,
        judge=judge_name(specs, settings, with_instructions=built_in.with_instructions),
        is_graded=built_in.is_graded,
        with_instructions=built_in.with_instructions,
        of_whole_answers=built_in.of_whole_answers,
    )


def _checks_of_sets(folder: str, trees: Trees) -> dict[str, tuple[GraderSpec, ...]]:
    """Return by prompt the checks at the top of its eval sets that need nothing of a case."""
    found: dict[str, dict[str, GraderSpec]] = {}
    for path in sorted(trees.tree):
        if path.rpartition("/")[0] != folder or not path.endswith(_ENDINGS):
            continue
        document = trees.parser.read_yaml(path, trees.tree[path])
        if not isinstance(document.data, dict):
            continue
        section = Section(document, (), trees.problems)
        specs = list(_usable(trees.reader(path).read(section)))
        for prompt in section.texts("prompts"):
            own = found.setdefault(prompt, {})
            own.update({repr(spec): spec for spec in specs})
    return {prompt: tuple(specs.values()) for prompt, specs in found.items()}


def _usable(graders: Sequence[WrittenGrader]) -> Iterable[GraderSpec]:
    for grader in graders:
        if grader.spec.kind in CHECKS and _fault(grader) is None:
            yield grader.spec


def _schemas(
    tree: Tree, folder: str, parser: Parser
) -> Iterator[tuple[tuple[str, str], Mapping[str, Data]]]:
    for name, prompt in read_prompts(tree, folder, parser).items():
        for version in prompt.in_order():
            schema = prompt.read(version, parser).output_schema
            if schema is not None:
                yield (name, version), schema


def _nested(place: Sequence[str], inner: Data) -> Data:
    for key in reversed(place):
        inner = {key: inner}
    return inner
