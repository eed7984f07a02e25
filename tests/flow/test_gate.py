"""Facts about the whole gate, on the stand-ins that ship with the package."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from itertools import count

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.python_grader import PythonGraders
from evalgate.adapters.records import RecordFiles
from evalgate.errors import ConfigurationError, ExitCode
from evalgate.gate.gate import plan_gate, run_gate
from evalgate.gate.gathering import Question
from evalgate.gate.outside import Outside, Routes
from evalgate.gate.planning import Plan, plan_document
from evalgate.model.chat import CallFailure, ChatRequest, FailureKind
from evalgate.model.ports import ChatModel
from evalgate.model.trial import Arm, Trial, TrialStatus
from evalgate.model.verdict import RunVerdict, Verdict
from evalgate.simulator.fakes import (
    FakeClock,
    FlatPrices,
    MemoryRepository,
    MemoryStore,
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

TODAY = "2026-11-21"
UNCALIBRATED = (
    "The judge is not calibrated on replies: the limit is not scaled by its errors "
    "(evalgate calibrate)."
)
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


def shop_rules() -> Rules:
    return read_rules(FORMATS.read_yaml("rules.yaml", RULES.encode()))


async def gate(  # noqa: PLR0913 - the levers of a test
    head: Mapping[str, str],
    *,
    base: Mapping[str, str] = BASE,
    fork: Mapping[str, str] | None = None,
    script: Script | None = None,
    prices: FlatPrices | None = None,
    rules: Rules | None = None,
    simulated: bool = False,
) -> Run:
    model = RuleModel([rules or shop_rules()], script)
    draws = count()

    @asynccontextmanager
    async def connect() -> AsyncIterator[ChatModel]:
        yield model

    def open_model(_: Routes) -> AbstractAsyncContextManager[ChatModel]:
        return connect()

    outside = Outside(
        repository=MemoryRepository(
            commits={
                "f": _tree(base if fork is None else fork),
                "b": _tree(base),
                "h": _tree(head),
            },
            parents={"f": (), "b": ("f",), "h": ("b" if fork is None else "f",)},
            refs={"main": "b", "HEAD": "h"},
        ),
        parser=FORMATS,
        open_model=open_model,
        prices=prices or FlatPrices(),
        clock=FakeClock(),
        random=lambda: 0.5,
        draw_boundary=lambda: f"{next(draws):032x}",
        origin=lambda route: route.provider,
        open_code=PythonGraders,
        open_records=RecordFiles,
        store=MemoryStore(),
        simulated=simulated,
    )
    plan = plan_gate(Question(base="main", head="HEAD", run_id="r", today=TODAY), outside)
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
    assert prompt.turning is not None
    assert prompt.turning.mending is not None
    assert prompt.turning.mending.of == len(NAMES)


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
        "`gate.max_drop` changes from 5 to 50.",
        "`gate.on_inconclusive` changes from block to warn.",
        UNCALIBRATED,
    )


async def test_a_typo_in_the_policy_of_either_side_is_an_error() -> None:
    typo = {".github/evalgate.yml": "gate: {max_dorp: 5}\n"}
    at_base = r"evalgate\.yml:1: gate.max_dorp: .*did you mean `max_drop`.*in the file of the base"
    with pytest.raises(ConfigurationError, match=at_base):
        await gate(BASE | typo | HARMLESS, base=BASE | typo)
    with pytest.raises(ConfigurationError, match="did you mean `max_drop`"):
        await gate(BASE | typo)


async def test_zero_cases_are_an_error_with_file_and_line() -> None:
    empty = {"evalsets/replies.yaml": "prompts: [p]\ncases: []\n"}
    with pytest.raises(ConfigurationError, match=r"evalsets/replies\.yaml:2: cases: "):
        await gate(BASE | empty | HARMLESS, base=BASE | empty)


async def test_a_prompt_without_an_eval_set_is_inconclusive_and_the_others_are_judged() -> None:
    other = {
        "prompts/q/v1.md": version("x"),
        "prompts/q/live.yaml": "stable: v1\n",
    }
    run = await gate(BASE | other | HARMLESS | {"prompts/q/v2.md": version("y")}, base=BASE | other)
    verdicts = {prompt.name: prompt.verdict for prompt in run.verdict.prompts}
    assert verdicts == {"p": Verdict.PASS, "q": Verdict.INCONCLUSIVE}
    assert run.codes == ["no_evalset"]
    assert run.verdict.exit_code is ExitCode.INCONCLUSIVE


async def test_an_eval_set_for_a_prompt_that_does_not_exist_is_an_error() -> None:
    typo = {"evalsets/more.yaml": evalset(NAMES).replace("[p]", "[pp]")}
    with pytest.raises(ConfigurationError, match="there is no prompt `pp`"):
        await gate(BASE | typo)


async def test_two_eval_sets_of_one_name_are_an_error() -> None:
    with pytest.raises(ConfigurationError, match="has the same name"):
        await gate(BASE | {"evalsets/replies.yml": evalset(NAMES[:1])})


@pytest.mark.parametrize("name", ["V2.md", "v02.md", "v2.MD", "v2.txt", "Live.yaml", "live.yml"])
async def test_a_file_that_looks_like_a_version_or_a_pointer_is_an_error(name: str) -> None:
    with pytest.raises(ConfigurationError, match="rename or remove it"):
        await gate(BASE | {f"prompts/p/{name}": version("x")})


async def test_a_typo_in_the_folder_of_prompts_does_not_switch_the_gate_off() -> None:
    typo = {".github/evalgate.yml": "paths: {prompts: promts}\n"}
    with pytest.raises(ConfigurationError, match=r"paths\.prompts: there is no file in .*promts"):
        await gate(BASE | typo | DAMAGING, base=BASE | typo)


async def test_a_policy_under_another_name_is_an_error() -> None:
    base = {path: text for path, text in BASE.items() if not path.startswith(".github")}
    misnamed = base | {".github/evalgate.yaml": "gate: {}\n"}
    with pytest.raises(ConfigurationError, match="rename this file"):
        await gate(misnamed | DAMAGING, base=misnamed)


async def test_deleting_the_policy_is_at_best_inconclusive() -> None:
    head = {path: text for path, text in BASE.items() if not path.startswith(".github")}
    run = await gate(head | HARMLESS)
    assert (run.verdict.verdict, run.codes) == (Verdict.INCONCLUSIVE, ["policy_deleted"])


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
    # Both arms say the same, so the judge is asked once for each case.
    assert run.verdict.calls == 2 * (160 + 80)


async def test_a_judge_that_fails_leaves_trials_ungraded_and_never_passes() -> None:
    def judge_is_down(request: ChatRequest, attempt: int) -> CallFailure | None:
        return overloaded(request, attempt) if request.output_schema else None

    run = await gate(BASE | HARMLESS, script=judge_is_down)
    assert run.verdict.exit_code is ExitCode.NOT_EVALUATED
    assert all(trial.passed is None for trial in run.trials)


async def test_an_optional_judge_that_never_grades_is_seen() -> None:
    def judge_is_down(request: ChatRequest, attempt: int) -> CallFailure | None:
        return overloaded(request, attempt) if request.output_schema else None

    optional = BASE["evalsets/replies.yaml"].replace("window}", "window, required: false}")
    base = BASE | {"evalsets/replies.yaml": optional}
    run = await gate(base | HARMLESS, base=base, script=judge_is_down)
    assert run.verdict.verdict is Verdict.INCONCLUSIVE
    assert "grader_silent" in run.codes


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
    run = await gate(BASE | {"evalsets/replies.yaml": evalset([*NAMES, "new1"])})
    assert (run.verdict.verdict, run.codes) == (Verdict.PASS, ["version_unchanged"])
    assert {trial.arm for trial in run.trials} == {Arm.CANDIDATE}


async def test_a_new_critical_case_that_the_stable_version_fails_is_no_pass() -> None:
    hard = evalset(NAMES) + (
        "  - {id: hard, vars: {question: q}, critical: true, graders: [{contains: never}]}\n"
    )
    run = await gate(BASE | {"evalsets/replies.yaml": hard})
    assert (run.verdict.verdict, run.codes[0]) == (Verdict.FAIL, "critical_case")


async def test_a_critical_case_stays_critical_while_its_relaxation_is_judged() -> None:
    guarded = {"evalsets/replies.yaml": evalset(NAMES, extra=", critical: true")}
    run = await gate(BASE | DAMAGING, base=BASE | guarded)
    assert "critical_case" in run.codes
    assert {trial.trial for trial in run.trials} == {0, 1, 2}


GUARDED = {"evalsets/replies.yaml": evalset(NAMES, extra=", critical: true")}


@pytest.mark.parametrize(
    "weaker",
    [
        evalset(NAMES[1:], extra=", critical: true"),
        evalset(NAMES[1:], extra=", critical: true")
        + "  - {id: c000, vars: {question: return x}}\n",
        evalset(NAMES[1:], extra=", critical: true")
        + "  - {id: c000, vars: {question: return x}, critical: true}\n",
        evalset(NAMES),
    ],
)
async def test_weakening_a_critical_case_is_seen_however_large_the_set(weaker: str) -> None:
    run = await gate(BASE | HARMLESS | {"evalsets/replies.yaml": weaker}, base=BASE | GUARDED)
    assert run.verdict.verdict is Verdict.INCONCLUSIVE
    assert "critical_case_changed" in run.codes


async def test_clusters_tags_and_trials_of_unedited_cases_come_from_the_past() -> None:
    relaxed = evalset(NAMES, extra=", cluster: one, tags: [new]").replace("trials: 1", "trials: 9")
    run = await gate(BASE | HARMLESS | {"evalsets/replies.yaml": relaxed})
    assert {(trial.trial) for trial in run.trials} == {0}
    assert {case.cluster for case in run.plan.matchups[0].planned} == {None}
    assert {case.tags for case in run.plan.matchups[0].planned} == {()}


async def test_two_candidates_share_the_trials_of_their_baseline() -> None:
    run = await gate(BASE | HARMLESS | {"prompts/p/v3.md": version("30 days, please.")})
    baseline = [trial for trial in run.trials if trial.arm is Arm.BASELINE]
    assert len(baseline) == 80
    assert [prompt.verdict for prompt in run.verdict.prompts] == [Verdict.PASS, Verdict.PASS]


async def test_a_version_that_is_baseline_and_canary_at_once_is_accounted_for() -> None:
    base = BASE | HARMLESS
    head = base | {"prompts/p/live.yaml": "stable: v2\ncanary: {version: v1, percent: 10}\n"}
    run = await gate(head, base=base)
    assert (run.verdict.verdict, run.codes) == (Verdict.PASS, ["non_inferior"])


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


async def test_a_rollback_goes_through_whatever_state_the_eval_sets_are_in() -> None:
    base = BASE | HARMLESS | {"prompts/p/live.yaml": "stable: v2\nhistory: [{stable: v1}]\n"}
    broken = {"evalsets/other.yaml": "prompts: ["}
    run = await gate(base | broken | {"prompts/p/live.yaml": "stable: v1\n"}, base=base | broken)
    assert (run.verdict.verdict, run.codes) == (Verdict.PASS, ["rollback"])


async def test_a_file_that_is_neither_version_nor_pointer_is_noted() -> None:
    run = await gate(BASE | {"prompts/p/notes.md": "x", "evalsets/old/more.yaml": "x"})
    assert run.verdict.verdict is Verdict.NOT_APPLICABLE
    assert run.verdict.notes == (
        "evalsets/old/more.yaml changed, but is no `.yaml` file directly in evalsets/: "
        "it was not read as an eval set.",
        "prompts/p/notes.md changed, but is neither a version (`v<N>.md`) nor `live.yaml`: "
        "it was not tested.",
    )


# A branch that is behind its base.

MORE = {"evalsets/replies.yaml": evalset([*NAMES, "gained"])}


async def test_a_branch_is_not_blamed_for_cases_that_the_base_gained() -> None:
    run = await gate(BASE | HARMLESS, base=BASE | MORE, fork=BASE)
    assert (run.verdict.verdict, run.codes) == (Verdict.PASS, ["non_inferior"])
    assert run.verdict.notes == (
        "The base gained 1 case of replies since the fork, not run here: gained.",
        UNCALIBRATED,
    )


async def test_a_branch_is_not_blamed_for_cases_that_the_base_edited() -> None:
    edited = {"evalsets/replies.yaml": evalset(NAMES, asks="can one return")}
    run = await gate(BASE | HARMLESS, base=BASE | edited, fork=BASE)
    assert (run.verdict.verdict, run.codes) == (Verdict.PASS, ["non_inferior"])
    assert run.verdict.prompts[0].cases.edited == 0


@pytest.mark.parametrize(
    "gained",
    [
        {"evalsets/replies.yaml": evalset(NAMES) + "  - {id: x, vars: {}, critical: true}\n"},
        {"evalsets/replies.yaml": evalset([*NAMES, *(f"n{number}" for number in range(20))])},
        {"evalsets/safety.yaml": evalset(NAMES)},
    ],
)
async def test_a_branch_without_the_bases_new_guards_has_to_be_updated(
    gained: dict[str, str],
) -> None:
    run = await gate(BASE | HARMLESS, base=BASE | gained, fork=BASE)
    assert (run.verdict.verdict, run.codes) == (Verdict.INCONCLUSIVE, ["branch_behind"])


async def test_a_set_of_the_base_that_cannot_be_read_proves_nothing() -> None:
    broken = {"evalsets/replies.yaml": "prompts: ["}
    run = await gate(BASE | HARMLESS, base=BASE | broken)
    assert run.verdict.verdict is Verdict.INCONCLUSIVE
    assert "base_set_unreadable" in run.codes


async def test_the_plan_as_a_document_says_what_will_run() -> None:
    document = plan_document((await gate(BASE | HARMLESS)).plan)
    prompts = document["prompts"]
    assert isinstance(prompts, list)
    assert document["trials"] == 160
    assert isinstance(prompts[0], dict)
    assert prompts[0]["why"] == ["v2 is new"]


def waiving(case: str, hash_: str, *, expires: str = "2027-01-31") -> dict[str, str]:
    waiver = f"case: {case}, evalset: replies, owner: Ann, reason: r, expires: '{expires}'"
    return {
        ".github/evalgate.yml": "gate: {max_drop: 5}\n"
        f"waivers: [{{{waiver}, candidate: '{hash_}'}}]\n"
    }


CRITICAL = {
    "evalsets/replies.yaml": evalset(NAMES).replace(", {rubric: states the window}", "")
    + "  - {id: hot, vars: {question: may I return it}, critical: true, "
    "graders: [{rubric: states the window}]}\n"
}


async def test_a_waiver_at_the_base_takes_a_broken_case_out_of_the_verdict() -> None:
    base = BASE | CRITICAL
    blocked = await gate(base | DAMAGING, base=base)
    assert blocked.codes[0] == "critical_case"
    candidate = blocked.verdict.prompts[0].candidate
    assert candidate is not None
    base |= waiving("hot", candidate.hash[:12])
    run = await gate(base | DAMAGING, base=base)
    [prompt] = run.verdict.prompts
    assert (run.verdict.verdict, run.codes) == (Verdict.PASS, ["non_inferior"])
    assert [waiver.case for waiver in prompt.waived] == ["hot"]
    assert (prompt.cases.compared, prompt.flips.regressed) == (80, ())
    assert len(run.trials) == len(blocked.trials)
    assert all((each.waived, each.graded) == (3, 80) for each in prompt.ledger.values())


@pytest.mark.parametrize("wrong", ["at the head", "expired", "another candidate"])
async def test_no_other_waiver_helps(wrong: str) -> None:
    base = BASE | CRITICAL
    blocked = await gate(base | DAMAGING, base=base)
    candidate = blocked.verdict.prompts[0].candidate
    assert candidate is not None
    hash_ = "0" * 12 if wrong == "another candidate" else candidate.hash
    waiver = waiving("hot", hash_, expires="2026-11-20" if wrong == "expired" else TODAY)
    head = base | DAMAGING | waiver
    run = await gate(head, base=base if wrong == "at the head" else base | waiver)
    assert run.codes == blocked.codes
    assert run.verdict.prompts[0].waived == ()
    assert any("waiver" in note for note in run.verdict.notes)
