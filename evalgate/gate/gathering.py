"""Gathers what a gate decides on from three trees: base, fork point and head.

Policy, live pointers and baselines come from the tip of the base; prompts and cases under test
from the head; the fork point only tells what the change did.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from evalgate.errors import ConfigurationError, Problem
from evalgate.gate.policy import read_policy
from evalgate.gate.policy_notes import policy_notes
from evalgate.model.document import Tree
from evalgate.model.policy import OnInconclusive, Policy
from evalgate.model.ports import Parser, Repository
from evalgate.model.revision import WORK_TREE
from evalgate.prompts.library import LIVE, read_prompts
from evalgate.prompts.shared import FOLDER as SHARED
from evalgate.prompts.shared import NAMING, is_shared
from evalgate.prompts.version import is_version
from evalgate.prompts.view import Prompts

POLICY_PATH = ".github/evalgate.yml"

_LOOKS_LIKE_A_VERSION = re.compile(r"v0*([1-9][0-9]*)\.(md|markdown|mdx|txt)", re.IGNORECASE)
_LOOKS_LIKE_A_POINTER = re.compile(r"live\.ya?ml", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: does the head do worse than the base? A head of None is the work tree.

    `policy` is the path of the policy that rules. `looks` allows trials to follow on others where
    there is a record; a run that is split up or answered in batches has all at once. `today` is the
    day on which it was first asked, `YYYY-MM-DD` in UTC; without one no waiver is in force.
    `strict` lets an inconclusive verdict block whatever the policy says.
    `records` is the commit of their branch at which it was first asked, empty when there was none;
    None is where it is now.
    """

    base: str
    head: str | None
    run_id: str
    policy: str = POLICY_PATH
    looks: bool = True
    today: str = ""
    strict: bool = False
    records: str | None = None


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
    one; `proposed` is the head's. `changed` are the changed paths that the
    policy watches; when there are none, the trees are empty: nothing else has been read.
    `acceptances` are the base's files about changes of eval sets.
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
    proposed: Policy | None = None
    acceptances: Tree = field(default_factory=dict)

    @property
    def trusted(self) -> str | None:
        """The commit that graders and records come from; None is the work tree."""
        return None if self.base == WORK_TREE else self.base


def gather(question: Question, repository: Repository, parser: Parser) -> Sources:
    """Read what a question needs, and no more when nothing that matters has changed.

    Raises:
        RepositoryError: when git cannot answer.
        ConfigurationError: when a file that the verdict depends on is wrong.
    """
    base = repository.resolve(question.base)
    head = None if question.head is None else repository.resolve(question.head)
    fork = repository.merge_base(base, head)
    trusted, proposed = _policies(repository, parser, question.policy, base=base, head=head)
    policy = trusted or proposed or Policy(path=question.policy)
    if question.strict:
        policy = replace(policy, gate=replace(policy.gate, on_inconclusive=OnInconclusive.BLOCK))
    folders = (policy.paths.prompts, policy.paths.evalsets)
    graders = (policy.paths.graders,) if policy.paths.graders else ()
    told = (*graders, policy.paths.calibrations, policy.paths.acceptances)
    changed = repository.changed(fork, head, (*folders, *told, policy.path))
    _check_files(repository, policy, base=base, head=head)
    watched = folders if any(_is_under(path, folders) for path in changed) else ()
    contents: dict[bytes, bytes] = {}
    files = {
        commit: _shared(_files(repository, commit, watched), contents)
        for commit in (base, fork, head)
    }
    with at_the_base():
        at_base = read_prompts(files[base], folders[0], parser)
    return Sources(
        question=question,
        base=base,
        head=head or WORK_TREE,
        policy=policy,
        bootstrap=trusted is None,
        policy_deleted=trusted is not None and proposed is None,
        changed=changed,
        trees=Trees(base=files[base], fork=files[fork], head=files[head]),
        prompts=Prompts(
            base=at_base,
            fork=at_base if fork == base else read_prompts(files[fork], folders[0], parser),
            head=read_prompts(files[head], folders[0], parser),
        ),
        notes=(
            *_policy_notes(changed, trusted, proposed),
            *_strays(changed, policy),
            *_grader_notes(changed, graders),
            *_calibration_notes(changed, policy.paths.calibrations),
            *_acceptance_notes(changed, policy.paths.acceptances),
        ),
        proposed=proposed,
        acceptances=_files(repository, base, (policy.paths.acceptances,) if watched else ()),
    )


def gather_work_tree(question: Question, repository: Repository, parser: Parser) -> Sources:
    """Read the work tree as a change of nothing: it is base, fork point and head.

    Raises:
        ConfigurationError: when one of its files is wrong.
    """
    policy = work_tree_policy(question.policy, repository, parser)
    _check_files(repository, policy, base=None, head=None)
    files = repository.files(None, (policy.paths.prompts, policy.paths.evalsets))
    prompts = read_prompts(files, policy.paths.prompts, parser)
    return Sources(
        question=question,
        base=WORK_TREE,
        head=WORK_TREE,
        policy=policy,
        bootstrap=False,
        policy_deleted=False,
        changed=frozenset(),
        trees=Trees(base=files, fork=files, head=files),
        prompts=Prompts(base=prompts, fork=prompts, head=prompts),
        notes=(),
    )


