"""Facts about what changes of includes, names, splits and graders lead to in a whole gate."""

import pytest

from evalgate.errors import ConfigurationError
from evalgate.model.verdict import Verdict
from tests.flow.test_gate import BASE, HARMLESS, NAMES, UNCALIBRATED, Run, evalset, gate, version

JINJA = "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\ntemplate: jinja\n---\n"
WINDOW = "Say that returns take 30 days."
SHARED = {"prompts/_shared/window.v1.md": WINDOW}


def including(name: str, more: str = "") -> str:
    return (
        f'{JINJA}## system\nYou work for a shop. {{% include "{name}" %}}{more}\n'
        "## user\n{{question}}\n"
    )


BASE_JINJA = BASE | SHARED | {"prompts/p/v1.md": including("window.v1.md")}


async def test_a_version_with_includes_is_gated_like_any_other() -> None:
    run = await gate(
        BASE_JINJA | {"prompts/p/v2.md": including("window.v1.md", " Be kind.")}, base=BASE_JINJA
    )
    assert run.verdict.verdict is Verdict.PASS
    assert run.plan.matchups[0].candidate.version.dependencies == ("prompts/_shared/window.v1.md",)


async def test_a_damaging_include_is_found() -> None:
    head = BASE_JINJA | {
        "prompts/_shared/window.v2.md": "Be generous.",
        "prompts/p/v2.md": including("window.v2.md"),
    }
    run = await gate(head, base=BASE_JINJA)
    assert run.verdict.verdict is Verdict.FAIL
    assert run.codes == ["regression"]


async def test_an_include_of_a_published_version_may_not_change() -> None:
    head = BASE_JINJA | {"prompts/_shared/window.v1.md": "Be generous."}
    run = await gate(head, base=BASE_JINJA)
    assert run.codes == ["published_include_edited"]
    finding = run.plan.findings[0]
    assert finding.path == "prompts/_shared/window.v1.md"
    assert "include window.v2.md in a new version" in finding.reason.message
    assert run.model.sent == []


async def test_an_include_of_an_unpublished_version_makes_it_a_candidate() -> None:
    base = BASE_JINJA | {
        "prompts/_shared/tone.v1.md": "Be kind.",
        "prompts/p/v2.md": including("tone.v1.md", WINDOW),
    }
    run = await gate(base | {"prompts/_shared/tone.v1.md": "Be very kind."}, base=base)
    assert run.plan.matchups[0].candidate.why == ("v2 includes tone.v1.md, which was edited",)
    assert run.verdict.verdict is Verdict.PASS


async def test_a_shared_file_without_a_number_is_noted() -> None:
    run = await gate(BASE | HARMLESS | {"prompts/_shared/tone.md": "x"})
    assert [note for note in run.verdict.notes if "<name>.v<N>" in note] != []


async def test_a_renamed_prompt_keeps_its_baseline_and_its_cases() -> None:
    head = {path.replace("/p/", "/q/"): text for path, text in BASE.items()}
    head |= {
        "prompts/q/v2.md": HARMLESS["prompts/p/v2.md"],
        "evalsets/replies.yaml": evalset(NAMES).replace("[p]", "[q]"),
    }
    run = await gate(head)
    prompt = next(each for each in run.verdict.prompts if each.evalset)
    assert (prompt.name, prompt.verdict, prompt.cases.compared) == ("q", Verdict.PASS, 80)
    assert prompt.why == ("the prompt was renamed from p", "v2 is new")
    assert [each.reason.code for each in run.plan.findings] == ["prompt_renamed"]


async def test_a_mere_rename_runs_nothing_and_passes() -> None:
    head = {path.replace("/p/", "/q/"): text for path, text in BASE.items()}
    run = await gate(head | {"evalsets/replies.yaml": evalset(NAMES).replace("[p]", "[q]")})
    assert (run.verdict.verdict, run.codes, run.model.sent) == (
        Verdict.PASS,
        ["prompt_renamed"],
        [],
    )


async def test_a_rename_that_leaves_its_eval_set_behind_is_no_pass() -> None:
    head = {path.replace("/p/", "/q/"): text for path, text in BASE.items()}
    run = await gate(head)
    assert run.verdict.verdict is Verdict.INCONCLUSIVE
    assert run.codes == ["evalset_removed"]


async def test_a_renamed_prompt_that_breaks_is_blocked() -> None:
    head = {path.replace("/p/", "/q/"): text for path, text in BASE.items()}
    head |= {
        "prompts/q/v2.md": version("Say that returns are easy."),
        "evalsets/replies.yaml": evalset(NAMES).replace("[p]", "[q]"),
    }
    assert (await gate(head)).verdict.verdict is Verdict.FAIL


