"""Decides how a rollout begins, or why it may not; pure.

One canary at a time. What a rollout was taken back from begins again only on somebody's word.
"""

from collections.abc import Iterator
from dataclasses import replace
from shlex import quote

from evalgate.errors import UsageError
from evalgate.model.milestone import Milestone, Phase
from evalgate.model.policy import RolloutRules
from evalgate.model.prompt import Canary, LivePointer
from evalgate.prompts.library import Prompt
from evalgate.prompts.past import milestones
from evalgate.rollout.announcement import SIMULATED
from evalgate.rollout.course import rollout_salt
from evalgate.rollout.hand_move import (
    HandMove,
    Signature,
    because,
    last_told,
    moved,
    pointer_of,
    switch_remarks,
)
from evalgate.rollout.instants import check_clock, later
from evalgate.rollout.offline import Offline, check_comparable
from evalgate.rollout.stepping import next_share, shared
from evalgate.rollout.under_way import under_way


def started(
    prompt: Prompt, version: str, *, offline: Offline, rules: RolloutRules, signature: Signature
) -> HandMove:
    """Return the move that begins a rollout: its preflight, and its first share of the traffic.

    Args:
        prompt: with its live pointer and the files of its versions.
        version: that is to be rolled out.
        offline: what has been proven of it.
        rules: the stages.
        signature: who asks, when and why.

    Raises:
        UsageError: when it may not begin.
    """
    before = pointer_of(prompt)
    check_comparable(prompt, version)
    _check_free(before)
    _check_proven(prompt, version, offline)
    _check_not_taken_back(before, version, offline=offline, signature=signature)
    check_clock(signature.at, last_told(before).at, path=before.path)
    signature = replace(signature, at=later(signature.at, last_told(before).at))
    share = next_share(rules, 0.0)
    milestone = Milestone(version=version, phase=Phase.PREFLIGHT, hash=offline.hash)
    begun = moved(
        before,
        replace(before, canary=None),
        replace(signature, why=because(f"begins the rollout of {version}", signature.why)),
        milestone=milestone,
        verdict=offline.run_id,
    )
    salt = rollout_salt(prompt.name, version, hash=offline.hash, at=signature.at)
    serving = moved(
        begun,
        replace(begun, canary=Canary(version=version, percent=share, salt=salt)),
        replace(signature, why=f"{version} gets {share:g} %"),
        milestone=replace(milestone, phase=Phase.SERVING, percent=share),
        verdict=offline.run_id,
    )
    return HandMove(
        before=before,
        pointer=serving,
        said=(shared(serving),),
        subject=f"Begin the rollout of {prompt.name} {version}",
        remarks=tuple(_remarks(before, offline)),
    )


def _check_free(before: LivePointer) -> None:
    """Raise UsageError when there is a canary; one that is the stable version is none."""
    canary, name = before.canary, quote(before.prompt)
    if canary is None or canary.version == before.stable:
        return
    end = "evalgate rollout rollback" if under_way(before) else "evalgate rollback"
    raise UsageError(
        f"version: {canary.version} is the canary of `{before.prompt}` with {canary.percent:g} % "
        f"of the traffic, and there is one canary at a time: finish it, or end it with `{end} "
        f"{name}`"
    )


def _check_proven(prompt: Prompt, version: str, offline: Offline) -> None:
    if (offline.version, offline.hash) != (version, prompt.identity(version)):
        raise UsageError(
            f"the verdict {offline.run_id} is about another content than {version} of "
            f"`{prompt.name}` has now: judge it with `evalgate promote {quote(prompt.name)} "
            f"{version} --percent 5 --dry-run`"
        )


def _check_not_taken_back(
    before: LivePointer, version: str, *, offline: Offline, signature: Signature
) -> None:
    """Raise UsageError when the last rollout of this content failed, and nobody answers for it."""
    told = [each for each in milestones(before.history) if each[1].hash == offline.hash]
    if not told or signature.is_answered:
        return
    move, last = told[-1]
    if last.phase is Phase.PROMOTED:
        return
    told_back = (move.at, move.why) if last.phase is Phase.ROLLED_BACK else ()
    details = ", ".join(text for text in told_back if text)
    raise UsageError(
        f"{version} of `{before.prompt}` was rolled out before, and rolled back"
        f"{f' ({details})' if details else ''}: write a version that mends it, or say who begins "
        "again and why: --by and --reason"
    )


def _remarks(before: LivePointer, offline: Offline) -> Iterator[str]:
    if offline.simulated:
        yield SIMULATED
    yield from switch_remarks(before.prompt, before.switch)
