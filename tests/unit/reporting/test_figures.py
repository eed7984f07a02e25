"""What the answers of one arm took."""

from collections.abc import Callable
from dataclasses import replace

from evalgate.model.chat import Usage
from evalgate.model.trial import Trial
from evalgate.model.verdict import Latency
from evalgate.reporting.figures import Figuring
from evalgate.reporting.story import ArmFigures


def figures(*trials: Trial) -> ArmFigures:
    figuring = Figuring()
    for trial in trials:
        figuring.add(trial)
    return figuring.figures()


def a_call(trial: Trial, latency_ms: int, usage: Usage, **changes: object) -> Trial:
    assert trial.completion is not None
    completion = replace(trial.completion, latency_ms=latency_ms, usage=usage)
    return replace(trial, completion=completion, **changes)  # type: ignore[arg-type]


def test_tokens_times_and_cost_are_summed_up(a_trial: Callable[..., Trial]) -> None:
    first = a_call(a_trial(), 100, Usage(input_tokens=10, output_tokens=2), cost_usd=0.25)
    usage = Usage(
        input_tokens=1,
        output_tokens=3,
        cache_read_tokens=30,
        cache_write_5m_tokens=4,
        cache_write_1h_tokens=5,
    )
    second = a_call(a_trial(), 300, usage, cost_usd=0.0, reused="record")
    assert figures(first, second) == ArmFigures(
        answers=2,
        reused=1,
        cost_usd=0.25,
        input_tokens=11,
        output_tokens=5,
        cached_tokens=39,
        latency_ms=Latency(p50=100, p95=300),
    )


def test_one_unknown_cost_makes_the_sum_unknown(a_trial: Callable[..., Trial]) -> None:
    known, unknown = replace(a_trial(), cost_usd=1.0), replace(a_trial(), cost_usd=None)
    assert figures(known, unknown, known).cost_usd is None


def test_a_trial_without_an_answer_counts_its_cost_alone(a_trial: Callable[..., Trial]) -> None:
    lost = replace(a_trial(), completion=None, cost_usd=0.5)
    assert figures(lost) == ArmFigures(cost_usd=0.5)
