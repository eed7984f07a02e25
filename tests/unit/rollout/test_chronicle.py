"""Facts about the moves of the latest rollout in a history."""

from dataclasses import replace

import pytest

from evalgate.errors import ConfigurationError
from evalgate.model.milestone import Milestone, Phase
from evalgate.model.prompt import LivePointer, Move
from evalgate.rollout.chronicle import FOLLOWS, latest_told
from tests.unit.rollout.rollouts import second

HASH = "ab" * 32


def move(phase: Phase, minute: int = 0, *, at: str = "", version: str = "v4") -> Move:
    milestone = Milestone(version=version, phase=phase, hash=HASH)
    return Move(stable="v3", at=at or f"2026-11-21T10:{minute:02}:00Z", rollout=milestone)


def pointer(*moves: Move) -> LivePointer:
    return LivePointer(prompt="p", path="prompts/p/live.yaml", stable="v3", history=moves)


BEGUN = (Move(stable="v3"), move(Phase.PREFLIGHT), move(Phase.SERVING))


def problem(*moves: Move) -> str:
    with pytest.raises(ConfigurationError) as caught:
        latest_told(pointer(*moves))
    [found] = caught.value.problems
    return str(found)


def test_a_history_without_milestones_tells_of_no_rollout() -> None:
    assert latest_told(pointer()) == ()
    assert latest_told(pointer(Move(stable="v3"))) == ()


def test_the_latest_rollout_begins_with_the_last_preflight() -> None:
    earlier = (*BEGUN, move(Phase.ROLLED_BACK, 5))
    later = (move(Phase.PREFLIGHT, 7, version="v5"), move(Phase.SERVING, 7, version="v5"))
    told = latest_told(pointer(*earlier, Move(stable="v3", at="someday"), *later))
    assert [(each.index, each.milestone.version, each.at) for each in told] == [
        (5, "v5", second(7)),
        (6, "v5", second(7)),
    ]


def test_a_rollout_has_a_beginning() -> None:
    assert problem(Move(stable="v3"), move(Phase.SERVING)).startswith(
        "prompts/p/live.yaml: history[1].rollout: expected the phase `preflight` before any other"
    )


def test_one_version_is_rolled_out_at_a_time() -> None:
    other = move(Phase.HELD, 5, version="v5")
    assert "history[3].rollout: expected v4, which is rolled out" in problem(*BEGUN, other)
    edited = replace(other, rollout=Milestone(version="v4", phase=Phase.HELD, hash="cd" * 32))
    assert "of the same hash" in problem(*BEGUN, edited)


@pytest.mark.parametrize("before", Phase)
@pytest.mark.parametrize("now", [phase for phase in Phase if phase is not Phase.PREFLIGHT])
def test_a_state_comes_after_those_that_lead_to_it_alone(before: Phase, now: Phase) -> None:
    ways = {
        Phase.PREFLIGHT: (),
        Phase.SERVING: (Phase.SERVING,),
        Phase.HELD: (Phase.SERVING, Phase.HELD),
        Phase.PROMOTED: (Phase.SERVING, Phase.PROMOTED),
        Phase.ROLLED_BACK: (Phase.ROLLED_BACK,),
    }
    moves = [move(phase) for phase in (Phase.PREFLIGHT, *ways[before], now)]
    if now in FOLLOWS[before]:
        assert latest_told(pointer(*moves))[-1].milestone.phase is now
    else:
        assert f"`{now.value}` cannot come after `{before.value}`" in problem(*moves)


def test_what_is_over_does_not_go_on() -> None:
    assert FOLLOWS[Phase.ROLLED_BACK] == frozenset()
    assert FOLLOWS[Phase.PROMOTED] == {Phase.ROLLED_BACK}


@pytest.mark.parametrize("at", ["someday", "2026-11-21", "2026-11-21T10:00:00"])
def test_an_instant_that_cannot_be_read_is_told_with_its_place(at: str) -> None:
    assert problem(*BEGUN, move(Phase.HELD, at=at)).startswith(
        "prompts/p/live.yaml: history[3].at: expected an instant such as `2026-11-21T10:00:00Z`, "
        f"got `{at}`"
    )
    nowhen = replace(BEGUN[1], at="")
    assert "history[0].at: expected an instant" in problem(nowhen)


def test_instants_go_on_and_may_repeat() -> None:
    assert [each.at for each in latest_told(pointer(*BEGUN))] == [second(0), second(0)]
    back = move(Phase.HELD, at="2026-11-21T09:59:59Z")
    assert "history[3].at: 2026-11-21T09:59:59Z is before 2026-11-21T10:00:00Z" in problem(
        *BEGUN, back
    )


@pytest.mark.parametrize(
    ("day", "at"),
    [
        ("2026-11-21", second(0)),
        ("2026-11-20", second(0)),
        ("2026-11-22", second(14 * 60)),
    ],
)
def test_an_end_may_be_of_a_day_and_comes_last_on_it(day: str, at: float) -> None:
    told = latest_told(pointer(*BEGUN, move(Phase.ROLLED_BACK, at=day)))
    assert told[-1].at == at
