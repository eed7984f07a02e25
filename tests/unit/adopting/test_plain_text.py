"""Facts about adopting plain text."""

import pytest

from evalgate.adopting.adoption import Adoption
from evalgate.adopting.plain_text import Placeholders, adopt_text
from evalgate.prompts.template import read_braces


def adopted(text: str, placeholders: Placeholders = Placeholders.AUTO) -> Adoption:
    return adopt_text("p", "p.txt", text, placeholders=placeholders)


def filled(text: str, placeholders: Placeholders = Placeholders.AUTO) -> str:
    template = read_braces(adopted(text, placeholders).messages[-1].text)
    return template.fill({name: name.upper() for name in template.names})


def test_a_text_with_variables_is_the_users_message() -> None:
    assert [part.role for part in adopted("Sum up {{text}}.").messages] == ["user"]


def test_a_text_without_variables_is_the_system_prompt() -> None:
    messages = adopted("You are kind.").messages
    assert [(part.role, part.text) for part in messages] == [
        ("system", "You are kind."),
        ("user", "{{input}}"),
    ]


@pytest.mark.parametrize(
    ("text", "style", "meaning"),
    [
        ("Hi {{name}}, {not a name}", Placeholders.AUTO, "Hi NAME, {not a name}"),
        ("Hi {name}", Placeholders.AUTO, "Hi NAME"),
        ('Hi {name}: {{"a": 1}}', Placeholders.SINGLE, 'Hi NAME: {"a": 1}'),
        ("Hi $name, ${other}, $$5", Placeholders.DOLLAR, "Hi NAME, OTHER, $5"),
        ("{{a}} $b", Placeholders.DOLLAR, "{{a}} B"),
    ],
)
def test_each_style_keeps_its_meaning(text: str, style: Placeholders, meaning: str) -> None:
    assert filled(text, style) == meaning


def test_without_placeholders_every_brace_is_plain() -> None:
    system = adopted("Write {name} and {{name}}.", Placeholders.NONE).messages[0]
    assert read_braces(system.text).fill({}) == "Write {name} and {{name}}."


def test_what_was_decided_is_said() -> None:
    assert "`input` the user's message" in adopted("Be kind.").notes[0]
    assert "{name}" in adopted("Hi {name}").notes[0]
