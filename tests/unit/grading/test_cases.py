"""Facts about how the cases of an eval set are read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.adapters.files import read_json, read_yaml
from evalgate.adapters.formats import FORMATS
from evalgate.errors import Problem
from evalgate.grading.beside import Beside
from evalgate.grading.cases import MOST_CASES, read_cases
from evalgate.grading.graders import GraderReader
from evalgate.model.document import Data, Tree
from evalgate.model.evalset import CannedResult, Case, Criterion, GraderSpec
from evalgate.model.reading import Section

FULL = """\
graders:
  - contains: Regards
cases:
  - id: returns-1
    vars: {question: How long?, items: [{sku: 1}], vip: true}
    expected: 30 days
    tags: [returns, short]
    cluster: ticket-7
    critical: true
    split: held-out
    graders:
      - contains: "{{expected}}"
      - rubric: Answers "{{question}}"
"""


def read(
    text: str, *, pass_at: float = 1.0, tree: Tree | None = None
) -> tuple[tuple[Case, ...], list[str]]:
    problems: list[Problem] = []
    root = Section(read_yaml("set.yaml", text.encode()), (), problems)
    reader = GraderReader(schemas={}, problems=problems, evalset="set.yaml")
    beside = Beside(evalset="set.yaml", tree=tree or {}, parser=FORMATS, problems=problems)
    cases = read_cases(root, reader, pass_at=pass_at, beside=beside)
    return cases, [str(problem) for problem in problems]


def one(text: str, *, pass_at: float = 1.0, tree: Tree | None = None) -> Case:
    cases, problems = read(text, pass_at=pass_at, tree=tree)
    assert problems == []
    return cases[0]


def problems_of(case: str) -> list[str]:
    return read(f"graders: [contains: x]\ncases:\n  - {case}")[1]


def test_a_case_is_read_with_all_its_keys() -> None:
    case = one(FULL)
    assert case.id == "returns-1"
    assert case.vars == {"question": "How long?", "items": [{"sku": 1}], "vip": True}
    assert (case.expected, case.tags, case.cluster) == ("30 days", ("returns", "short"), "ticket-7")
    assert (case.critical, case.split, case.line) == (True, "held-out", 4)


def test_the_graders_of_the_set_come_before_those_of_the_case_and_all_are_filled() -> None:
    assert one(FULL).graders == (
        GraderSpec(kind="contains", name="contains: Regards", argument="Regards"),
        GraderSpec(kind="contains", name="contains: {{expected}}", argument="30 days"),
        GraderSpec(
            kind="rubric",
            name='rubric: Answers "{{question}}"',
            criteria=(Criterion(text='Answers "How long?"'),),
        ),
    )


def test_all_that_a_case_need_not_say_has_a_default() -> None:
    case = one("graders: [contains: x]\ncases: [{id: a}]")
    assert (case.vars, case.expected, case.tags, case.cluster) == ({}, None, (), None)
    assert (case.critical, case.split) == (False, "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[returns, short]", "[other]"),
        ("ticket-7", "ticket-8"),
        ("critical: true", "critical: false"),
        ("held-out", "dev"),
        ("returns-1", "returns-2"),
        ("cases:", "# a comment\n\ncases:"),
        ("{question: How long?, items", "{'question': 'How long?', items"),
        ("  - contains: Regards", "  - {contains: Regards, name: sign-off}"),
    ],
)
def test_the_hash_of_a_case_ignores_what_does_not_shape_its_grade(old: str, new: str) -> None:
    assert old in FULL
    assert one(FULL.replace(old, new)).hash == one(FULL).hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("How long?", "How many?"),
        ("vip: true", "vip: 1"),
        ("expected: 30 days", "expected: 31 days"),
        ("contains: Regards", "equals: Regards"),
        ("contains: Regards", "contains: Thanks"),
        ("  - contains: Regards", "  - not: {contains: Regards}"),
        ("  - contains: Regards", "  - {contains: Regards, required: false}"),
        ("  - contains: Regards", "  - {contains: Regards, weight: 2}"),
        ("rubric: Answers", "rubric: Repeats"),
        ('rubric: Answers "{{question}}"', "rubric: [Answers it, {criterion: b, weight: 2}]"),
    ],
)
def test_the_hash_of_a_case_covers_what_shapes_its_grade(old: str, new: str) -> None:
    assert old in FULL
    assert one(FULL.replace(old, new)).hash != one(FULL).hash


def test_the_hash_covers_the_score_that_a_trial_must_reach() -> None:
    assert one(FULL, pass_at=0.5).hash != one(FULL, pass_at=1.0).hash


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        ("{vars: {}}", snapshot("set.yaml:3: cases[0]: the key `id` is missing")),
        ("{id: ''}", snapshot("set.yaml:3: cases[0].id: expected text, got nothing")),
        ("{id: 5}", snapshot("set.yaml:3: cases[0].id: expected text, got the number 5")),
        (
            "{id: a, vers: {}}",
            snapshot("set.yaml:3: cases[0].vers: unknown key (did you mean `vars`?)"),
        ),
        (
            "{id: a, vars: 5}",
            snapshot("set.yaml:3: cases[0].vars: expected a mapping, got the number 5"),
        ),
        (
            "{id: a, tags: 5}",
            snapshot("set.yaml:3: cases[0].tags: expected a list of texts, got the number 5"),
        ),
        (
            "{id: a, critical: sure}",
            snapshot("set.yaml:3: cases[0].critical: expected true or false, got `sure`"),
        ),
        ("just text", snapshot("set.yaml:3: cases[0]: expected a mapping, got `just text`")),
        ("{id: '  '}", snapshot("set.yaml:3: cases[0].id: expected text, got nothing")),
        (
            "{id: a, cluster: ''}",
            snapshot(
                "set.yaml:3: cases[0].cluster: expected 1 to 100 characters without a blank at either end, got nothing"
            ),
        ),
        (
            "{id: a, split: ' dev'}",
            snapshot(
                "set.yaml:3: cases[0].split: expected 1 to 100 characters without a blank at either end, got ` dev`"
            ),
        ),
        (
            "{id: a, split: [dev]}",
            snapshot("set.yaml:3: cases[0].split: expected text, got a list"),
        ),
        (
            "{id: a, tags: [ok, '']}",
            snapshot(
                "set.yaml:3: cases[0].tags: expected 1 to 100 characters without a blank at either end, got nothing"
            ),
        ),
        (
            "{id: a, reference: [x, ' ']}",
            snapshot("set.yaml:3: cases[0].reference: expected whole answers, got an empty one"),
        ),
        (
            "{id: a, reference: {a: x}}",
            snapshot("set.yaml:3: cases[0].reference: expected a list of texts, got a mapping"),
        ),
        (
            "{id: a, tool_results: {tool: t}}",
            snapshot("set.yaml:3: cases[0].tool_results: expected a list, got a mapping"),
        ),
        (
            "{id: a, tool_results: [t]}",
            snapshot("set.yaml:3: cases[0].tool_results[0]: expected a mapping, got `t`"),
        ),
        (
            "{id: a, tool_results: [{tool: t}]}",
            snapshot(
                "set.yaml:3: cases[0].tool_results[0]: the key `content` is missing: what the tool gives back"
            ),
        ),
        (
            "{id: a, tool_results: [{content: x}]}",
            snapshot("set.yaml:3: cases[0].tool_results[0]: the key `tool` is missing"),
        ),
        (
            "{id: a, tool_results: [{tool: t, content: x, inputs: {}}]}",
            snapshot(
                "set.yaml:3: cases[0].tool_results[0].inputs: unknown key (did you mean `input`?)"
            ),
        ),
        (
            "{id: a, tool_results: [{tool: t, content: '', failed: true}]}",
            snapshot(
                "set.yaml:3: cases[0].tool_results[0].content: expected a message: a tool that fails says why"
            ),
        ),
    ],
)
def test_a_wrong_case_is_one_problem_with_its_place(case: str, problem: str) -> None:
    assert problems_of(case) == [problem]


@pytest.mark.parametrize("name", ["a/b", r"a\nb", r"\x07", " a", "a ", r"\u202e"])
def test_an_id_that_could_break_a_path_or_a_line_is_refused(name: str) -> None:
    assert problems_of(f'{{id: "{name}"}}') == [
        "set.yaml:3: cases[0].id: an id has no slash, no control character and no blank at its ends"
    ]


def test_an_id_has_at_most_a_hundred_characters() -> None:
    assert problems_of(f"{{id: {'a' * 100}}}") == []
    assert problems_of(f"{{id: {'a' * 101}}}") == snapshot(
        ["set.yaml:3: cases[0].id: an id has at most 100 characters, this one has 101"]
    )


def test_a_repeated_id_is_a_problem_that_points_at_the_first() -> None:
    _, problems = read("graders: [contains: x]\ncases:\n  - id: a\n  - id: b\n  - id: a\n")
    assert problems == snapshot(
        ["set.yaml:5: cases[2].id: the id `a` is taken by the case on line 3"]
    )


@pytest.mark.parametrize("text", ["graders: [contains: x]", "cases: []", "cases:", "cases: {}"])
def test_a_set_without_cases_is_a_problem(text: str) -> None:
    cases, problems = read(text)
    assert cases == ()
    assert [problem.endswith("expected at least one case") for problem in problems] == [True]


def test_cases_are_a_list_or_the_name_of_a_file() -> None:
    assert read("graders: [contains: x]\ncases: more.csv")[1] == snapshot(
        [
            "set.yaml:2: cases: expected a list of cases, or the name of a .jsonl file, got `more.csv`"
        ]
    )
    assert read("graders: [contains: x]\ncases: more.jsonl")[1] == snapshot(
        [
            "set.yaml:2: cases: there is no file `more.jsonl`: write its path from the eval set's folder"
        ]
    )


def test_a_case_that_nothing_grades_is_a_problem() -> None:
    assert read("cases: [{id: a}, {id: b, graders: [contains: x]}]")[1] == snapshot(
        ["set.yaml:1: cases[0]: the case has no graders, and the eval set has none for all cases"]
    )


def test_a_case_whose_only_grader_is_wrong_is_one_problem() -> None:
    assert len(read("cases: [{id: a, graders: [contians: x]}]")[1]) == 1


def test_a_case_whose_graders_have_no_weight_is_a_problem() -> None:
    assert problems_of("{id: a}") == []
    assert read("graders: [{contains: x, weight: 0}]\ncases: [{id: a}]")[1] == snapshot(
        ["set.yaml:2: cases[0]: all graders of the case have the weight 0"]
    )


def test_a_wrong_case_does_not_hide_the_next() -> None:
    cases, problems = read("graders: [contains: x]\ncases: [5, {id: a}, {id: a/b}]")
    assert [case.id for case in cases] == ["a", "a/b"]
    assert len(problems) == 2


def lines(text: str, *, cases: str = "more.jsonl") -> tuple[tuple[Case, ...], list[str]]:
    return read(f"graders: [contains: x]\ncases: {cases}\n", tree={"more.jsonl": text.encode()})


def test_cases_in_lines_are_read_with_the_file_and_line_that_they_stand_on() -> None:
    cases, problems = lines('{"id": "a"}\r\n\n{"id": "b", "tags": ["t"]}')
    assert problems == []
    assert [(case.id, case.path, case.line) for case in cases] == [
        ("a", "more.jsonl", 1),
        ("b", "more.jsonl", 3),
    ]
    assert one(FULL).path == ""


def test_every_wrong_line_is_told_with_file_line_and_key() -> None:
    wrong = (
        '{"id": "a", "vers": {}}\n[1]\n{"id": "a"}\n{"id": \n{"id": 5, "vars": {"x": 1e999}}\n5\n'
    )
    assert "\n".join(lines(wrong)[1]) == snapshot("""\
