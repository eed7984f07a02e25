"""Tests for evalgate.rollout.dispatch."""

import pytest
from inline_snapshot import snapshot

from evalgate.errors import UsageError
from evalgate.rollout.dispatch import Act, Dispatch, read_dispatch


def read(act: str, prompt: str = "p", version: str = "", **more: str) -> Dispatch:
    return read_dispatch(
        act,
        prompt,
        version,
        percent=more.get("percent", ""),
        reason=more.get("reason", ""),
        overrides=bool(more.get("override")),
    )


@pytest.mark.parametrize("act", ["check", "advance", "hold", "rollback", "watch"])
def test_what_is_under_way_needs_no_version(act: str) -> None:
    assert read(act) == Dispatch(act=Act(act), prompt="p")
    assert read(act, version="v3") == Dispatch(act=Act(act), prompt="p", version="v3")


def test_no_act_looks_after_every_rollout() -> None:
    assert read("", "") == Dispatch(act=Act.WATCH)
    assert read("", "p") == Dispatch(act=Act.WATCH, prompt="p")


def test_only_what_moves_by_evidence_needs_it() -> None:
    assert {act for act in Act if act.needs_evidence} == {Act.CHECK, Act.ADVANCE, Act.WATCH}


def test_only_an_advance_may_go_against_the_evidence_and_says_why() -> None:
    assert read("advance", override="x", reason="we looked").overrides
    assert not read("advance", reason="we looked").overrides


def refusal(act: str, prompt: str = "p", version: str = "", **more: str) -> str:
    with pytest.raises(UsageError) as caught:
        read(act, prompt, version, **more)
    return str(caught.value)


def test_each_wrong_input_is_named_with_what_was_expected() -> None:
    assert [
        refusal("advanze"),
        refusal("Check"),
        refusal("advance", percent="25"),
        refusal("", percent="25"),
        refusal("check", ""),
        refusal("", "", "v3"),
        refusal("start"),
        refusal("start", version="v3", override="x", reason="why"),
        refusal("", override="x", reason="why"),
        refusal("advance", override="x", reason="  "),
    ] == snapshot(
        [
            "rollout: expected what is to become of it, got `advanze` (did you mean `advance`?)",
            "rollout: expected what is to become of it, got `Check` (did you mean `check`?)",
            "percent: a rollout takes its shares from `rollout.stages` of the policy: leave it out",
            "percent: a rollout takes its shares from `rollout.stages` of the policy: leave it out",
            "prompt: expected the name of a prompt, got nothing",
            "prompt: expected the name of a prompt, got nothing",
            "version: expected the version that is to start, such as `v3`",
            "override: only `advance` can go against the evidence, not `start`: leave it out",
            "override: only `advance` can go against the evidence, not `watch`: leave it out",
            "reason: say why the version is to advance against the evidence",
        ]
    )
