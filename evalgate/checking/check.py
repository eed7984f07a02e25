"""The use case: looks a whole library over and returns every remark, the gravest first."""

from collections.abc import Iterable, Iterator

from evalgate.checking import sets
from evalgate.checking.inventory import Inventory
from evalgate.checking.lengths import lengths
from evalgate.checking.library import coverage, pointers, variables
from evalgate.checking.observation import Observation, Severity
from evalgate.checking.record import indifferent
from evalgate.model.trial import Trial


def check(inventory: Inventory, trials: Iterable[Trial]) -> list[Observation]:
    """Return what there is to say about a library, the gravest first, then by file and line.

    Args:
        inventory: what the library holds.
        trials: those of past runs.
    """
    return sorted(_observations(inventory, trials), key=_place)


def _observations(inventory: Inventory, trials: Iterable[Trial]) -> Iterator[Observation]:
    for problem in inventory.problems:
        yield Observation(
            severity=Severity.ERROR,
            code="unreadable",
            path=problem.path,
            line=problem.line,
            key=problem.key,
            message=problem.message,
        )
    yield from coverage(inventory)
    yield from pointers(inventory)
    yield from variables(inventory)
    yield from lengths(inventory)
    for evalset in inventory.sets.values():
        yield from sets.references(evalset)
        yield from sets.duplicates(evalset)
        yield from sets.size(evalset, inventory.policy)
    yield from indifferent(inventory.sets, trials)


def _place(observation: Observation) -> tuple[int, str, int, str]:
    line = observation.line or 0
    return observation.severity.rank, observation.path, line, observation.message
