"""Facts about the whole gate, on the stand-ins that ship with the package."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from itertools import count

import pytest

from evalgate.adapters import files
from evalgate.errors import ConfigurationError, ExitCode
from evalgate.gate.gate import Outside, plan_gate, run_gate
from evalgate.gate.gathering import Question
from evalgate.gate.planning import Plan, plan_document
from evalgate.model.chat import CallFailure, ChatRequest, FailureKind
from evalgate.model.ports import ChatModel
from evalgate.model.trial import Arm, Trial, TrialStatus
from evalgate.model.verdict import RunVerdict, Verdict
from evalgate.simulator.fakes import (
    FakeClock,
    FlatPrices,
    MemoryRepository,
    MemoryTrialLog,
    RuleModel,
    Script,
)
from evalgate.simulator.rules import Rules, read_rules

RULES = """
schema: simulator-rules/1
seed: flow
prompts: shop
behaviours:
  - name: window
    when: return
    needs: 30 days
    with: 1
    without: 0
    says: You have 30 days.
    otherwise: Any time.
  - name: always
    says: Bye.
    with: 1
    without: 1
judge:
  - criterion: window
    passes: 30 days
"""

NAMES = [f"c{number:03}" for number in range(80)]


def version(text: str) -> str:
    return (
        "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n"
        f"## system\nYou work for a shop. {text}\n## user\n{{{{question}}}}\n"
    )


def evalset(names: list[str], *, asks: str = "may I return it", extra: str = "") -> str:
    cases = "".join(
        f"  - {{id: {name}, vars: {{question: '{asks} {name}'}}{extra}}}\n" for name in names
    )
    return (
        "prompts: [p]\ntrials: 1\ngraders: [{contains: Bye}, {rubric: states the window}]\n"
        f"cases:\n{cases}"
    )


BASE = {
    ".github/evalgate.yml": "gate: {max_drop: 5}\n",
    "prompts/p/v1.md": version("Say that returns take 30 days."),
    "prompts/p/live.yaml": "stable: v1\n",
    "evalsets/replies.yaml": evalset(NAMES),
}
HARMLESS = {"prompts/p/v2.md": version("Always say that returns take 30 days.")}
DAMAGING = {"prompts/p/v2.md": version("Say that returns are easy.")}


@dataclass(frozen=True, slots=True)
class Run:
    verdict: RunVerdict
    trials: list[Trial]
    plan: Plan
    model: RuleModel

    @property
    def codes(self) -> list[str]:
        return [reason.code for reason in self.verdict.reasons]


def rules() -> Rules:
    return read_rules(files.read_yaml("rules.yaml", RULES.encode()))


async def gate(
    head: Mapping[str, str],
    *,
    base: Mapping[str, str] = BASE,
    script: Script | None = None,
    prices: FlatPrices | None = None,
) -> Run:
    model = RuleModel([rules()], script)
    draws = count()

    @asynccontextmanager
    async def connect() -> AsyncIterator[ChatModel]:
        yield model

    def open_model() -> AbstractAsyncContextManager[ChatModel]:
        return connect()

    outside = Outside(
        repository=MemoryRepository(
            commits={"b": _tree(base), "h": _tree(head)},
            parents={"b": (), "h": ("b",)},
            refs={"main": "b", "HEAD": "h"},
        ),
        parser=files,
        open_model=open_model,
        prices=prices or FlatPrices(),
        clock=FakeClock(),
        random=lambda: 0.5,
        draw_boundary=lambda: f"{next(draws):032x}",
    )
    plan = plan_gate(Question(base="main", head="HEAD", run_id="r"), outside)
    log = MemoryTrialLog()
    verdict = await run_gate(plan, outside, log=log, on_trial=lambda _: None)
    return Run(verdict, list(log.read()), plan, model)


def _tree(files: Mapping[str, str]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in files.items()}


async def test_a_harmless_change_passes() -> None:
    run = await gate(BASE | HARMLESS)
    assert run.verdict.verdict is Verdict.PASS
    assert run.verdict.exit_code is ExitCode.OK
    assert run.codes == ["non_inferior"]


async def test_a_damaging_change_fails_and_names_what_broke() -> None:
    run = await gate(BASE | DAMAGING)
    assert run.verdict.exit_code is ExitCode.FAIL
    prompt = run.verdict.prompts[0]
    assert prompt.flips.regressed == tuple(NAMES)
    assert prompt.pass_rate == {Arm.BASELINE: 1.0, Arm.CANDIDATE: 0.0}


async def test_every_planned_trial_is_run_once_and_the_ledger_balances() -> None:
    run = await gate(BASE | HARMLESS)
    keys = {(trial.arm, trial.case, trial.trial) for trial in run.trials}
    assert len(keys) == len(run.trials) == run.plan.trials == 160
    assert all(ledger.balances for ledger in run.verdict.prompts[0].ledger.values())


async def test_nothing_changed_needs_no_model_and_is_not_applicable() -> None:
    run = await gate(BASE | {"src/app.py": "x"})
    assert (run.verdict.verdict, run.codes) == (Verdict.NOT_APPLICABLE, ["nothing_changed"])
    assert run.verdict.exit_code is ExitCode.OK
    assert run.model.sent == []


async def test_a_policy_in_the_change_cannot_relax_the_gate_that_judges_it() -> None:
    lax = {".github/evalgate.yml": "gate: {max_drop: 50, on_inconclusive: warn}\n"}
    run = await gate(BASE | DAMAGING | lax)
    assert run.verdict.exit_code is ExitCode.FAIL
    assert run.verdict.notes == (
        ".github/evalgate.yml changed: the new policy takes effect after the merge.",
    )


async def test_a_typo_in_the_policy_of_either_side_is_an_error() -> None:
    typo = {".github/evalgate.yml": "gate: {max_dorp: 5}\n"}
    with pytest.raises(ConfigurationError, match="did you mean `max_drop`"):
        await gate(BASE | typo | HARMLESS, base=BASE | typo)
    with pytest.raises(ConfigurationError, match="did you mean `max_drop`"):
        await gate(BASE | typo)


async def test_zero_cases_are_an_error_with_file_and_line() -> None:
    empty = {"evalsets/replies.yaml": "prompts: [p]\ncases: []\n"}
    with pytest.raises(ConfigurationError, match=r"evalsets/replies\.yaml:2: cases: "):
        await gate(BASE | empty | HARMLESS, base=BASE | empty)


async def test_a_prompt_without_an_eval_set_is_an_error() -> None:
    other = {"evalsets/replies.yaml": evalset(NAMES).replace("[p]", "[other]")}
    with pytest.raises(ConfigurationError, match="no eval set covers the prompt `p`"):
        await gate(BASE | other | HARMLESS, base=BASE | other)


async def test_a_case_that_lacks_a_variable_is_an_error_with_its_line() -> None:
    needs_more = {"prompts/p/v2.md": version("x").replace("{{question}}", "{{qestion}}")}
    with pytest.raises(ConfigurationError) as caught:
        await gate(BASE | needs_more)
    assert str(caught.value.problems[0]) == (
        "evalsets/replies.yaml:5: case c000: vars: lacks `qestion`, which prompts/p/v2.md needs "
        "(did you mean `question`?)"
    )


def overloaded(request: ChatRequest, attempt: int) -> CallFailure:
    del request, attempt
    return CallFailure(kind=FailureKind.OVERLOADED, message="overloaded")


async def test_an_outage_is_never_green_and_ends_early() -> None:
    run = await gate(BASE | HARMLESS, script=overloaded)
    assert run.verdict.exit_code is ExitCode.NOT_EVALUATED
    assert "error_budget" in run.codes
    statuses = [trial.status for trial in run.trials]
    assert TrialStatus.GRADED not in statuses
    assert statuses.count(TrialStatus.ERRORED) < 40
    assert len(statuses) == run.plan.trials


async def test_a_rejected_key_stops_the_run_at_once() -> None:
    def rejected(request: ChatRequest, attempt: int) -> CallFailure:
        del request, attempt
        return CallFailure(kind=FailureKind.AUTHENTICATION, message="invalid key")

    run = await gate(BASE | HARMLESS, script=rejected)
    assert run.codes[0] == "authentication"
    assert run.verdict.exit_code is ExitCode.NOT_EVALUATED
    assert len(run.model.sent) <= 16


async def test_a_passing_trouble_is_retried_and_leaves_no_trace_in_the_verdict() -> None:
    def first_attempt_fails(request: ChatRequest, attempt: int) -> CallFailure | None:
        return overloaded(request, attempt) if attempt == 1 else None

    run = await gate(BASE | HARMLESS, script=first_attempt_fails)
    assert run.verdict.verdict is Verdict.PASS
    assert run.verdict.calls == 2 * 320


async def test_a_judge_that_fails_leaves_trials_ungraded_and_never_passes() -> None:
    def judge_is_down(request: ChatRequest, attempt: int) -> CallFailure | None:
        return overloaded(request, attempt) if request.output_schema else None

    run = await gate(BASE | HARMLESS, script=judge_is_down)
    assert run.verdict.exit_code is ExitCode.NOT_EVALUATED
    assert all(trial.passed is None for trial in run.trials)


async def test_without_a_policy_at_the_base_the_run_only_advises() -> None:
    base = {path: text for path, text in BASE.items() if not path.startswith(".github")}
    run = await gate(BASE | DAMAGING, base=base)
    assert (run.verdict.verdict, run.codes[0]) == (Verdict.NOT_APPLICABLE, "bootstrap")
    assert run.verdict.prompts[0].verdict is Verdict.FAIL


NEW_PROMPT = {"evalsets/replies.yaml": evalset(NAMES)}


@pytest.mark.parametrize(
    ("policy", "text", "expected"),
    [
        ("gate: {}", "30 days", Verdict.INCONCLUSIVE),
        ("gate: {min_pass_rate: 0.9}", "30 days", Verdict.PASS),
        ("gate: {min_pass_rate: 0.9}", "nothing", Verdict.FAIL),
    ],
)
async def test_a_new_prompt_is_decided_by_absolute_rules(
    policy: str, text: str, expected: Verdict
) -> None:
    base = {".github/evalgate.yml": policy}
    head = BASE | base | {"prompts/p/v1.md": version(text)}
    run = await gate(head, base=base)
    assert run.verdict.verdict is expected
    assert "no_baseline" in run.codes


async def test_new_and_edited_cases_run_in_the_candidate_only() -> None:
    changed = evalset([*NAMES[:78], "new1"]) + "  - {id: c078, vars: {question: edited return}}\n"
    run = await gate(BASE | HARMLESS | {"evalsets/replies.yaml": changed})
    baseline = {trial.case for trial in run.trials if trial.arm is Arm.BASELINE}
    assert baseline == set(NAMES[:78])
    counts = run.verdict.prompts[0].cases
    assert (counts.compared, counts.new, counts.edited, counts.deleted) == (78, 1, 1, 1)


async def test_a_set_that_lost_too_many_cases_proves_nothing() -> None:
    run = await gate(BASE | HARMLESS | {"evalsets/replies.yaml": evalset(NAMES[:70])})
    assert run.verdict.verdict is Verdict.INCONCLUSIVE
    assert "set_changed" in run.codes


async def test_dropping_the_eval_set_of_a_prompt_is_seen() -> None:
    other = {"evalsets/other.yaml": evalset(NAMES, asks="how to return")}
    base = BASE | other
    head = {path: text for path, text in base.items() if path != "evalsets/replies.yaml"}
    run = await gate(head | HARMLESS, base=base)
    assert run.verdict.verdict is Verdict.INCONCLUSIVE
    assert "evalset_removed" in run.codes


async def test_a_changed_eval_set_alone_runs_the_stable_version_alone() -> None:
    policy = {".github/evalgate.yml": "gate: {min_pass_rate: 0.9}\n"}
    head = BASE | policy | {"evalsets/replies.yaml": evalset([*NAMES, "new1"])}
    run = await gate(head, base=BASE | policy)
    assert run.verdict.verdict is Verdict.PASS
    assert {trial.arm for trial in run.trials} == {Arm.CANDIDATE}


async def test_a_critical_case_stays_critical_while_its_relaxation_is_judged() -> None:
    guarded = {"evalsets/replies.yaml": evalset(NAMES, extra=", critical: true")}
    run = await gate(BASE | DAMAGING, base=BASE | guarded)
    assert "critical_case" in run.codes
    assert {trial.trial for trial in run.trials} == {0, 1, 2}


async def test_deleting_a_critical_case_is_seen_however_large_the_set() -> None:
    guarded = {"evalsets/replies.yaml": evalset(NAMES, extra=", critical: true")}
    without = {"evalsets/replies.yaml": evalset(NAMES[1:], extra=", critical: true")}
    run = await gate(BASE | HARMLESS | without, base=BASE | guarded)
    assert (run.verdict.verdict, run.codes) == (Verdict.INCONCLUSIVE, ["critical_case_deleted"])


async def test_two_candidates_share_the_trials_of_their_baseline() -> None:
    run = await gate(BASE | HARMLESS | {"prompts/p/v3.md": version("30 days, please.")})
    baseline = [trial for trial in run.trials if trial.arm is Arm.BASELINE]
    assert len(baseline) == 80
    assert [prompt.verdict for prompt in run.verdict.prompts] == [Verdict.PASS, Verdict.PASS]


async def test_an_unknown_price_makes_the_cost_unknown_never_zero() -> None:
    prices = FlatPrices(unknown=frozenset({"claude-sonnet-5-5"}))
    run = await gate(BASE | HARMLESS, prices=prices)
    assert run.verdict.cost_usd is None
    assert run.verdict.prompts[0].cost_usd is None


async def test_a_rollback_passes_without_a_call() -> None:
    base = BASE | HARMLESS | {"prompts/p/live.yaml": "stable: v2\nhistory: [{stable: v1}]\n"}
    run = await gate(base | {"prompts/p/live.yaml": "stable: v1\n"}, base=base)
    assert (run.verdict.verdict, run.codes) == (Verdict.PASS, ["rollback"])
    assert run.model.sent == []


async def test_an_edited_published_version_fails_without_a_call() -> None:
    run = await gate(BASE | {"prompts/p/v1.md": version("edited")})
    assert run.verdict.exit_code is ExitCode.FAIL
    assert run.model.sent == []


async def test_a_misnamed_version_is_not_silently_ignored() -> None:
    run = await gate(BASE | {"prompts/p/v02.md": version("x")})
    assert run.verdict.verdict is Verdict.NOT_APPLICABLE
    assert run.verdict.notes == (
        "prompts/p/v02.md changed, but is neither a version (`v<N>.md`) nor `live.yaml`: "
        "it was not tested.",
    )


async def test_the_plan_as_a_document_says_what_will_run() -> None:
    document = plan_document((await gate(BASE | HARMLESS)).plan)
    prompts = document["prompts"]
    assert isinstance(prompts, list)
    assert document["trials"] == 160
    assert isinstance(prompts[0], dict)
    assert prompts[0]["why"] == ["v2 is new"]
