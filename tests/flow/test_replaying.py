"""Facts about a gate that calls nothing: what is known decides, what is not leaves it open."""

from evalgate.errors import ExitCode
from evalgate.gate.replaying import from_store
from evalgate.model.chat import FailureKind
from evalgate.model.trial import Arm, TrialStatus
from evalgate.model.verdict import Verdict
from evalgate.simulator.fakes import MemoryStore
from tests.flow.test_running import (
    BASE,
    CASES,
    HARMLESS,
    PLANNED,
    POLICY,
    SET,
    Run,
    Stage,
    record,
    version,
)

CHECKED = "prompts: [p]\ngraders: [{contains: You}]\ncases:\n" + "".join(CASES)


async def replayed(stage: Stage) -> Run:
    run = await stage.run(engine=from_store)
    assert stage.model.sent == []
    return run


def codes(run: Run) -> list[str]:
    return [reason.code for reason in run.verdict.reasons]


async def test_without_any_answer_every_trial_is_skipped_and_nothing_is_decided() -> None:
    run = await replayed(Stage())
    assert {(trial.status, trial.error and trial.error.kind) for trial in run.trials} == {
        (TrialStatus.SKIPPED, FailureKind.CALL_NEEDED)
    }
    assert len(run.trials) == PLANNED
    assert (run.verdict.verdict, codes(run)) == (Verdict.INCONCLUSIVE, ["awaits_calls"])
    assert run.verdict.exit_code is ExitCode.INCONCLUSIVE
    assert run.verdict.reasons[0].message == (
        "80 of 80 trials need Claude, and this run may not call it."
    )


async def test_with_all_answers_the_verdict_is_the_usual_one() -> None:
    first = await Stage().run()
    again = await replayed(Stage(store=first.stage.store))
    assert again.verdict.verdict is Verdict.PASS
    assert again.substance == first.substance


async def test_without_a_store_nothing_is_answered() -> None:
    run = await replayed(Stage(store=None))
    assert codes(run) == ["awaits_calls"]


async def with_answers(**kept: bool) -> Run:
    """Replay with some of the answers of an earlier run: those of versions, or of the judge."""
    first = Stage()
    await first.run()
    store = MemoryStore()
    assert first.store is not None
    for key, answer in first.store.answers.items():
        is_judge = answer.text.startswith("{")
        if kept["judge" if is_judge else "answers"]:
            store.answers[key] = answer
    assert 0 < len(store.answers) < len(first.store.answers)
    return await replayed(Stage(store=store))


async def test_a_trial_whose_judge_would_have_to_be_asked_is_skipped() -> None:
    run = await with_answers(answers=True, judge=False)
    assert {trial.status for trial in run.trials} == {TrialStatus.SKIPPED}
    assert all(trial.grades == () and trial.completion is None for trial in run.trials)
    assert codes(run) == ["awaits_calls"]


async def test_a_judgement_of_no_answer_is_worth_nothing() -> None:
    assert codes(await with_answers(answers=False, judge=True)) == ["awaits_calls"]


async def test_a_rubric_that_is_not_required_is_not_left_out() -> None:
    optional = SET.replace(
        "{rubric: names the window}", "{contains: You}, {rubric: x, required: false}"
    )
    sets = {"evalsets/p.yaml": optional + "".join(CASES)}
    first = Stage(base=BASE | sets, head=BASE | sets | HARMLESS)
    await first.run()
    assert first.store is not None
    for key, answer in list(first.store.answers.items()):
        if answer.text.startswith("{"):
            del first.store.answers[key]
    run = await replayed(Stage(base=BASE | sets, head=BASE | sets | HARMLESS, store=first.store))
    assert {trial.status for trial in run.trials} == {TrialStatus.SKIPPED}


async def test_what_is_skipped_for_a_call_neither_stops_a_run_nor_is_an_error() -> None:
    first = await Stage().run()
    changed = BASE | record(first.arm(Arm.BASELINE))
    run = await replayed(Stage(base=changed, head=changed | HARMLESS))
    assert run.verdict.verdict is Verdict.INCONCLUSIVE
    [prompt] = run.verdict.prompts
    assert prompt.ledger[Arm.BASELINE].graded > 0
    assert prompt.ledger[Arm.CANDIDATE].skipped == prompt.ledger[Arm.CANDIDATE].planned
    assert {ledger.errored for ledger in prompt.ledger.values()} == {0}
    assert prompt.delta is None


async def test_recorded_answers_are_graded_again_by_changed_checks() -> None:
    base = BASE | {"evalsets/p.yaml": CHECKED.replace("You", "u")}
    first = await Stage(base=base, head=base | HARMLESS).run()
    kept = base | record(first.trials)
    run = await replayed(Stage(base=kept, head=kept | HARMLESS | {"evalsets/p.yaml": CHECKED}))
    assert {trial.status for trial in run.trials} == {TrialStatus.GRADED}
    assert {trial.grades[0].grader for trial in run.trials} != {first.trials[0].grades[0].grader}


async def test_an_open_question_is_never_let_through() -> None:
    lenient = BASE | {".github/evalgate.yml": POLICY.replace("20}", "20, on_inconclusive: warn}")}
    run = await replayed(Stage(base=lenient, head=lenient | HARMLESS))
    assert run.verdict.exit_code is ExitCode.INCONCLUSIVE


async def test_a_judge_that_is_not_proven_does_not_let_it_through_either() -> None:
    strict = BASE | {".github/evalgate.yml": POLICY + "judge: {min_agreement: 0.5}\n"}
    run = await replayed(Stage(base=strict, head=strict | HARMLESS))
    assert (run.verdict.verdict, codes(run)) == (Verdict.INCONCLUSIVE, ["awaits_calls"])


async def test_what_is_clear_without_a_call_fails_all_the_same() -> None:
    edited = HARMLESS | {"prompts/p/v1.md": version("Name nothing.")}
    run = await replayed(Stage(head=BASE | edited))
    assert run.verdict.exit_code is ExitCode.FAIL
    assert "published_version_edited" in codes(run)


async def test_without_a_policy_it_only_advises() -> None:
    bare = {name: text for name, text in BASE.items() if not name.startswith(".github")}
    run = await replayed(Stage(base=bare, head=bare | HARMLESS))
    assert run.verdict.verdict is Verdict.NOT_APPLICABLE
