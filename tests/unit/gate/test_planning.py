"""Facts about the plan of a whole change."""

from dataclasses import replace

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError
from evalgate.gate.gathering import Question, gather
from evalgate.gate.planning import Plan, make_plan, plan_document, plan_hash
from evalgate.running.shards import Shard
from evalgate.simulator.fakes import MemoryRepository, text_tree

VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n## user\n{{question}}\n"
CASES = "cases: [{id: a, vars: {question: x}}]\n"
BASE = {
    ".github/evalgate.yml": "",
    "prompts/p/v1.md": VERSION,
    "prompts/p/live.yaml": "stable: v1\n",
    "evalsets/a.yaml": "prompts: [p]\ngraders: [{contains: x}]\n" + CASES,
}


def plan(
    head: dict[str, str],
    *,
    base: dict[str, str] = BASE,
    irregular: frozenset[str] = frozenset(),
) -> Plan:
    repository = MemoryRepository(
        commits={"b": text_tree(base), "h": text_tree(head)},
        parents={"b": (), "h": ("b",)},
        refs={"HEAD": "h"},
        irregular=irregular,
    )
    question = Question(base="b", head="h", run_id="r")
    return make_plan(gather(question, repository, FORMATS), FORMATS)


def test_a_change_elsewhere_plans_nothing() -> None:
    found = plan(BASE | {"src/app.py": ""})
    assert (found.matchups, found.findings, found.notes, found.trials) == ((), (), (), 0)


def test_the_document_names_both_versions_and_every_case() -> None:
    document = plan_document(plan(BASE | {"prompts/p/v2.md": VERSION + "more\n"}))
    assert document["trials"] == 6
    assert isinstance(document["prompts"], list)
    [entry] = document["prompts"]
    assert isinstance(entry, dict)
    assert entry["cases"] == [
        {"case": "a", "kind": "same", "baseline_trials": 3, "candidate_trials": 3}
    ]
    assert isinstance(entry["candidate"], dict)
    assert entry["candidate"]["version"] == "v2"


def test_all_missing_variables_are_reported_together() -> None:
    needs = VERSION.replace("{{question}}", "{{question}} {{order}} {{name}}")
    with pytest.raises(ConfigurationError) as caught:
        plan(BASE | {"prompts/p/v2.md": needs})
    assert [problem.line for problem in caught.value.problems] == [3, 3]


@pytest.mark.parametrize("path", ["prompts/p", "evalsets", ".github/evalgate.yml"])
def test_a_link_or_submodule_in_a_watched_place_is_refused(path: str) -> None:
    with pytest.raises(ConfigurationError, match="is a link or a submodule"):
        plan(BASE | {"prompts/p/v2.md": VERSION + "more\n"}, irregular=frozenset({path}))


CHANGE = BASE | {"prompts/p/v2.md": VERSION + "more\n"}


def test_equal_plans_have_equal_hashes_whatever_the_run_is_called() -> None:
    first = plan(CHANGE)
    other = replace(first.sources, question=replace(first.sources.question, run_id="other"))
    assert plan_hash(replace(first, sources=other)) == plan_hash(plan(CHANGE))


@pytest.mark.parametrize(
    "change",
    [
        {"prompts/p/v2.md": VERSION + "much more\n"},
        {"evalsets/a.yaml": BASE["evalsets/a.yaml"].replace("contains: x", "contains: y")},
        {"evalsets/a.yaml": BASE["evalsets/a.yaml"].replace("question: x", "question: y")},
        {"evalsets/a.yaml": BASE["evalsets/a.yaml"].replace("id: a", "id: b")},
        {"evalsets/a.yaml": BASE["evalsets/a.yaml"] + "pass_at: 0.5\n"},
        {"prompts/p/v3.md": VERSION + "more\n"},
    ],
    ids=["version", "grader", "variables", "case", "pass_at", "another-version"],
)
def test_whatever_decides_about_trials_and_grades_is_in_the_hash(change: dict[str, str]) -> None:
    assert plan_hash(plan(CHANGE | change)) != plan_hash(plan(CHANGE))


