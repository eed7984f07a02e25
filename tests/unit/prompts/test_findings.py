"""Facts about what is found in a change without a trial."""

from collections.abc import Mapping

import pytest

from evalgate.adapters.formats import FORMATS
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
) -> Change:
    trees = [
        read_prompts(
            {f"prompts/p/{name}": text.encode() for name, text in folder.items()},
            "prompts",
            FORMATS,
        )
        for folder in (base, base, head)
    ]
    prompts = Prompts(base=trees[0], fork=trees[1], head=trees[2])
    return find_changes(prompts, FORMATS, changed_sets={})


def candidates(of: Change) -> list[tuple[str, str | None, tuple[str, ...]]]:
    return [
        (c.version.version, c.baseline.version if c.baseline else None, c.why)
        for c in of.candidates
    ]


def findings(of: Change) -> list[tuple[str, Verdict]]:
    return [(finding.reason.code, finding.verdict) for finding in of.findings]


HISTORY = "history: [{stable: v1, why: first}, {stable: v2}]\n"


@pytest.mark.parametrize(
    "live",
    [
        "stable: v2\n",
        "stable: v2\nhistory: [{stable: v2}]\n",
        "stable: v2\nhistory: [{stable: v1, why: other}, {stable: v2}]\n",
        "stable: v2\nhistory: [{stable: v1, why: first}, {stable: v2}, {stable: v3}]\n",
    ],
)
def test_a_history_that_is_not_only_continued_fails(live: str) -> None:
    base = BASE | {"v3.md": version("three"), "live.yaml": "stable: v2\n" + HISTORY}
    found = change(base | {"live.yaml": live}, base=base)
    assert findings(found) == [("history_rewritten", Verdict.FAIL)]


def test_a_move_may_be_written_into_the_history() -> None:
    base = BASE | {"v3.md": version("three"), "live.yaml": "stable: v2\n" + HISTORY}
    live = "stable: v3\n" + HISTORY.replace("]", ", {stable: v3, why: better}]")
    found = change(base | {"live.yaml": live}, base=base)
    assert found.findings == ()
    assert [name for name, _, _ in candidates(found)] == ["v3"]


@pytest.mark.parametrize(
    "live",
    [
        "stable: v2\n",
        "stable: v1\ncanary: {version: v2, percent: 5}\n",
        "stable: v1\nhistory: [{stable: v2}]\n",
    ],
)
def test_a_version_that_is_or_was_pointed_to_may_not_be_edited(live: str) -> None:
    base = BASE | {"live.yaml": live}
    found = change(base | {"v2.md": version("edited")}, base=base)
    assert findings(found) == [("published_version_edited", Verdict.FAIL)]
    assert "add v3 instead (`prompts/p/v3.md`)" in found.findings[0].reason.message
    assert candidates(found) == []


def test_a_pointer_to_a_version_that_does_not_exist_fails() -> None:
    found = change(BASE | {"live.yaml": "stable: v7\n"})
    assert findings(found) == [("dangling_pointer", Verdict.FAIL)]


def test_deleting_the_live_version_leaves_a_dangling_pointer() -> None:
    found = change({name: text for name, text in BASE.items() if name != "v2.md"})
    assert findings(found) == [("dangling_pointer", Verdict.FAIL)]


def test_deleting_an_old_version_is_noted() -> None:
    found = change({name: text for name, text in BASE.items() if name != "v1.md"})
    assert found.findings == ()
    assert found.notes == ("v1 of p was deleted; it can no longer be rolled back to.",)


@pytest.mark.parametrize("live", [None, "stable:\n"])
def test_a_pointer_that_no_longer_points_fails(live: str | None) -> None:
    head = {name: text for name, text in BASE.items() if name != "live.yaml"}
    found = change(head if live is None else head | {"live.yaml": live})
    assert findings(found) == [("pointer_deleted", Verdict.FAIL)]


def test_deleting_a_prompt_that_is_live_is_at_best_inconclusive() -> None:
    assert findings(change({})) == [("prompt_deleted", Verdict.INCONCLUSIVE)]


def test_deleting_a_prompt_that_was_never_live_is_nothing() -> None:
    assert change({}, base={"v1.md": version("one")}) == Change()


def test_a_changed_switch_is_noted() -> None:
    found = change(BASE | {"live.yaml": "stable: v2\nswitch: {disabled: true}\n"})
    assert (found.findings, found.notes) == ((), ("The switch turns the prompt p off.",))


def test_a_model_that_only_the_switch_names_was_not_tested() -> None:
    found = change(BASE | {"live.yaml": "stable: v2\nswitch: {model: claude-haiku-4-5}\n"})
    assert findings(found) == [("model_not_tested", Verdict.INCONCLUSIVE)]


SERVED = "history: [{stable: v2, switch: {model: claude-haiku-4-5}}, {stable: v2, switch: {}}]\n"


def test_a_model_that_served_the_same_version_before_is_gone_back_to() -> None:
    base = BASE | {"live.yaml": f"stable: v2\n{SERVED}"}
    live = f"stable: v2\nswitch: {{model: claude-haiku-4-5}}\n{SERVED}"
    found = change(base | {"live.yaml": live}, base=base)
    assert findings(found) == [("model_rollback", Verdict.PASS)]
    other = live.replace("haiku-4-5}\n", "haiku-5-5}\n")
    found = change(base | {"live.yaml": other}, base=base)
    assert findings(found) == [("model_not_tested", Verdict.INCONCLUSIVE)]