async def test_a_prompt_whose_content_is_gone_too_was_deleted_and_not_renamed() -> None:
    head = {path.replace("/p/", "/q/"): text for path, text in BASE.items()}
    head |= {
        "prompts/q/v1.md": version("Something else."),
        "evalsets/replies.yaml": evalset(NAMES).replace("[p]", "[q]"),
    }
    assert "prompt_deleted" in (await gate(head)).codes


async def test_only_the_splits_of_the_policy_run() -> None:
    half = {"evalsets/replies.yaml": evalset(NAMES, extra=", split: gate")}
    extra = "  - {id: extra, vars: {question: other}, split: dev}\n"
    half["evalsets/replies.yaml"] += extra
    base = BASE | half | {".github/evalgate.yml": "run: {splits: [gate]}\n"}
    run = await gate(base | HARMLESS, base=base)
    assert len(run.trials) == 160
    assert run.verdict.notes == (
        "1 case of replies was not run: outside of the splits gate.",
        UNCALIBRATED,
    )


async def test_a_split_without_cases_is_an_error() -> None:
    base = BASE | {".github/evalgate.yml": "run: {splits: [gaet]}\n"}
    with pytest.raises(ConfigurationError, match="no case is in the splits"):
        await gate(base | HARMLESS, base=base)


PYTHON = "def check(answer, context):\n    return 'Bye' in answer\n"


def graded_by(function: str) -> dict[str, str]:
    text = evalset(NAMES).replace("{contains: Bye}", f"{{python: '{function}'}}")
    return {"evalsets/replies.yaml": text}


ALLOWED = (
    BASE
    | graded_by("own:check")
    | {
        ".github/evalgate.yml": "paths: {graders: graders}\n",
        "graders/own.py": PYTHON,
    }
)


async def test_python_graders_of_the_base_grade() -> None:
    run = await gate(ALLOWED | HARMLESS, base=ALLOWED)
    assert run.verdict.verdict is Verdict.PASS
    assert run.trials[0].grades[0].passed is True


async def test_python_of_the_change_never_runs() -> None:
    head = ALLOWED | HARMLESS | {"graders/own.py": "raise SystemExit('owned')\n"}
    run = await gate(head, base=ALLOWED)
    assert run.verdict.verdict is Verdict.PASS
    assert run.verdict.notes == (
        "graders/own.py changed: a Python grader takes effect after the merge.",
        UNCALIBRATED,
    )


@pytest.mark.parametrize(
    ("base", "said"),
    [
        (BASE | graded_by("own:check"), "paths.graders"),
        (ALLOWED | graded_by("gone:check"), "gone"),
        (ALLOWED | graded_by("own:other"), "other"),
    ],
)
async def test_python_that_cannot_run_is_an_error_before_anything_is_paid(
    base: dict[str, str], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        await gate(base | HARMLESS, base=base)


async def test_cases_that_do_not_fit_are_all_named() -> None:
    with pytest.raises(ConfigurationError) as caught:
        await gate(BASE | {"prompts/p/v2.md": version("{{topic}}")})
    assert len(caught.value.problems) == len(NAMES)
    assert "lacks `topic`" in str(caught.value)


async def test_a_version_left_behind_is_said_and_changes_no_verdict() -> None:
    base = BASE | {"prompts/p/v2.md": version("Returns take 30 days.")}
    run = await gate(base | {"prompts/p/v3.md": HARMLESS["prompts/p/v2.md"]}, base=base)
    assert run.verdict.verdict is Verdict.PASS
    assert [each.reason.code for each in run.plan.findings] == ["unreferenced_version"]


def _only(run: Run) -> str:
    return run.plan.matchups[0].candidate.why[0]


async def test_the_reason_says_what_changed_in_an_eval_set() -> None:
    fewer = {"evalsets/replies.yaml": evalset([*NAMES[1:], "fresh"])}
    assert _only(await gate(BASE | fewer)) == (
        "the eval set replies (1 case new, 1 case deleted) changed"
    )


async def test_a_renamed_version_file_is_recognised() -> None:
    base = BASE | {"prompts/p/v2.md": HARMLESS["prompts/p/v2.md"]}
    head = BASE | {"prompts/p/v3.md": HARMLESS["prompts/p/v2.md"]}
    assert _only(await gate(head, base=base)) == "v3 is v2 under another name"
