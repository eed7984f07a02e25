"""Looks after every rollout of a repository that is under way: back on harm, on where allowed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from evalgate.adapters.formats import FORMATS
from evalgate.cli.rollout_carrying import Errand, Occasion, take_at_once, take_on
from evalgate.cli.rollout_desk import Desk, Found, assessed, at_tip
from evalgate.cli.rollout_evidence import Assessed
from evalgate.cli.rollout_on_github import Case, check_version, take_back
from evalgate.cli.rollout_settled import Settled
from evalgate.errors import EvalgateError, ExitCode
from evalgate.gate.roots import root_name
from evalgate.model.rollout import Outcome
from evalgate.prompts.library import Prompt
from evalgate.prompts.past import latest_milestone
from evalgate.reporting.rollout_words import headline
from evalgate.rollout.dispatch import Dispatch
from evalgate.rollout.hand_move import HandMove, Signature
from evalgate.rollout.request import no_prompt
from evalgate.rollout.root import names_of, policies_at, root_of
from evalgate.rollout.stepping import held
from evalgate.rollout.watching import evidence_words, following


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """One prompt to be looked at, and the desk of its root alone."""

    desk: Desk
    prompt: str
    place: str


def look_after_all(desk: Desk, dispatch: Dispatch, signature: Signature) -> list[Settled]:
    """Return how each rollout that is under way was left; what goes wrong with one stops no other.

    Args:
        desk: of the run.
        dispatch: which may name a single prompt.
        signature: in whose name it is moved.

    Raises:
        UsageError: when there is no policy, or no such prompt.
        ConfigurationError: when a policy is wrong.
    """
    settled = []
    rounds = list(_rounds(desk))
    wanted = [each for each in rounds if dispatch.prompt in ("", each.prompt)]
    if dispatch.prompt and not wanted:
        raise no_prompt(dispatch.prompt, {each.prompt for each in rounds}, at=desk.base[:12])
    for each in wanted:
        try:
            left = _look(each, dispatch, signature)
        except EvalgateError as error:
            left = Settled(code=error.exit_code, said=f"{each.prompt}: {error}")
        if left is not None:
            settled.append(replace(left, place=each.place))
    return settled


def _rounds(desk: Desk) -> Iterator[_Round]:
    """Yield the folders that may be prompts; which of them are is found out one by one."""
    for policy in policies_at(
        desk.policies, commit=desk.base, repository=desk.repository, parser=FORMATS
    ):
        for name in sorted(names_of(policy, desk.base, desk.repository)):
            yield _Round(
                desk=replace(desk, policies=[policy.path]),
                prompt=name,
                place=f"{root_name(policy.path)}/{name}",
            )


def _look(each: _Round, dispatch: Dispatch, signature: Signature) -> Settled | None:
    """Look at one prompt; None where no rollout of it is under way."""
    desk = each.desk
    root = root_of(
        each.prompt, desk.policies, commit=desk.base, repository=desk.repository, parser=FORMATS
    )
    if not _may_be_under_way(root.prompt):
        return None  # so that GitHub is asked about few prompts
    found = at_tip(desk, root)
    check_version(dispatch, found)
    if not _may_be_under_way(found.prompt):
        return None
    view = assessed(desk, found)
    if view.report.rollout.phase.is_over:
        return None
    case = Case(desk=desk, found=found, dispatch=dispatch, signature=signature)
    return _follow(case, view)


def _may_be_under_way(prompt: Prompt) -> bool:
    milestone = latest_milestone(prompt.history)
    return milestone is not None and not milestone.phase.is_over


def _follow(case: Case, view: Assessed) -> Settled:
    report, found = view.report, case.found
    if report.outlook.outcome is Outcome.ROLL_BACK:
        return take_back(case, view)
    move = following(found.prompt, report, case.signature)
    if move is None or move.is_done:
        return Settled(code=ExitCode.OK, said=headline(report), report=report)
    occasion = Occasion(report=report, is_asked=False)
    if report.outlook.outcome is Outcome.ADVANCE:
        errand = Errand(desk=case.desk, found=found, move=move, occasion=occasion)
        return Settled(code=ExitCode.OK, said=take_on(errand), report=report, is_moved=True)

    def make(now: Found) -> HandMove:
        because = evidence_words(report.outlook)
        return held(now.prompt, signature=case.signature, because=because)

    said = take_at_once(case.desk, found, make, occasion)
    return Settled(code=ExitCode.INCONCLUSIVE, said=said, report=report, is_moved=True)
