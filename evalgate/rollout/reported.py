"""Puts together what a promotion report tells of a rollout; pure."""

from collections.abc import Iterator, Mapping, Sequence
from shlex import quote

from evalgate.model.milestone import Milestone
from evalgate.model.policy import RolloutRules
from evalgate.model.prompt import Move
from evalgate.model.rollout import Evidence, Outcome, Outlook, Rollout, RolloutReport
from evalgate.reporting.rollout_words import state_of

_COMMANDS: Mapping[Outcome, str] = {Outcome.ADVANCE: "advance", Outcome.ROLL_BACK: "rollback"}


def report_of(  # noqa: PLR0913 - all that a report tells
    rollout: Rollout,
    evidence: Evidence,
    outlook: Outlook,
    *,
    rules: RolloutRules,
    moves: Sequence[Move],
    remarks: Sequence[str] = (),
    places: Sequence[str] = (),
) -> RolloutReport:
    """Return the report of a rollout.

    Args:
        rollout: as the live pointer tells it.
        evidence: from production.
        outlook: what follows.
        rules: with the stages.
        moves: those with a milestone of this rollout, oldest first.
        remarks: sentences about what was read.
        places: the words of the command line that name the evidence.
    """
    return RolloutReport(
        rollout=rollout,
        evidence=evidence,
        outlook=outlook,
        rules=rules,
        stages=tuple(stage.percent for stage in rules.stages),
        history=tuple(_row(move, move.rollout) for move in moves if move.rollout),
        command=_command(rollout, outlook, places),
        remarks=(*remarks, *evidence.remarks),
    )


def _row(move: Move, milestone: Milestone) -> tuple[str, str, str, str]:
    return move.at, state_of(milestone), move.by, move.why


def _command(rollout: Rollout, outlook: Outlook, places: Sequence[str]) -> str:
    action = "" if rollout.phase.is_over else _COMMANDS.get(outlook.outcome, "")
    return " ".join(_words(action, rollout.prompt, places)) if action else ""


def _words(action: str, prompt: str, places: Sequence[str]) -> Iterator[str]:
    yield from ("evalgate", "rollout", action, quote(prompt))
    if action == "advance":
        yield from map(quote, places)
