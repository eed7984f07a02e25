"""Facts about how the trials of a gate get done, on the stand-ins that ship with the package."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import pytest

from evalgate.adapters.batch_journal import BatchJournalFile
from evalgate.adapters.formats import FORMATS
from evalgate.adapters.python_grader import PythonGraders
from evalgate.adapters.records import RecordFiles
from evalgate.adapters.trial_lines import encode
from evalgate.errors import ExitCode, UsageError
from evalgate.gate.conclusion import conclude
from evalgate.gate.engines import Batches, Engine, one_by_one
from evalgate.gate.execution import Mode
from evalgate.gate.gate import plan_gate, run_gate
from evalgate.gate.gathering import Question
from evalgate.gate.outside import Outside, Routes
from evalgate.gate.planning import Plan
from evalgate.gate.resuming import is_done, left_over
from evalgate.gate.scope import Scope
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind, Purpose
from evalgate.model.ports import ChatModel
from evalgate.model.route import Route
from evalgate.model.trial import Arm, Trial, TrialError, TrialStatus
from evalgate.model.verdict import RunVerdict, Spending, Verdict
from evalgate.running.shards import Shard
from evalgate.simulator.fakes import (
    FakeClock,
    FlatPrices,
    MemoryRepository,
    MemoryStore,
    MemoryTrialLog,
    RuleModel,
    Script,
    text_tree,
)
from evalgate.simulator.rules import Rules, read_rules

RULES = """
schema: simulator-rules/1
seed: running
behaviours:
  - {name: window, needs: 30 days, with: 1, without: 0, says: You have 30 days.}
  - {name: echo, when: "number (?P<n>[0-9]+)", says: "About {n}."}
judge:
  - {criterion: window, passes: 30 days}
