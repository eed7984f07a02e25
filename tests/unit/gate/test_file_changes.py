"""Which texts of a prompt a change touches."""

from evalgate.gate.file_changes import file_changes
from evalgate.model.change import FileChange
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
