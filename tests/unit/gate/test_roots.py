"""Facts about the policies of a monorepo."""

import re

import pytest

from evalgate.errors import ConfigurationError
from evalgate.gate.roots import check_apart, find_policies, root_name
from evalgate.model.policy import Paths, Policy
from evalgate.simulator.fakes import MemoryRepository, text_tree


def found(*paths: str, head: tuple[str, ...] = ()) -> tuple[str, ...]:
    repository = MemoryRepository(
        commits={
            "b": text_tree(dict.fromkeys(paths, "")),
            "h": text_tree(dict.fromkeys(head or paths, "")),
        },
        parents={"b": (), "h": ("b",)},
        refs={"HEAD": "h"},
    )
    return find_policies(repository, base="b", head="h")


def test_each_policy_names_its_root() -> None:
    assert root_name(".github/evalgate.yml") == "main"
    assert root_name(".github/evalgate.billing-eu.yml") == "billing-eu"


def test_policies_of_either_side_count() -> None:
    assert found(".github/evalgate.yml", head=(".github/evalgate.b.yml",)) == (
        ".github/evalgate.b.yml",
        ".github/evalgate.yml",
    )


def test_other_files_are_no_policies() -> None:
    others = (
        ".github/workflows/evalgate.yml",
        ".github/evalgate-nightly.yml",
        ".github/evalgate.b.md",
    )
    assert found(*others) == (".github/evalgate.yml",)


@pytest.mark.parametrize(
    "name",
    ["evalgate.b.yaml", "evalgate.b.c.yml", "evalgate.my_svc.yml", "Evalgate.yml", "evalgate..yml"],
)
def test_a_file_that_looks_like_a_policy_is_never_passed_over(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{re.escape(name)}: looks like a policy"):
        found(".github/evalgate.yml", f".github/{name}")


def test_a_policy_of_the_base_with_a_wrong_name_does_not_hold_up_its_mending() -> None:
    head = (".github/evalgate.my-svc.yml",)
    assert found(".github/evalgate.my_svc.yml", head=head) == head


@pytest.mark.parametrize("twin", ["evalgate.main.yml", "evalgate.B.yml"])
def test_two_roots_of_one_name_are_refused(twin: str) -> None:
    usual = (".github/evalgate.yml", ".github/evalgate.b.yml")
    with pytest.raises(ConfigurationError, match="its root has the same name as that of"):
        found(*usual, head=(*usual, f".github/{twin}"))
    assert found(*usual, f".github/{twin}", head=usual) == tuple(
        sorted((*usual, f".github/{twin}"))
    )


def policies(*folders: str) -> list[Policy]:
    return [
        Policy(path=f"{number}.yml", paths=Paths(prompts=folder))
        for number, folder in enumerate(folders)
    ]


@pytest.mark.parametrize(
    ("theirs", "own"), [("B", "b"), ("b", "B")], ids=["small-letters", "capitals"]
)
def test_a_new_root_does_not_take_the_name_of_one_that_goes(theirs: str, own: str) -> None:
    head = (f".github/evalgate.{own}.yml",)
    message = f"{re.escape(head[0])}: its root has the same name as that of .*{theirs}.yml at the"
    with pytest.raises(ConfigurationError, match=message):
        found(f".github/evalgate.{theirs}.yml", head=head)


def test_two_roots_of_one_name_at_the_base_can_be_parted() -> None:
    both = (".github/evalgate.B.yml", ".github/evalgate.b.yml")
    assert found(*both, head=both[1:]) == both


def test_roots_side_by_side_are_apart() -> None:
    check_apart(policies("a/prompts", "b/prompts", "prompts"))


@pytest.mark.parametrize("folders", [("p", "p"), ("p", "p/inner"), ("a/b", "a")])
def test_overlapping_roots_are_refused(folders: tuple[str, ...]) -> None:
    with pytest.raises(ConfigurationError, match=r"1\.yml: paths\.prompts: .* of 0\.yml"):
        check_apart(policies(*folders))
