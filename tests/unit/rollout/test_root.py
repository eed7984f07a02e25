"""Facts about finding the root that a prompt lives in."""

from collections.abc import Mapping

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError, UsageError
from evalgate.rollout.root import Root, root_of
from evalgate.simulator.fakes import MemoryRepository
from tests.unit.rollout.asked import tree

MAIN, BILLING = ".github/evalgate.yml", ".github/evalgate.billing.yml"
FILES = {
    MAIN: "gate: {max_drop: 7}\n",
    BILLING: "paths: {prompts: billing/prompts}\n",
    **tree("# ours\nstable: v1\n", "v1", "v2"),
    **{f"billing/{path}": text for path, text in tree("stable: v1\n", "v1", name="bill").items()},
    "prompts/_shared/tone.v1.md": "Be kind.",
}


def found(name: str, *policies: str, files: Mapping[str, str] = FILES) -> Root:
    content = {path: text.encode() for path, text in files.items()}
    repository = MemoryRepository(commits={"base": content}, parents={}, refs={})
    return root_of(name, policies, commit="base", repository=repository, parser=FORMATS)


def test_a_prompt_is_found_in_the_root_whose_policy_names_its_folder() -> None:
    root = found("bill", MAIN, BILLING)
    assert root.policy.path == BILLING
    assert root.prompt.path("v1") == "billing/prompts/bill/v1.md"


def test_a_root_holds_the_texts_that_a_verdict_is_about() -> None:
    root = found("p", MAIN, BILLING)
    assert root.live_text == "# ours\nstable: v1\n"
    assert set(root.texts) == {MAIN, *tree("x", "v1", "v2"), "prompts/_shared/tone.v1.md"}
    assert root.policy.gate.max_drop == 0.07


def test_an_unknown_prompt_is_told_with_the_nearest_of_all_roots() -> None:
    with pytest.raises(UsageError, match=r"^prompt: .* `bil` at base \(did you mean `bill`"):
        found("bil", MAIN, BILLING)


def test_the_folder_of_shared_files_is_no_prompt_to_be_meant() -> None:
    with pytest.raises(UsageError, match=r"known: bill, p\)$"):
        found("zzzz", MAIN, BILLING)


@pytest.mark.parametrize("name", ["_shared", "..", "p/v1.md", "../prompts/p", "."])
def test_what_is_no_name_of_a_prompt_leads_nowhere(name: str) -> None:
    with pytest.raises(UsageError, match=r"^prompt: there is no prompt"):
        found(name, MAIN, BILLING)


def test_a_folder_without_a_version_or_a_pointer_is_no_prompt() -> None:
    with pytest.raises(UsageError, match=r"^prompt: there is no prompt `notes`"):
        found("notes", MAIN, files={**FILES, "prompts/notes/a.txt": "x"})


def test_a_prompt_of_several_roots_needs_the_policy_named() -> None:
    files = {**FILES, **{f"billing/{path}": text for path, text in tree("", "v1").items()}}
    with pytest.raises(UsageError, match=rf"^policy: `p` .* one of {MAIN}, {BILLING}$"):
        found("p", MAIN, BILLING, files=files)
    assert found("p", BILLING, files=files).policy.path == BILLING


def test_without_a_policy_nothing_is_promoted() -> None:
    with pytest.raises(UsageError, match=f"^policy: there is no {MAIN} at base"):
        found("p", MAIN, files=tree("stable: v1\n", "v1"))


def test_a_wrong_pointer_counts_for_its_own_prompt_alone() -> None:
    files = {**FILES, **tree("stable: nonsense\n", "v1", name="q")}
    assert found("p", MAIN, files=files).prompt.stable == "v1"
    with pytest.raises(ConfigurationError, match="expected a version such as"):
        found("q", MAIN, files=files)


def test_a_name_that_no_commit_can_be_told_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot be written in a commit"):
        found("a\nb", MAIN, files={**FILES, **tree("", "v1", name="a\nb")})
