"""Facts about the smell test: what it finds, what it lets be, and how long it looks."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.formats import FORMATS
from evalgate.grading.evalset import read_evalset
from evalgate.model.chat import ChatRequest, Completion
from evalgate.model.content import ToolCall, Turn
from evalgate.model.serving import SmellRules
from evalgate.model.smell import Smell
from evalgate.prompts.render import render
from evalgate.prompts.version import read_version
from evalgate.runtime.smelling.smell import (
    LOOKED_AT,
    MOST_CHARACTERS,
    Expected,
    expected_by,
    expected_of,
    smells,
)
from evalgate.simulator.fakes import RuleModel
from evalgate.simulator.rules import read_rules

ROOT = Path(__file__).parents[4]
POLICY = (
    "Customers may return what they bought within thirty days of delivery. We refund what was paid"
    " within five working days of the day on which the parcel arrives at our warehouse, by the way"
    " of payment that was used. Postage is refunded where the item was damaged or not the one that"
    " was ordered. Gift cards are not refunded. A late parcel is looked for after eight working"
    " days, and replaced after fifteen. Never tell a customer what other customers have ordered."
)
LOOP = "The parcel is on its way and will be with you soon, "

GOOD = {
    "an answer": "You can return the kettle within 30 days of delivery.",
    "one word": "Yes",
    "a number": "42",
    "a link": "See [your orders](https://example.org/orders) and [Your account][1].",
    "a citation": "This was shown in [1] and [2, p. 4]; see [Name](#name).",
    "code with placeholders": "Write `{{name}}` into it:\n```\nDear {{name}}, <insert date>\n```\nThen send.",
    "code with a loop": "```\n" + "    print('hello world')\n" * 40 + "```",
    "four backquotes": "````md\n```python\nx = 1\n```\n````\nThat is all.",
    "a backquoted fence": "Type ``` at the start of a line.",
    "a ruler": "Title\n" + "=" * 400 + "\nWords below it.",
    "a table": "| item | price |\n|---|---|\n" + "".join(f"| cup {n} | {n} EUR |\n" for n in range(60)),
    "a table of dashes": "| a | b |\n" + "| --- | --- |\n" * 40,
    "numbers": ", ".join(["0.0"] * 200),
    "a list": "".join(f"- Step {n}: turn valve {n} by {n * 7} degrees.\n" for n in range(40)),
    "a refrain": "Row, row, row your boat\nGently down the stream\n" * 2 + "Life is but a dream",
    "an end with a comma": "Thank you for writing.\n\nBest regards,",
    "an end with a colon": "These are the items:\n- cup\n- plate",
    "a comparison": "Values with a < b and c > d hold; use x<y>z.",
    "generics": "A List<String> holds texts, and Map<Name, Address> pairs.",
    "an optional word": "The plural is box[es], and the name is spelt [sic] so.",
    "a to-do list": "My todo: buy milk. The TODO app keeps it.",
    "sorry, and helps": "I'm sorry that your parcel is late. I have opened a search.",
    "declines a wish": "I cannot promise a date, but we will write within two days.",
    "German with Greek": "Das Wort stammt vom griechischen φιλοσοφία (philosophia) und heißt Liebe zur Weisheit.",
    "physics": "The resistance is 5 kΩ at 20 µm and λ = 3 nm.",
    "emoji": "👍🏽 👩‍👩‍👧",
    "a soft hyphen": "Donau\u00addampf\u00adschiff",
    "a lone surrogate": "caf\ud83d done",
    "right to left": "شحنتك في الطريق.",
    "Thai": "สวัสดีค่ะ พัสดุของคุณอยู่ระหว่างทาง",
    "Chinese": "您可以在三十天内退货。我会检查订单。",
    "JSON as an example": '{"a": [1, 2, {"b": "[Your Name](x)"}]}',
}  # fmt: skip

BAD = {
    "nothing": ("", Smell.EMPTY),
    "blanks": (" \n\t ", Smell.EMPTY),
    "what cannot be seen": ("\u200b \ufeff\n\u200b", Smell.EMPTY),
    "a refusal": ("I'm sorry, but I can't help with that.", Smell.REFUSAL),
    "a refusal with a curly apostrophe": ("I’m sorry, but I can’t assist with that.", Smell.REFUSAL),
    "a German refusal": ("Es tut mir leid, aber damit kann ich nicht helfen.", Smell.REFUSAL),
    "a Japanese refusal": ("申し訳ございませんが、お手伝いできません。", Smell.REFUSAL),
    "an open block of code": ("Here it is:\n```python\nprint(1)\n", Smell.TRUNCATED),
    "an open block after a closed one": ("```\na\n```\n\n```\nb", Smell.TRUNCATED),
    "a loop at the end": (f"We have looked. {LOOP * 12}", Smell.REPETITION),
    "a loop that is cut": (f"We have looked. {LOOP * 12}The par", Smell.REPETITION),
    "a loop in the middle": (f"Hello. {LOOP * 12}. {POLICY[:280]}", Smell.REPETITION),
    "a word over and over": ("very " * 100, Smell.REPETITION),
    "one letter": ("a" * 300, Smell.REPETITION),
    "a sentence between others": (
        "".join(f"I can help you with your order. {n} is it.\n" for n in "abcdef"), Smell.REPETITION
    ),
    "numbered lines": ("".join(f"{n}. Ask for the order number.\n" for n in range(9)), Smell.REPETITION),
    "a Chinese loop": ("您的包裹正在路上，请您耐心等待我们的通知，" * 20, Smell.REPETITION),
    "a variable": ("Dear {{customer_name}}, thank you.", Smell.PLACEHOLDER),
    "a variable with blanks": ("Dear {{ name }}, thank you.", Smell.PLACEHOLDER),
    "a name": ("Best regards,\n[Your Name]", Smell.PLACEHOLDER),
    "a company": ("I work for [Company Name].", Smell.PLACEHOLDER),
    "an insertion": ("It arrives on <insert date>.", Smell.PLACEHOLDER),
    "an insertion in brackets": ("Dear [insert name here],", Smell.PLACEHOLDER),
    "a German one": ("Mit freundlichen Grüßen\n[Ihr Name]", Smell.PLACEHOLDER),
    "something to do": ("The price is [TODO: check].", Smell.PLACEHOLDER),
    "a filler": ("Lorem ipsum dolor sit amet.", Smell.PLACEHOLDER),
    "the system prompt": (f"My instructions are: {POLICY}", Smell.LEAKS_PROMPT),
}  # fmt: skip


def smelt(
    text: str,
    *,
    stop_reason: str = "end_turn",
    tool_calls: tuple[ToolCall, ...] = (),
    expected: Expected = Expected(system=POLICY),  # noqa: B008 - it is frozen
    request: ChatRequest | None = None,
) -> tuple[Smell, ...]:
    return smells(
        text, stop_reason=stop_reason, tool_calls=tool_calls, expected=expected, request=request
    )


def asked(question: str, system: str = "") -> ChatRequest:
    turns = (Turn(role="user", content=question),)
    return ChatRequest(model="claude-haiku-5-5", max_tokens=9, turns=turns, system=system)


# What is found, and what is let be


@pytest.mark.parametrize("name", GOOD)
def test_a_harmless_answer_does_not_smell(name: str) -> None:
    assert smelt(GOOD[name]) == ()


@pytest.mark.parametrize("name", BAD)
def test_a_bad_answer_smells_of_one_thing(name: str) -> None:
    text, smell = BAD[name]
    assert smelt(text) == (smell,)


@pytest.mark.parametrize("name", ["support-reply", "rechnung-auslesen", "ticket-triage"])
async def test_no_good_answer_of_the_examples_smells(name: str) -> None:
    sets = {"rechnung-auslesen": "rechnungen", "support-reply": "support-replies"}
    path = f"evalsets/{sets.get(name, name)}.yaml"
    tree = {
        f"evalsets/{file.name}": file.read_bytes() for file in (ROOT / "evalsets").glob("*.json")
    }
    evalset = read_evalset(
        FORMATS.read_yaml(path, (ROOT / path).read_bytes()),
        name=sets.get(name, name),
        tree=tree,
        parser=FORMATS,
    )
    rulebook = f"evalgate/simulator/rulebooks/{name}.yaml"
    rules = read_rules(FORMATS.read_yaml(rulebook, (ROOT / rulebook).read_bytes()))
    lucky = tuple(replace(each, chance_with=1.0, chance_without=1.0) for each in rules.behaviours)
    model = RuleModel([replace(rules, behaviours=lucky)])
    found, looked = [], 0
    for number in ("v1", "v2"):
        place = f"prompts/{name}/{number}.md"
        version = read_version(name, place, content=(ROOT / place).read_bytes(), parser=FORMATS)
        expected = expected_of(version)
        for case in evalset.cases:
            request = replace(render(version, case), trial=f"{case.id}/0")
            answer = await model.send(request, within=1)
            assert isinstance(answer, Completion)
            looked += 1
            smell = smells(
                answer.text,
                stop_reason=answer.stop_reason,
                tool_calls=answer.tool_calls,
                expected=expected,
                request=request,
            )
            found += [(case.id, smell, answer.text)] if smell else []
    assert looked > 40
    assert found == []


# Why it ended


@pytest.mark.parametrize("stop_reason", ["max_tokens", "model_context_window_exceeded"])
def test_what_was_cut_off_is_truncated(stop_reason: str) -> None:
    assert smelt("You can return", stop_reason=stop_reason) == (Smell.TRUNCATED,)


def test_a_refusal_is_told_by_the_stop_reason_too() -> None:
    assert smelt("I have begun", stop_reason="refusal") == (Smell.REFUSAL,)
    assert smelt("", stop_reason="refusal") == (Smell.EMPTY, Smell.REFUSAL)


def test_the_call_of_a_tool_is_an_answer_without_words() -> None:
    call = ToolCall(id="a", name="look_up", input={})
    assert smelt("", stop_reason="tool_use", tool_calls=(call,)) == ()


def test_silence_after_a_tool_is_empty() -> None:
    call = ToolCall(id="a", name="look_up", input={})
    assert smelt("", stop_reason="end_turn", tool_calls=(call,)) == (Smell.EMPTY,)


def test_words_before_a_tool_need_not_be_what_the_last_ones_must() -> None:
    expected = Expected(is_json=True, length=(100, 200))
    assert smelt("Let me look.", stop_reason="tool_use", expected=expected) == ()
    assert smelt("Let me look.", expected=expected) == (Smell.NOT_JSON, Smell.TOO_SHORT)


# What was asked for


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1}', ()),
        (' {"a": 1}\n', ()),
        ('{"a": "x"}', (Smell.SCHEMA,)),
        ("[" * 5000, (Smell.NOT_JSON,)),
        ('{"a": 1', (Smell.NOT_JSON,)),
        ('{"a": NaN}', (Smell.NOT_JSON,)),
        ('{"a": 1, "a": 1}', (Smell.NOT_JSON,)),
        ('```json\n{"a": 1}\n```', (Smell.FENCED,)),
        ('```json\n{"a": "x"}\n```', (Smell.SCHEMA, Smell.FENCED)),
        ('Here it is:\n```\n{"a": 1}\n```', (Smell.NOT_JSON, Smell.FENCED)),
        ("```json\nnothing\n```", (Smell.NOT_JSON,)),
    ],
)
def test_json_is_held_against_the_schema(text: str, found: tuple[Smell, ...]) -> None:
    source = b"---\nmodel: m\nmax_tokens: 9\noutput_schema: {properties: {a: {type: integer}}}\n---\n## user\n\nGo\n"
    version = read_version("p", "prompts/p/v1.md", content=source, parser=FORMATS)
    assert smelt(text, expected=expected_of(version)) == found


def test_rules_alone_can_ask_for_json() -> None:
    assert smelt("no", expected=expected_by(SmellRules(json=True))) == (Smell.NOT_JSON,)


@pytest.mark.parametrize(
    ("size", "found"), [(9, (Smell.TOO_SHORT,)), (10, ()), (20, ()), (21, (Smell.TOO_LONG,))]
)
def test_the_band_includes_its_ends(size: int, found: tuple[Smell, ...]) -> None:
    assert smelt("x" * size, expected=expected_by(SmellRules(length=(10, 20)))) == found


def test_what_is_ignored_is_not_told() -> None:
    rules = SmellRules(ignore=(Smell.PLACEHOLDER,))
    assert smelt("Dear [Your Name], I must decline.", expected=expected_by(rules)) == (
        Smell.REFUSAL,
    )


# Scripts


def test_configured_scripts_take_nine_letters_in_ten() -> None:
    latin = expected_by(SmellRules(scripts=("Latin",)))
    assert smelt("a" * 90 + "я" * 10, expected=latin) == ()
    assert smelt("ab" * 45 + "яж" * 6, expected=latin) == (Smell.SCRIPT,)
    cyrillic = expected_by(SmellRules(scripts=("Cyrillic",)))
    assert smelt("Your parcel is late.", expected=cyrillic) == (Smell.SCRIPT,)
    assert smelt("Ваша посылка в пути.", expected=cyrillic) == ()


THAI = "สวัสดีค่ะ พัสดุของคุณอยู่ระหว่างทาง"


def test_a_script_that_nothing_in_the_request_explains_is_strange() -> None:
    assert smelt(THAI, request=asked("Where is my parcel?")) == (Smell.SCRIPT,)


@pytest.mark.parametrize(
    ("question", "system"),
    [
        ("พัสดุของฉันอยู่ที่ไหน", ""),
        ("Where is it?", "Answer in the customer's language."),
        ("Translate: where is it?", ""),
        ("Wie heißt das auf Thailändisch?", ""),
        ("Where is it?", "locale=th-TH"),
    ],
)
def test_a_script_that_the_request_explains_is_not_strange(question: str, system: str) -> None:
    assert smelt(THAI, request=asked(question, system)) == ()


def test_kana_and_ideographs_go_together() -> None:
    assert smelt("こちらはひらがなです。", request=asked("您好")) == ()


def test_a_few_strange_letters_are_a_quotation() -> None:
    assert smelt(f"This is how it is said: สวัสดี. {POLICY[:200]}", request=asked("How?")) == ()


# What the answer only repeats


def test_a_placeholder_that_was_asked_about_is_none() -> None:
    text = "Leave [Your Name] as it is."
    assert smelt(text, request=asked("What about [Your Name]?")) == ()
    assert smelt(text, request=asked("What about it?")) == (Smell.PLACEHOLDER,)


def test_some_sentences_of_the_system_prompt_may_be_quoted() -> None:
    assert smelt(POLICY[:290]) == ()
    assert smelt("As follows: " + POLICY[10:490]) == (Smell.LEAKS_PROMPT,)


# Bounds


def test_the_middle_of_a_long_text_is_not_looked_at() -> None:
    words = "".join(f"Word {n} of it; " for n in range(6000))
    assert len(words) > 2 * LOOKED_AT + 1000
    middle = f"{words[: LOOKED_AT + 100]} [Your Name] {words[LOOKED_AT + 100 :]}"
    assert smelt(middle) == ()
    assert smelt(f"[Your Name] {words}") == (Smell.PLACEHOLDER,)
    assert smelt(f"{words} [Your Name]") == (Smell.PLACEHOLDER,)


def test_where_the_middle_is_unknown_code_is_not_told_from_prose() -> None:
    words = "".join(f"Word {n} of it; " for n in range(4000))
    text = f"{words}\n```\n{{{{name}}}}\n```\n"
    assert len(text) > 2 * LOOKED_AT
    assert smelt(f"```\nx\n{text}") == ()
    assert smelt(f"```\n{'x' * 9}{words[:30_000]}") == (Smell.TRUNCATED,)


def test_no_model_writes_so_much() -> None:
    assert Smell.TOO_LONG in smelt("[" * (MOST_CHARACTERS + 1), expected=Expected(is_json=True))


@given(st.text(st.characters(), max_size=300), st.sampled_from(["", "end_turn", "tool_use"]))
def test_any_text_gets_an_answer_in_order(text: str, stop_reason: str) -> None:
    expected = Expected(is_json=True, length=(5, 50), scripts=("Latin",), system=POLICY)
    found = smelt(text, stop_reason=stop_reason, expected=expected)
    assert list(found) == [each for each in Smell if each in found]


def test_only_a_version_with_a_schema_loads_the_library_for_it() -> None:
    source = Path(sys.modules["evalgate.runtime.smelling.smell"].__file__ or "").read_text("utf-8")
    assert "from evalgate.grading.schema" not in source
