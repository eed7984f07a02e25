"""Facts about translating Handlebars."""

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.adopting.handlebars import translate
from evalgate.model.document import Data
from evalgate.model.template import TemplateError


def rendered(body: str, values: dict[str, Data]) -> str:
    """Translate a body of one message, and fill it by Jinja."""
    translation = translate(body)
    return FORMATS.read_template(translation.messages[0].text, {}).fill(values)


def test_plain_variables_stay_as_they_are() -> None:
    translation = translate("Hi {{name}}, {{ name }}!")
    assert translation.messages[0].text == "Hi {{name}}, {{name}}!"
    assert not translation.is_jinja


def test_roles_open_messages() -> None:
    translation = translate('{{role "system"}}Be kind.{{role "user"}}{{q}}{{role "model"}}A\n')
    assert [(part.role, part.text) for part in translation.messages] == [
        ("system", "Be kind."),
        ("user", "{{q}}"),
        ("assistant", "A"),
    ]


def test_the_history_is_a_conversation_of_its_own() -> None:
    translation = translate('{{role "system"}}Be kind.{{history}}{{q}}')
    assert [part.text for part in translation.messages] == ["Be kind.", "{{history}}", "{{q}}"]
    assert translation.conversations == ("history",)


def test_media_are_images() -> None:
    translation = translate("Look: {{media url=photo}}")
    assert translation.images == ("photo",)
    assert translation.messages[0].text == "Look: {{photo}}"


def test_comments_vanish() -> None:
    assert translate("a{{! note }}b{{!-- {{x}} --}}c").messages[0].text == "abc"


@pytest.mark.parametrize(
    ("body", "values", "text"),
    [
        ("{{#if a}}yes{{else}}no{{/if}}", {"a": True}, "yes"),
        ("{{#if a}}yes{{else}}no{{/if}}", {"a": False}, "no"),
        ("{{#unless a}}no{{/unless}}", {"a": False}, "no"),
        ("{{#each xs}}<{{this}}>{{/each}}", {"xs": ["a", "b"]}, "<a><b>"),
        ("{{#each xs}}{{this.n}}{{@index}}{{/each}}", {"xs": [{"n": "x"}, {"n": "y"}]}, "x0y1"),
        ("{{#each xs as |x|}}{{x}};{{/each}}", {"xs": ["a"]}, "a;"),
        ("{{user.name}}", {"user": {"name": "Ada"}}, "Ada"),
        ("{{#if a}}{% kept %} {# too #}{{/if}}", {"a": True}, "{% kept %} {# too #}"),
    ],
)
def test_blocks_keep_their_meaning(body: str, values: dict[str, Data], text: str) -> None:
    assert translate(body).is_jinja
    assert rendered(body, values) == text


def test_nested_loops_have_items_of_their_own() -> None:
    body = "{{#each xs}}{{#each this.ys}}{{this}}{{/each}};{{/each}}"
    assert rendered(body, {"xs": [{"ys": ["a", "b"]}, {"ys": ["c"]}]}) == "ab;c;"


def test_a_partial_becomes_an_include() -> None:
    translation = translate("{{> tone}}{{q}}")
    assert translation.partials == ("tone",)
    assert translation.messages[0].text == '{% include "tone.v1.md" %}{{q}}'


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("a\n{{#with x}}{{/with}}", "#with x"),
        ("a\n{{lookup x 1}}", "lookup x 1"),
        ("a\n{{> tone formal=true}}", "passes arguments"),
        ("a\n{{this}}", "outside of"),
        ("a\n{{/if}}", "/if"),
    ],
)
def test_what_cannot_be_translated_is_named_with_its_line(body: str, named: str) -> None:
    with pytest.raises(TemplateError, match=named) as caught:
        translate(body)
    assert caught.value.line == 2


def test_an_open_block_is_an_error() -> None:
    with pytest.raises(TemplateError, match="is not closed"):
        translate("{{#if a}}x")
