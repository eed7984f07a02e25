"""Facts about what every case of a set has unless it says otherwise."""

import pytest
from inline_snapshot import snapshot

from evalgate.adapters.files import read_yaml
from evalgate.adapters.formats import FORMATS
from evalgate.errors import Problem
from evalgate.grading.beside import Beside
from evalgate.grading.defaults import Defaults, inherit, read_defaults
from evalgate.model.evalset import CannedResult
from evalgate.model.reading import Section


def read(text: str) -> tuple[Defaults, list[str]]:
    problems: list[Problem] = []
    beside = Beside(evalset="s.yaml", tree={}, parser=FORMATS, problems=problems)
    root = Section(read_yaml("s.yaml", text.encode()), (), problems)
    return read_defaults(root, beside), [str(problem) for problem in problems]


def under(text: str, defaults: Defaults) -> Defaults:
    beside = Beside(evalset="s.yaml", tree={}, parser=FORMATS, problems=[])
    return inherit(Section(read_yaml("s.yaml", text.encode())), defaults, beside)


@pytest.mark.parametrize("text", ["{}", "defaults:", "defaults: {}", "defaults: {tags: null}"])
def test_a_set_need_not_have_defaults(text: str) -> None:
    assert read(text) == (Defaults(), [])


def test_what_tools_give_back_is_text_and_data_becomes_json() -> None:
    text = """\
defaults:
  tool_results:
    - {tool: a, content: "as it is"}
    - {tool: b, content: {x: [1, true, "ü"]}, input: {y: 1}}
    - {tool: c, content: null}
    - {tool: d, content: gone, failed: true}
"""
    defaults, problems = read(text)
    assert problems == []
    assert defaults.tool_results == (
        CannedResult(tool="a", content="as it is"),
        CannedResult(tool="b", content='{"x": [1, true, "ü"]}', input={"y": 1}),
        CannedResult(tool="c", content=""),
        CannedResult(tool="d", content="gone", failed=True),
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("defaults: 5", snapshot("s.yaml:1: defaults: expected a mapping, got the number 5")),
        (
            "defaults: {vars: [a]}",
            snapshot("s.yaml:1: defaults.vars: expected a mapping, got a list"),
        ),
        (
            "defaults: {clusters: a}",
            snapshot("s.yaml:1: defaults.clusters: unknown key (did you mean `cluster`?)"),
        ),
        (
            "defaults: {expected: a}",
            snapshot(
                "s.yaml:1: defaults.expected: unknown key (known: cluster, critical, split, tags, tool_results, vars)"
            ),
        ),
        (
            f"defaults: {{cluster: {'x' * 101}}}",
            snapshot(
                "s.yaml:1: defaults.cluster: expected 1 to 100 characters without a blank at either end, got `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`"
            ),
        ),
    ],
)
def test_wrong_defaults_are_one_problem_with_its_place(text: str, problem: str) -> None:
    assert read(text)[1] == [problem]


def test_tags_are_joined_and_everything_else_is_replaced() -> None:
    canned = (CannedResult(tool="t", content="x"),)
    defaults = Defaults(
        vars={"a": 1, "b": 2},
        tags=("t",),
        cluster="c",
        critical=True,
        split="s",
        tool_results=canned,
    )
    assert under("{}", defaults) == defaults
    assert under("{vars: null, cluster: null, tool_results: null}", defaults) == defaults
    own = "{vars: {b: 3}, tags: [u, t], cluster: d, critical: false, split: r, tool_results: []}"
    assert under(own, defaults) == Defaults(
        vars={"a": 1, "b": 3}, tags=("t", "u"), cluster="d", critical=False, split="r"
    )
