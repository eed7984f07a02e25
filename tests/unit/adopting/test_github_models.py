"""Facts about adopting GitHub's `.prompt.yml`."""

import pytest

from evalgate.adapters.files import read_yaml
from evalgate.adopting.adoption import Adoption
from evalgate.adopting.github_models import adopt_prompt_yml
from evalgate.errors import ConfigurationError

FILE = """\
name: Text Summarizer
description: Sums up.
model: openai/gpt-5
modelParameters: {temperature: 0.5, maxTokens: 200}
messages:
  - {role: system, content: You sum up.}
  - {role: user, content: "Sum up: {{input}}"}
testData:
  - {input: "The quick brown fox", expected: a fox}
  - {input: "Lorem ipsum"}
evaluators:
  - name: has fox
    string: {contains: "{{expected}}"}
  - {name: starts, string: {startsWith: "Summary (short)"}}
  - {name: ends, string: {endsWith: .}}
  - {name: same, string: {equals: x}}
  - {name: similar, uses: github/similarity}
"""


def adopted(text: str = FILE) -> Adoption:
    return adopt_prompt_yml(read_yaml("a/summary.prompt.yml", text.encode()))


def test_messages_and_limit_are_taken_over() -> None:
    adoption = adopted()
    assert (adoption.name, adoption.max_tokens) == ("text-summarizer", 200)
    assert [part.role for part in adoption.messages] == ["system", "user"]


def test_test_data_becomes_cases() -> None:
    assert adopted().evalset is not None
    cases = (adopted().evalset or {})["cases"]
    assert cases == [
        {"id": "row-1", "vars": {"input": "The quick brown fox"}, "expected": "a fox"},
        {"id": "row-2", "vars": {"input": "Lorem ipsum"}},
    ]


def test_evaluators_keep_their_meaning() -> None:
    graders = (adopted().evalset or {})["graders"]
    assert graders == [
        {"icontains": "{{expected}}", "name": "has fox"},
        {"regex": "(?i)\\ASummary\\ \\(short\\)", "name": "starts"},
        {"regex": "(?i)\\.\\Z", "name": "ends"},
        {"equals": "x", "name": "same"},
    ]


def test_everything_left_out_is_said() -> None:
    notes = " ".join(adopted().notes)
    for word in ("gpt-5", "temperature", "github/similarity"):
        assert word in notes


def test_a_json_schema_is_unwrapped() -> None:
    schema = '{"name": "s", "strict": true, "schema": {"type": "object"}}'
    adoption = adopted(FILE + f"responseFormat: json_schema\njsonSchema: '{schema}'\n")
    assert adoption.front["output_schema"] == {"type": "object"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("role: user", "role: usr", "expected system, user or assistant"),
        ("messages:", "mesages:", "did you mean `messages`"),
        ("maxTokens: 200", "maxTokens: many", "expected a whole number"),
    ],
)
def test_wrong_files_are_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        adopted(FILE.replace(old, new))