def test_base_policy_and_python_graders_are_in_the_hash() -> None:
    first = plan(CHANGE)
    sources = first.sources
    others = [
        replace(first, sources=replace(sources, base="c")),
        replace(first, sources=replace(sources, policy=replace(sources.policy, hash="c"))),
        replace(first, code_hash="c"),
    ]
    assert plan_hash(first) not in {plan_hash(other) for other in others}


def test_the_document_says_which_part_of_which_run_it_is() -> None:
    found = plan_document(plan(CHANGE), shard=Shard(index=2, of=3), simulated=True)
    assert (found["shard"], found["simulated"], found["run_id"]) == ("2/3", True, "r")
    assert found["plan_hash"] == plan_hash(plan(CHANGE))
    whole = plan_document(plan(CHANGE))
    assert (whole["shard"], whole["simulated"]) == (None, False)


@pytest.mark.parametrize("text", [VERSION, VERSION.replace("max", "description: hi\nmax")])
def test_a_version_that_needs_no_run_does_not_hide_a_weakened_set(text: str) -> None:
    weak = BASE["evalsets/a.yaml"].replace("contains: x", "contains: q")
    found = plan(BASE | {"prompts/p/v2.md": text, "evalsets/a.yaml": weak})
    [matchup] = found.matchups
    assert (matchup.candidate.version.version, matchup.candidate.unchanged) == ("v1", True)
    assert matchup.candidate.why == ("the eval set a (1 case edited) changed",)


def test_a_set_that_changes_along_with_a_rollback_is_told() -> None:
    past = {"prompts/p/v2.md": VERSION + "more\n"}
    live = "stable: {}\nhistory: [{{stable: v1}}, {{stable: v2}}]\n"
    base = BASE | past | {"prompts/p/live.yaml": live.format("v2")}
    weak = {"evalsets/a.yaml": BASE["evalsets/a.yaml"].replace("contains: x", "contains: q")}
    found = plan(base | weak | {"prompts/p/live.yaml": live.format("v1")}, base=base)
    assert [finding.reason.code for finding in found.findings] == ["rollback"]
    assert found.notes == (
        "The eval set a (1 case edited) changed along with the rollback of p, and was not "
        "judged: look at that change.",
    )


@pytest.mark.parametrize(
    ("path", "base", "head"),
    [
        ("prompts/_shared/s.v1.json", '{"type": "object"}', "{}"),
        ("prompts/p/s.json", '{"type": "object"}', "{}"),
    ],
)
def test_a_schema_in_the_folder_of_prompts_is_part_of_the_sets_that_name_it(
    path: str, base: str, head: str
) -> None:
    graders = f"prompts: [p]\ngraders: [{{json_schema: ../{path}}}]\n{CASES}"
    past = BASE | {"evalsets/a.yaml": graders, path: base}
    [matchup] = plan(past | {path: head}, base=past).matchups
    assert [case.kind.value for case in matchup.planned] == ["edited"]


def test_deleting_a_set_that_the_base_cannot_read_is_a_finding() -> None:
    base = BASE | {"evalsets/b.yaml": "prompts: [p]\nbroken: 1\n"}
    [finding] = plan(BASE, base=base).findings
    assert (finding.path, finding.reason.code) == ("evalsets/b.yaml", "evalset_removed")


@pytest.mark.parametrize("path", ["evalsets/b.YAML", "evalsets/b.Yml", "evalsets/more/b.yaml"])
def test_what_only_looks_like_an_eval_set_is_told(path: str) -> None:
    [note] = plan(BASE | {path: BASE["evalsets/a.yaml"]}).notes
    assert note.startswith(f"{path} changed, but is no `.yaml` file directly in evalsets/")


def test_labels_that_shape_later_verdicts_do_not_change_in_silence() -> None:
    base = BASE | {
        "evalsets/a.yaml": BASE["evalsets/a.yaml"].replace("id: a,", "id: a, cluster: k,")
    }
    tagged = BASE["evalsets/a.yaml"].replace("id: a,", "id: a, tags: [t],")
    found = plan(base | {"evalsets/a.yaml": f"trials: 1\n{tagged}"}, base=base)
    assert (found.matchups, found.findings) == ((), ())
    assert found.notes == (
        "evalsets/a.yaml changes `cluster` of 1 case, `tags` of 1 case and `trials` (from none to "
        "1): that counts from the next change on.",
    )
