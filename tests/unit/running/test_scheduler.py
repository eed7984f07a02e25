"""Facts about running trials side by side."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.errors import EvaluationError
from evalgate.model.evalset import Case, EvalSet
from evalgate.model.prompt import PromptVersion
from evalgate.model.trial import Arm, Trial, TrialError, TrialStatus
from evalgate.running.plan import PlannedTrial
from evalgate.running.scheduler import RunLimits, StopReason, run_trials
from evalgate.simulator.fakes import MemoryTrialLog

VERSION = PromptVersion(
    prompt="support",
    version="v1",
    path="prompts/support/v1.md",
    hash="hash",
    model="claude-sonnet-5-5",
    max_tokens=64,
    effort=None,
    description="",
    inputs=(),
    output_schema=None,
    metadata={},
    system=None,
    parts=(),
)
CASE = Case(id="a", vars={}, expected=None, graders=(), hash="hash")
SET = EvalSet(name="support", path="evalsets/support.yaml", prompts=("support",), cases=(CASE,))

Work = Callable[[PlannedTrial], Awaitable[Trial]]


def plan(count: int) -> Iterator[PlannedTrial]:
    for index in range(count):
        yield PlannedTrial(version=VERSION, arm=Arm.CANDIDATE, evalset=SET, case=CASE, index=index)


def errors(kind: str, *indices: int) -> Work:
    """Work that errors on some trials and grades the others."""

    async def work(planned: PlannedTrial) -> Trial:
        await asyncio.sleep(0)
        if planned.index in indices:
            return planned.trial(TrialStatus.ERRORED, TrialError(kind=kind, message="why"))
        return planned.trial(TrialStatus.GRADED)

    return work


async def run(
    planned: Iterator[PlannedTrial], work: Work, *, concurrency: int = 4, errored: int = 1000
) -> tuple[list[Trial], StopReason | None]:
    log, told = MemoryTrialLog(), list[Trial]()
    limits = RunLimits(concurrency=concurrency, errored=errored)
    stop = await run_trials(planned, work=work, log=log, limits=limits, on_trial=told.append)
    assert told == list(log.read())
    return told, stop


def statuses(trials: list[Trial]) -> Counter[TrialStatus]:
    return Counter(trial.status for trial in trials)


async def test_a_run_that_goes_to_the_end_tells_the_first_reason_to_stop() -> None:
    log = MemoryTrialLog()
    limits = RunLimits(concurrency=1, errored=0, to_the_end=True)
    stop = await run_trials(
        plan(9), work=errors("cost_limit", 3, 4), log=log, limits=limits, on_trial=lambda _: None
    )
    assert stop == StopReason(kind="cost_limit", message="why")
    assert statuses([*log.read()]) == {TrialStatus.GRADED: 7, TrialStatus.ERRORED: 2}


async def test_every_planned_trial_is_run_once() -> None:
    trials, stop = await run(plan(50), errors("timeout"))
    assert sorted(trial.trial for trial in trials) == list(range(50))
    assert stop is None


async def test_an_empty_plan_is_done_at_once() -> None:
    assert await run(plan(0), errors("timeout")) == ([], None)


async def test_trials_in_flight_are_bounded_and_the_bound_is_used() -> None:
    flying, most = 0, 0

    async def work(planned: PlannedTrial) -> Trial:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        await asyncio.sleep(0)
        flying -= 1
        return planned.trial(TrialStatus.GRADED)

    await run(plan(50), work, concurrency=7)
    assert most == 7


async def test_the_plan_is_pulled_and_not_held() -> None:
    pulled = 0

    def counted() -> Iterator[PlannedTrial]:
        nonlocal pulled
        for planned in plan(10_000):
            pulled += 1
            yield planned

    async def work(planned: PlannedTrial) -> Trial:
        assert pulled <= planned.index + 3
        await asyncio.sleep(0)
        return planned.trial(TrialStatus.GRADED)

    await run(counted(), work, concurrency=3)
    assert pulled == 10_000


async def test_a_trial_is_recorded_when_it_ends_and_not_in_the_order_of_the_plan() -> None:
    first_may_end = asyncio.Event()

    async def work(planned: PlannedTrial) -> Trial:
        if planned.index == 0:
            await first_may_end.wait()
        elif planned.index == 3:
            first_may_end.set()
        return planned.trial(TrialStatus.GRADED)

    trials, _ = await run(plan(4), work, concurrency=2)
    assert [trial.trial for trial in trials] == [1, 2, 3, 0]


@pytest.mark.parametrize(
    "kind", ["authentication", "permission", "billing", "spend_limit", "model_not_found"]
)
async def test_a_failure_that_every_call_would_meet_stops_the_run(kind: str) -> None:
    trials, stop = await run(plan(20), errors(kind, 2), concurrency=1)
    assert stop == StopReason(kind=kind, message="why")
    assert statuses(trials) == {
        TrialStatus.GRADED: 2,
        TrialStatus.ERRORED: 1,
        TrialStatus.SKIPPED: 17,
    }


async def test_a_skipped_trial_names_the_cause() -> None:
    trials, _ = await run(plan(2), errors("billing", 0), concurrency=1)
    assert trials[1].error == TrialError(kind="billing", message="not started: why")


async def test_trials_in_flight_finish_when_the_run_stops() -> None:
    async def work(planned: PlannedTrial) -> Trial:
        await asyncio.sleep(0)
        if planned.index == 0:
            return planned.trial(TrialStatus.ERRORED, TrialError(kind="billing", message=""))
        await asyncio.sleep(0.01)
        return planned.trial(TrialStatus.GRADED)

    trials, _ = await run(plan(10), work, concurrency=4)
    assert statuses(trials)[TrialStatus.GRADED] == 3
    assert statuses(trials)[TrialStatus.SKIPPED] == 6


async def test_errors_within_the_budget_do_not_stop_the_run() -> None:
    trials, stop = await run(plan(10), errors("timeout", 0, 1), concurrency=1, errored=2)
    assert stop is None
    assert len(trials) == 10


async def test_one_error_beyond_the_budget_stops_the_run() -> None:
    trials, stop = await run(plan(10), errors("timeout", 0, 1, 4), concurrency=1, errored=2)
    assert stop is not None
    assert stop.kind == "error_budget"
    assert stop.message == (
        "3 trials ended without a grade, and the error budget allows 2; the last one: why"
    )
    assert statuses(trials)[TrialStatus.SKIPPED] == 5


async def test_what_work_raises_ends_the_run_and_keeps_what_was_written() -> None:
    log = MemoryTrialLog()

    async def work(planned: PlannedTrial) -> Trial:
        if planned.index == 2:
            raise EvaluationError("no space left")
        return planned.trial(TrialStatus.GRADED)

    limits = RunLimits(concurrency=1, errored=0)
    with pytest.raises(EvaluationError, match="no space left"):
        await run_trials(plan(9), work=work, log=log, limits=limits, on_trial=lambda _: None)
    assert [trial.trial for trial in log.read()] == [0, 1]


async def test_cancelling_the_run_cancels_what_is_in_flight_and_keeps_what_was_written() -> None:
    log, stuck, cancelled = MemoryTrialLog(), asyncio.Event(), 0

    async def work(planned: PlannedTrial) -> Trial:
        nonlocal cancelled
        if planned.index < 5:
            return planned.trial(TrialStatus.GRADED)
        stuck.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled += 1
            raise
        raise AssertionError

    limits = RunLimits(concurrency=3, errored=0)
    running = asyncio.create_task(
        run_trials(plan(99), work=work, log=log, limits=limits, on_trial=lambda _: None)
    )
    await stuck.wait()
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert cancelled == 3
    assert len(list(log.read())) == 5


@given(
    count=st.integers(0, 40),
    failing=st.dictionaries(st.integers(0, 39), st.sampled_from(["timeout", "billing"])),
    concurrency=st.integers(1, 8),
    errored=st.integers(0, 5),
)
def test_every_planned_trial_is_accounted_for_exactly_once(
    count: int, failing: dict[int, str], concurrency: int, errored: int
) -> None:
    async def work(planned: PlannedTrial) -> Trial:
        await asyncio.sleep(0)
        kind = failing.get(planned.index)
        if kind is None:
            return planned.trial(TrialStatus.GRADED)
        return planned.trial(TrialStatus.ERRORED, TrialError(kind=kind, message=""))

    trials, stop = asyncio.run(run(plan(count), work, concurrency=concurrency, errored=errored))
    assert sorted(trial.trial for trial in trials) == list(range(count))
    assert (statuses(trials)[TrialStatus.SKIPPED] == 0) or stop is not None
