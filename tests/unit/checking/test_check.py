"""Facts about looking a whole library over."""

from evalgate.adapters.formats import FORMATS
from evalgate.checking.check import check
from evalgate.checking.inventory import Inventory, take_inventory
from evalgate.checking.observation import Observation, Severity
from evalgate.simulator.fakes import MemoryRepository, text_tree

VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n## user\n{{question}}\n"
SET = """\
prompts: [p]
graders: [{contains: "30"}]
cases:
  - {id: a, vars: {question: How long do I have to send a kettle back to you?}}
  - {id: b, vars: {question: Where is my parcel with the blue candles now?}}
"""
LIBRARY = {
    ".github/evalgate.yml": "gate: {max_drop: 25}\nrun: {trials: 8}\n",
    "prompts/p/v1.md": VERSION,
    "prompts/p/live.yaml": "stable: v1\n",
    "evalsets/s.yaml": SET,
}


def inventory(changes: dict[str, str]) -> Inventory:
    files = {path: text for path, text in {**LIBRARY, **changes}.items() if text}
    repository = MemoryRepository(commits={"c": text_tree(files)}, parents={}, refs={"HEAD": "c"})
    return take_inventory(repository, FORMATS, commit="c")


def observed(changes: dict[str, str]) -> list[Observation]:
    return [each for each in check(inventory(changes), ()) if each.code != "suite_only"]


def one(changes: dict[str, str]) -> Observation:
    found = observed(changes)
    assert len(found) == 1, found
    return found[0]


def edited(old: str, new: str) -> dict[str, str]:
    assert old in SET
    return {"evalsets/s.yaml": SET.replace(old, new)}


def test_a_sound_library_has_nothing_to_remark() -> None:
    assert observed({}) == []


def test_a_file_that_cannot_be_read_is_an_error_and_the_rest_is_still_looked_at() -> None:
    found = observed({"evalsets/x.yaml": "nonsense", **edited("prompts: [p]", "prompts: [p, q]")})
    assert [(each.code, each.path) for each in found] == [
        ("unknown_prompt", "evalsets/s.yaml"),
        ("unreadable", "evalsets/x.yaml"),
    ]


def test_a_prompt_without_a_set_is_named() -> None:
    found = one({"prompts/q/v1.md": VERSION, "prompts/q/live.yaml": "stable: v1\n"})
    assert (found.code, found.path) == ("no_evalset", "prompts/q")


def test_while_a_set_cannot_be_read_no_prompt_is_said_to_have_none() -> None:
    assert [each.code for each in observed({"evalsets/s.yaml": "nonsense"})] == ["unreadable"]


def test_a_set_for_an_unknown_prompt_names_the_nearest() -> None:
    found = one(edited("prompts: [p]", "prompts: [p, pp]"))
    assert found.code == "unknown_prompt"
    assert "did you mean `p`?" in found.message


def test_a_dangling_pointer_is_an_error() -> None:
    found = one({"prompts/p/live.yaml": "stable: v1\ncanary: {version: v7, percent: 5}\n"})
    assert (found.severity, found.code) == (Severity.ERROR, "dangling_pointer")


def test_a_prompt_without_a_pointer_says_what_to_write() -> None:
    found = one({"prompts/p/live.yaml": ""})
    assert (found.code, "stable: v1" in found.message) == ("nothing_stable", True)


def test_a_version_that_nothing_points_to_is_a_hint_unless_it_is_the_newest() -> None:
    newer = VERSION.replace("{{question}}", "Please: {{question}}")
    live = "stable: v3\n"
    found = one(
        {
            "prompts/p/v2.md": newer,
            "prompts/p/v3.md": newer + "\n",
            "prompts/p/v4.md": newer + "\n\n",
            "prompts/p/v1.md": "",
            "prompts/p/live.yaml": live,
        }
    )
    assert (found.code, found.path) == ("unreferenced_version", "prompts/p/v2.md")


def test_a_case_that_a_version_cannot_be_asked_is_placed() -> None:
    found = observed(edited("{question: Where", "{qestion: Where"))[0]
    assert (found.code, found.line, found.key) == ("unfit_case", 5, "case b: vars")
    assert "lacks `question`, which prompts/p/v1.md needs" in found.message


def test_variables_that_nobody_uses_are_named() -> None:
    found = one(edited("now?}", "now?, colour: blue}"))
    assert (found.code, "colour: given by 1 case" in found.message) == ("unused_variable", True)


def test_a_variable_that_a_grader_uses_is_used() -> None:
    text = SET.replace("now?}", "now?, colour: blue}, graders: [{contains: '{{colour}}'}]")
    assert observed({"evalsets/s.yaml": text}) == []


def test_a_reference_must_pass_the_checks_of_its_case() -> None:
    found = one(edited("now?}}", "now?}, reference: Soon.}"))
    assert (found.severity, found.code, found.key) == (Severity.ERROR, "reference_fails", "case b")
    assert "contains: 30" in found.message
    assert observed(edited("now?}}", "now?}, reference: In 30 days.}")) == []


def test_every_reference_is_checked() -> None:
    found = one(edited("now?}}", "now?}, reference: [In 30 days., Soon.]}"))
    assert "its reference 2 fails" in found.message


def test_a_case_twice_is_found_and_a_near_twin_too() -> None:
    first = "How long do I have to send a kettle back to you?"
    twice = edited("Where is my parcel with the blue candles now?", first)
    assert one(twice).code == "duplicate_case"
    nearly = edited("Where is my parcel with the blue candles now?", first.replace("?", " please?"))
    assert one(nearly).code == "near_duplicate_case"


def test_near_twins_of_one_cluster_are_meant() -> None:
    text = SET.replace(
        "Where is my parcel with the blue candles now?",
        "How long do I have to send a kettle back to you please?",
    ).replace("{id: ", "{cluster: x, id: ")
    assert observed({"evalsets/s.yaml": text}) == []


def test_a_set_that_can_prove_nothing_says_how_much_is_missing() -> None:
    found = one({".github/evalgate.yml": "gate: {max_drop: 5}\nrun: {trials: 3}\n"})
    assert found.code == "set_too_small"
    assert "6 trials cannot prove a limit of 5 points" in found.message
    assert "at least 59 are needed" in found.message


def test_a_set_for_the_traffic_counts_cases_and_not_trials() -> None:
    policy = "gate: {max_drop: 5, estimand: population}\nrun: {trials: 100}\n"
    assert "2 cases cannot prove" in one({".github/evalgate.yml": policy}).message


def test_a_small_set_learns_what_more_cases_would_buy() -> None:
    found = [each for each in check(inventory({}), ()) if each.code == "suite_only"]
    assert found[0].severity is Severity.HINT
    assert "about exactly these" in found[0].message


def test_an_answer_that_cannot_fit_is_noticed() -> None:
    long = "30 days and so on. " * 20
    found = one(edited("now?}}", f"now?}}, reference: {long}}}"))
    assert found.code == "answer_too_long"


def test_a_prompt_that_cannot_fit_is_noticed() -> None:
    found = one(edited("Where is my parcel", "x" * 700_000))
    assert found.code == "prompt_too_long"


def test_the_gravest_remarks_come_first() -> None:
    found = observed(
        {
            **edited("now?}", "now?, colour: blue}"),
            "prompts/p/live.yaml": "stable: v1\ncanary: {version: v7, percent: 5}\n",
        }
    )
    assert [each.severity for each in found] == [Severity.ERROR, Severity.WARNING]