def test_a_model_that_served_another_version_before_was_not_tested() -> None:
    base = BASE | {"live.yaml": f"stable: v2\n{SERVED}".replace("v2", "v1")}
    live = base["live.yaml"].replace(
        "stable: v1\n", "stable: v2\nswitch: {model: claude-haiku-4-5}\n"
    )
    found = change(base | {"live.yaml": live}, base=base)
    assert ("model_not_tested", Verdict.INCONCLUSIVE) in findings(found)


def test_a_model_cannot_be_written_into_the_history_unseen() -> None:
    found = change(BASE | {"live.yaml": f"stable: v2\n{SERVED}"})
    assert findings(found) == [("model_not_tested", Verdict.INCONCLUSIVE)]


def test_moves_by_hand_may_go_over_any_version_that_was_stable() -> None:
    base = BASE | {"v3.md": version("three"), "live.yaml": f"stable: v3\n{HISTORY}"}
    moves = "{stable: v3}, {stable: v1, why: rollback}, {stable: v3, switch: {disabled: true}}]"
    live = f"stable: v3\nswitch: {{disabled: true}}\n{HISTORY.replace(']', f', {moves}')}"
    found = change(base | {"live.yaml": live}, base=base)
    assert (found.findings, found.notes) == ((), ("The switch turns the prompt p off.",))


def test_a_move_without_a_gate_makes_nothing_that_may_be_rolled_back_to() -> None:
    base = BASE | {
        "live.yaml": "stable: v2\nhistory: [{stable: v1, why: 'ungated: x'}, {stable: v2}]\n"
    }
    found = change(
        base | {"live.yaml": base["live.yaml"].replace("stable: v2\n", "stable: v1\n", 1)},
        base=base,
    )
    assert findings(found) == []
    assert [name for name, _, _ in candidates(found)] == ["v1"]


def rolled_out(stable: str, *states: str, canary: str = "") -> str:
    """Return a live pointer whose history tells of a rollout of v3 in place of v2."""
    moves = "".join(
        f"  - {{stable: {'v3' if state == 'promoted' else 'v2'}, rollout: {{version: v3, "
        f"phase: {state}, hash: {'ab' * 32}}}}}\n"
        for state in states
    )
    split = f"canary: {{version: v3, percent: {canary}}}\n" if canary else ""
    return f"stable: {stable}\n{split}history:\n  - {{stable: v2}}\n{moves}"


def next_state(before: str, now: str, **more: str) -> Change:
    base = BASE | {"v3.md": version("three"), "live.yaml": before}
    return change(base | {"live.yaml": now} | more, base=base)


BEGUN = ("preflight", "serving")


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (rolled_out("v2"), rolled_out("v2", *BEGUN, canary="5")),
        (rolled_out("v2", *BEGUN, canary="5"), rolled_out("v2", *BEGUN, "serving", canary="25")),
        (rolled_out("v2", *BEGUN, canary="5"), rolled_out("v3", *BEGUN, "promoted")),
    ],
    ids=["begun", "wider", "promoted"],
)
def test_a_rollout_that_gives_more_traffic_is_judged_and_may_write_its_history(
    before: str, now: str
) -> None:
    found = next_state(before, now)
    assert found.findings == ()
    assert [name for name, _, _ in candidates(found)] == ["v3"]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (
            rolled_out("v2", *BEGUN, canary="5"),
            rolled_out("v2", *BEGUN, "held", canary="5"),
        ),
        (rolled_out("v2", *BEGUN, canary="5"), rolled_out("v2", *BEGUN, "rolled_back")),
    ],
    ids=["held", "rolled back"],
)
def test_a_rollout_that_gives_no_more_traffic_needs_no_run(before: str, now: str) -> None:
    assert next_state(before, now) == Change()


def test_a_promoted_version_is_taken_back_at_once() -> None:
    before = rolled_out("v3", *BEGUN, "promoted")
    found = next_state(before, rolled_out("v2", *BEGUN, "promoted", "rolled_back"))
    assert findings(found) == [("rollback", Verdict.PASS)]
    assert candidates(found) == []


@pytest.mark.parametrize("states", [BEGUN, (*BEGUN, "held"), (*BEGUN, "rolled_back")])
def test_what_a_rollout_did_not_promote_is_nothing_to_go_back_to(states: tuple[str, ...]) -> None:
    before = rolled_out("v2", *states)
    found = next_state(before, before.replace("stable: v2\n", "stable: v3\n", 1))
    assert findings(found) == []
    assert [name for name, _, _ in candidates(found)] == ["v3"]


def test_what_was_rolled_out_may_not_be_edited_however_it_ended() -> None:
    before = rolled_out("v2", *BEGUN, "rolled_back")
    found = next_state(before, before, **{"v3.md": version("edited")})
    assert findings(found) == [("published_version_edited", Verdict.FAIL)]


def test_a_milestone_may_not_be_rewritten() -> None:
    before = rolled_out("v2", *BEGUN, "rolled_back")
    found = next_state(before, before.replace("rolled_back", "held"))
    assert findings(found) == [("history_rewritten", Verdict.FAIL)]


def test_a_promotion_that_did_not_happen_cannot_be_written_into_the_history() -> None:
    found = next_state(rolled_out("v2"), rolled_out("v2", *BEGUN, "promoted"))
    assert ("history_rewritten", Verdict.FAIL) in findings(found)