"""
CASES = [f"  - {{id: c{n:02}, vars: {{question: 'number {n}'}}}}\n" for n in range(20)]
SET = "prompts: [p]\ngraders: [{rubric: names the window}]\ncases:\n"
POLICY = "gate: {max_drop: 20}\nrun: {trials: 2, attempts: 2}\n"
PLANNED = 80
ANSWERS = 80
JUDGED = 20
"""Both versions say the same of a case, and the judge sees a text once."""


def version(text: str, *, model: str = "claude-haiku-5-5") -> str:
    return (
        f"---\nmodel: {model}\nmax_tokens: 50\n---\n## system\n{text}\n## user\n{{{{question}}}}\n"
    )


BASE = {
    ".github/evalgate.yml": POLICY,
    "prompts/p/v1.md": version("Name the 30 days."),
    "prompts/p/live.yaml": "stable: v1\n",
    "evalsets/p.yaml": SET + "".join(CASES),
}
HARMLESS = {"prompts/p/v2.md": version("Always name the 30 days.")}


def rules() -> Rules:
    return read_rules(FORMATS.read_yaml("rules.yaml", RULES.encode()))


@dataclass(kw_only=True)
class Stage:
    """A repository and what runs are made with; `model.sent` lists what was called."""

    base: Mapping[str, str] = field(default_factory=lambda: BASE)
    head: Mapping[str, str] = field(default_factory=lambda: BASE | HARMLESS)
    script: Script | None = None
    store: MemoryStore | None = field(default_factory=MemoryStore)
    prices: FlatPrices = field(default_factory=FlatPrices)
    origin: str = "claude"
    model: RuleModel = field(init=False)

    def __post_init__(self) -> None:
        self.model = RuleModel([rules()], self.script)

    @property
    def calls(self) -> tuple[int, int]:
        """How many answers were asked for, and how many judgements."""
        judged = sum(request.purpose is Purpose.JUDGE for request in self.model.sent)
        return len(self.model.sent) - judged, judged

    def outside(self) -> Outside:
        draws = count()

        @asynccontextmanager
        async def connect() -> AsyncIterator[ChatModel]:
            yield self.model

        def open_model(_: Routes) -> AbstractAsyncContextManager[ChatModel]:
            return connect()

        def origin(_: Route) -> str:
            return self.origin

        return Outside(
            repository=MemoryRepository(
                commits={"b": text_tree(self.base), "h": text_tree(self.head)},
                parents={"b": (), "h": ("b",)},
                refs={"main": "b", "HEAD": "h"},
            ),
            parser=FORMATS,
            open_model=open_model,
            prices=self.prices,
            clock=FakeClock(),
            random=lambda: 0.5,
            draw_boundary=lambda: f"{next(draws):032x}",
            origin=origin,
            open_code=PythonGraders,
            open_records=RecordFiles,
            store=self.store,
        )

    async def run(
        self, *, engine: Engine = one_by_one, scope: Scope | None = None, past: Sequence[Trial] = ()
    ) -> "Run":
        outside = self.outside()
        plan = plan_gate(Question(base="main", head="HEAD", run_id="r"), outside)
        log = MemoryTrialLog(past)
        mode = Mode(engine=engine, scope=scope or Scope())
        verdict = await run_gate(plan, outside, log=log, on_trial=lambda _: None, mode=mode)
        return Run(verdict, list(log.read()), plan, self)


@dataclass(frozen=True, slots=True)
class Run:
    verdict: RunVerdict
    trials: list[Trial]
    plan: Plan
    stage: Stage

    @property
    def substance(self) -> RunVerdict:
        """The verdict but for what was paid, known before, and where its evidence was found."""
        free = Spending()
        prompts = tuple(
            replace(each, cost_usd=0.0, spending=free, look=None, preflight=None)
            for each in self.verdict.prompts
        )
        return replace(self.verdict, cost_usd=0.0, spending=free, calls=0, prompts=prompts)

    def arm(self, arm: Arm) -> list[Trial]:
        return [trial for trial in self.trials if trial.arm is arm]


def record(trials: Sequence[Trial]) -> dict[str, str]:
    lines = [json.dumps(encode(trial)) + "\n" for trial in trials]
    return {"reports/baselines/p.p.jsonl": "".join(lines)}


async def with_record(base: Mapping[str, str] | None = None, *, origin: str = "claude") -> Run:
    """Run a harmless change against a base that has a record of its first version."""
    first = await Stage().run()
    changed = {**BASE, **(base or {}), **record(first.arm(Arm.BASELINE))}
    return await Stage(base=changed, head=changed | HARMLESS, origin=origin).run()


async def test_requests_that_both_arms_ask_are_paid_once() -> None:
    run = await Stage().run()
    assert (run.verdict.verdict, len(run.trials)) == (Verdict.PASS, PLANNED)
    assert run.stage.calls == (ANSWERS, JUDGED)
    assert run.verdict.calls == ANSWERS + JUDGED
    paid = sum(trial.cost_usd or 0.0 for trial in run.trials)
    judged = sum(trial.judge_cost_usd or 0.0 for trial in run.trials)
    assert run.verdict.cost_usd == pytest.approx(paid)
    assert 0 < judged < paid


async def test_without_a_store_only_calls_in_flight_are_shared() -> None:
    run = await Stage(store=None).run()
    answers, judged = run.stage.calls
    assert (answers, JUDGED <= judged <= 4 * JUDGED) == (ANSWERS, True)


async def test_a_record_of_the_base_stands_for_the_baseline() -> None:
    run = await with_record()
    assert run.stage.calls == (ANSWERS // 2, JUDGED)
    assert {(trial.reused, trial.cost_usd, trial.calls) for trial in run.arm(Arm.BASELINE)} == {
        ("record", 0.0, 0)
    }


async def test_a_record_gives_the_verdict_that_running_gives() -> None:
    run, fresh = await with_record(), await Stage().run()
    assert run.substance == fresh.substance


async def test_a_record_is_graded_again_when_only_the_grader_changed() -> None:
    text = BASE["evalsets/p.yaml"].replace("names", "states")
    run = await with_record({"evalsets/p.yaml": text})
    assert run.stage.calls == (ANSWERS // 2, JUDGED)
    assert all(trial.grades[0].grader == "rubric: states the window" for trial in run.trials)
    # The judge's answers are shared by the arms, so some of the baseline's trials paid for one.
    assert {trial.reused for trial in run.arm(Arm.BASELINE)} <= {"", "record"}
    assert all(trial.completion for trial in run.arm(Arm.BASELINE))


async def test_a_record_is_graded_again_when_the_judge_changed() -> None:
    run = await with_record({".github/evalgate.yml": POLICY + "judge: {effort: high}\n"})
    assert run.stage.calls == (ANSWERS // 2, JUDGED)


@pytest.mark.parametrize(
    "changed",
    [
        {"prompts/p/v1.md": version("Do name the 30 days.")},
        {"prompts/p/v1.md": version("Name the 30 days.", model="claude-sonnet-5-5")},
        {"evalsets/p.yaml": (SET + "".join(CASES)).replace("'number", "'the number")},
    ],
    ids=["version", "model", "variables"],
)
async def test_a_record_of_something_else_is_not_used(changed: dict[str, str]) -> None:
    run = await with_record(changed)
    assert run.stage.calls[0] == ANSWERS
    assert {trial.reused for trial in run.trials} <= {"", "cache"}


async def test_a_record_from_another_server_is_not_used() -> None:
    run = await with_record(origin="another server")
    assert run.stage.calls[0] == ANSWERS


async def test_a_record_that_only_the_head_has_is_not_used() -> None:
    first = await Stage().run()
    lies = [replace(trial, passed=True, score=1.0) for trial in first.trials]
    run = await Stage(head=BASE | HARMLESS | record(lies)).run()
    assert run.stage.calls == (ANSWERS, JUDGED)


async def test_a_trial_without_a_grade_is_no_record() -> None:
    first = await Stage().run()
    broken = [replace(each, status=TrialStatus.ERRORED) for each in first.arm(Arm.BASELINE)]
    base = BASE | record(broken)
    run = await Stage(base=base, head=base | HARMLESS).run()
    assert run.stage.calls[0] == ANSWERS


async def test_a_second_run_with_the_store_of_the_first_calls_nothing() -> None:
    first = await Stage().run()
    again = await Stage(store=first.stage.store).run()
    assert (again.stage.calls, again.verdict.calls, again.verdict.cost_usd) == ((0, 0), 0, 0.0)
    assert again.substance == first.substance
    assert {trial.reused for trial in again.trials} == {"cache"}


LIMITED = POLICY.replace("run: {", "run: {max_cost_usd: LIMIT, ")


@pytest.mark.parametrize("limit", ["0.0001", "0.001", "0.01"])
async def test_a_run_that_meets_its_cost_limit_ends_with_an_error_and_a_message(limit: str) -> None:
    base = BASE | {".github/evalgate.yml": LIMITED.replace("LIMIT", limit)}
    prices = FlatPrices(usd_per_million=200.0)
    run = await Stage(base=base, head=base | HARMLESS, prices=prices).run()
    assert (run.verdict.verdict, run.verdict.exit_code) == (Verdict.ERROR, ExitCode.NOT_EVALUATED)
    assert run.verdict.reasons[0].code == "cost_limit"
    assert f"the run's limit of ${float(limit):g}" in run.verdict.reasons[0].message
    assert (run.verdict.cost_usd or 0.0) <= float(limit)
    assert len(run.trials) == PLANNED


async def test_an_unknown_price_under_a_cost_limit_ends_the_run_before_any_call() -> None:
    base = BASE | {".github/evalgate.yml": LIMITED.replace("LIMIT", "1")}
    prices = FlatPrices(unknown=frozenset({"claude-haiku-5-5"}))
    run = await Stage(base=base, head=base | HARMLESS, prices=prices).run()
    assert (run.verdict.verdict, run.stage.calls) == (Verdict.ERROR, (0, 0))
    assert "no known price" in run.verdict.reasons[0].message


async def test_a_stop_that_leaves_few_trials_ungraded_is_no_pass() -> None:
    """The last of 80 trials meets the limit: too few are lost for the error budget to notice."""
    whole = await Stage().run()
    last = whole.trials[-1]
    told = "the next call may cost $1.0000, and $4.0000 of the run's limit of $4 are spent"
    error = TrialError(kind="cost_limit", message=told)
    stopped = replace(last, status=TrialStatus.ERRORED, passed=None, score=None, error=error)
    verdict = conclude(whole.plan, lambda: iter([*whole.trials[:-1], stopped]), stopped=None)
    assert (verdict.verdict, verdict.exit_code) == (Verdict.ERROR, ExitCode.NOT_EVALUATED)
    assert verdict.reasons[0].code == "cost_limit"
    assert told in verdict.reasons[0].message


async def test_what_a_stopped_run_says_is_read_from_its_trials_again() -> None:
    def rejected(request: ChatRequest, attempt: int) -> CallFailure | None:
        del attempt
        late = request.trial.startswith("c1")
        return CallFailure(kind=FailureKind.BILLING, message="no credit") if late else None

    run = await Stage(script=rejected).run()
    assert run.verdict.reasons[0].code == "billing"
    again = conclude(run.plan, lambda: iter(run.trials), stopped=None)
    assert again == run.verdict


async def in_shards(number: int) -> list[Run]:
    return [
        await Stage().run(scope=Scope(shard=Shard(index=index, of=number)))
        for index in range(1, number + 1)
    ]


@pytest.mark.parametrize("number", [2, 3, 7])
async def test_the_trials_of_all_shards_together_give_the_verdict_of_one_run(number: int) -> None:
    whole, parts = await Stage().run(), await in_shards(number)
    trials = [trial for part in parts for trial in part.trials]
    merged = conclude(whole.plan, lambda: iter(trials), stopped=None)
    assert Run(merged, trials, whole.plan, whole.stage).substance == whole.substance
    assert sum(len(part.trials) for part in parts) == PLANNED
    # No shard holds one arm alone, so the calls that arms share stay shared.
    assert sum(part.stage.calls[1] for part in parts) == JUDGED


async def test_the_shards_of_a_limited_run_keep_its_limit_together() -> None:
    base = BASE | {".github/evalgate.yml": LIMITED.replace("LIMIT", "0.9")}
    prices = FlatPrices(usd_per_million=50.0)
    costs = [
        (
            await Stage(base=base, head=base | HARMLESS, prices=prices).run(
                scope=Scope(shard=Shard(index=index, of=3))
            )
        ).verdict.cost_usd
        for index in (1, 2, 3)
    ]
    assert all(cost is not None and cost <= 0.3 for cost in costs)


@dataclass
class Postbox:
    """A batch service that answers by the model; `refuses` is what it says instead of taking one."""

    model: RuleModel
    refuses: CallFailure | None = None
    expires: frozenset[str] = frozenset()
    batches: dict[str, list[tuple[str, ChatRequest]]] = field(default_factory=dict)

    async def submit(self, requests: Sequence[tuple[str, ChatRequest]]) -> str | CallFailure:
        if self.refuses is not None:
            return self.refuses
        name = f"b{len(self.batches)}"
        self.batches[name] = list(requests)
        return name

    async def pending(self, batch: str) -> int | CallFailure:
        assert batch in self.batches
        return 0

    async def results(self, batch: str) -> AsyncIterator[tuple[str, Completion | CallFailure]]:
        for key, request in reversed(self.batches[batch]):
            if request.trial in self.expires:
                yield key, CallFailure(kind=FailureKind.EXPIRED, message="expired")
            else:
                yield key, await self.model.send(request, within=1.0)

    async def recent(self) -> Sequence[tuple[str, int]] | CallFailure:
        return [(name, len(held)) for name, held in reversed(self.batches.items())]


def batches(stage: Stage, journal: Path, **postbox: object) -> tuple[Engine, Postbox]:
    service = Postbox(stage.model, **postbox)  # type: ignore[arg-type]

    @asynccontextmanager
    async def open_service(_: Routes) -> AsyncIterator[Postbox]:
        yield service

    engine = Batches(
        open_service=open_service, journal=BatchJournalFile(journal), say=lambda _: None
    )
    return engine, service


async def test_batches_give_the_verdict_that_single_calls_give_at_half_the_price(
    tmp_path: Path,
) -> None:
    single, stage = await Stage().run(), Stage()
    engine, service = batches(stage, tmp_path / "batches.jsonl")
    run = await stage.run(engine=engine)
    assert run.substance == single.substance
    assert stage.calls == (ANSWERS, JUDGED)
    assert [len(held) for held in service.batches.values()] == [ANSWERS, JUDGED]
    assert run.verdict.cost_usd == pytest.approx((single.verdict.cost_usd or 0.0) / 2)


async def test_a_batch_run_that_is_begun_again_fetches_what_it_had_handed_in(
    tmp_path: Path,
) -> None:
    stage = Stage()
    engine, service = batches(stage, tmp_path / "batches.jsonl")
    await stage.run(engine=engine)
    lines = (tmp_path / "batches.jsonl").read_bytes().splitlines(keepends=True)
    assert b"keys" in lines[0]
    (tmp_path / "batches.jsonl").write_bytes(lines[0] + lines[1][:9])  # the id was never noted
    again = Stage()
    second, other = batches(again, tmp_path / "batches.jsonl")
    other.batches.update({"b0": service.batches["b0"]})
    run = await again.run(engine=second)
    assert run.verdict.verdict is Verdict.PASS
    assert [len(held) for held in other.batches.values()] == [ANSWERS, JUDGED]


async def test_requests_that_expire_in_a_batch_leave_their_trials_errored(tmp_path: Path) -> None:
    stage = Stage()
    engine, _ = batches(stage, tmp_path / "batches.jsonl", expires=frozenset({"c00/0"}))
    run = await stage.run(engine=engine)
    errored = [trial for trial in run.trials if trial.status is TrialStatus.ERRORED]
    assert {(trial.case, trial.trial) for trial in errored} == {("c00", 0)}
    assert {trial.error.kind for trial in errored if trial.error} == {"expired"}


async def test_a_service_that_takes_no_batch_leaves_no_verdict(tmp_path: Path) -> None:
    stage = Stage()
    refusal = CallFailure(kind=FailureKind.BILLING, message="no credit")
    engine, _ = batches(stage, tmp_path / "batches.jsonl", refuses=refusal)
    run = await stage.run(engine=engine)
    assert (run.verdict.verdict, run.verdict.reasons[0].code) == (Verdict.ERROR, "billing")


@pytest.mark.parametrize("engine_after", ["batches", "calls"])
async def test_a_limit_met_between_two_batches_loses_no_cost_and_counts_none_twice(
    tmp_path: Path, engine_after: str
) -> None:
    spending = (await Stage().run()).verdict.spending
    answers, judged = spending.answers_usd or 0.0, spending.judge_usd or 0.0
    base = BASE | {".github/evalgate.yml": LIMITED.replace("LIMIT", "0.0113")}
    stage = Stage(base=base, head=base | HARMLESS)
    journal = tmp_path / "batches.jsonl"
    first = await stage.run(engine=batches(stage, journal)[0])
    assert first.verdict.reasons[0].code == "cost_limit"
    assert stage.calls == (first.verdict.calls, 0) == (ANSWERS, 0)
    assert first.verdict.cost_usd == pytest.approx(answers / 2)
    scope = replace(left_over(first.trials), max_cost_usd=1.0)
    again = Stage(base=base, head=base | HARMLESS, store=stage.store)
    engine = batches(again, journal)[0] if engine_after == "batches" else one_by_one
    second = await again.run(engine=engine, scope=scope)
    factor = 0.5 if engine_after == "batches" else 1.0
    assert again.calls == (0, JUDGED)
    assert second.verdict.calls == ANSWERS + JUDGED
    assert second.verdict.cost_usd == pytest.approx(answers / 2 + judged * factor)


async def test_batches_over_a_route_that_takes_none_are_refused(tmp_path: Path) -> None:
    models = "models: {claude-haiku-5-5: anthropic.claude-haiku-5-5}"
    routes = f"routes: {{aws: {{provider: bedrock, region: eu-west-1, {models}}}}}\n"
    policy = POLICY.replace("run: {", "run: {route: aws, ") + routes
    base = BASE | {".github/evalgate.yml": policy}
    stage = Stage(base=base, head=base | HARMLESS)
    engine, _ = batches(stage, tmp_path / "batches.jsonl")
    with pytest.raises(UsageError, match="run without --engine batches"):
        await stage.run(engine=engine)


def resumed(trials: Sequence[Trial], aside: Sequence[Trial] = ()) -> tuple[Scope, list[Trial]]:
    return left_over(trials, aside), [trial for trial in trials if is_done(trial)]


@pytest.mark.parametrize("finished", [0, 1, 37, 80])
async def test_a_run_that_is_gone_on_with_does_the_rest_and_comes_to_the_same(
    finished: int,
) -> None:
    whole = await Stage().run()
    scope, kept = resumed(whole.trials[:finished])
    run = await Stage(store=None).run(scope=scope, past=kept)
    assert run.substance == whole.substance
    assert len(run.trials) == PLANNED
    assert run.stage.calls[0] == PLANNED - finished


def judge_is_down(request: ChatRequest, attempt: int) -> CallFailure | None:
    del attempt
    if request.purpose is not Purpose.JUDGE:
        return None
    return CallFailure(kind=FailureKind.OVERLOADED, message="overloaded")


async def test_what_ungraded_attempts_cost_is_kept_when_they_are_run_again() -> None:
    first = await Stage(script=judge_is_down).run()
    assert first.verdict.verdict is Verdict.ERROR
    scope, kept = resumed(first.trials)
    assert kept == []
    assert scope.spent_usd == pytest.approx(first.verdict.cost_usd)
    second = await Stage().run(scope=scope)
    alone = await Stage().run()
    assert second.verdict.cost_usd == pytest.approx(
        (first.verdict.cost_usd or 0.0) + (alone.verdict.cost_usd or 0.0)
    )
    assert second.verdict.calls == first.verdict.calls + alone.verdict.calls


async def test_what_ungraded_attempts_cost_is_kept_when_they_are_skipped_instead() -> None:
    def no_credit(request: ChatRequest, attempt: int) -> CallFailure:
        del request, attempt
        return CallFailure(kind=FailureKind.BILLING, message="no credit")

    first = await Stage(script=judge_is_down).run()
    scope, _ = resumed(first.trials)
    second = await Stage(script=no_credit).run(scope=scope)
    assert second.verdict.cost_usd == pytest.approx(first.verdict.cost_usd)
    third, _ = resumed(second.trials, first.trials)
    assert third.spent_usd == pytest.approx(scope.spent_usd)


async def test_the_limit_of_a_resumed_run_counts_what_was_spent_before() -> None:
    prices = FlatPrices(usd_per_million=1.0)
    whole = await Stage(prices=prices).run()
    limit = (whole.verdict.cost_usd or 0.0) / 2
    scope = replace(left_over(whole.trials[:70]), max_cost_usd=limit)
    assert scope.spent_usd > limit
    run = await Stage(store=None, prices=prices).run(scope=scope, past=whole.trials[:70])
    assert (run.stage.calls, run.verdict.reasons[0].code) == ((0, 0), "cost_limit")
