"""Facts about which trials a plan takes from records."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.python_grader import PythonGraders
from evalgate.adapters.records import RecordFiles
from evalgate.gate.outside import Outside, Routes
from evalgate.gate.planning import Plan
from evalgate.gate.recorded import recorded
from evalgate.gate.trials import planned_trials
from evalgate.model.ports import ChatModel
from evalgate.model.trial import Arm, Trial
from evalgate.simulator.fakes import FakeClock, FlatPrices, MemoryRepository, RuleModel
from tests.flow.test_gate import BASE, HARMLESS, Run, gate


@dataclass(frozen=True, slots=True)
class MemoryRecords:
    trials: Mapping[str, Trial]

    def find(self, asked: str) -> Trial | None:
        return self.trials.get(asked)

    def seconds(self, evalset: str) -> Mapping[str, float]:
        raise NotImplementedError(evalset)


@asynccontextmanager
async def nothing() -> AsyncIterator[ChatModel]:
    yield RuleModel([])


def open_nothing(_: Routes) -> AbstractAsyncContextManager[ChatModel]:
    return nothing()


def world(*, server: str = "direct") -> Outside:
    return Outside(
        repository=MemoryRepository(commits={}, parents={}, refs={}),
        parser=FORMATS,
        open_model=open_nothing,
        origin=lambda _: server,
        prices=FlatPrices(),
        clock=FakeClock(),
        random=lambda: 0.5,
        draw_boundary=lambda: "0" * 32,
        open_code=PythonGraders,
        open_records=RecordFiles,
    )


def keeping(run: Run, trials: Iterable[Trial]) -> Plan:
    return replace(run.plan, records=MemoryRecords({trial.asked: trial for trial in trials}))


def answered(plan: Plan, outside: Outside) -> set[Arm]:
    is_recorded = recorded(plan, outside)
    return {trial.arm for trial in planned_trials(plan) if is_recorded(trial)}


async def test_the_trials_that_a_record_holds_need_no_call() -> None:
    run = await gate(BASE | HARMLESS)
    past = [trial for trial in run.trials if trial.arm is Arm.BASELINE]
    plan = keeping(run, past)
    is_recorded = recorded(plan, world())
    found = {(trial.arm, is_recorded(trial)) for trial in planned_trials(plan)}
    assert found == {(Arm.BASELINE, True), (Arm.CANDIDATE, False)}


async def test_a_record_stands_for_the_trial_with_its_own_index_alone() -> None:
    twice = {name: text.replace("trials: 1\n", "trials: 2\n") for name, text in BASE.items()}
    run = await gate(twice | HARMLESS, base=twice)
    plan = keeping(run, [trial for trial in run.trials if trial.trial == 1])
    is_recorded = recorded(plan, world())
    found = {(trial.index, is_recorded(trial)) for trial in planned_trials(plan)}
    assert found == {(0, False), (1, True)}


async def test_without_records_every_trial_needs_calls() -> None:
    run = await gate(BASE | HARMLESS)
    assert answered(replace(run.plan, records=None), world()) == set()
    assert answered(keeping(run, []), world()) == set()


async def test_what_was_graded_otherwise_or_by_another_server_needs_calls() -> None:
    run = await gate(BASE | HARMLESS)
    otherwise = [replace(trial, grading="otherwise") for trial in run.trials]
    assert answered(keeping(run, otherwise), world()) == set()
    assert answered(keeping(run, run.trials), world(server="elsewhere")) == set()
    assert answered(keeping(run, run.trials), world()) == {Arm.BASELINE, Arm.CANDIDATE}