def work_tree_policy(path: str, repository: Repository, parser: Parser) -> Policy:
    """Return the policy of the work tree, or all defaults when there is none.

    Raises:
        ConfigurationError: when the file is wrong.
    """
    content = _policy_bytes(repository, None, path)
    return Policy(path=path) if content is None else _read_policy(parser, path, content)


def policy_at(commit: str, path: str, repository: Repository, *, parser: Parser) -> Policy | None:
    """Return the policy of a commit, or None when it has none.

    Raises:
        ConfigurationError: when the file is wrong.
    """
    content = _policy_bytes(repository, commit, path)
    return None if content is None else _read_policy(parser, path, content)


def _files(repository: Repository, commit: str | None, folders: tuple[str, ...]) -> Tree:
    return repository.files(commit, folders) if folders else {}


def _shared(tree: Tree, contents: dict[bytes, bytes]) -> Tree:
    """Return a tree whose files, where they are equal to known ones, are the very same objects."""
    return {path: contents.setdefault(content, content) for path, content in tree.items()}


def _policies(
    repository: Repository, parser: Parser, path: str, *, base: str, head: str | None
) -> tuple[Policy | None, Policy | None]:
    """Return the policies of base and head, as far as they have one."""
    with at_the_base():
        at_base = _policy_bytes(repository, base, path)
        trusted = None if at_base is None else _read_policy(parser, path, at_base)
    at_head = _policy_bytes(repository, head, path)
    if at_head is None or at_head == at_base:
        return trusted, None if at_head is None else trusted
    return trusted, _read_policy(parser, path, at_head)


def _policy_bytes(repository: Repository, commit: str | None, path: str) -> bytes | None:
    misnamed = f"{path.removesuffix('.yml')}.yaml"
    listing = repository.listing(commit, [path, misnamed])
    if misnamed in listing and path not in listing:
        message = f"the policy has another name: rename this file to {path}"
        raise ConfigurationError([Problem(path=misnamed, message=message)])
    if not listing.get(path, True):
        raise ConfigurationError([_irregular(path)])
    return repository.files(commit, [path]).get(path)


def _read_policy(parser: Parser, path: str, content: bytes) -> Policy:
    return read_policy(parser.read_yaml(path, content), content)


def _is_under(path: str, folders: tuple[str, ...]) -> bool:
    return any(path.startswith(f"{folder}/") for folder in folders)


@contextmanager
def at_the_base() -> Iterator[None]:
    """Say of wrong files that they are the base's, which this change cannot be blamed for."""
    try:
        yield
    except ConfigurationError as error:
        raise ConfigurationError(
            replace(problem, message=f"{problem.message}, in the file of the base")
            for problem in error.problems
        ) from None


def _check_files(
    repository: Repository, policy: Policy, *, base: str | None, head: str | None
) -> None:
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


def _policy_notes(changed: frozenset[str], old: Policy | None, new: Policy | None) -> Iterator[str]:
    if old is not None and new is not None and old.path in changed:
        yield f"{old.path} changed: the new policy takes effect after the merge."
        yield from policy_notes(old, new)


def _grader_notes(changed: frozenset[str], folders: tuple[str, ...]) -> Iterator[str]:
    for path in sorted(changed):
        if _is_under(path, folders):
            yield f"{path} changed: a Python grader takes effect after the merge."


def _calibration_notes(changed: frozenset[str], folder: str) -> Iterator[str]:
    for path in sorted(changed):
        if path.startswith(f"{folder}/"):
            yield f"{path} changed: what it says of the judge takes effect after the merge."


def _acceptance_notes(changed: frozenset[str], folder: str) -> Iterator[str]:
    for path in sorted(changed):
        if path.startswith(f"{folder}/"):
            yield f"{path} changed: an acceptance takes effect after the merge."


def _strays(changed: frozenset[str], policy: Policy) -> Iterator[str]:
    prompts, evalsets = policy.paths.prompts, policy.paths.evalsets
    for path in sorted(changed):
        inside = path.removeprefix(f"{prompts}/")
        if inside != path and not _is_known(inside):
            wanted = f"neither a version (`v<N>.md`) nor `{LIVE}`"
            if inside.startswith(f"{SHARED}/"):
                wanted = f"not named {NAMING}"
            yield f"{path} changed, but is {wanted}: it was not tested."
        inside = path.removeprefix(f"{evalsets}/")
        if inside != path and _is_no_set(inside):
            wanted = f"no `.yaml` file directly in {evalsets}/"
            yield f"{path} changed, but is {wanted}: it was not read as an eval set."


def _is_no_set(path: str) -> bool:
    """Return whether a path in the folder of eval sets looks like one and is not read as one."""
    looks = path.lower().endswith((".yaml", ".yml"))
    return looks and ("/" in path or not path.endswith((".yaml", ".yml")))


def _is_known(path: str) -> bool:
    """Return whether a path inside the folder of prompts is a version or a live pointer."""
    prompt, _, file = path.partition("/")
    if prompt == SHARED:
        return is_shared(file)
    is_version_file = file.endswith(".md") and is_version(file.removesuffix(".md"))
    return not prompt.startswith("_") and (file == LIVE or is_version_file)
