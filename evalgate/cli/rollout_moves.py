"""What `evalgate rollout` does when a person asks: tell, start, advance, hold and roll back."""

import time
from argparse import Namespace
from collections.abc import Iterator, Mapping
from dataclasses import replace

from evalgate.cli import by_hand, on_host
from evalgate.cli.by_hand import Deployed
from evalgate.cli.evidence_options import now_of
from evalgate.cli.found_verdict import found_verdict
from evalgate.cli.rollout_evidence import Assessed, assess, evident
from evalgate.cli.rollout_telling import tell_report, write_report
from evalgate.errors import ExitCode, UsageError
from evalgate.model.rollout import Outcome, Outlook, RolloutReport
from evalgate.rollout.hand_move import HandMove, Signature
from evalgate.rollout.reverting import rolled_back
from evalgate.rollout.starting import started
from evalgate.rollout.stepping import advanced, held
from evalgate.rollout.watching import evidence_words

EXIT_CODES: Mapping[Outcome, ExitCode] = {
    Outcome.ADVANCE: ExitCode.OK,
    Outcome.HOLD: ExitCode.INCONCLUSIVE,
    Outcome.ROLL_BACK: ExitCode.FAIL,
}
"""How a command ends that says what follows from the evidence."""


def status(options: Namespace) -> ExitCode:
    """Say where a rollout stands, and what follows."""
    found = by_hand.deployed(options)
    assessed = _assessed(found, options)
    tell_report(assessed.report, options)
    return exit_code_of(assessed.report)


def start(options: Namespace) -> ExitCode:
    """Begin a rollout on a passing verdict."""
    found = by_hand.deployed(options)
    offline = found_verdict(found, options.version, options.verdict)
    move = started(
        found.prompt,
        options.version,
        offline=offline,
        rules=evident(options, found.folder).rules,
        signature=signature_at(options),
    )
    return _carry_out(found, move, options)


def advance(options: Namespace) -> ExitCode:
    """Go to the next stage when the evidence says so, or a person answers for it."""
    found = by_hand.deployed(options)
    assessed = _assessed(found, options)
    outlook = assessed.report.outlook
    if options.override and not (options.by and options.reason):
        raise UsageError(
            "override: say who goes on although the evidence does not say so, and why: --by NAME "
            "--reason TEXT"
        )
    is_shown = outlook.outcome is Outcome.ADVANCE or assessed.report.rollout.phase.is_over
    if not (is_shown or options.override):
        tell_report(assessed.report, options)
        return exit_code_of(assessed.report)
    move = advanced(
        found.prompt,
        rules=assessed.report.rules,
        signature=signature_at(options),
        because=because_of(outlook),
        overridden=outlook.outcome is not Outcome.ADVANCE,
    )
    write_report(assessed.report, options.out)
    return _carry_out(found, move, options)


def hold(options: Namespace) -> ExitCode:
    """Keep a rollout where it is."""
    found = by_hand.deployed(options)
    signature = signature_at(options)
    return _carry_out(found, held(found.prompt, signature=signature), options)


def roll_back(options: Namespace) -> ExitCode:
    """Take a version back at once; no evidence is asked for."""
    found = by_hand.deployed(options)
    signature = signature_at(options)
    return _carry_out(found, rolled_back(found.prompt, signature=signature), options)


def signature_at(options: Namespace) -> Signature:
    """Return who asks when and why; an instant that was named instead of the clock's is told."""
    signature = by_hand.signature_of(options, now=now_of(options))
    if options.as_of is None:
        return signature
    return replace(signature, why=f"{signature.why} (by --as-of)".strip())


def ahead(options: Namespace) -> Iterator[str]:
    """Yield that a move is written with an instant that the clock has not reached."""
    if options.as_of is not None and options.as_of > time.time():
        yield (
            "The instant of --as-of lies ahead: until then, starts, advances and holds without "
            "--as-of are refused."
        )


def exit_code_of(report: RolloutReport) -> ExitCode:
    """Return how a command ends that tells of a rollout; one that is over asks for nothing."""
    return ExitCode.OK if report.rollout.phase.is_over else EXIT_CODES[report.outlook.outcome]


def because_of(outlook: Outlook) -> str:
    """Return what the evidence says in a sentence for the history, without a full stop."""
    said = evidence_words(outlook)
    return said if outlook.outcome is Outcome.ADVANCE else f"against the evidence ({said})"


def _assessed(found: Deployed, options: Namespace) -> Assessed:
    return assess(found.prompt, evident(options, found.folder), now=now_of(options))


def _carry_out(found: Deployed, move: HandMove, options: Namespace) -> ExitCode:
    remarks = [*on_host.outranking(options.prompt), *ahead(options)]
    return by_hand.carry_out(found, move, options, remarks=remarks)
