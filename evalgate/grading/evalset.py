"""Reads an eval set: its cases and the graders that apply to them, or all that is wrong with it."""

from evalgate.grading.beside import Beside
from evalgate.grading.cases import MOST_PROBLEMS, read_cases
from evalgate.grading.graders import GraderReader
from evalgate.model.document import Document, Tree
from evalgate.model.evalset import EvalSet
from evalgate.model.ports import Parser
from evalgate.model.reading import Section

SCHEMA = "evalset/1"
MOST_TRIALS = 100

KEYS = ("schema", "prompts", "trials", "pass_at", "defaults", "graders", "cases")


def read_evalset(document: Document, *, name: str, tree: Tree, parser: Parser) -> EvalSet:
    """Return the eval set that a document holds.

    Args:
        document: the parsed file.
        name: the set's name, which is the file's without its ending.
        tree: the files that the set may name: schemas, cases in lines, attachments.
        parser: reads them.

    Raises:
        ConfigurationError: with every problem of the file.
    """
    return _read(
        document, name, Beside(evalset=document.path, tree=tree, parser=parser, problems=[])
    )


def read_with_uses(
    document: Document, *, name: str, tree: Tree, parser: Parser
) -> tuple[EvalSet, frozenset[str]]:
    """Return an eval set, and the paths of the files that it was read from besides its own.

    Raises:
        ConfigurationError: with every problem of the file.
    """
    beside = Beside(evalset=document.path, tree=tree, parser=parser, problems=[])
    evalset = _read(document, name, beside)
    return evalset, frozenset(beside.used)


def _read(document: Document, name: str, beside: Beside) -> EvalSet:
    problems = beside.problems
    root = Section(document, (), problems)
    if not isinstance(document.data, dict):
        root.finish()
    root.allow(*KEYS)
    if root.text("schema", SCHEMA) != SCHEMA:
        root.note("schema", f"expected {SCHEMA}, the only format that this version reads")
    trials = root.integer("trials", 0, least=1, most=MOST_TRIALS)
    pass_at = root.number("pass_at", 1.0, least=0, most=1)
    reader = GraderReader(schemas=beside.schemas(), problems=problems, evalset=document.path)
    evalset = EvalSet(
        name=name,
        path=document.path,
        prompts=_prompts(root),
        cases=read_cases(root, reader, pass_at=pass_at, beside=beside),
        trials=trials or None,
        pass_at=pass_at,
    )
    if len(problems) > MOST_PROBLEMS + 1:
        del problems[MOST_PROBLEMS:]
        root.note(None, f"more than {MOST_PROBLEMS:,} problems: the others are not told")
    problems.sort(key=lambda problem: (problem.path, problem.line or 0))
    root.finish()
    return evalset


def _prompts(root: Section) -> tuple[str, ...]:
    prompts = root.texts("prompts")
    if root.data.get("prompts") is None:
        root.note(None, "the key `prompts` is missing: the names of the prompts that it tests")
    elif root.data["prompts"] in ([], "") or not all(prompt.strip() for prompt in prompts):
        root.note("prompts", "expected the name of at least one prompt")
    if len(set(prompts)) < len(prompts):
        root.note("prompts", "a prompt is named twice")
    return prompts
