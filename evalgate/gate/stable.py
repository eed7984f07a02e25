"""The stable versions of the work tree with the sets that guard them: what records are made of."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from evalgate.errors import ConfigurationError, NothingStableError, Problem, UsageError
from evalgate.gate.evalsets import EvalSets, covering, read_evalsets
from evalgate.gate.gate import completed
from evalgate.gate.gathering import Question, Sources, gather_work_tree
from evalgate.gate.matching import Matchup, match
from evalgate.gate.outside import Outside
from evalgate.gate.planning import Plan, check_fit
from evalgate.model.change import Candidate
from evalgate.model.comparison import NONE
from evalgate.model.ports import Parser
from evalgate.model.prompt import PromptVersion
from evalgate.model.reading import suggestion


def stable_plan(question: Question, outside: Outside, *, names: Collection[str] = ()) -> Plan:
    """Return the plan that holds each stable version of the work tree against itself.

    It has what the records of the work tree say, and the trials that a gate would run.

    Args:
        question: which policy rules; its base and head are the work tree.
        outside: where files are read.
        names: the prompts to take; all of them when there are none.

    Raises:
        UsageError: when a prompt is unknown.
        NothingStableError: when nothing is left.
        ConfigurationError: when a file of the work tree is wrong.
    """
    sources = gather_work_tree(question, outside.repository, outside.parser)
    _check_names(sources, names)
    settings = sources.policy.run
    sets = read_evalsets(sources, outside.parser).within(settings.splits)
    matchups = tuple(
        match(
            Candidate(version=version, baseline=version, why=()), each, sets=sets, settings=settings
        )
        for version in _stable_versions(sources, outside.parser, names=names)
        for each in covering(version.prompt, sets.head)
    )
    check_fit(matchups, settings.splits)
    notes = tuple(_left_out(sources, sets, names=names))
    if not matchups:
        raise NothingStableError(
            "\n".join(notes) or f"{sources.policy.paths.prompts}/ holds no prompt"
        )
    plan = Plan(sources=sources, matchups=matchups, notes=notes, sets=sets.head)
    return completed(plan, outside)


def topped_up(plan: Plan, trials: int, *, afresh: bool = False) -> Plan:
    """Return a plan of stable versions with so many trials of each case, and nothing compared.

    Args:
        plan: from `stable_plan`. What its records answer is planned too, and costs nothing.
        trials: the number of trials per case.
        afresh: whether nothing of its records is used.

    Raises:
        UsageError: when so many of a record are never used.
    """
    most = plan.sources.policy.run.record_trials
    if not 1 <= trials <= most:
        raise UsageError(
            f"--trials: expected a number from 1 to {most}, as many as are used of a record "
            f"(`run.record_trials` in {plan.sources.policy.path}), got {trials}"
        )
    return replace(
        plan,
        matchups=tuple(_alone(matchup, trials) for matchup in plan.matchups),
        records=None if afresh else plan.records,
    )


def _alone(matchup: Matchup, trials: int) -> Matchup:
    return replace(
        matchup,
        candidate=replace(matchup.candidate, baseline=None, unchanged=True),
        planned=tuple(
            replace(case, baseline=NONE, candidate=range(trials)) for case in matchup.planned
        ),
        history=None,
    )


def _check_names(sources: Sources, names: Collection[str]) -> None:
    known = sources.prompts.head
    for name in names:
        if name not in known:
            raise UsageError(f"--prompt: there is no prompt `{name}`{suggestion(name, known)}")


def _stable_versions(
    sources: Sources, parser: Parser, *, names: Collection[str]
) -> Iterator[PromptVersion]:
    problems: list[Problem] = []
    for name, prompt in sources.prompts.head.items():
        stable = prompt.stable
        if stable is None or stable not in prompt.versions or (names and name not in names):
            continue
        try:
            yield prompt.read(stable, parser)
        except ConfigurationError as error:
            problems += error.problems
    if problems:
        raise ConfigurationError(problems)


def _left_out(sources: Sources, sets: EvalSets, *, names: Collection[str]) -> Iterator[str]:
    """Yield a sentence about each prompt that has nothing to run."""
    for name, prompt in sources.prompts.head.items():
        if names and name not in names:
            continue
        if prompt.stable is None:
            yield f"{name} is left out: it has no stable version"
        elif prompt.stable not in prompt.versions:
            yield f"{name} is left out: its stable version {prompt.stable} does not exist"
        elif not covering(name, sets.head):
            yield f"{name} is left out: no eval set covers it"