more.jsonl:1: vers: unknown key (did you mean `vars`?)
more.jsonl:2: expected a case as an object, got a list
more.jsonl:3: id: the id `a` is taken by the case on line 1
more.jsonl:4: not JSON at character 8: expecting value
more.jsonl:5: a number is too large: write it in quotes, as text
more.jsonl:6: expected a case as an object, got the number 5\
""")


def test_a_file_of_cases_without_cases_is_a_problem() -> None:
    assert lines("\n\n")[1] == snapshot(
        ["set.yaml:2: cases: expected at least one case in `more.jsonl`"]
    )


@pytest.mark.parametrize("wrong", ["[]", "{", '{"id": 5}'])
def test_reading_stops_at_a_thousand_problems(wrong: str) -> None:
    cases, problems = lines(f"{wrong}\n" * 1_500)
    assert len(problems) == 1_001
    assert problems[-1] == snapshot(
        "set.yaml:2: cases: 1,000 problems or more: the rest was not read"
    )
    assert len(cases) <= 1_000


def test_a_case_cannot_hold_more_problems_than_are_told() -> None:
    blocks = [{"type": "x"}] * 3_000
    many = {"id": "a", "vars": {"h": [{"role": "user", "content": blocks}]}}
    assert len(lines(json.dumps(many))[1]) == 1_001


@pytest.mark.slow
def test_a_small_file_cannot_stand_for_endless_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evalgate.grading.cases.MOST_CHARACTERS", 10_000_000)
    head = f"defaults: {{vars: {{t: {'x' * 40_000}}}}}\ngraders: [contains: x]\n"
    many = "".join(f'{{"id": "c{index}"}}\n' for index in range(300))
    cases, problems = read(f"{head}cases: more.jsonl", tree={"more.jsonl": many.encode()})
    assert len(cases) == 250
    assert problems == snapshot(
        ["set.yaml:3: cases: with defaults filled in, the cases hold more than 10 MB of text"]
    )


def test_a_set_has_only_so_many_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_CASES == 500_000
    monkeypatch.setattr("evalgate.grading.cases.MOST_CASES", 5_000)
    many = [f'{{"id": "{index}"}}\n' for index in range(5_001)]
    assert lines("".join(many[:-1]))[1] == []
    assert lines("".join(many))[1] == snapshot(
        ["set.yaml:2: cases: more than 5,000 cases: split the set"]
    )


DEFAULTS = """\
defaults:
  vars: {tone: warm, photo: {file: a.png}}
  tags: [all]
  cluster: c
  critical: true
  split: dev
  tool_results: [{tool: look_up, content: {state: sent}}]
