"""What becomes of one rollout when somebody dispatches the workflow: told, moved on, or back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from evalgate.cli.opened_incident import incident_file
from evalgate.cli.rollout_carrying import (
    Errand,
    Make,
    Occasion,
    record_block,
    take_at_once,
    take_on,
)
from evalgate.cli.rollout_desk import Desk, Found, assessed, find
from evalgate.cli.rollout_evidence import Assessed
from evalgate.cli.rollout_moves import because_of, exit_code_of
from evalgate.cli.rollout_settled import Settled
from evalgate.errors import ExitCode, UsageError
from evalgate.model.milestone import Milestone
from evalgate.model.rollout import Outcome
from evalgate.prompts.past import latest_milestone
from evalgate.reporting.rollout_words import headline
from evalgate.rollout.dispatch import Act, Dispatch
from evalgate.rollout.hand_move import HandMove, Signature
from evalgate.rollout.reverting import rolled_back
from evalgate.rollout.stepping import advanced, held
from evalgate.rollout.watching import evidence_words

INCIDENTS = "reports/incidents"
"""Where incidents lie in a repository."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One rollout: the prompt as it is, what is asked for, and who asks."""

    desk: Desk
    found: Found
    dispatch: Dispatch
    signature: Signature

    @property
    def is_asked(self) -> bool:
        """Whether a person asks for exactly this."""
        return self.dispatch.act is not Act.WATCH


def settle(desk: Desk, dispatch: Dispatch, signature: Signature) -> Settled:
    """Do what is asked for with the rollout of one prompt.

    Raises:
        UsageError: when it may not be done.
        ConfigurationError: when the policy or the live pointer is wrong.
        GitHubError: when GitHub keeps the live pointer from moving, or cannot answer.
    """
    found = find(desk, dispatch.prompt)
    check_version(dispatch, found)
    case = Case(desk=desk, found=found, dispatch=dispatch, signature=signature)
    return _ACTS[dispatch.act](case)


def check_version(dispatch: Dispatch, found: Found) -> None:
    """Raise UsageError when another version is rolled out than the one that is named."""
    milestone = latest_milestone(found.prompt.history)
    if milestone and dispatch.version not in ("", milestone.version):
        raise UsageError(
            f"version: {milestone.version} of `{found.prompt.name}` is rolled out, and not "
            f"{dispatch.version[:60]}: leave the version out, or look which one is meant"
        )


def take_back(case: Case, view: Assessed) -> Settled:
    """Take a rollout back because of what production shows, and open an incident.

    Raises:
        UsageError: when something else has become of it meanwhile.
        GitHubError: when GitHub keeps the live pointer from moving, or cannot answer.
    """
    report = view.report
    name, text = incident_file(view, report_path=case.desk.workflow.run_url)
    occasion = Occasion(
        report=report,
        reason=case.signature.why,
        is_asked=case.is_asked,
        beside={f"{INCIDENTS}/{name}": text},
    )
    make = _back(case, because=evidence_words(report.outlook))
    said = take_at_once(case.desk, case.found, make, occasion)
    return Settled(code=ExitCode.FAIL, said=said, report=report, is_moved=True, beside={name: text})


def _check(case: Case) -> Settled:
    report = assessed(case.desk, case.found).report
    return Settled(code=exit_code_of(report), said=headline(report), report=report)


def _advance(case: Case) -> Settled:
    view = assessed(case.desk, case.found)
    report = view.report
    outcome, overrides = report.outlook.outcome, case.dispatch.overrides
    occasion = Occasion(report=report, reason=case.signature.why)
    if outcome is Outcome.ADVANCE or overrides or report.rollout.phase.is_over:
        move = advanced(
            case.found.prompt,
            rules=report.rules,
            signature=case.signature,
            because=because_of(report.outlook),
            overridden=outcome is not Outcome.ADVANCE,
        )
        errand = Errand(desk=case.desk, found=case.found, move=move, occasion=occasion)
        return Settled(code=ExitCode.OK, said=take_on(errand), report=report, is_moved=True)
    if outcome is Outcome.ROLL_BACK:
        return take_back(case, view)
    record_block(case.desk, case.found, occasion)
    return Settled(code=ExitCode.INCONCLUSIVE, said=headline(report), report=report)


def _hold(case: Case) -> Settled:
    def make(found: Found) -> HandMove:
        return held(found.prompt, signature=case.signature)

    return Settled(code=ExitCode.OK, said=_by_hand(case, make))


def _roll_back(case: Case) -> Settled:
    return Settled(code=ExitCode.OK, said=_by_hand(case, _back(case)))


def _by_hand(case: Case, make: Make) -> str:
    return take_at_once(case.desk, case.found, make, Occasion(reason=case.signature.why))


def _back(case: Case, *, because: str = "") -> Make:
    """Return what takes exactly this rollout back, wherever it has come to meanwhile."""
    meant = latest_milestone(case.found.prompt.history)

    def make(found: Found) -> HandMove:
        now = latest_milestone(found.prompt.history)
        if _identity(now) != _identity(meant):
            raise UsageError(
                f"another rollout of `{found.prompt.name}` has begun in this moment: look which "
                "one is meant, and dispatch the workflow again"
            )
        return rolled_back(found.prompt, signature=case.signature, because=because)

    return make


def _identity(milestone: Milestone | None) -> tuple[str, str] | None:
    return None if milestone is None else (milestone.version, milestone.hash)


_ACTS: Mapping[Act, Callable[[Case], Settled]] = {
    Act.CHECK: _check,
    Act.ADVANCE: _advance,
    Act.HOLD: _hold,
    Act.ROLLBACK: _roll_back,
}
