"""Says how a prompt fared in half a line, for a list of several prompts."""

from evalgate.model.trial import Arm
from evalgate.model.verdict import PromptVerdict
from evalgate.reporting.numbers import percent, signed_points
from evalgate.reporting.sentences import bounds


def glance(verdict: PromptVerdict) -> str:
    """Return the pass rates, the change and how many cases did worse; empty when none is known."""
    rates = [percent(rate) for arm in Arm if (rate := verdict.pass_rate.get(arm)) is not None]
    said = [" → ".join(rates)] if rates else []
    if verdict.delta is not None:
        low, high = bounds(verdict.delta, verdict.max_drop)
        said.append(f"{signed_points(verdict.delta.estimate)} points, from {low} to {high}")
    if verdict.flips.regressed:
        said.append(f"{len(verdict.flips.regressed):,} of {verdict.cases.compared:,} worse")
    return " · ".join(said)