graders:
  - contains: "{{tone}}"
cases:
"""
PNG = b"\x89PNG\r\n\x1a\n"
TREE = {"a.png": PNG + b"1", "b.png": PNG + b"2"}


def test_defaults_stand_under_what_each_case_says() -> None:
    case = one(f"{DEFAULTS}  - {{id: a, tags: [own, all], vars: {{q: x}}}}", tree=TREE)
    assert case.vars == {"tone": "warm", "photo": {"file": "a.png"}, "q": "x"}
    assert (case.tags, case.cluster, case.critical, case.split) == (
        ("all", "own"),
        "c",
        True,
        "dev",
    )
    assert case.tool_results == (CannedResult(tool="look_up", content='{"state": "sent"}'),)
    assert case.graders[0].argument == "warm"
    assert case.files["a.png"].content == TREE["a.png"]


def test_a_case_s_own_values_replace_the_defaults() -> None:
    own = "vars: {tone: dry, photo: {file: b.png}}, cluster: d, critical: false, split: test"
    case = one(f"{DEFAULTS}  - {{id: a, {own}, tool_results: []}}", tree=TREE)
    assert case.vars == {"tone": "dry", "photo": {"file": "b.png"}}
    assert (case.cluster, case.critical, case.split, case.tool_results) == ("d", False, "test", ())
    assert case.graders[0].argument == "dry"
    assert list(case.files) == ["b.png"]


def test_what_is_wrong_with_defaults_is_told_once() -> None:
    wrong = "defaults: {vars: {p: {file: c.png}}, id: x, tags: 5, critical: 1}\n"
    text = f"{wrong}graders: [contains: x]\ncases: [{{id: a}}, {{id: b}}]"
    assert "\n".join(read(text, tree=TREE)[1]) == snapshot("""\
