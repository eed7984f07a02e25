"""Facts about what a change does to the prompts."""

from collections.abc import Mapping

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError
from evalgate.model.change import Change
from evalgate.model.verdict import Verdict
from evalgate.prompts.changes import find_changes
from evalgate.prompts.library import read_prompts
from evalgate.prompts.view import Prompts

Folder = dict[str, str]


def version(text: str = "answer") -> str:
    return f"---\nmodel: claude-haiku-5-5\nmax_tokens: 10\n---\n## user\n{text}\n"


BASE: Folder = {"v1.md": version("one"), "v2.md": version("two"), "live.yaml": "stable: v2\n"}


def change(
    head: Mapping[str, str],
    *,
    base: Mapping[str, str] = BASE,
    fork: Mapping[str, str] | None = None,
    sets: tuple[str, ...] = (),
) -> Change:
    trees = [
        read_prompts(
            {f"prompts/p/{name}": text.encode() for name, text in folder.items()},
            "prompts",
            FORMATS,
        )
        for folder in (base, base if fork is None else fork, head)
    ]
    prompts = Prompts(base=trees[0], fork=trees[1], head=trees[2])
    return find_changes(prompts, FORMATS, changed_sets={"p": sets} if sets else {})


def candidates(of: Change) -> list[tuple[str, str | None, tuple[str, ...]]]:
    return [
        (c.version.version, c.baseline.version if c.baseline else None, c.why)
        for c in of.candidates
    ]


def findings(of: Change) -> list[tuple[str, Verdict]]:
    return [(finding.reason.code, finding.verdict) for finding in of.findings]


def test_nothing_changed_is_empty() -> None:
    assert change(BASE) == Change()


def test_a_new_version_is_a_candidate_against_the_stable_one_at_the_base() -> None:
    found = change(BASE | {"v3.md": version("three")})
    assert candidates(found) == [("v3", "v2", ("v3 is new",))]
    assert found.findings == ()


def test_two_new_versions_are_two_candidates() -> None:
    found = change(BASE | {"v10.md": version("ten"), "v9.md": version("nine")})
    assert [name for name, _, _ in candidates(found)] == ["v9", "v10"]


def test_a_new_version_that_goes_live_at_once_is_one_candidate_with_both_reasons() -> None:
    found = change(BASE | {"v3.md": version("three"), "live.yaml": "stable: v3\n"})
    assert candidates(found) == [
        ("v3", "v2", ("v3 is new", "the live pointer moves from v2 to v3"))
    ]


def test_a_pointer_moved_to_a_version_that_was_never_stable_is_tested() -> None:
    found = change(BASE | {"live.yaml": "stable: v1\n"})
    assert candidates(found) == [("v1", "v2", ("the live pointer moves from v2 to v1",))]


def test_a_pointer_moved_back_to_a_version_that_was_stable_passes_at_once() -> None:
    base = BASE | {"live.yaml": "stable: v2\nhistory: [{stable: v1}, {stable: v2}]\n"}
    found = change(base | {"live.yaml": "stable: v1\n"}, base=base)
    assert candidates(found) == []
    assert findings(found) == [("rollback", Verdict.PASS)]


def test_a_history_that_only_the_head_tells_makes_no_rollback() -> None:
    found = change(BASE | {"live.yaml": "stable: v1\nhistory: [{stable: v1}]\n"})
    assert [name for name, _, _ in candidates(found)] == ["v1"]


def test_going_back_to_an_edited_version_is_no_rollback() -> None:
    base = BASE | {"live.yaml": "stable: v2\nhistory: [{stable: v1}]\n"}
    found = change(base | {"live.yaml": "stable: v1\n", "v1.md": version("x")}, base=base)
    assert ("published_version_edited", Verdict.FAIL) in findings(found)
    assert ("rollback", Verdict.PASS) not in findings(found)


def test_a_new_canary_is_tested() -> None:
    found = change(BASE | {"live.yaml": "stable: v2\ncanary: {version: v1, percent: 5}\n"})
    assert candidates(found) == [("v1", "v2", ("v1 gets traffic as the canary",))]


@pytest.mark.parametrize(("percent", "tested"), [(4, []), (5, []), (6, ["v1"])])
def test_a_canary_is_tested_again_when_it_gets_more_traffic(
    percent: int, tested: list[str]
) -> None:
    base = BASE | {"live.yaml": "stable: v2\ncanary: {version: v1, percent: 5}\n"}
    live = f"stable: v2\ncanary: {{version: v1, percent: {percent}}}\n"
    found = change(base | {"live.yaml": live}, base=base)
    assert [name for name, _, _ in candidates(found)] == tested


def test_the_version_that_was_stable_may_stay_as_the_canary_without_a_test() -> None:
    live = "stable: v1\ncanary: {version: v2, percent: 10}\n"
    assert [name for name, _, _ in candidates(change(BASE | {"live.yaml": live}))] == ["v1"]


def test_a_version_that_was_never_pointed_to_may_be_edited_and_is_tested() -> None:
    found = change(BASE | {"v1.md": version("edited")})
    assert candidates(found) == [("v1", "v2", ("v1 was edited",))]


def test_line_ends_alone_are_no_edit() -> None:
    assert change(BASE | {"v2.md": version("two").replace("\n", "\r\n")}) == Change()


def test_a_copy_of_the_stable_version_passes_without_a_call() -> None:
    found = change(BASE | {"v3.md": version("two")})
    assert candidates(found) == []
    assert findings(found) == [("identical_version", Verdict.PASS)]


def test_a_new_prompt_has_no_baseline() -> None:
    found = change({"v1.md": version("one"), "live.yaml": "stable: v1\n"}, base={})
    assert candidates(found) == [("v1", None, ("v1 is new", "the live pointer moves to v1"))]


def test_a_changed_eval_set_tests_the_stable_version_alone() -> None:
    found = change(BASE, sets=("replies",))
    assert candidates(found) == [("v2", None, ("the eval set replies changed",))]


def test_a_changed_eval_set_adds_nothing_to_a_change_of_the_prompt() -> None:
    found = change(BASE | {"v3.md": version("three")}, sets=("replies",))
    assert [name for name, _, _ in candidates(found)] == ["v3"]


def test_what_the_base_did_after_the_fork_is_not_the_changes_doing() -> None:
    moved_on = BASE | {"v3.md": version("three"), "live.yaml": "stable: v3\n"}
    assert change(BASE, base=moved_on, fork=BASE) == Change()


def test_the_baseline_is_the_stable_version_of_the_tip_not_of_the_fork() -> None:
    moved_on = BASE | {"v3.md": version("three"), "live.yaml": "stable: v3\n"}
    found = change(BASE | {"v4.md": version("four")}, base=moved_on, fork=BASE)
    assert candidates(found) == [("v4", "v3", ("v4 is new",))]


def test_a_candidate_that_cannot_be_read_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match=r"prompts/p/v3\.md:1: expected front matter"):
        change(BASE | {"v3.md": "nothing"})


def test_an_old_version_that_is_not_run_is_not_read() -> None:
    base = BASE | {"v1.md": "from before front matter"}
    assert [name for name, _, _ in candidates(change(base | {"v3.md": version()}, base=base))] == [
        "v3"
    ]


def test_a_wrong_live_pointer_names_the_key() -> None:
    with pytest.raises(ConfigurationError, match=r"live\.yaml:1: stabel: unknown key"):
        change(BASE | {"live.yaml": "stabel: v2\n"})
