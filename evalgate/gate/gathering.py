"""Gathers what a gate decides on from three trees: base, fork point and head.

Policy, live pointers and baselines come from the tip of the base; prompts and cases under test
from the head; the fork point only tells what the change did.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from evalgate.errors import ConfigurationError, Problem
from evalgate.gate.policy import read_policy
from evalgate.grading.evalset import read_evalset, schema_paths
from evalgate.model.document import Document, Tree
from evalgate.model.evalset import EvalSet
from evalgate.model.policy import Policy
from evalgate.model.ports import Parser, Repository
from evalgate.prompts.changes import Prompts
from evalgate.prompts.library import LIVE, read_prompts
from evalgate.prompts.version import is_version

POLICY_PATH = ".github/evalgate.yml"
WORK_TREE = "the work tree"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: does the head do worse than the base? A head of None is the work tree."""

    base: str
    head: str | None
    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Everything that the repository says about a question.

    `bootstrap` is true when the base has no policy yet. `changed` are the changed paths that the
    policy watches; when there are none, nothing else has been read.
    """

    question: Question
    base: str
    head: str
    policy: Policy
    bootstrap: bool
    changed: frozenset[str]
    prompts: Prompts
    base_sets: Mapping[str, EvalSet]
    fork_sets: Mapping[str, EvalSet]
    head_sets: Mapping[str, EvalSet]
    notes: tuple[str, ...]


def gather(question: Question, repository: Repository, parser: Parser) -> Sources:
    """Read what a question needs, and no more when nothing that matters has changed.

    Raises:
        RepositoryError: when git cannot answer.
        ConfigurationError: when a file that the verdict depends on is wrong.
    """
    base = repository.resolve(question.base)
    head = None if question.head is None else repository.resolve(question.head)
    fork = repository.merge_base(base, head)
    policy, bootstrap = _policy(repository, parser, base=base, head=head)
    folders = (policy.paths.prompts, policy.paths.evalsets)
    changed = repository.changed(fork, head, (*folders, POLICY_PATH))
    watched = folders if changed - {POLICY_PATH} else ()
    trees = {commit: _files(repository, commit, watched) for commit in {base, fork, head}}
    notes = (*_policy_notes(changed, bootstrap=bootstrap), *_strays(changed, policy))
    prompts = Prompts(
        base=read_prompts(trees[base], folders[0], parser),
        fork=read_prompts(trees[fork], folders[0], parser),
        head=read_prompts(trees[head], folders[0], parser),
    )
    return Sources(
        question=question,
        base=base,
        head=head or WORK_TREE,
        policy=policy,
        bootstrap=bootstrap,
        changed=changed,
        prompts=prompts,
        base_sets=_past_sets(trees[base], folders[1], parser),
        fork_sets=_past_sets(trees[fork], folders[1], parser),
        head_sets=read_sets(trees[head], folders[1], parser),
        notes=notes,
    )


def _files(repository: Repository, commit: str | None, folders: tuple[str, ...]) -> Tree:
    return repository.files(commit, folders) if folders else {}


def read_sets(tree: Tree, folder: str, parser: Parser) -> dict[str, EvalSet]:
    """Return the eval sets directly under a folder by name, or raise ConfigurationError."""
    sets: dict[str, EvalSet] = {}
    problems: list[Problem] = []
    for path in _set_paths(tree, folder):
        try:
            evalset = _read_set(tree, path, parser)
            sets[evalset.name] = evalset
        except ConfigurationError as error:
            problems += error.problems
    if problems:
        raise ConfigurationError(problems)
    return sets


def _past_sets(tree: Tree, folder: str, parser: Parser) -> dict[str, EvalSet]:
    """Return the sets of a tree that is history: one that cannot be read has no cases to match."""
    sets: dict[str, EvalSet] = {}
    for path in _set_paths(tree, folder):
        try:
            evalset = _read_set(tree, path, parser)
        except ConfigurationError:
            continue
        sets[evalset.name] = evalset
    return sets


def _read_set(tree: Tree, path: str, parser: Parser) -> EvalSet:
    document = parser.read_yaml(path, tree[path])
    schemas = {
        schema: parser.read_json(schema, tree[schema])
        for schema in schema_paths(document)
        if schema in tree
    }
    name = path.rpartition("/")[2].rpartition(".")[0]
    return read_evalset(document, name=name, schemas=schemas)


def _set_paths(tree: Tree, folder: str) -> list[str]:
    return sorted(
        path
        for path in tree
        if path.rpartition("/")[0] == folder and path.endswith((".yaml", ".yml"))
    )


def _policy(
    repository: Repository, parser: Parser, *, base: str, head: str | None
) -> tuple[Policy, bool]:
    """Return the policy that rules, and whether the base had none; check the head's own too."""
    at_head = repository.files(head, [POLICY_PATH]).get(POLICY_PATH)
    at_base = repository.files(base, [POLICY_PATH]).get(POLICY_PATH)
    proposed = Policy() if at_head is None else _read_policy(parser, at_head)
    if at_base is None:
        return proposed, True
    return (proposed if at_base == at_head else _read_policy(parser, at_base)), False


def _read_policy(parser: Parser, content: bytes) -> Policy:
    document: Document = parser.read_yaml(POLICY_PATH, content)
    return read_policy(document, content)


def _policy_notes(changed: frozenset[str], *, bootstrap: bool) -> list[str]:
    if POLICY_PATH not in changed or bootstrap:
        return []
    return [f"{POLICY_PATH} changed: the new policy takes effect after the merge."]


def _strays(changed: frozenset[str], policy: Policy) -> list[str]:
    folder = policy.paths.prompts
    return [
        f"{path} changed, but is neither a version (`v<N>.md`) nor `{LIVE}`: it was not tested."
        for path in sorted(changed)
        if path.startswith(f"{folder}/") and not _is_known(path.removeprefix(f"{folder}/"))
    ]


def _is_known(path: str) -> bool:
    prompt, _, file = path.partition("/")
    is_version_file = file.endswith(".md") and is_version(file.removesuffix(".md"))
    return not prompt.startswith("_") and (file == LIVE or is_version_file)
