"""Says what a run cost, for what, and what it did not have to pay for."""

from collections.abc import Mapping

from evalgate.model.trial import CACHE, EVIDENCE, RECORD
from evalgate.model.verdict import RunVerdict
from evalgate.reporting.numbers import count, money

_PLACES: Mapping[str, str] = {
    RECORD: "from records",
    EVIDENCE: "from earlier runs",
    CACHE: "from stored answers",
}


def cost_line(run: RunVerdict) -> str:
    """Return the cost of a run with its parts: `$0.41 for 1,033 calls: answers $0.10, …`."""
    spending = run.spending
    cost = money(run.cost_usd)
    if run.cost_usd is None:
        cost += f", at most {money(spending.at_most_usd)}"
    line = f"{cost} for {count(run.calls, 'call')}"
    if spending.answers_usd and spending.judge_usd:
        line += f" (answers {money(spending.answers_usd)}, judge {money(spending.judge_usd)})"
    reused = [
        f"{count(number, 'trial')} {_PLACES.get(where, where)}"
        for where, number in spending.reused.items()
    ]
    return "; ".join([line, *reused])
