"""What it takes to have the same run again: the command, and what it depends on besides."""

import shlex

from evalgate import __version__
from evalgate.deciding.wording import counted, listed
from evalgate.gate.planning import Plan, plan_hash
from evalgate.model.policy import JudgeSettings
from evalgate.model.revision import WORK_TREE


def settings(plan: Plan) -> tuple[tuple[str, str], ...]:
    """Return names and values, in the order in which a reader needs them."""
    sources, run = plan.sources, plan.sources.policy.run
    models = sorted(
        {
            version.model
            for matchup in plan.matchups
            for version in (matchup.candidate.version, matchup.candidate.baseline)
            if version is not None
        }
    )
    told = {
        "evalgate": __version__,
        "Policy file": f"`{sources.policy.path}`",
        "Trials per case": _trials(plan),
        "Models asked": listed(models) if models else "",
        "Judge": _judge(sources.policy.judge),
        "Route of the answers": run.route or "the Claude API",
        "Records": _records(plan.records_at),
        "Day of the waivers": sources.question.today,
        "Plan": f"`{plan_hash(plan)[:12]}`",
    }
    return tuple((name, value) for name, value in told.items() if value)


def command(plan: Plan) -> str:
    """Return the command that asks the same question again."""
    sources = plan.sources
    words = ["evalgate", "gate", "--base", sources.base]
    if sources.head != WORK_TREE:
        words += ["--head", sources.head]
    return shlex.join([*words, "--policy", sources.policy.path])


def _trials(plan: Plan) -> str:
    numbers = {len(case.candidate) for matchup in plan.matchups for case in matchup.planned}
    if len(numbers) < 2:
        return "".join(map(str, numbers))
    return f"{min(numbers)} to {max(numbers)}"


def _judge(judge: JudgeSettings) -> str:
    votes = f", {counted(judge.votes, 'vote')}" if judge.votes > 1 else ""
    return f"{judge.model}{votes}"


def _records(commit: str | None) -> str:
    if commit is None:
        return "those that the base has beside the prompts"
    return f"`{commit[:12]}` of their branch" if commit else "none"
