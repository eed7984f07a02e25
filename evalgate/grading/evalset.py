"""Reads an eval set: its cases and the graders that apply to them, or all that is wrong with it."""

from collections.abc import Iterator, Mapping

from evalgate.errors import Problem
from evalgate.grading.cases import read_cases
from evalgate.grading.graders import GraderReader, schema_path
from evalgate.model.document import Data, Document
from evalgate.model.evalset import EvalSet
from evalgate.model.reading import Section

SCHEMA = "evalset/1"
MOST_TRIALS = 100

_KEYS = ("schema", "prompts", "trials", "pass_at", "graders", "cases")


def read_evalset(document: Document, *, name: str, schemas: Mapping[str, Document]) -> EvalSet:
    """Return the eval set that a document holds.

    Args:
        document: the parsed file.
        name: the set's name, which is the file's without its ending.
        schemas: the files named by `schema_paths(document)`, as far as they exist.

    Raises:
        ConfigurationError: with every problem of the file.
    """
    problems: list[Problem] = []
    root = Section(document, (), problems)
    if not isinstance(document.data, dict):
        root.finish()
    root.allow(*_KEYS)
    if root.text("schema", SCHEMA) != SCHEMA:
        root.note("schema", f"expected {SCHEMA}, the only format that this version reads")
    trials = root.integer("trials", 0, least=1, most=MOST_TRIALS)
    pass_at = root.number("pass_at", 1.0, least=0, most=1)
    reader = GraderReader(schemas=schemas, problems=problems)
    evalset = EvalSet(
        name=name,
        path=document.path,
        prompts=_prompts(root),
        cases=read_cases(root, reader, pass_at=pass_at),
        trials=trials or None,
        pass_at=pass_at,
    )
    problems.sort(key=lambda problem: problem.line or 0)
    root.finish()
    return evalset


def schema_paths(document: Document) -> tuple[str, ...]:
    """Return the paths, from the repository's root, of the schema files that an eval set names."""
    data = document.data if isinstance(document.data, dict) else {}
    cases = data.get("cases")
    holders = [data, *(cases if isinstance(cases, list) else [])]
    names = {name for holder in holders for name in _schema_names(holder)}
    return tuple(sorted(schema_path(document.path, name) for name in names))


def _schema_names(holder: Data) -> Iterator[str]:
    graders = holder.get("graders") if isinstance(holder, dict) else None
    for grader in graders if isinstance(graders, list) else []:
        inner = grader.get("not", grader) if isinstance(grader, dict) else None
        name = inner.get("json_schema") if isinstance(inner, dict) else None
        if isinstance(name, str):
            yield name


def _prompts(root: Section) -> tuple[str, ...]:
    prompts = root.texts("prompts")
    if root.data.get("prompts") is None:
        root.note(None, "the key `prompts` is missing: the names of the prompts that it tests")
    elif root.data["prompts"] in ([], "") or not all(prompt.strip() for prompt in prompts):
        root.note("prompts", "expected the name of at least one prompt")
    if len(set(prompts)) < len(prompts):
        root.note("prompts", "a prompt is named twice")
    return prompts
