"""Decides how a rollout goes on: to its next share, to the stable version, or not for now; pure."""

from dataclasses import dataclass, replace
from shlex import quote

from evalgate.errors import UsageError
from evalgate.model.milestone import Milestone, Phase
from evalgate.model.policy import RolloutRules
from evalgate.model.prompt import Canary, LivePointer
from evalgate.model.rollout import Rollout
from evalgate.prompts.library import Prompt
from evalgate.rollout.course import ALL, moves_of, rollout_of, rollout_salt
from evalgate.rollout.hand_move import (
    HandMove,
    Signature,
    check_version,
    last_told,
    moved,
    pointer_of,
    switch_remarks,
)
from evalgate.rollout.instants import check_clock


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What comes next: the state, the share in percent, the pointer, and both in words."""

    phase: Phase
    share: float
    pointer: LivePointer
    done: str
    subject: str


def next_share(rules: RolloutRules, percent: float) -> float:
    """Return the share of the next stage above one, in percent; after the last one all of it."""
    above = (float(stage.percent) for stage in rules.stages if percent < stage.percent < ALL)
    return min(above, default=ALL)


def advanced(
    prompt: Prompt,
    *,
    rules: RolloutRules,
    signature: Signature,
    because: str = "",
    overridden: bool = False,
) -> HandMove:
    """Return the move to the next stage; from all of the traffic on, the version becomes stable.

    Args:
        prompt: with its live pointer and the files of its versions.
        rules: the stages.
        signature: who asks, when and why.
        because: what the evidence says, for the history.
        overridden: whether somebody goes on although the evidence does not say so.

    Raises:
        UsageError: when no rollout is under way, or it may not go on.
        ConfigurationError: when the history tells of no course that a rollout can take.
    """
    rollout, before = _live(prompt, signature), pointer_of(prompt)
    _check_same(prompt, rollout)
    if overridden and not signature.is_answered:
        raise UsageError(
            "override: say who goes on although the evidence does not say so, and why: --by and "
            "--reason"
        )
    step = _step(prompt, rollout, rules)
    milestone = Milestone(
        version=rollout.version,
        phase=step.phase,
        hash=rollout.hash,
        percent=step.share,
        overridden=overridden,
    )
    after = moved(
        before,
        step.pointer,
        replace(signature, why=_why(step.done, because, signature.why)),
        milestone=milestone,
        verdict=rollout.verdict,
    )
    return HandMove(
        before=before,
        pointer=after,
        said=(shared(after),),
        subject=step.subject,
        remarks=tuple(switch_remarks(prompt.name, before.switch)),
    )


def held(prompt: Prompt, *, signature: Signature, because: str = "") -> HandMove:
    """Return the move that keeps a rollout where it is, until somebody moves it on.

    Args:
        prompt: with its live pointer and the files of its versions.
        signature: who asks, when and why.
        because: what the evidence says, for the history.

    Raises:
        UsageError: when no rollout is under way, or nothing is served by it yet.
        ConfigurationError: when the history tells of no course that a rollout can take.
    """
    rollout, before = _live(prompt, signature), pointer_of(prompt)
    if rollout.phase is Phase.PREFLIGHT:
        raise UsageError(
            f"{rollout.version} of `{prompt.name}` has no traffic yet, so there is nothing to hold"
        )
    after, share = before, f"{rollout.percent:g} %"
    if rollout.phase is not Phase.HELD:
        after = moved(
            before,
            before,
            replace(
                signature,
                why=_why(f"holds {rollout.version} at {share}", because, signature.why),
            ),
            milestone=Milestone(
                version=rollout.version,
                phase=Phase.HELD,
                hash=rollout.hash,
                percent=rollout.percent,
            ),
            verdict=rollout.verdict,
        )
    return HandMove(
        before=before,
        pointer=after,
        said=(f"{rollout.version} of {prompt.name} stays at {share} until somebody moves it on",),
        subject=f"Hold {prompt.name} {rollout.version} at {share}",
        remarks=tuple(switch_remarks(prompt.name, before.switch)),
    )


def shared(pointer: LivePointer) -> str:
    """Say in a sentence, without a full stop, how a canary shares the traffic."""
    canary, stable = pointer.canary, pointer.stable
    if canary is None:
        return f"{stable} of {pointer.prompt} is stable, and gets all of the traffic"
    share = f"{canary.percent:g} %" if canary.percent < ALL else "all"
    beside = f"beside {stable}" if canary.percent < ALL else f"and {stable} is kept to go back to"
    return f"{canary.version} of {pointer.prompt} gets {share} of the traffic, {beside}"


def _live(prompt: Prompt, signature: Signature) -> Rollout:
    """Return the rollout that is under way; raise UsageError when there is none."""
    rollout, name = rollout_of(prompt), quote(prompt.name)
    if rollout is None or rollout.phase.is_over:
        last = "" if rollout is None else f": that of {rollout.version} is over"
        raise UsageError(
            f"no rollout of `{prompt.name}` is under way{last}; begin one with `evalgate rollout "
            f"start {name} vN`"
        )
    pointer = pointer_of(prompt)
    check_clock(signature.at, last_told(pointer).at, path=pointer.path)
    return rollout


def _check_same(prompt: Prompt, rollout: Rollout) -> None:
    """Raise UsageError when the version is not what the rollout began with."""
    check_version(prompt, rollout.version)
    if prompt.identity(rollout.version) != rollout.hash:
        name = quote(prompt.name)
        raise UsageError(
            f"{prompt.path(rollout.version)}, or what it includes, has changed since the rollout "
            f"began, so that nothing is known of it: undo the edit, or end the rollout with "
            f"`evalgate rollout rollback {name}` and begin one of a new version"
        )


def _step(prompt: Prompt, rollout: Rollout, rules: RolloutRules) -> _Step:
    before, version = pointer_of(prompt), rollout.version
    if rollout.percent >= ALL:
        return _Step(
            phase=Phase.PROMOTED,
            share=ALL,
            pointer=replace(before, stable=version, canary=None),
            done=f"{version} is stable",
            subject=f"Make {prompt.name} {version} stable",
        )
    share = next_share(rules, rollout.percent)
    salt = rollout_salt(prompt.name, version, hash=rollout.hash, at=moves_of(prompt)[0].at)
    return _Step(
        phase=Phase.SERVING,
        share=share,
        pointer=replace(before, canary=Canary(version=version, percent=share, salt=salt)),
        done=f"{version} gets {share:g} %",
        subject=f"Roll out {prompt.name} {version} to {share:g} %",
    )


def _why(done: str, evidence: str, reason: str) -> str:
    return ": ".join(text for text in (done, evidence, reason) if text)
