"""Facts about gates whose trials follow on others, because the base keeps a record."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.python_grader import PythonGraders
from evalgate.adapters.records import RecordFiles
from evalgate.adapters.trial_lines import encode
from evalgate.gate import recording
from evalgate.gate.conclusion import conclude
from evalgate.gate.execution import Mode
from evalgate.gate.gate import plan_gate, run_gate
from evalgate.gate.gathering import Question
from evalgate.gate.merging import problems
from evalgate.gate.outside import Outside, Routes
from evalgate.gate.planning import Plan
from evalgate.gate.resuming import BegunRun, left_over
from evalgate.gate.scope import trial_key
from evalgate.gate.standing import PlanTrials, counted, with_most
from evalgate.model.ports import ChatModel
from evalgate.model.route import Route
from evalgate.model.trial import CHECK, CONFIRMATION, Arm, Trial
from evalgate.model.verdict import LookTaken, RunVerdict, Verdict
from evalgate.simulator.fakes import (
    FakeClock,
    FlatPrices,
    MemoryRepository,
    MemoryTrialLog,
    RuleModel,
    text_tree,
)
from evalgate.simulator.rules import read_rules

STEADY, WAVERING = 110, 10
"""Cases that always come out the same, and cases that do so by chance."""

RULES = """
schema: simulator-rules/1
seed: looks
behaviours:
  - {{name: steady, when: steady, needs: 30 days, with: {steady}, without: 0, says: 30 days.}}
  - {{name: wavering, when: wavering, needs: 30 days, with: 0.5, without: 0, says: 30 days.}}
  - {{name: often, when: steady, needs: mostly, with: {often}, without: 0, says: 30 days.}}
