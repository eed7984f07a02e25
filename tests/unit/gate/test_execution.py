"""Facts about getting the trials of a plan into the log; the flow tests cover the rest."""

from evalgate.gate.execution import WHOLE, execute
from evalgate.gate.gate import plan_gate
from evalgate.gate.gathering import Question
from evalgate.gate.scope import Scope, trial_key
from evalgate.model.trial import Trial
from evalgate.simulator.fakes import MemoryTrialLog
from tests.flow.test_running import PLANNED, Stage


async def test_each_trial_is_in_the_log_before_it_is_told_of() -> None:
    outside, log, told = Stage().outside(), MemoryTrialLog(), list[Trial]()
    plan = plan_gate(Question(base="main", head="HEAD", run_id="r"), outside)

    def on_trial(trial: Trial) -> None:
        told.append(trial)
        assert trial_key(trial) in {trial_key(each) for each in log.read()}

    stopped = await execute(plan, outside, log=log, on_trial=on_trial)
    assert (stopped, len(told)) == (None, PLANNED)


def test_by_default_everything_is_run() -> None:
    assert WHOLE.scope == Scope()
