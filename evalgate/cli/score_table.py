"""What `evalgate score` prints of a pass: what was found, judged and left, the scores, the cost."""

from collections.abc import Iterator, Mapping

from evalgate.model.document import Data
from evalgate.monitoring.scoring.tally import CriterionTally, Tally
from evalgate.reporting.numbers import count, money
from evalgate.reporting.visible import safe_line

SCHEMA = "scoring/1"


def score_lines(
    tally: Tally, *, judge: str, per_day: float | None, is_simulated: bool = False
) -> Iterator[str]:
    """Yield the lines for a reader.

    Args:
        tally: what the pass came to.
        judge: the judge's model.
        per_day: what judging may cost on a day, in US dollars; None without a limit.
        is_simulated: nobody is paid.
    """
    yield from _samples(tally)
    if tally.criteria:
        yield ""
        yield from _criteria(tally.criteria)
    yield ""
    if tally.anchors or tally.anchors_left:
        left = f", {tally.anchors_left:,} left for later" if tally.anchors_left else ""
        yield f"{count(tally.anchors, 'anchor')} scored{left}"
    cost = "would have cost" if is_simulated else "cost"
    limit = "" if per_day is None else f", of {money(per_day)} a day"
    yield f"{count(tally.calls, 'call')} of {judge} {cost} {money(tally.cost_usd)}{limit}"
    if tally.cost_usd is None:
        yield f"what is not known of it counts at its worst: {money(tally.booked_usd)} in all"
    if tally.stopped is not None:
        yield f"stopped early: {safe_line(tally.stopped.message)}"


def look_line(tally: Tally) -> str:
    """Return one line about a pass of many."""
    parts = [f"{count(tally.judged, 'sample')} judged", f"{tally.scores:,} scores"]
    if tally.ungraded:
        parts.append(f"{tally.ungraded:,} ungraded")
    if tally.passed_over:
        parts.append(f"{tally.passed_over:,} passed over")
    if tally.left:
        parts.append(f"{tally.left:,} left for later")
    if tally.expired:
        parts.append(f"{tally.expired:,} expired")
    if tally.unreadable:
        parts.append(f"{count(tally.unreadable, 'unreadable line')}")
    if tally.anchors or tally.anchors_left:
        parts.append(f"{tally.anchors:,} of {tally.anchors + tally.anchors_left:,} anchors")
    parts.append(money(tally.cost_usd))
    stopped = "" if tally.stopped is None else f" ({safe_line(tally.stopped.message)})"
    return f"{', '.join(parts)}{stopped}"


def score_document(tally: Tally, *, exit_code: int) -> dict[str, Data]:
    """Return the object for machines."""
    return {
        "schema": SCHEMA,
        "found": tally.found,
        "due": tally.due,
        "passed_over": tally.passed_over,
        "waiting": tally.waiting,
        "judged": tally.judged,
        "expired": tally.expired,
        "left": tally.left,
        "unreadable": tally.unreadable,
        "unheld": dict(sorted(tally.unheld.items())),
        "below": tally.below,
        "balances": tally.balances,
        "criteria": {name: _criterion(each) for name, each in sorted(tally.criteria.items())},
        "anchors": {"scored": tally.anchors, "left": tally.anchors_left},
        "calls": tally.calls,
        "cost_usd": tally.cost_usd,
        "booked_usd": tally.booked_usd,
        "stopped": None if tally.stopped is None else tally.stopped.kind.value,
        "exit_code": exit_code,
    }


def _samples(tally: Tally) -> Iterator[str]:
    unreadable = ""
    if tally.unreadable:
        unreadable = f"; {count(tally.unreadable, 'line is', 'lines are')} no sample"
    yield (
        f"{count(tally.found, 'new sample')} = {tally.due:,} due"
        f" + {tally.passed_over:,} passed over{unreadable}"
    )
    for prompt, number in sorted(tally.unheld.items()):
        yield f"no criterion is for {count(number, 'sample')} of the prompt {safe_line(prompt)}"
    if tally.passed_over:
        yield f"the budget does for calls with a draw below {tally.below:.4g}"
    yield (
        f"{tally.due:,} due + {tally.waiting:,} from before = {tally.judged:,} judged"
        f" + {tally.left:,} left for later + {tally.expired:,} expired"
    )
    if not tally.balances:
        yield "THIS DOES NOT BALANCE: please report it"


def _criteria(criteria: Mapping[str, CriterionTally]) -> Iterator[str]:
    width = max(9, *map(len, criteria))
    yield f"{'criterion':<{width}}  {'scores':>7}  {'mean':>6}  ungraded"
    for name, each in sorted(criteria.items()):
        mean = "–" if each.mean is None else f"{each.mean:.3f}"
        causes = ", ".join(
            f"{number:,} {safe_line(cause)}" for cause, number in sorted(each.ungraded.items())
        )
        yield f"{safe_line(name):<{width}}  {each.scored:>7,}  {mean:>6}  {causes or '–'}"
    yield "means are of the plain share of all calls"


def _criterion(each: CriterionTally) -> Data:
    return {
        "scored": each.scored,
        "ungraded": dict(sorted(each.ungraded.items())),
        "uniform": len(each.uniform),
        "mean": each.mean,
    }
