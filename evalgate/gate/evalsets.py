"""The eval sets at the three points of a change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evalgate.errors import ConfigurationError, Problem
from evalgate.gate.gathering import Sources
from evalgate.grading.evalset import read_evalset, schema_paths
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

    def changed(self) -> dict[str, tuple[str, ...]]:
        """Return for each prompt the sets at the head that differ from both fork and base."""
        changed: dict[str, tuple[str, ...]] = {}
        for name, evalset in self.head.items():
            past = [sets[name] for sets in (self.fork, self.base) if name in sets]
            for prompt in evalset.prompts:
                guarded = [each for each in past if prompt in each.prompts]
                if _substance(evalset) not in map(_substance, guarded):
                    changed[prompt] = (*changed.get(prompt, ()), name)
        return changed


def covering(prompt: str, sets: Sets) -> list[EvalSet]:
    """Return the sets that guard a prompt."""
    return [evalset for evalset in sets.values() if prompt in evalset.prompts]


def cases_for(prompt: str, evalset: EvalSet | None) -> dict[str, Case]:
    """Return the cases by which a set guards a prompt; none when it does not."""
    if evalset is None or prompt not in evalset.prompts:
        return {}
    return {case.id: case for case in evalset.cases}


def read_evalsets(sources: Sources, parser: Parser) -> EvalSets:
    """Read the eval sets of the three trees.

    A set of the base or the fork that cannot be read is history that nobody can mend here.

    Raises:
        ConfigurationError: when a set at the head is wrong or guards a prompt that does not exist.
    """
    folder, trees = sources.policy.paths.evalsets, sources.trees
    head, problems = _read_tree(trees.head, folder, parser)
    problems += _unknown_prompts(head, sources)
    if problems:
        raise ConfigurationError(problems)
    base, wrong = _read_tree(trees.base, folder, parser)
    fork = base if trees.fork == trees.base else _read_tree(trees.fork, folder, parser)[0]
    unreadable = frozenset(_name(problem.path) for problem in wrong)
    return EvalSets(base=base, fork=fork, head=head, unreadable=unreadable)


def _read_tree(tree: Tree, folder: str, parser: Parser) -> tuple[dict[str, EvalSet], list[Problem]]:
    sets: dict[str, EvalSet] = {}
    problems: list[Problem] = []
    for path in sorted(tree):
        if path.rpartition("/")[0] != folder or not path.endswith((".yaml", ".yml")):
            continue
        try:
            evalset = _read_set(tree, path, parser)
        except ConfigurationError as error:
            problems += error.problems
            continue
        if evalset.name in sets:
            message = f"{sets[evalset.name].path} has the same name: rename one of the two"
            problems.append(Problem(path=path, message=message))
        sets[evalset.name] = evalset
    return sets, problems


def _read_set(tree: Tree, path: str, parser: Parser) -> EvalSet:
    document = parser.read_yaml(path, tree[path])
    schemas = {
        schema: parser.read_json(schema, tree[schema])
        for schema in schema_paths(document)
        if schema in tree
    }
    return read_evalset(document, name=_name(path), schemas=schemas)


def _name(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


def _unknown_prompts(sets: Sets, sources: Sources) -> Iterator[Problem]:
    known = {*sources.prompts.head, *sources.prompts.base, *sources.prompts.fork}
    for evalset in sets.values():
        for prompt in evalset.prompts:
            if prompt not in known:
                message = f"there is no prompt `{prompt}`{suggestion(prompt, known)}"
                yield Problem(path=evalset.path, key="prompts", message=message)


def _substance(evalset: EvalSet) -> object:
    """Return what of a set decides about a prompt: the cases, whatever else it guards."""
    cases = {(case.id, case.hash, case.critical) for case in evalset.cases}
    return evalset.pass_at, cases
