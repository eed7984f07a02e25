"""The main use case: a question about two git refs in, a verdict out."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

from evalgate.errors import ConfigurationError
from evalgate.gate.conclusion import conclude
from evalgate.gate.gathering import Question, gather
from evalgate.gate.matching import Matchup
from evalgate.gate.planning import Plan, make_plan
from evalgate.grading.code import code_problems, code_references
from evalgate.model.document import Tree
from evalgate.model.policy import Policy
from evalgate.model.ports import (
    ChatModel,
    Clock,
    CodeGraders,
    Parser,
    Prices,
    Repository,
    TrialLog,
)
from evalgate.model.trial import Arm, Trial
from evalgate.model.verdict import RunVerdict
from evalgate.prompts.render import render
from evalgate.running.plan import PlannedTrial, plan_trials
from evalgate.running.scheduler import RunLimits, StopReason, run_trials
from evalgate.running.trial import TrialRunner


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Everything that a gate reaches for.

    `open_model` connects to Claude, and is called only when there are trials to run. `random` draws
    from 0 up to 1 and `draw_boundary` 32 random lowercase hex digits. `open_code` gives the Python
    graders among the files of a folder.
    """

    repository: Repository
    parser: Parser
    open_model: Callable[[], AbstractAsyncContextManager[ChatModel]]
    prices: Prices
    clock: Clock
    random: Callable[[], float]
    draw_boundary: Callable[[], str]
    open_code: Callable[[Tree, str], CodeGraders]


def plan_gate(question: Question, outside: Outside) -> Plan:
    """Return what a question needs to have run; nothing is called.

    Raises:
        RepositoryError: when git cannot answer.
        ConfigurationError: when a file that the verdict depends on is wrong.
    """
    plan = make_plan(gather(question, outside.repository, outside.parser), outside.parser)
    return replace(plan, code=_code(plan, outside))


def _code(plan: Plan, outside: Outside) -> CodeGraders | None:
    """Return the Python graders that the plan needs, from the base and from nowhere else.

    Raises:
        ConfigurationError: when the policy allows none, or one of them cannot be called.
    """
    sets = [matchup.evalset for matchup in plan.matchups]
    if not any(code_references(evalset) for evalset in sets):
        return None
    sources, code = plan.sources, None
    folder = sources.policy.paths.graders
    if folder is not None:
        files = outside.repository.files(sources.base, [folder])
        code = outside.open_code(files, folder)
    problems = dict.fromkeys(each for evalset in sets for each in code_problems(evalset, code))
    if problems:
        raise ConfigurationError(problems)
    return code


async def run_gate(
    plan: Plan, outside: Outside, *, log: TrialLog, on_trial: Callable[[Trial], None]
) -> RunVerdict:
    """Run what is planned and return the verdict.

    Args:
        plan: from `plan_gate`.
        outside: what the run reaches for.
        log: where each trial is written; the verdict is drawn from what it holds.
        on_trial: told of each trial once it is written.
    """
    stopped = None
    if plan.trials:
        stopped = await _run(plan, outside, log=log, on_trial=on_trial)
    return conclude(plan, log.read, stopped=stopped)


async def _run(
    plan: Plan, outside: Outside, *, log: TrialLog, on_trial: Callable[[Trial], None]
) -> StopReason | None:
    policy = plan.sources.policy
    async with outside.open_model() as model:
        runner = TrialRunner(
            model=model,
            prices=outside.prices,
            clock=outside.clock,
            settings=policy.run,
            judge=policy.judge,
            render=render,
            random=outside.random,
            draw_boundary=outside.draw_boundary,
            code=plan.code,
        )
        return await run_trials(
            _trials(plan),
            work=runner.run,
            log=log,
            limits=RunLimits(
                concurrency=policy.run.concurrency, errored=_bearable_errors(plan, policy)
            ),
            on_trial=on_trial,
        )


def _trials(plan: Plan) -> Iterator[PlannedTrial]:
    """Yield each trial once, though several candidates may share the trials of a baseline."""
    shared: set[tuple[str, str, str, int]] = set()
    for matchup in plan.matchups:
        for trial in _matchup_trials(matchup):
            key = (trial.version.prompt, trial.evalset.name, trial.case.id, trial.index)
            if trial.arm is Arm.BASELINE:
                if key in shared:
                    continue
                shared.add(key)
            yield trial


def _matchup_trials(matchup: Matchup) -> Iterator[PlannedTrial]:
    candidate = matchup.candidate
    return plan_trials(
        matchup.evalset,
        matchup.planned,
        candidate=candidate.version,
        baseline=candidate.baseline,
    )


def _bearable_errors(plan: Plan, policy: Policy) -> int:
    """Return how many trials may error before some matchup must be over its error budget.

    A lost pair has at most two errored trials, hence the factor.
    """
    pairs = sum(case.candidate_trials for matchup in plan.matchups for case in matchup.planned)
    return int(2 * policy.gate.error_budget * pairs)
