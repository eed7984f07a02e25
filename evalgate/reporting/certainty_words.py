"""Says how sure a verdict is: where its interval lies, and how that compares with the limit."""

from collections.abc import Mapping

from evalgate.model.verdict import Estimate, PromptVerdict, Verdict
from evalgate.reporting.numbers import count, percent, points
from evalgate.reporting.sentences import span

_ABOUT: Mapping[str, str] = {
    "population": "the traffic that the cases were drawn from",
    "suite": "exactly these cases",
}


_OPEN = frozenset(
    ("regression", "cannot_tell", "too_few_cases", "too_few_clusters", "too_few_trials")
)
"""The reasons that the limit is not shown to hold."""


def certainty(verdict: PromptVerdict) -> str:
    """Say in a few sentences what is known of the change; empty when nothing was compared."""
    delta = verdict.delta
    if delta is None:
        return ""
    compared = count(verdict.cases.compared, "case")
    about = _ABOUT.get(verdict.estimand, verdict.estimand)
    return (
        f"{_judged(verdict, delta)}: over {compared} the pass rate is "
        f"{span(delta, verdict.max_drop)}; the limit is a drop of {_limit(verdict)}. "
        f"Each end of that range holds with {percent(1 - verdict.alpha)} confidence; it is about "
        f"{about}."
    )


def _judged(verdict: PromptVerdict, delta: Estimate) -> str:
    if delta.low <= -verdict.max_drop:
        return _placed(delta, verdict.max_drop)
    if not _OPEN.isdisjoint(reason.code for reason in verdict.reasons):
        return "within the limit on average, but more cases than that may have broken outright"
    # What fails then are some of the cases.
    scope = "as a whole " if verdict.verdict is Verdict.FAIL else ""
    return f"{scope}{_placed(delta, verdict.max_drop)}"


def _placed(delta: Estimate, max_drop: float) -> str:
    if delta.low > 0:
        return "better for sure"
    if delta.high < -max_drop:
        return "worse, and by more than the limit"
    if delta.high < 0 and delta.low > -max_drop:
        return "worse, but by less than the limit"
    if delta.high < 0:
        return "worse, perhaps by more than the limit"
    if delta.low > -max_drop:
        return "not worse by more than the limit"
    return "it may be worse by more than the limit, and it may be no worse at all"


def _limit(verdict: PromptVerdict) -> str:
    size = points(verdict.max_drop)
    scale = " on the judge's scale" if verdict.judge is not None and verdict.judge.proven else ""
    return f"{size} {'point' if size == '1' else 'points'}{scale}"
