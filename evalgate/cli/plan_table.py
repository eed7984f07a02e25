"""Shows what a plan will take, in a terminal and in a build log."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evalgate.gate.estimate_words import cost_words, states_limits, time_words, trials_words
from evalgate.gate.estimating import MatchupEstimate, PlanEstimate
from evalgate.gate.planning import Plan
from evalgate.model.change import Finding
from evalgate.model.chat import Purpose
from evalgate.model.comparison import CaseKind
from evalgate.model.trial import Arm
from evalgate.reporting.numbers import count, money
from evalgate.reporting.preflight_words import preflight_sentence, supposed
from evalgate.reporting.visible import on_one_line, safe_line
from evalgate.running.spending import Spending

_NAME = 60
_MOST_SHOWN = 50

_NO_LIMITS = "rate limits unknown: the policy states none (`run.requests_per_minute`, …)"


def show_plan(plan: Plan, estimate: PlanEstimate, console: Console) -> None:
    """Print a plan with its estimate; the console's width and colours are respected."""
    for each in estimate.matchups:
        _show_matchup(each, console)
    if not estimate.matchups:
        console.print("There is nothing to run.")
    else:
        for line in _totals(plan, estimate):
            console.print(line, soft_wrap=True)
    _show_list(console, "Warnings", estimate.warnings, style="bold yellow")
    _show_list(console, "Findings", [_finding(each) for each in plan.findings])
    _show_list(console, "Notes", plan.notes)


def _show_matchup(each: MatchupEstimate, console: Console) -> None:
    candidate, baseline = each.matchup.candidate.version, each.matchup.candidate.baseline
    versions = [version.version for version in (baseline, candidate) if version is not None]
    console.print(
        Text.assemble(
            (_safe(candidate.prompt), "bold"),
            f"  {_safe(' → '.join(versions))}  on {_safe(each.matchup.evalset.name)}",
        )
    )
    console.print(Text(f"  {_cases(each)}; {_trials(each)}"), soft_wrap=True)
    for line in _decides(each):
        console.print(Text(line), soft_wrap=True)
    console.print(_table(each))
    console.print()


def _cases(each: MatchupEstimate) -> str:
    kinds = [f"{number:,} {kind.value}" for kind in CaseKind if (number := each.cases.get(kind, 0))]
    return f"{count(sum(each.cases.values()), 'case')}: {', '.join(kinds)}"


def _trials(each: MatchupEstimate) -> str:
    arms = [f"{number:,} {arm.value}" for arm in Arm if (number := each.trials.get(arm, 0))]
    recorded = f", of which records answer {each.recorded:,}" if each.recorded else ""
    return f"{count(sum(each.trials.values()), 'trial')}: {', '.join(arms)}{recorded}"


def _decides(each: MatchupEstimate) -> Iterator[str]:
    foreseen = each.matchup.preflight
    if foreseen is not None:
        yield f"  decides   {preflight_sentence(foreseen)}"
        yield f"  supposes  {supposed(foreseen)}"


def _table(each: MatchupEstimate) -> Table:
    table = Table(box=None, padding=(0, 0, 0, 2), header_style="dim")
    table.add_column("")
    for title in ("calls", "tokens in", "tokens out", "expected", "at most"):
        table.add_column(title, justify="right")
    rows = {
        "answers": each.estimate.of(Purpose.ANSWER),
        "judge": each.estimate.of(Purpose.JUDGE),
    }
    for name, spending in rows.items():
        if spending.load.calls.most:
            table.add_row(name, *_row(spending))
    if all(spending.load.calls.most for spending in rows.values()):
        table.add_row("together", *_row(each.estimate.total), style="bold")
    return table


def _row(spending: Spending) -> Iterator[str]:
    yield f"{spending.load.calls.expected:,}"
    yield f"{spending.load.input_tokens.expected:,}"
    yield f"{spending.load.output_tokens.expected:,}"
    yield money(spending.cost.expected)
    yield money(spending.cost.most)


def _totals(plan: Plan, estimate: PlanEstimate) -> Iterator[str]:
    total = estimate.total.total
    yield f"run     {trials_words(estimate)}, {count(total.load.calls.expected, 'call')}"
    yield f"cost    {cost_words(total.cost)}"
    yield f"time    {time_words(estimate)}"
    if estimate.time is not None and not states_limits(plan.sources.policy.run):
        yield f"        {_NO_LIMITS}"


def _finding(finding: Finding) -> str:
    return f"{finding.verdict.value}: {finding.reason.message}"


def _show_list(console: Console, title: str, items: Sequence[str], *, style: str = "bold") -> None:
    if not items:
        return
    console.print()
    console.print(Text(title, style))
    for item in items[:_MOST_SHOWN]:
        console.print(Text(f"  - {safe_line(item)}"), soft_wrap=True)
    if len(items) > _MOST_SHOWN:
        console.print(f"  and {len(items) - _MOST_SHOWN:,} more; --json prints all")


def _safe(name: str) -> str:
    return safe_line(on_one_line(name, _NAME))
