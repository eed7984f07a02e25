"""Decides how a rollout is taken back: its canary is ended, or the version before is stable again.

Pure. It needs no proof, and bears a history that no other step would go on from.
"""

from collections.abc import Iterator
from dataclasses import replace
from shlex import quote

from evalgate.errors import UsageError
from evalgate.model.milestone import Milestone, Phase
from evalgate.model.prompt import LivePointer, Move
from evalgate.prompts.library import Prompt
from evalgate.prompts.past import good_versions, milestones
from evalgate.rollout import rolling_back
from evalgate.rollout.hand_move import HandMove, Signature, moved, pointer_of
from evalgate.rollout.rolling_back import Rollback
from evalgate.rollout.under_way import under_way


def rolled_back(prompt: Prompt, *, signature: Signature, because: str = "") -> HandMove:
    """Return the move that takes the latest rollout back.

    Before the version is stable its canary is ended. While it is stable, the last good version
    becomes so again, and any canary is ended. After that nothing is to be done.

    Args:
        prompt: with its live pointer and the files of its versions.
        signature: who asks, when and why.
        because: what the evidence says, for the history.

    Raises:
        UsageError: when there is no rollout to take back, or nothing to go back to.
    """
    before = pointer_of(prompt)
    told = milestones(before.history)
    if not told:
        raise _refusal(before, "no rollout of it is known")
    move, last = told[-1]
    signature = replace(signature, why=": ".join(filter(None, (because, signature.why))))
    if under_way(before):
        return rolling_back.rolled_back(prompt, Rollback(), signature)
    if last.phase is not Phase.ROLLED_BACK and before.stable == last.version:
        return rolling_back.rolled_back(prompt, Rollback(to=_last_good(before)), signature)
    if last.phase is Phase.PROMOTED:
        raise _refusal(before, f"{last.version} was promoted, and {before.stable} is stable now")
    return _noted(before, move, last, signature=signature)


def _last_good(before: LivePointer) -> str:
    for version in good_versions(before):
        return version
    raise _refusal(before, f"its history names no good version before {before.stable}")


def _noted(before: LivePointer, move: Move, last: Milestone, *, signature: Signature) -> HandMove:
    """Return the move that ends a rollout without traffic; none where it has ended."""
    after = before
    if last.phase is Phase.PREFLIGHT:
        done = f"takes back the rollout of {last.version}"
        milestone = Milestone(version=last.version, phase=Phase.ROLLED_BACK, hash=last.hash)
        after = moved(
            before,
            before,
            replace(signature, why=": ".join(filter(None, (done, signature.why)))),
            milestone=milestone,
            verdict=move.verdict,
        )
    return HandMove(
        before=before,
        pointer=after,
        said=(f"{last.version} of {before.prompt} is rolled back",),
        subject=f"Roll back the rollout of {before.prompt} {last.version}",
        remarks=tuple(_remarks(before)),
    )


def _remarks(before: LivePointer) -> Iterator[str]:
    canary = before.canary
    if canary is not None:
        yield (
            f"The canary {canary.version} is of no rollout: `evalgate rollback "
            f"{quote(before.prompt)}` ends it."
        )


def _refusal(before: LivePointer, why: str) -> UsageError:
    return UsageError(
        f"there is no rollout of `{before.prompt}` to roll back: {why}; to go back by hand, "
        f"`evalgate rollback {quote(before.prompt)}`, and to serve none, `evalgate switch "
        f"{quote(before.prompt)} --disable`"
    )
