"""Facts about the variables of a version and their kinds."""

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError
from evalgate.model.prompt import InputKind, PromptVersion
from evalgate.prompts.version import read_version

HEAD = "---\nmodel: m\nmax_tokens: 100\n"


def read(front: str, body: str = "## user\nx\n") -> PromptVersion:
    content = f"{HEAD}{front}\n---\n{body}".encode()
    return read_version("p", "prompts/p/v1.md", content=content, parser=FORMATS)


def problems(front: str, body: str = "## user\nx\n") -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read(front, body)
    return [str(problem).removeprefix("prompts/p/v1.md:") for problem in caught.value.problems]


@pytest.mark.parametrize("front", ["inputs: [a, b]", "inputs: {a: text, b: }"])
def test_a_list_and_a_mapping_name_the_inputs(front: str) -> None:
    version = read(front)
    assert (version.inputs, version.kinds) == (("a", "b"), {})


def test_kinds_other_than_text_are_kept() -> None:
    version = read("inputs: {a: text, b: image, c: document, d: messages}")
    assert version.inputs == ("a", "b", "c", "d")
    assert version.kinds == {
        "b": InputKind.IMAGE,
        "c": InputKind.DOCUMENT,
        "d": InputKind.MESSAGES,
    }


def test_without_a_declaration_the_inputs_are_what_the_body_uses() -> None:
    assert read("", "## system\n{{b}}\n## user\n{{a}}{{b}}\n").inputs == ("b", "a")


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        (
            "inputs: {a: imge}",
            "4: inputs.a: expected one of text, messages, image, document; got "
            "`imge` (did you mean `image`?)",
        ),
        (
            "inputs: {a: [image]}",
            "4: inputs.a: expected one of text, messages, image, document; got a list",
        ),
        (
            "inputs: {a b: text}",
            "4: inputs.a b: expected a name of at most 100 letters a to z, digits and `_`, got `a b`",
        ),
        (
            "inputs: [a, größe]",
            "4: inputs: expected a name of at most 100 letters a to z, digits and `_`, got `größe`",
        ),
        ("inputs: [a, a]", "4: inputs: the input `a` is given twice"),
        ("inputs: [1]", "4: inputs: expected a list of texts, got a list"),
        ("inputs: 1", "4: inputs: expected a list of texts, got the number 1"),
    ],
)
def test_a_wrong_declaration_is_said_with_its_place(front: str, expected: str) -> None:
    assert problems(front) == [expected]


ALONE = "it must be all that stands in a part `## user`"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("## user\n{{h}} x\n", ALONE),
        ("## system\n{{h}}\n## user\nx\n", ALONE),
        ("## user\nx\n## assistant\n{{h}}\n## user\nx\n", ALONE),
        ("## system\n{{p}}\n## user\nx\n", "it can only stand in a part `## user`"),
        ("## user\nx\n## assistant\n{{p}}\n## user\nx\n", "it can only stand in a part `## user`"),
    ],
)
@pytest.mark.parametrize("template", ["", "template: jinja\n"])
def test_an_input_stands_only_where_its_kind_may(template: str, body: str, expected: str) -> None:
    [problem] = problems(f"{template}inputs: {{h: messages, p: image}}", body)
    assert expected in problem


@pytest.mark.parametrize("use", ["{{ p|upper }}", "{% if p %}x{% endif %}", "{{ p.name }}"])
def test_a_file_can_only_be_printed(use: str) -> None:
    [problem] = problems("inputs: {p: document}\ntemplate: jinja", f"## user\nx\n{use}\n")
    assert problem == (
        "7: the input `p` is a document: it can only be printed, as `{{ p }}`, and not be worked "
        "with"
    )


def test_of_very_many_unknown_variables_only_the_first_are_told() -> None:
    names = ", ".join(f"a{number}" for number in range(5_000))
    body = "## user\n" + "".join(f"{{{{b{number}}}}}" for number in range(5_000)) + "\n"
    told = problems(f"inputs: [{names}]", body)
    assert len(told) == 51
    assert told[-1] == "2: 4,950 more variables are not among the inputs"
