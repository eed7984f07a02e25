"""Facts about holding the judge against the frozen answers, on the package's own stand-ins."""

import json

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.deciding.judge_drift import Drift
from evalgate.deciding.judge_measures import Agreement
from evalgate.errors import UsageError
from evalgate.gate.calibrating import calibrations
from evalgate.gate.drift_document import drift_document
from evalgate.gate.drifting import DriftOfSet, judge_anchors
from evalgate.gate.scope import Scope
from evalgate.grading.evalset import read_evalset
from evalgate.model.document import Data
from evalgate.model.evalset import EvalSet
from evalgate.model.policy import JudgeSettings, Policy
from tests.flow.test_calibrating import BAD, GOOD, POLICY, evalset, judged, labels
from tests.flow.test_running import BASE, Stage


async def anchors(stage: Stage, of: EvalSet, *, policy: Policy = POLICY) -> dict[str, Data]:
    first, _ = await judged(Stage(), labels(*[(GOOD, "pass"), (BAD, "fail")] * 10))
    found = await judge_anchors(
        calibrations(first, JudgeSettings()),
        {"p": of},
        policy=policy,
        outside=stage.outside(),
        scope=Scope(),
        on_trial=lambda _: None,
    )
    document = drift_document(found)
    assert json.loads(json.dumps(document)) == document
    [only] = document["evalsets"] if isinstance(document["evalsets"], list) else []
    assert isinstance(only, dict)
    return only


async def test_an_unchanged_judge_has_not_drifted() -> None:
    stage = Stage(store=None)
    found = await anchors(stage, evalset())
    assert stage.calls == (0, 20)
    assert (found["judged"], found["flips"], found["is_well"]) == (20, [], True)


async def test_anchors_of_cases_that_changed_are_left_out() -> None:
    text = BASE["evalsets/p.yaml"].replace("'number 4'", "'number four'")
    of = read_evalset(
        FORMATS.read_yaml("evalsets/p.yaml", text.encode()), name="p", tree={}, parser=FORMATS
    )
    found = await anchors(Stage(), of)
    assert (found["judged"], found["left_out"]) == (19, 1)


async def test_another_judge_or_no_anchor_left_is_said_before_any_call() -> None:
    stage = Stage()
    other = Policy(judge=JudgeSettings(effort="high"))
    with pytest.raises(UsageError, match="of another judge than the policy's"):
        await anchors(stage, evalset(), policy=other)
    with pytest.raises(UsageError, match="no labelled answer left"):
        await anchors(stage, evalset("names the window well"))
    assert stage.calls == (0, 0)


def test_a_judge_disagrees_below_the_least_agreement() -> None:
    for low, disagrees in ((0.4, False), (0.39, True)):
        found = DriftOfSet(
            evalset="p",
            judged=(),
            left_out=0,
            drift=Drift(to_pass=0, to_fail=0, worse=0, better=0),
            agreement=Agreement(labels=100, youden=0.6, low=low),
            least=0.4,
        )
        assert (found.disagrees, found.is_well) == (disagrees, not disagrees)
