"""Gathers what a gate decides on from three trees: base, fork point and head.

Policy, live pointers and baselines come from the tip of the base; prompts and cases under test
from the head; the fork point only tells what the change did.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from evalgate.errors import ConfigurationError, Problem
from evalgate.gate.policy import read_policy
from evalgate.model.document import Tree
from evalgate.model.policy import Policy
from evalgate.model.ports import Parser, Repository
from evalgate.prompts.library import LIVE, read_prompts
from evalgate.prompts.version import is_version
from evalgate.prompts.view import Prompts

POLICY_PATH = ".github/evalgate.yml"
MISNAMED_POLICY = ".github/evalgate.yaml"
WORK_TREE = "the work tree"

_LOOKS_LIKE_A_VERSION = re.compile(r"v0*([1-9][0-9]*)\.(md|markdown|mdx|txt)", re.IGNORECASE)
_LOOKS_LIKE_A_POINTER = re.compile(r"live\.ya?ml", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: does the head do worse than the base? A head of None is the work tree."""

    base: str
    head: str | None
    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """The watched files at the three points of a change."""

    base: Tree
    fork: Tree
    head: Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Everything that the repository says about a question.

    `bootstrap` is true when the base has no policy yet, `policy_deleted` when only the base has
    one. `changed` are the changed paths that the
    policy watches; when there are none, the trees are empty: nothing else has been read.
    """

    question: Question
    base: str
    head: str
    policy: Policy
    bootstrap: bool
    policy_deleted: bool
    changed: frozenset[str]
    trees: Trees
    prompts: Prompts
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
    policy, trusted, proposed = _policy(repository, parser, base=base, head=head)
    folders = (policy.paths.prompts, policy.paths.evalsets)
    changed = repository.changed(fork, head, (*folders, POLICY_PATH))
    _check_files(repository, policy, base=base, head=head)
    watched = folders if changed - {POLICY_PATH} else ()
    files = {commit: _files(repository, commit, watched) for commit in {base, fork, head}}
    with _at_the_base():
        at_base = read_prompts(files[base], folders[0], parser)
    return Sources(
        question=question,
        base=base,
        head=head or WORK_TREE,
        policy=policy,
        bootstrap=not trusted,
        policy_deleted=trusted and not proposed,
        changed=changed,
        trees=Trees(base=files[base], fork=files[fork], head=files[head]),
        prompts=Prompts(
            base=at_base,
            fork=at_base if fork == base else read_prompts(files[fork], folders[0], parser),
            head=read_prompts(files[head], folders[0], parser),
        ),
        notes=(
            *_policy_notes(changed, takes_effect=trusted and proposed),
            *_strays(changed, policy),
        ),
    )


def _files(repository: Repository, commit: str | None, folders: tuple[str, ...]) -> Tree:
    return repository.files(commit, folders) if folders else {}


def _policy(
    repository: Repository, parser: Parser, *, base: str, head: str | None
) -> tuple[Policy, bool, bool]:
    """Return the policy that rules, and whether base and head have one; check the head's too."""
    with _at_the_base():
        at_base = _policy_bytes(repository, base)
        trusted = None if at_base is None else _read_policy(parser, at_base)
    at_head = _policy_bytes(repository, head)
    proposed = trusted if at_head == at_base else None
    if at_head is not None and proposed is None:
        proposed = _read_policy(parser, at_head)
    return trusted or proposed or Policy(), at_base is not None, at_head is not None


def _policy_bytes(repository: Repository, commit: str | None) -> bytes | None:
    listing = repository.listing(commit, [POLICY_PATH, MISNAMED_POLICY])
    if MISNAMED_POLICY in listing and POLICY_PATH not in listing:
        message = f"the policy has another name: rename this file to {POLICY_PATH}"
        raise ConfigurationError([Problem(path=MISNAMED_POLICY, message=message)])
    if not listing.get(POLICY_PATH, True):
        raise ConfigurationError([_irregular(POLICY_PATH)])
    return repository.files(commit, [POLICY_PATH]).get(POLICY_PATH)


def _read_policy(parser: Parser, content: bytes) -> Policy:
    return read_policy(parser.read_yaml(POLICY_PATH, content), content)


@contextmanager
def _at_the_base() -> Iterator[None]:
    """Say of wrong files that they are the base's, which this change cannot be blamed for."""
    try:
        yield
    except ConfigurationError as error:
        raise ConfigurationError(
            replace(problem, message=f"{problem.message}, in the file of the base")
            for problem in error.problems
        ) from None


def _check_files(repository: Repository, policy: Policy, *, base: str, head: str | None) -> None:
    """Refuse what would be passed over in silence: links, look-alikes, a folder that is not there.

    Raises:
        ConfigurationError: names each such path.
    """
    folder = policy.paths.prompts
    listing = repository.listing(head, (folder, policy.paths.evalsets))
    problems = [_irregular(path) for path, regular in sorted(listing.items()) if not regular]
    problems += _look_alikes(list(listing), folder)
    here = any(path.startswith(f"{folder}/") for path in listing)
    if not here and not problems and not repository.listing(base, [folder]):
        message = f"there is no file in the folder `{folder}`, neither at the base nor at the head"
        problems.append(Problem(path=policy.path, key="paths.prompts", message=message))
    if problems:
        raise ConfigurationError(problems)


def _irregular(path: str) -> Problem:
    message = "is a link or a submodule; only regular files are read: replace it by its content"
    return Problem(path=path, message=message)


def _look_alikes(paths: list[str], folder: str) -> Iterator[Problem]:
    for path in sorted(paths):
        inside = path.removeprefix(f"{folder}/")
        name = path.rpartition("/")[2]
        if not path.startswith(f"{folder}/") or _is_known(inside):
            continue
        version = _LOOKS_LIKE_A_VERSION.fullmatch(name)
        meant = f"v{version[1]}.md" if version else LIVE
        if version or _LOOKS_LIKE_A_POINTER.fullmatch(name):
            message = f"looks like `{meant}` but would not be read as such: rename or remove it"
            yield Problem(path=path, message=message)


def _policy_notes(changed: frozenset[str], *, takes_effect: bool) -> list[str]:
    if POLICY_PATH not in changed or not takes_effect:
        return []
    return [f"{POLICY_PATH} changed: the new policy takes effect after the merge."]


def _strays(changed: frozenset[str], policy: Policy) -> Iterator[str]:
    prompts, evalsets = policy.paths.prompts, policy.paths.evalsets
    for path in sorted(changed):
        inside = path.removeprefix(f"{prompts}/")
        if inside != path and not _is_known(inside):
            wanted = f"neither a version (`v<N>.md`) nor `{LIVE}`"
            yield f"{path} changed, but is {wanted}: it was not tested."
        inside = path.removeprefix(f"{evalsets}/")
        nested = "/" in inside and not inside.endswith(".json")
        if inside != path and (nested or not inside.endswith((".yaml", ".yml", ".json"))):
            wanted = f"no `.yaml` file directly in {evalsets}/"
            yield f"{path} changed, but is {wanted}: it was not read as an eval set."


def _is_known(path: str) -> bool:
    """Return whether a path inside the folder of prompts is a version or a live pointer."""
    prompt, _, file = path.partition("/")
    is_version_file = file.endswith(".md") and is_version(file.removesuffix(".md"))
    return not prompt.startswith("_") and (file == LIVE or is_version_file)