set.yaml:1: defaults.id: unknown key (known: cluster, critical, split, tags, tool_results, vars)
set.yaml:1: defaults.vars.p.file: there is no file `c.png`: write its path from the eval set's folder (did you mean `b.png`?)
set.yaml:1: defaults.tags: expected a list of texts, got the number 5
set.yaml:1: defaults.critical: expected true or false, got the number 1\
""")


EXTRAS = """\
graders: [contains: x]
cases:
  - id: a
    reference: Sent on Monday
    vars: {photo: {file: a.png}}
    tool_results: [{tool: look_up, input: {order: 7}, content: sent}]
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Monday", "Tuesday"),
        ("reference: Sent on Monday", "tags: []"),
        ("a.png", "b.png"),
        ("tool: look_up", "tool: look_down"),
        ("order: 7", "order: 8"),
        ("content: sent", "content: lost"),
        ("content: sent", "content: sent, failed: true"),
    ],
)
def test_the_hash_covers_references_files_and_what_tools_give_back(old: str, new: str) -> None:
    assert old in EXTRAS
    assert one(EXTRAS.replace(old, new), tree=TREE).hash != one(EXTRAS, tree=TREE).hash


def test_the_hash_covers_the_content_of_a_file_wherever_it_is_named() -> None:
    message = "{role: user, content: [{type: image, file: a.png}]}"
    texts = [
        EXTRAS,
        EXTRAS.replace("{photo: {file: a.png}}", f"{{history: [{message}]}}"),
        f"{DEFAULTS}  - id: a",
    ]
    for text in texts:
        other = {**TREE, "a.png": PNG + b"3"}
        assert one(text, tree=TREE).hash != one(text, tree=other).hash


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
VALUES: st.SearchStrategy[Data] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
WRITTEN = st.fixed_dictionaries(
    {"vars": st.dictionaries(TEXTS, VALUES, max_size=3), "expected": VALUES},
    optional={
        "reference": st.lists(st.sampled_from(["x", "y"]), min_size=1, max_size=2),
        "tool_results": st.lists(
            st.fixed_dictionaries({"tool": st.just("t"), "content": VALUES}), max_size=2
        ),
    },
)


