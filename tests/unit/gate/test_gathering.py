"""Facts about reading the policy of the work tree; the flow tests cover the rest."""

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError
from evalgate.gate.gathering import work_tree_policy
from evalgate.model.policy import Policy
from evalgate.simulator.fakes import MemoryRepository, text_tree

PATH = ".github/evalgate.yml"


def policy(work_tree: dict[str, str]) -> Policy:
    repository = MemoryRepository(
        commits={"h": text_tree({PATH: "gate: {max_drop: 50}\n"})},
        parents={"h": ()},
        refs={"HEAD": "h"},
        work_tree=text_tree(work_tree),
    )
    return work_tree_policy(PATH, repository, FORMATS)


def test_the_policy_is_the_one_of_the_work_tree_and_not_of_a_commit() -> None:
    found = policy({PATH: "gate: {max_drop: 7}\n"})
    assert found.path == PATH
    assert found.gate.max_drop == pytest.approx(0.07)


def test_without_a_file_all_defaults_hold() -> None:
    assert policy({}) == Policy(path=PATH)


@pytest.mark.parametrize("files", [{PATH: "gate: {max_dorp: 7}\n"}, {".github/evalgate.yaml": ""}])
def test_a_wrong_or_misnamed_file_is_an_error(files: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        policy(files)
