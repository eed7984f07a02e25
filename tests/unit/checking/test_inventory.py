"""Facts about taking stock of a tree."""

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.checking.inventory import Inventory, take_inventory
from evalgate.errors import ConfigurationError
from evalgate.simulator.fakes import MemoryRepository, text_tree

VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n## user\n{{question}}\n"


def taken(files: dict[str, str], policy: str = ".github/evalgate.yml") -> Inventory:
    repository = MemoryRepository(commits={"c": text_tree(files)}, parents={}, refs={"HEAD": "c"})
    return take_inventory(repository, FORMATS, commit="c", policy_path=policy)


def test_an_empty_tree_is_an_empty_library() -> None:
    inventory = taken({})
    assert (inventory.has_policy, inventory.prompts, inventory.sets) == (False, {}, {})


def test_the_policy_says_where_everything_is() -> None:
    inventory = taken(
        {
            ".github/evalgate.shop.yml": "paths: {prompts: shop/prompts, evalsets: shop/sets}\n",
            "shop/prompts/p/v1.md": VERSION,
            "prompts/other/v1.md": VERSION,
        },
        policy=".github/evalgate.shop.yml",
    )
    assert list(inventory.prompts) == ["p"]
    assert list(inventory.versions) == [("p", "v1")]


def test_what_cannot_be_read_is_kept_as_a_problem_and_the_rest_counts() -> None:
    inventory = taken(
        {
            "prompts/p/v1.md": VERSION,
            "prompts/p/v2.md": "nonsense",
            "evalsets/a.yaml": "nonsense",
            "evalsets/b.yaml": (
                "prompts: p\ngraders: [{contains: x}]\ncases: [{id: a, vars: {question: q}}]\n"
            ),
        }
    )
    assert {problem.path for problem in inventory.problems} == {
        "prompts/p/v2.md",
        "evalsets/a.yaml",
    }
    assert list(inventory.versions) == [("p", "v1")]
    assert [each.name for each in inventory.covering("p")] == ["b"]


def test_a_wrong_policy_stops_everything() -> None:
    with pytest.raises(ConfigurationError, match="gat"):
        taken({".github/evalgate.yml": "gat: {}\n"})


def test_a_policy_that_is_named_must_be_there() -> None:
    with pytest.raises(ConfigurationError, match=r"typo\.yml: there is no such policy"):
        taken({"prompts/p/v1.md": VERSION}, policy=".github/evalgate.typo.yml")


def test_the_defaults_do_not_stand_in_for_the_policies_of_other_roots() -> None:
    with pytest.raises(ConfigurationError, match=r"such as \.github/evalgate\.shop\.yml"):
        taken({".github/evalgate.shop.yml": "", "prompts/p/v1.md": VERSION})
