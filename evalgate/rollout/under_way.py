"""Whether a rollout is under way, and what a move by other means makes of it; pure."""

from evalgate.model.milestone import Milestone, Phase
from evalgate.model.prompt import LivePointer
from evalgate.prompts.past import latest_milestone, was_stable


def under_way(pointer: LivePointer) -> Milestone | None:
    """Return the last state of the rollout whose canary is on; None where there is none."""
    last, canary = latest_milestone(pointer.history), pointer.canary
    if last is None or last.phase.is_over or canary is None or canary.version != last.version:
        return None
    return last


def ending(before: LivePointer, after: LivePointer) -> Milestone | None:
    """Return the state that a move brings the last rollout to by ending it or taking it back.

    Args:
        before: the pointer so far.
        after: what the move makes of it; its history does not matter.
    """
    running = under_way(before)
    if running is not None:
        stays = after.canary is not None and after.canary.version == running.version
        return None if stays else _ended(running, after)
    last = latest_milestone(before.history)
    if last is None or last.phase is Phase.ROLLED_BACK or last.version != before.stable:
        return None
    is_back = after.stable != before.stable and was_stable(before.history, after.stable or "")
    return _state(last, Phase.ROLLED_BACK) if is_back else None


def _ended(running: Milestone, after: LivePointer) -> Milestone:
    if after.stable != running.version:
        return _state(running, Phase.ROLLED_BACK)
    return Milestone(
        version=running.version,
        phase=Phase.PROMOTED,
        hash=running.hash,
        percent=100.0,
        overridden=True,
    )


def _state(milestone: Milestone, phase: Phase) -> Milestone:
    return Milestone(version=milestone.version, phase=phase, hash=milestone.hash)
