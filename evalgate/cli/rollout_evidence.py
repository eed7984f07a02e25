"""Reads the evidence about a rollout from files, and says what follows from it."""

from argparse import Namespace
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from evalgate.adapters.exposures import read_exposures
from evalgate.adapters.scores import read_scores
from evalgate.cli.evidence_options import policy_for
from evalgate.errors import UsageError
from evalgate.model.exposure import Exposure, Score
from evalgate.model.policy import RolloutRules
from evalgate.model.rollout import Evidence, Rollout, RolloutReport
from evalgate.prompts.library import Prompt
from evalgate.rollout.course import moves_of, rollout_of
from evalgate.rollout.evidence import evidence_of
from evalgate.rollout.outlook import outlook_of
from evalgate.rollout.replaying import as_of
from evalgate.rollout.reported import report_of
from evalgate.runtime.logbook.words import name_word

HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evident:
    """By which rules rollouts are judged, and the files and folders that hold the evidence."""

    rules: RolloutRules
    max_drop: float
    calls: tuple[Path, ...] = ()
    scores: tuple[Path, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The words of a command line that name the same evidence."""
        return (
            *(f"--calls={path}" for path in self.calls),
            *(f"--scores={path}" for path in self.scores),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """A rollout with what follows for it, and what was read for that."""

    report: RolloutReport
    exposures: tuple[Exposure, ...]
    scores: tuple[Score, ...]


def evident(options: Namespace, folder: Path) -> Evident:
    """Return the rules for the prompts of a folder, and where the evidence is.

    Raises:
        ConfigurationError: when the policy is wrong.
        UsageError: when it cannot be read.
    """
    policy = policy_for(options.policy, folder)
    rules = policy.rollout or RolloutRules()
    drop = policy.gate.max_drop if rules.max_drop is None else rules.max_drop
    calls, scores = getattr(options, "calls", ()), getattr(options, "scores", ())
    return Evident(rules=rules, max_drop=drop, calls=tuple(calls), scores=tuple(scores))


def assess(prompt: Prompt, found: Evident, *, now: float) -> Assessed:
    """Return how the latest rollout of a prompt stands.

    Args:
        prompt: as it is now.
        found: the rules, and where the evidence is.
        now: the instant from which on nothing is known, in seconds since 1970.

    Raises:
        UsageError: when there is no rollout, or the evidence cannot be read.
        ConfigurationError: when the live pointer is wrong.
    """
    then = as_of(prompt, now)
    rollout = rollout_of(then)
    if rollout is None:
        raise UsageError(
            f"no rollout of `{prompt.name}` is known: begin one with `evalgate rollout start "
            f"{prompt.name} vN`"
        )
    since = rollout.started - HOUR
    calls = (
        read_exposures(found.calls, name_word(prompt.name), since=since) if found.calls else None
    )
    scores = read_scores(found.scores) if found.scores else None
    exposures, graded = calls.exposures if calls else (), scores.scores if scores else ()
    evidence = evidence_of(
        rollout, exposures, graded, rules=found.rules, max_drop=found.max_drop, now=now
    )
    unread = Counter(calls.left_out if calls else {}) + Counter(scores.left_out if scores else {})
    evidence = replace(evidence, left_out={**evidence.left_out, **unread})
    report = _report(then, rollout, evidence, found)
    return Assessed(report=report, exposures=exposures, scores=graded)


def _report(prompt: Prompt, rollout: Rollout, evidence: Evidence, found: Evident) -> RolloutReport:
    remarks = []
    if not found.calls and rollout.steps and rollout.at_full is None:
        remarks.append("No call log was named, so that nothing is known: --calls PATH.")
    if not found.scores and rollout.steps and rollout.at_full is None:
        remarks.append("No scores were named, so that quality is not known: --scores PATH.")
    return report_of(
        rollout,
        evidence,
        outlook_of(rollout, evidence, found.rules),
        rules=found.rules,
        moves=moves_of(prompt),
        remarks=remarks,
        places=found.words,
    )
