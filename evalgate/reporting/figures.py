"""Sums up what the answers of one arm took: tokens, time and cost."""

from array import array

from evalgate.model.trial import Trial
from evalgate.model.verdict import Latency
from evalgate.reporting.story import ArmFigures


class Figuring:
    """Adds up the trials of one arm; only the times of answers are kept one by one."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._answers = self._reused = 0
        self._input = self._output = self._cached = 0
        self._cost: float | None = 0.0
        self._latencies: array[int] = array("Q")

    def add(self, trial: Trial) -> None:
        """Take one trial into account."""
        both = None not in (self._cost, trial.cost_usd)
        self._cost = (self._cost or 0.0) + (trial.cost_usd or 0.0) if both else None
        if trial.completion is None:
            return
        usage = trial.completion.usage
        self._answers += 1
        self._reused += bool(trial.reused)
        self._input += usage.input_tokens
        self._output += usage.output_tokens
        self._cached += (
            usage.cache_read_tokens + usage.cache_write_5m_tokens + usage.cache_write_1h_tokens
        )
        self._latencies.append(trial.completion.latency_ms)

    def figures(self) -> ArmFigures:
        """Return the sums, and the percentiles of the times."""
        return ArmFigures(
            answers=self._answers,
            reused=self._reused,
            cost_usd=self._cost,
            input_tokens=self._input,
            output_tokens=self._output,
            cached_tokens=self._cached,
            latency_ms=Latency.of(self._latencies),
        )
