"""Facts about which waivers are in force, and what is said of the others."""

import pytest
from inline_snapshot import snapshot

from evalgate.gate.planning import Plan, plan_document, plan_hash
from tests.unit.gate.planned import BASE, CHANGE, plan

TODAY = "2026-11-21"
HASH = plan().matchups[0].candidate.version.hash


def waiver(**changes: str) -> str:
    keys = {
        "case": "a",
        "evalset": "a",
        "owner": "Ann",
        "reason": "why",
        "expires": TODAY,
        "candidate": HASH[:12],
    }
    listed = ", ".join(f"{key}: '{value}'" for key, value in (keys | changes).items())
    return f"waivers: [{{{listed}}}]\n"


def planned(text: str, *, today: str = TODAY) -> Plan:
    policy = {".github/evalgate.yml": text}
    return plan(CHANGE | policy, base=BASE | policy, today=today)


def waived(of: Plan) -> list[str]:
    return [case.case for case in of.matchups[0].planned if case.waived]


def test_a_waiver_in_force_marks_its_case_and_nothing_else() -> None:
    found = planned(waiver())
    assert waived(found) == ["a"]
    assert [each.owner for each in found.matchups[0].waived] == ["Ann"]
    assert found.notes == ()
    assert found.trials == planned("").trials


@pytest.mark.parametrize(
    ("changes", "today"),
    [
        ({"expires": "2026-11-20"}, TODAY),
        ({}, "2026-11-22"),
        ({}, ""),
        (
            {
                "candidate": HASH[:12].translate(
                    str.maketrans("0123456789abcdef", "123456789abcdef0")
                )
            },
            TODAY,
        ),
        ({"case": "b"}, TODAY),
        ({"evalset": "b"}, TODAY),
    ],
    ids=["expired", "a day late", "no day", "another candidate", "no case", "no set"],
)
def test_any_other_waiver_has_no_effect_and_says_so(changes: dict[str, str], today: str) -> None:
    found = planned(waiver(**changes), today=today)
    assert waived(found) == []
    [note] = found.notes
    assert "has no effect: " in note


def test_the_note_says_why() -> None:
    assert [
        planned(waiver(**changes)).notes
        for changes in (
            {"expires": "2026-11-20"},
            {"candidate": "0" * 12},
            {"case": "b"},
            {"evalset": "b"},
        )
    ] == snapshot(
        [
            ("The waiver of Ann for case a of a has no effect: it expired on 2026-11-20.",),
            (
                "The waiver of Ann for case a of a has no effect: it is for the version whose hash begins with 000000000000, not for this one.",
            ),
            ("The waiver of Ann for case b of a has no effect: no case of that name is run.",),
            ("The waiver of Ann for case a of b has no effect: there is no such eval set.",),
        ]
    )


def test_of_two_waivers_for_one_case_the_one_that_is_in_force_counts() -> None:
    both = (
        waiver(expires="2026-11-20").rstrip("]\n")
        + ", "
        + waiver(owner="Bob", candidate=HASH).removeprefix("waivers: [")
    )
    found = planned(both)
    assert [each.owner for each in found.matchups[0].waived] == ["Bob"]


def test_a_change_cannot_waive_itself() -> None:
    text = {".github/evalgate.yml": BASE[".github/evalgate.yml"] + waiver()}
    found = plan(CHANGE | text, today=TODAY)
    assert waived(found) == []
    assert "It adds a waiver for case a of a: Ann, until 2026-11-21." in found.notes


def test_a_policy_that_only_the_head_has_waives_nothing() -> None:
    bare = {path: text for path, text in BASE.items() if not path.startswith(".github")}
    found = plan(CHANGE | {".github/evalgate.yml": waiver()}, base=bare, today=TODAY)
    assert found.sources.bootstrap
    assert waived(found) == []


def test_the_plan_names_waived_cases_and_the_day_that_counts() -> None:
    found = planned(waiver())
    document = plan_document(found)
    assert document["as_of"] == TODAY
    assert isinstance(document["prompts"], list)
    [entry] = document["prompts"]
    assert isinstance(entry, dict)
    assert entry["waived"] == ["a"]


def test_the_day_decides_nothing_about_what_is_run() -> None:
    assert plan_hash(planned(waiver())) == plan_hash(planned(waiver(), today="2027-11-21"))


def test_a_protected_slice_of_which_all_cases_are_waived_is_told() -> None:
    tagged = {"evalsets/a.yaml": BASE["evalsets/a.yaml"].replace("id: a,", "id: a, tags: [vip],")}
    policy = {".github/evalgate.yml": "gate: {protected_slices: [vip]}\n" + waiver()}
    found = plan(CHANGE | tagged | policy, base=BASE | tagged | policy, today=TODAY)
    assert found.notes == snapshot(
        ("a: All cases of the protected slice vip are waived: it is not judged.",)
    )


@pytest.mark.parametrize("new", ["", ", {id: d, tags: [vip], vars: {question: z}}"])
def test_a_new_case_makes_up_for_no_waived_one_of_a_protected_slice(new: str) -> None:
    cases = BASE["evalsets/a.yaml"].replace("id: a,", "id: a, tags: [vip],")
    policy = {".github/evalgate.yml": "gate: {protected_slices: [vip]}\n" + waiver()}
    head = {"evalsets/a.yaml": cases.removesuffix("]\n") + new + "]\n"}
    found = plan(
        CHANGE | policy | head, base=BASE | {"evalsets/a.yaml": cases} | policy, today=TODAY
    )
    assert "a: All cases of the protected slice vip are waived: it is not judged." in found.notes


def test_of_a_waiver_for_a_set_that_is_not_run_nothing_is_said() -> None:
    other = {
        "prompts/q/v1.md": BASE["prompts/p/v1.md"],
        "prompts/q/live.yaml": "stable: v1\n",
        "evalsets/b.yaml": BASE["evalsets/a.yaml"].replace("[p]", "[q]"),
        ".github/evalgate.yml": waiver(evalset="b"),
    }
    found = plan(CHANGE | other, base=BASE | other, today=TODAY)
    assert [each.evalset.name for each in found.matchups] == ["a"]
    assert found.notes == ()
