"""Which texts of a prompt a change touches."""

from dataclasses import replace

from evalgate.gate.file_changes import file_changes
from evalgate.model.calibration import AnchorCheck
from evalgate.model.change import FileChange
from evalgate.model.policy import JudgeSettings
from evalgate.model.trial import Arm
from tests.unit.gate.planned import BASE, CHANGE, VERSION, plan

JINJA = VERSION.replace("---\n", "---\ntemplate: jinja\n", 1)


def including(name: str) -> str:
    return JINJA.replace("{{question}}", "{{question}}{% include '" + name + "' %}")


def test_a_version_stands_against_the_stable_one() -> None:
    assert file_changes(plan())["p", "v2"] == (
        FileChange(
            path="prompts/p/v2.md",
            before=VERSION,
            after=CHANGE["prompts/p/v2.md"],
            formerly="prompts/p/v1.md",
        ),
    )


def test_a_first_version_stands_against_nothing() -> None:
    new = {
        "prompts/q/v1.md": VERSION,
        "evalsets/a.yaml": BASE["evalsets/a.yaml"].replace("[p]", "[p, q]"),
    }
    (change,) = file_changes(plan(BASE | new))["q", "v1"]
    assert (change.before, change.after, change.formerly) == (None, VERSION, "")


def test_a_new_number_of_an_included_file_stands_against_the_old_one() -> None:
    base = BASE | {
        "prompts/_shared/tone.v1.md": "Be kind.",
        "prompts/p/v1.md": including("tone.v1.md"),
    }
    head = base | {
        "prompts/_shared/tone.v2.md": "Be brief.",
        "prompts/p/v2.md": including("tone.v2.md"),
    }
    _, tone = file_changes(plan(head, base=base))["p", "v2"]
    assert tone == FileChange(
        path="prompts/_shared/tone.v2.md",
        before="Be kind.",
        after="Be brief.",
        formerly="prompts/_shared/tone.v1.md",
    )


def test_an_included_file_that_stays_is_no_change_and_one_that_goes_is() -> None:
    both = including("tone.v1.md") + "{% include 'end.v1.md' %}"
    shared = {"prompts/_shared/tone.v1.md": "Be kind.", "prompts/_shared/end.v1.md": "Bye."}
    base = BASE | shared | {"prompts/p/v1.md": both}
    head = base | {"prompts/p/v2.md": including("tone.v1.md")}
    _, gone = file_changes(plan(head, base=base))["p", "v2"]
    assert (gone.path, gone.before, gone.after) == ("prompts/_shared/end.v1.md", "Bye.", None)


def test_where_only_cases_change_no_file_of_a_prompt_does() -> None:
    more = BASE["evalsets/a.yaml"].replace("cases: [", "cases: [{id: b, vars: {question: z}}, ")
    assert file_changes(plan(BASE | {"evalsets/a.yaml": more})) == {}


def test_a_judge_that_is_tried_changes_no_file_of_a_prompt() -> None:
    whole = plan()
    anchor = AnchorCheck(answer="", human=True, settings=JudgeSettings())
    tried = replace(whole.matchups[0], checks={(Arm.CANDIDATE, "a", 0): anchor})
    assert file_changes(replace(whole, matchups=(tried,))) == {}


def test_a_file_in_the_place_of_itself_has_no_other_name() -> None:
    both = including("tone.v1.md") + "{% include 'end.v1.md' %}"
    shared = {"prompts/_shared/tone.v1.md": "Be kind.", "prompts/_shared/end.v1.md": "Bye."}
    base = BASE | shared | {"prompts/p/v1.md": both}
    trees = base | {"prompts/p/v2.md": both + "!", "prompts/_shared/end.v1.md": "Farewell."}
    whole = plan(trees, base=base)
    changed = {change.path: change.formerly for change in file_changes(whole)["p", "v2"]}
    assert changed.get("prompts/_shared/end.v1.md", "") == ""


def test_bytes_that_are_no_text_do_no_harm() -> None:
    whole = plan()
    trees = whole.sources.trees
    odd = {**trees.head, "prompts/p/v2.md": b"\xffx"}
    sources = replace(whole.sources, trees=replace(trees, head=odd))
    (change,) = file_changes(replace(whole, sources=sources))["p", "v2"]
    assert change.after == "\ufffdx"