"""
POLICY = "gate: {max_drop: 10}\nrun: {trials: 3}\n"


def version(text: str) -> str:
    return (
        "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n"
        f"## system\n{text}\n## user\n{{{{question}}}}\n"
    )


def evalset(steady: int = STEADY, wavering: int = WAVERING) -> str:
    kinds = ["steady"] * steady + ["wavering"] * wavering
    cases = (
        f"  - {{id: {kind}-{n}, vars: {{question: '{kind} {n}'}}}}\n"
        for n, kind in enumerate(kinds)
    )
    return "prompts: [p]\ngraders: [{contains: 30 days}]\ncases:\n" + "".join(cases)


BASE = {
    ".github/evalgate.yml": POLICY,
    "prompts/p/v1.md": version("Name the 30 days."),
    "prompts/p/live.yaml": "stable: v1\n",
    "evalsets/p.yaml": evalset(),
}
HARMLESS = {"prompts/p/v2.md": version("Always name the 30 days.")}
DAMAGING = {"prompts/p/v2.md": version("Name the days, mostly.")}


class BrokenOffError(Exception):
    """Stands for whatever ends a process in the midst of a run."""


@dataclass(frozen=True, slots=True)
class Run:
    verdict: RunVerdict
    trials: list[Trial]
    plan: Plan
    calls: int

    @property
    def look(self) -> LookTaken:
        look = self.verdict.prompts[0].look
        assert look is not None
        return look

    def number(self, arm: Arm) -> Counter[str]:
        """Count the trials of each case that were not taken from the record."""
        fresh = (each for each in self.trials if each.arm is arm and each.reused != "record")
        return Counter(trial.case for trial in fresh)


def outside(base: Mapping[str, str], head: Mapping[str, str], model: RuleModel) -> Outside:
    @asynccontextmanager
    async def connect() -> AsyncIterator[ChatModel]:
        yield model

    def open_model(_: Routes) -> AbstractAsyncContextManager[ChatModel]:
        return connect()

    def origin(_: Route) -> str:
        return "claude"

    return Outside(
        repository=MemoryRepository(
            commits={"b": text_tree(base), "h": text_tree(head)},
            parents={"b": (), "h": ("b",)},
            refs={"main": "b", "HEAD": "h"},
        ),
        parser=FORMATS,
        open_model=open_model,
        prices=FlatPrices(),
        clock=FakeClock(),
        random=lambda: 0.5,
        draw_boundary=lambda: "0" * 32,
        origin=origin,
        open_code=PythonGraders,
        open_records=RecordFiles,
    )


def rules(steady: float = 1.0, often: float = 0.6) -> RuleModel:
    text = RULES.format(steady=steady, often=often)
    return RuleModel([read_rules(FORMATS.read_yaml("rules.yaml", text.encode()))])


async def run(  # noqa: PLR0913 - what a run may differ in
    base: Mapping[str, str],
    change: Mapping[str, str] = HARMLESS,
    *,
    model: RuleModel | None = None,
    past: Sequence[Trial] = (),
    stop_after: int | None = None,
    looks: bool = True,
) -> Run:
    own = model or rules()
    world = outside(base, {**base, **change}, own)
    plan = plan_gate(Question(base="main", head="HEAD", run_id="r", looks=looks), world)
    log = MemoryTrialLog(past)
    mode = Mode(scope=left_over(past)) if past else Mode()
    told: list[Trial] = []

    def on_trial(trial: Trial) -> None:
        told.append(trial)
        if len(told) == stop_after:
            raise BrokenOffError

    try:
        verdict = await run_gate(plan, world, log=log, on_trial=on_trial, mode=mode)
    except BrokenOffError:
        verdict = conclude(plan, log.read, stopped=None)
    return Run(verdict, list(log.read()), plan, len(own.sent))


async def recorded(
    base: Mapping[str, str] = BASE, *, depth: int = 6, model: RuleModel | None = None
) -> dict[str, str]:
    """Return the base with a record of its stable version."""
    deep = {**base, ".github/evalgate.yml": f"run: {{trials: {depth}}}\n"}
    first = await run(deep, model=model)
    lines = [json.dumps(encode(each)) + "\n" for each in first.trials if each.arm is Arm.BASELINE]
    return {**base, "reports/baselines/p.p.jsonl": "".join(lines)}


async def test_an_unchanged_prompt_passes_with_little_more_than_one_trial_per_case() -> None:
    found = await run(await recorded())
    assert (found.verdict.verdict, found.look.number) == (Verdict.PASS, 1)
    assert found.look.recorded == STEADY + WAVERING
    assert set(found.number(Arm.CANDIDATE).values()) == {1}
    probed = found.number(Arm.BASELINE)
    assert (len(probed), set(probed.values())) == (10, {1})
    assert found.calls == STEADY + WAVERING + len(probed)


async def test_only_cases_that_varied_before_get_further_trials() -> None:
    strict = {".github/evalgate.yml": "gate: {max_drop: 5}\nrun: {trials: 3}\n"}
    base = await recorded({**BASE, "evalsets/p.yaml": evalset(70, 50)})
    found = await run({**base, **strict})
    numbers = found.number(Arm.CANDIDATE)
    assert found.look.number > 1
    steady = Counter(numbers[case] for case in numbers if case.startswith("steady"))
    assert steady.most_common(1)[0][0] == 1
    wavering = [numbers[case] for case in numbers if case.startswith("wavering")]
    assert Counter(wavering).most_common(1)[0][0] >= found.look.number


async def test_a_damaging_change_fails_against_fresh_trials_of_the_baseline() -> None:
    found = await run(await recorded(), DAMAGING)
    assert found.verdict.verdict is Verdict.FAIL
    assert (found.look.afresh, found.look.drifted) == (True, False)
    ran = found.number(Arm.BASELINE)
    assert len(ran) == STEADY + WAVERING
    assert found.verdict.prompts[0].ledger[Arm.BASELINE].planned == sum(ran.values())


async def test_losses_of_a_candidate_that_fails_are_looked_into() -> None:
    found = await run(await recorded(), DAMAGING)
    looked_into = {trial.case for trial in found.trials if trial.purpose == CONFIRMATION}
    flips = found.verdict.prompts[0].flips
    assert looked_into <= set(flips.regressed)
    assert flips.broken or flips.slipped
    assert set(flips.broken).isdisjoint(flips.slipped)
    assert set(flips.broken) | set(flips.slipped) <= set(flips.regressed)


async def test_a_large_set_fails_on_half_of_its_cases_when_the_drop_is_large() -> None:
    base = await recorded({**BASE, "evalsets/p.yaml": evalset(220, 20)}, depth=3)
    found = await run(base, DAMAGING)
    prompt = found.verdict.prompts[0]
    assert (prompt.verdict, found.look.partial, prompt.cases.compared) == (Verdict.FAIL, True, 120)
    assert "half_sufficed" in {reason.code for reason in prompt.reasons}
    assert len(found.number(Arm.CANDIDATE)) == 120
    assert all(ledger.balances for ledger in prompt.ledger.values())


async def test_a_model_that_changed_silently_invalidates_the_record_and_blocks_nothing() -> None:
    base = await recorded()
    found = await run(base, model=rules(steady=0.3))
    assert (found.look.drifted, found.look.afresh) == (True, True)
    assert found.verdict.verdict is not Verdict.FAIL
    assert "record_drifted" in {reason.code for reason in found.verdict.prompts[0].reasons}
    assert len(found.number(Arm.BASELINE)) == STEADY + WAVERING


async def test_a_run_in_parts_cannot_begin_again_and_says_so() -> None:
    found = await run(await recorded(), model=rules(steady=0.3), looks=False)
    assert found.verdict.verdict is Verdict.INCONCLUSIVE
    assert "renew the record" in " ".join(each.message for each in found.verdict.reasons)


@pytest.mark.parametrize("change", [HARMLESS, DAMAGING])
async def test_deciding_again_from_the_log_gives_the_same_verdict(change: dict[str, str]) -> None:
    found = await run(await recorded(), change)
    trials = found.trials
    assert conclude(found.plan, lambda: iter(trials), stopped=None) == found.verdict


@pytest.mark.parametrize("stop_after", [1, 700, 800, 850, 900])
async def test_a_run_that_was_broken_off_goes_on_with_the_same_evidence(stop_after: int) -> None:
    base = await recorded()
    whole = await run(base, DAMAGING)
    part = await run(base, DAMAGING, stop_after=stop_after)
    rest = await run(base, DAMAGING, past=part.trials)
    assert rest.verdict.prompts[0].delta == whole.verdict.prompts[0].delta
    assert rest.verdict.verdict is whole.verdict.verdict
    keys = [trial_key(trial) for trial in rest.trials]
    assert len(keys) == len(set(keys))
    assert set(keys) == {trial_key(trial) for trial in whole.trials}


async def test_a_trial_too_many_unbalances_the_ledger() -> None:
    found = await run(await recorded())
    last = next(each for each in reversed(found.trials) if each.arm is Arm.CANDIDATE)
    trials = [*found.trials, replace(last, trial=1)]
    verdict = conclude(found.plan, lambda: iter(trials), stopped=None)
    assert verdict.prompts[0].reasons[0].code == "ledger_unbalanced"


async def test_a_thin_record_leaves_the_trials_as_they_are() -> None:
    found = await run(await recorded(depth=2))
    assert found.look.of == 1
    assert set(found.number(Arm.CANDIDATE).values()) == {3}


async def test_a_record_that_was_graded_otherwise_says_nothing_of_how_cases_vary() -> None:
    base = await recorded()
    regraded = base["evalsets/p.yaml"].replace("contains: 30 days", "contains: days")
    found = await run({**base, "evalsets/p.yaml": regraded})
    assert found.verdict.prompts[0].look is None
    assert set(found.number(Arm.CANDIDATE).values()) == {3}


@pytest.mark.parametrize("change", [HARMLESS, DAMAGING])
async def test_a_run_folder_holds_what_its_plan_called_for(change: dict[str, str]) -> None:
    found = await run(await recorded(), change)
    told = PlanTrials(found.plan)
    for trial in found.trials:
        told.add(trial)
    question = found.plan.sources.question
    begun = BegunRun(path="plan.json", question=question, hash="")
    most = with_most(found.plan)
    assert not list(problems(told.plan(), begun, found.trials, most=most))
    foreign = replace(found.trials[0], trial=99)
    (problem,) = problems(told.plan(), begun, [*found.trials, foreign], most=most)
    assert problem.startswith("1 trial of other runs")


async def test_what_the_verdict_counts_after_a_check_is_the_fresh_baseline() -> None:
    found = await run(await recorded(), DAMAGING)
    trials = found.trials
    shown = [
        each for each in counted(found.plan, lambda: iter(trials))() if each.arm is Arm.BASELINE
    ]
    assert {trial.reused for trial in shown} == {""}
    assert len(shown) == found.verdict.prompts[0].ledger[Arm.BASELINE].planned


async def test_a_check_is_never_answered_by_a_record_that_is_deeper_than_is_used() -> None:
    shallow = {".github/evalgate.yml": "gate: {max_drop: 10}\nrun: {trials: 3, record_trials: 4}\n"}
    found = await run({**await recorded(depth=9), **shallow}, DAMAGING)
    assert found.look.afresh
    checks = [each for each in found.trials if each.purpose == CHECK]
    assert len(checks) >= STEADY + WAVERING
    assert {trial.reused for trial in checks} == {""}
    kept = recording.recorded([], checks, stable={"p": checks[0].version_hash})
    assert kept == {}


async def test_another_change_checks_with_trials_of_its_own() -> None:
    base = await recorded()
    one, other = await run(base), await run(base, {"prompts/p/v2.md": version("Do name 30 days.")})
    asked = [{each.asked for each in run_.trials if each.purpose == CHECK} for run_ in (one, other)]
    assert asked[0].isdisjoint(asked[1])


async def test_flaky_cases_are_told_by_the_record_even_where_it_is_set_aside() -> None:
    found = await run(await recorded(), DAMAGING)
    assert found.look.afresh
    flaky = found.verdict.prompts[0].flaky
    assert flaky
    assert all(case.startswith("wavering") for case in flaky)


async def test_a_rate_under_the_floor_fails_whatever_became_of_the_record() -> None:
    floor = {
        ".github/evalgate.yml": "gate: {max_drop: 10, min_pass_rate: 0.95}\nrun: {trials: 3}\n"
    }
    base = {**await recorded(), **floor}
    found = await run(base, model=rules(steady=0.3), looks=False)
    assert found.verdict.verdict is Verdict.FAIL
    assert "record_drifted" in {reason.code for reason in found.verdict.prompts[0].reasons}
