"""Begins a rollout on GitHub: the gate judges the very change, and on pass the version serves."""

from dataclasses import dataclass, replace

from evalgate.adapters.formats import FORMATS
from evalgate.cli.promoting import Prepared, judge_promotion, today
from evalgate.cli.publication import Publication
from evalgate.cli.question import new_run_id
from evalgate.cli.rollout_carrying import Errand, Occasion, carried, on_record
from evalgate.cli.rollout_desk import Desk, Found
from evalgate.cli.rollout_settled import Settled
from evalgate.cli.session import Terms
from evalgate.errors import ExitCode
from evalgate.gate.outside import Outside
from evalgate.model.github import DeploymentState
from evalgate.model.policy import RolloutRules
from evalgate.model.verdict import RunVerdict
from evalgate.prompts.pointer_text import pointer_text
from evalgate.rollout.announcement import page
from evalgate.rollout.dispatch import Dispatch
from evalgate.rollout.hand_move import HandMove, Signature
from evalgate.rollout.moving import check_unmoved
from evalgate.rollout.offline import Offline
from evalgate.rollout.overriding import instant
from evalgate.rollout.promotion import Promotion, promotion_of
from evalgate.rollout.request import read_request
from evalgate.rollout.root import root_of
from evalgate.rollout.ruling import Ruling
from evalgate.rollout.starting import started


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beginning:
    """A version that is to begin, the commit that it is judged on, and the id of that run."""

    desk: Desk
    found: Found
    version: str
    signature: Signature
    run: str

    def move(self, *, simulated: bool = False) -> HandMove:
        """Return the move as of now."""
        rules = self.found.root.policy.rollout or RolloutRules()
        identity = self.found.prompt.identity(self.version) or ""
        return started(
            self.found.prompt,
            self.version,
            offline=Offline(
                run_id=self.run, version=self.version, hash=identity, simulated=simulated
            ),
            rules=rules,
            signature=replace(self.signature, at=instant(self.desk.clock())),
        )

    def errand(self, move: HandMove) -> Errand:
        """Return how the move is made."""
        return Errand(
            desk=self.desk,
            found=self.found,
            move=move,
            occasion=Occasion(reason=self.signature.why),
        )


def start(
    desk: Desk, dispatch: Dispatch, signature: Signature, *, world: Outside, terms: Terms
) -> Settled:
    """Judge a version against the stable one, and on pass give it the first share of the traffic.

    Raises:
        UsageError: when it may not begin.
        BranchMovedError: when what was judged is no longer as it was.
        GitHubError: when GitHub keeps the live pointer from moving.
        EvalgateError: as the gate does.
    """
    root = root_of(
        dispatch.prompt, desk.policies, commit=desk.base, repository=desk.repository, parser=FORMATS
    )
    found = Found(root=root, prompt=root.prompt, tip=desk.base, text=root.live_text)
    beginning = _Beginning(
        desk=desk, found=found, version=dispatch.version, signature=signature, run=new_run_id()
    )
    move = beginning.move()
    errand = beginning.errand(move)
    # A run that waited, or is run again, may be about a past that is over: nothing is paid for it.
    check_unmoved(desk.github, errand.pointer_move)
    prepared = _prepared(beginning, move)
    with on_record(errand) as record:
        ruling, verdict = judge_promotion(
            prepared,
            world,
            repository=desk.repository,
            publication=Publication(folder=desk.folder, as_json=False, in_workflow=True),
            terms=terms,
        )
        if not ruling.passes:
            record.end(DeploymentState.FAILURE, ruling.why)
            said = f"{verdict.verdict.value}: {dispatch.version} gets no traffic"
        else:
            # The times of the rollout count from here, and not from before the gate.
            said = carried(beginning.errand(beginning.move(simulated=verdict.simulated)), record)
    return _settled(prepared.promotion, ruling, verdict, said=said, desk=desk)


def _prepared(beginning: _Beginning, move: HandMove) -> Prepared:
    """Return the change as the gate judges it: all but the instant is what will be committed."""
    found, signature = beginning.found, beginning.signature
    canary = move.pointer.canary
    request = read_request(
        found.prompt.name,
        beginning.version,
        percent=f"{canary.percent if canary else 0:g}",
        reason=signature.why,
        by=signature.by,
        at=today(),
        verdict=beginning.run,
    )
    return Prepared(
        base=beginning.desk.base,
        root=found.root,
        promotion=promotion_of(request, found.prompt, at=beginning.desk.base[:12]),
        text=pointer_text(move.pointer, before=found.text),
    )


def _settled(
    promotion: Promotion, ruling: Ruling, verdict: RunVerdict, *, said: str, desk: Desk
) -> Settled:
    told = page(promotion, ruling, verdict, outcome=said, run_url=desk.workflow.run_url)
    return Settled(
        code=ruling.exit_code,
        said=said,
        is_moved=ruling.exit_code is ExitCode.OK,
        summary=told.partition("\n\n")[2],
    )
