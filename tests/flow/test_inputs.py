"""Facts about gates whose cases hold conversations, files and tools."""

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError
from evalgate.model.content import Attachment, ToolResult
from evalgate.model.verdict import Verdict
from evalgate.reporting.comment import comment
from evalgate.reporting.telling import tell
from evalgate.simulator.rules import Rules, read_rules
from tests.flow.test_gate import gate

RULES = """
schema: simulator-rules/1
seed: inputs
prompts: desk
behaviours:
  - name: look
    calls: {tool: find_order, input: {order: "{order}"}}
    needs: look orders up
  - name: status
    needs: look orders up
    when: '"status": "(?P<status>\\w+)"'
    says: "It is {status}."
    otherwise: I do not know.
  - name: unknown
    unless: '"status"'
    says: I cannot see it.
extract:
  order: "(?P<order>QF-\\\\d+)"
judge:
  - criterion: names the status
    passes: shipped
"""
FRONT = """\
---
model: claude-haiku-5-5
max_tokens: 50
inputs: {history: messages, photo: image, question: text}
tools: [find-order.v1.json]
---
"""
TOOL = (
    '{"name": "find_order", "description": "Finds an order.", "input_schema": {"type": "object"}}'
)


def version(text: str) -> str:
    return f"{FRONT}## system\n{text}\n## user\n{{{{history}}}}\n## user\n{{{{photo}}}} {{{{question}}}}\n"


LINE = (
    '{{"id": "c{number}", "vars": {{"history": [{{"role": "user", "content": "Hello"}}, '
    '{{"role": "assistant", "content": "Hi"}}], "photo": {{"file": "files/kettle.gif"}}, '
    '"question": "Where is QF-{number}?"}}}}'
)
SET = """\
prompts: [p]
trials: 1
defaults:
  tool_results: [{tool: find_order, content: {status: shipped}}]
graders:
  - tool_called: {name: find_order}
  - rubric: names the status
cases: cases.jsonl
"""
BASE = {
    ".github/evalgate.yml": "gate: {max_drop: 5}\n",
    "prompts/_shared/find-order.v1.json": TOOL,
    "prompts/p/v1.md": version("You are the desk; look orders up."),
    "prompts/p/live.yaml": "stable: v1\n",
    "evalsets/s.yaml": SET,
    "evalsets/cases.jsonl": "\n".join(LINE.format(number=number) for number in range(70)),
    "evalsets/files/kettle.gif": "GIF89a",
}


def rules() -> Rules:
    return read_rules(FORMATS.read_yaml("rules.yaml", RULES.encode()))


async def test_a_whole_conversation_with_a_file_and_a_tool_is_one_trial() -> None:
    head = BASE | {"prompts/p/v2.md": version("You are the desk; please look orders up.")}
    run = await gate(head, base=BASE, rules=rules())
    assert run.verdict.verdict is Verdict.PASS
    trial = run.trials[0]
    assert trial.completion is not None
    assert [call.name for call in trial.completion.tool_calls] == ["find_order"]
    assert trial.completion.text == "It is shipped."
    assert trial.calls == 3  # the question, the tool's result, the judge
    asked = run.model.sent[0]
    assert [turn.role for turn in asked.turns] == ["user", "assistant", "user"]
    assert any(isinstance(block, Attachment) for block in asked.turns[2].blocks)
    second = next(each for each in run.model.sent if len(each.turns) == 5)
    assert any(isinstance(block, ToolResult) for block in second.turns[-1].blocks)


async def test_a_version_that_forgets_its_tool_is_blocked() -> None:
    head = BASE | {"prompts/p/v2.md": version("You are the desk.")}
    run = await gate(head, base=BASE, rules=rules())
    assert run.verdict.verdict is Verdict.FAIL
    assert len(run.verdict.prompts[0].flips.regressed) == 70


async def test_the_judge_sees_the_file_and_the_conversation() -> None:
    head = BASE | {"prompts/p/v2.md": version("You are the desk; please look orders up.")}
    run = await gate(head, base=BASE, rules=rules())
    judged = next(each for each in run.model.sent if each.output_schema)
    assert "User: Hello" in judged.turns[0].text
    assert any(isinstance(block, Attachment) for block in judged.turns[0].blocks)


async def test_another_file_under_the_same_name_edits_the_case() -> None:
    run = await gate(BASE | {"evalsets/files/kettle.gif": "GIF87a"}, base=BASE, rules=rules())
    assert run.plan.matchups[0].candidate.why == ("the eval set s (70 cases edited) changed",)


async def test_a_tool_that_changed_under_a_published_version_is_found() -> None:
    changed = {"prompts/_shared/find-order.v1.json": TOOL.replace("Finds", "Gets")}
    run = await gate(BASE | changed, base=BASE, rules=rules())
    assert run.codes == ["published_include_edited"]


async def test_a_missing_file_is_named_with_the_line_of_its_case() -> None:
    lost = {path: text for path, text in BASE.items() if not path.endswith(".gif")}
    with pytest.raises(ConfigurationError) as caught:
        await gate(lost | {"prompts/p/v2.md": version("x")}, base=BASE, rules=rules())
    first = str(caught.value.problems[0])
    assert first.startswith("evalsets/cases.jsonl:1: vars.photo.file: there is no file")


async def test_a_report_shows_the_conversation_the_file_and_the_call() -> None:
    head = BASE | {"prompts/p/v2.md": version("You are the desk.")}
    run = await gate(head, base=BASE, rules=rules())
    cases = {"s": {case.id: case for case in run.plan.sets["s"].cases}}
    page = comment(tell(run.verdict, trials=lambda: iter(run.trials), cases=cases))
    assert "User: Hello" in page
    assert "attached: files/kettle.gif" in page
    assert "[calls find_order" in page
