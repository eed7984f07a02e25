"""The eval sets at the three points of a change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from evalgate.deciding.wording import counted
from evalgate.errors import ConfigurationError, Problem
from evalgate.gate.gathering import Sources
from evalgate.grading.evalset import read_with_uses
from evalgate.model.document import Tree
from evalgate.model.evalset import Case, EvalSet
from evalgate.model.ports import Parser
from evalgate.model.reading import suggestion

Sets = Mapping[str, EvalSet]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalSets:
    """The eval sets by name; `unreadable` names those of the base that cannot be read."""

    base: Sets
    fork: Sets
    head: Sets
    unreadable: frozenset[str] = frozenset()

    def changed(self, formerly: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        """Return for each prompt the sets at the head that differ from both fork and base.

        Each is named with what changed in it.

        Args:
            formerly: the old names of the prompts that the change renames.
        """
        changed: dict[str, tuple[str, ...]] = {}
        for name, evalset in self.head.items():
            past = [sets[name] for sets in (self.fork, self.base) if name in sets]
            for prompt in evalset.prompts:
                names = {prompt, formerly.get(prompt, prompt)}
                guarded = [each for each in past if names.intersection(each.prompts)]
                if _substance(evalset) not in map(_substance, guarded):
                    said = f"{name} ({_difference(guarded[0], evalset)})" if guarded else name
                    changed[prompt] = (*changed.get(prompt, ()), said)
        return changed

    def within(self, splits: tuple[str, ...]) -> "EvalSets":
        """Return the sets with the cases of some splits only; without any splits, as they are."""
        if not splits:
            return self
        return EvalSets(
            base=_within(self.base, splits),
            fork=_within(self.fork, splits),
            head=_within(self.head, splits),
            unreadable=self.unreadable,
        )


def covering(prompt: str, sets: Sets) -> list[EvalSet]:
    """Return the sets that guard a prompt."""
    return [evalset for evalset in sets.values() if prompt in evalset.prompts]


def cases_for(prompt: str, evalset: EvalSet | None) -> dict[str, Case]:
    """Return the cases by which a set guards a prompt; none when it does not."""
    if evalset is None or prompt not in evalset.prompts:
        return {}
    return {case.id: case for case in evalset.cases}


def read_evalsets(sources: Sources, parser: Parser) -> EvalSets:
    """Read the eval sets of the three trees; a set that is the same in two of them is read once.

    A set of the base or the fork that cannot be read is history that nobody can mend here.

    Raises:
        ConfigurationError: when a set at the head is wrong or guards a prompt that does not exist.
    """
    folder, trees = sources.policy.paths.evalsets, sources.trees
    shelf = _Shelf(folder=folder, parser=parser)
    head, problems, _ = shelf.read(trees.head)
    problems += _unknown_prompts(head, sources)
    if problems:
        raise ConfigurationError(problems)
    base, _, unreadable = shelf.read(trees.base)
    fork = base if trees.fork == trees.base else shelf.read(trees.fork)[0]
    return EvalSets(base=base, fork=fork, head=head, unreadable=frozenset(unreadable))


def read_sets(tree: Tree, folder: str, parser: Parser) -> tuple[dict[str, EvalSet], list[Problem]]:
    """Return the eval sets of a folder by name, and the problems of those that cannot be read."""
    sets, problems, _ = _Shelf(folder=folder, parser=parser).read(tree)
    return sets, problems


@dataclass(frozen=True, slots=True)
class _Reading:
    """An eval set as it was read, and the content of every file that it was read from."""

    evalset: EvalSet
    files: Mapping[str, bytes | None]

    def holds_in(self, tree: Tree) -> bool:
        """Return whether reading the set from a tree would give the same."""
        return all(tree.get(path) == content for path, content in self.files.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shelf:
    """Reads eval sets and remembers what it has read."""

    folder: str
    parser: Parser
    readings: dict[str, list[_Reading]] = field(default_factory=dict)

    def read(self, tree: Tree) -> tuple[dict[str, EvalSet], list[Problem], list[str]]:
        """Return the sets of a tree by name, what is wrong with others, and their names."""
        sets: dict[str, EvalSet] = {}
        problems: list[Problem] = []
        wrong: list[str] = []
        for path in sorted(tree):
            if path.rpartition("/")[0] != self.folder or not path.endswith((".yaml", ".yml")):
                continue
            try:
                evalset = self._set(tree, path)
            except ConfigurationError as error:
                problems += error.problems
                wrong.append(_name(path))
                continue
            if evalset.name in sets:
                message = f"{sets[evalset.name].path} has the same name: rename one of the two"
                problems.append(Problem(path=path, message=message))
            sets[evalset.name] = evalset
        return sets, problems, wrong

    def _set(self, tree: Tree, path: str) -> EvalSet:
        known = self.readings.setdefault(path, [])
        reading = next((each for each in known if each.holds_in(tree)), None)
        if reading is None:
            document = self.parser.read_yaml(path, tree[path])
            evalset, used = read_with_uses(
                document, name=_name(path), tree=tree, parser=self.parser
            )
            files = {each: tree.get(each) for each in {path, *used}}
            reading = _Reading(evalset, files)
            known.append(reading)
        return reading.evalset


def _name(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


def _unknown_prompts(sets: Sets, sources: Sources) -> Iterator[Problem]:
    known = {*sources.prompts.head, *sources.prompts.base, *sources.prompts.fork}
    for evalset in sets.values():
        for prompt in evalset.prompts:
            if prompt not in known:
                message = f"there is no prompt `{prompt}`{suggestion(prompt, known)}"
                yield Problem(path=evalset.path, key="prompts", message=message)


def _within(sets: Sets, splits: tuple[str, ...]) -> Sets:
    return {
        name: replace(each, cases=tuple(case for case in each.cases if case.split in splits))
        for name, each in sets.items()
    }


def _difference(old: EvalSet, new: EvalSet) -> str:
    """Say how many cases are new, edited and deleted, or what else differs."""
    before = {case.id: _case_substance(case) for case in old.cases}
    after = {case.id: _case_substance(case) for case in new.cases}
    numbers = {
        "new": sum(name not in before for name in after),
        "edited": sum(name in before and before[name] != after[name] for name in after),
        "deleted": sum(name not in after for name in before),
    }
    said = [f"{counted(number, 'case')} {what}" for what, number in numbers.items() if number]
    return ", ".join(said) or "its `pass_at`"


def _substance(evalset: EvalSet) -> object:
    """Return what of a set decides about a prompt: the cases, whatever else it guards.

    The split is not part of a case's hash, but decides whether the case is run.
    """
    cases = {(case.id, *_case_substance(case)) for case in evalset.cases}
    return evalset.pass_at, cases


def _case_substance(case: Case) -> tuple[str, bool, str]:
    return case.hash, case.critical, case.split
