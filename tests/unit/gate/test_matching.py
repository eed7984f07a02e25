"""Facts about matching candidates with cases; the flow tests cover what a plan leads to."""

from evalgate.adapters.formats import FORMATS
from evalgate.gate.gathering import Question, gather
from evalgate.gate.planning import Plan, make_plan
from evalgate.model.comparison import CaseKind
from evalgate.simulator.fakes import MemoryRepository, text_tree

VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n## user\n{{question}}\n"
CASES = (
    "cases:\n"
    "  - {id: same, vars: {question: a}}\n"
    "  - {id: edited, vars: {question: b}}\n"
    "  - {id: deleted, vars: {question: c}}\n"
    "  - {id: critical, vars: {question: d}, critical: true}\n"
)
BASE = {
    ".github/evalgate.yml": "run: {trials: 2, critical_trials: 4}\n",
    "prompts/p/v1.md": VERSION,
    "prompts/p/live.yaml": "stable: v1\n",
    "evalsets/a.yaml": "prompts: [p]\ngraders: [{contains: x}]\n" + CASES,
}
HEAD = BASE | {
    "prompts/p/v2.md": VERSION + "more\n",
    "evalsets/a.yaml": BASE["evalsets/a.yaml"]
    .replace("question: b", "question: changed")
    .replace("id: deleted", "id: new"),
}


def plan(head: dict[str, str], base: dict[str, str] | None = None) -> Plan:
    repository = MemoryRepository(
        commits={"b": text_tree(base or BASE), "h": text_tree(head)},
        parents={"b": (), "h": ("b",)},
        refs={"HEAD": "h"},
    )
    question = Question(base="b", head="h", run_id="r")
    return make_plan(gather(question, repository, FORMATS), FORMATS)


def trials(of: Plan) -> dict[str, tuple[CaseKind, int, int]]:
    return {
        case.case: (case.kind, len(case.baseline), len(case.candidate))
        for matchup in of.matchups
        for case in matchup.planned
    }


def test_each_case_is_planned_by_how_it_relates_to_the_base() -> None:
    found = plan(HEAD)
    assert trials(found) == {
        "same": (CaseKind.SAME, 2, 2),
        "edited": (CaseKind.EDITED, 0, 2),
        "new": (CaseKind.NEW, 0, 2),
        "critical": (CaseKind.SAME, 4, 4),
    }
    assert found.matchups[0].deleted == ("deleted",)
    assert found.trials == 16


OWN_TRIALS = {"evalsets/a.yaml": "trials: 5\n" + BASE["evalsets/a.yaml"]}


def test_the_set_s_own_number_of_trials_goes_before_the_policy_s() -> None:
    found = trials(plan(HEAD | OWN_TRIALS, BASE | OWN_TRIALS))
    assert {pair[2] for pair in found.values()} == {5}


def test_a_change_does_not_decide_how_often_its_own_cases_run() -> None:
    assert {pair[2] for pair in trials(plan(HEAD | OWN_TRIALS)).values()} == {2, 4}


def test_a_set_that_is_new_brings_its_own_number_of_trials() -> None:
    base = {path: text for path, text in BASE.items() if not path.startswith("evalsets")}
    assert {pair[2] for pair in trials(plan(HEAD | OWN_TRIALS, base)).values()} == {5}


def test_a_candidate_meets_every_eval_set_that_covers_its_prompt() -> None:
    second = {"evalsets/b.yml": BASE["evalsets/a.yaml"]}
    other = {
        "evalsets/c.yaml": BASE["evalsets/a.yaml"].replace("[p]", "[q]"),
        "prompts/q/v1.md": VERSION,
    }
    found = plan(HEAD | second | other, BASE | second | other)
    assert [matchup.evalset.name for matchup in found.matchups] == ["a", "b"]


def test_a_set_that_did_not_cover_the_prompt_at_the_base_has_only_new_cases() -> None:
    base = BASE | {
        "evalsets/a.yaml": BASE["evalsets/a.yaml"].replace("[p]", "[q]"),
        "prompts/q/v1.md": VERSION,
    }
    assert {kind for kind, _, _ in trials(plan(HEAD, base)).values()} == {CaseKind.NEW}


def test_a_set_of_the_base_that_cannot_be_read_has_no_cases_to_match() -> None:
    found = plan(HEAD, BASE | {"evalsets/a.yaml": "prompts: ["})
    assert {kind for kind, _, _ in trials(found).values()} == {CaseKind.NEW}


def test_grader_names_and_tags_are_no_edit() -> None:
    tagged = BASE["evalsets/a.yaml"].replace("question: a}", "question: a}, tags: [t]")
    found = plan(BASE | {"prompts/p/v2.md": VERSION + "x\n", "evalsets/a.yaml": tagged})
    assert {kind for kind, _, _ in trials(found).values()} == {CaseKind.SAME}