def inline(cases: list[dict[str, Data]], **keys: Data) -> tuple[Case, ...]:
    text = json.dumps({"graders": [{"contains": "x"}], "cases": list(cases), **keys})
    found, problems = read_data(text)
    assert problems == []
    return found


def read_data(text: str) -> tuple[tuple[Case, ...], list[str]]:
    problems: list[Problem] = []
    root = Section(read_json("set.yaml", text.encode()), (), problems)
    reader = GraderReader(schemas={}, problems=problems, evalset="set.yaml")
    beside = Beside(evalset="set.yaml", tree={}, parser=FORMATS, problems=problems)
    cases = read_cases(root, reader, pass_at=1.0, beside=beside)
    return cases, [str(problem) for problem in problems]


@given(st.lists(WRITTEN, min_size=1, max_size=3))
def test_a_case_has_the_same_hash_in_the_set_in_a_line_and_from_defaults(
    written: list[dict[str, Data]],
) -> None:
    cases: list[dict[str, Data]] = [{"id": f"c{at}", **each} for at, each in enumerate(written)]
    whole = inline(cases)
    text = "\n".join(json.dumps(case) for case in cases)
    in_lines, problems = lines(text)
    assert problems == []
    assert [case.hash for case in in_lines] == [case.hash for case in whole]
    for case, found in zip(cases, whole, strict=True):
        names = ("vars", "tool_results")
        shared: dict[str, Data] = {key: case[key] for key in names if key in case}
        own = {key: value for key, value in case.items() if key not in shared}
        assert inline([own], defaults=shared)[0].hash == found.hash


@given(WRITTEN, WRITTEN)
def test_cases_have_equal_hashes_only_when_they_are_equal(
    first: dict[str, Data], second: dict[str, Data]
) -> None:
    def told(case: dict[str, Data]) -> str:
        filled = {"reference": [], "tool_results": [], **case}
        return json.dumps(filled, sort_keys=True)

    hashes = [inline([{"id": "a", **case}])[0].hash for case in (first, second)]
    assert (hashes[0] == hashes[1]) is (told(first) == told(second))


@given(st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), st.integers()))
def test_the_order_of_variables_does_not_change_the_hash(values: dict[str, int]) -> None:
    def case(items: list[tuple[str, int]]) -> Case:
        listed = ", ".join(f"'{name}': {value}" for name, value in items)
        return one(f"graders: [contains: x]\ncases:\n  - {{id: a, vars: {{{listed}}}}}")

    assert case([*values.items()]).hash == case([*values.items()][::-1]).hash
