"""Facts about the parts of a version's body."""

import pytest

from evalgate.errors import ConfigurationError
from evalgate.model.document import Document
from evalgate.model.prompt import InputKind
from evalgate.model.reading import Section
from evalgate.prompts.parts import Written, split_body


def split(body: str) -> list[Written]:
    header = Section(Document(path="v1.md", data={}, lines={}))
    parts = split_body(header, body, first_line=5, kinds={"h": InputKind.MESSAGES})
    header.finish()
    return parts


def problems(body: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        split(body)
    return [str(problem) for problem in caught.value.problems]


def test_each_part_knows_where_it_and_its_text_begin() -> None:
    parts = split("\n## System\n\n\nA\n## user  \nB\n")
    assert [(part.role, part.text, part.line, part.start) for part in parts] == [
        ("system", "A", 6, 9),
        ("user", "B", 10, 11),
    ]


@pytest.mark.parametrize("text", ["{{h}}", " {{ h }} ", "{{- h -}}"])
def test_a_conversation_alone_takes_the_part_s_place(text: str) -> None:
    assert [part.conversation for part in split(f"## user\n{text}\n")] == ["h"]


@pytest.mark.parametrize("text", ["{{h}}.", "{{h}}{{h}}", "{{q}}", "\\{{h}}"])
def test_anything_else_does_not(text: str) -> None:
    assert [part.conversation for part in split(f"## user\n{text}\n")] == [None]


@pytest.mark.parametrize(
    "roles",
    [
        "user",
        "system user assistant user",
        "history",
        "history user",
        "history assistant user",
        "user history user",
        "user history",
        "user assistant history user",
        "history history",
    ],
)
def test_around_a_conversation_any_order_may_do(roles: str) -> None:
    bodies = (
        "## user\n{{h}}\n" if role == "history" else f"## {role}\nx\n" for role in roles.split()
    )
    assert split("".join(bodies))


@pytest.mark.parametrize(
    "roles",
    [
        "user user",
        "user assistant",
        "assistant user",
        "history user user",
        "history user assistant",
        "assistant history",
        "user history assistant",
    ],
)
def test_elsewhere_user_and_assistant_take_turns_from_user_to_user(roles: str) -> None:
    bodies = (
        "## user\n{{h}}\n" if role == "history" else f"## {role}\nx\n" for role in roles.split()
    )
    assert problems("".join(bodies)) == [
        "v1.md:5: expected `## user` and `## assistant` in turn, from user to user"
    ]


def test_a_body_has_at_most_a_thousand_parts() -> None:
    body = "## user\nx\n## assistant\ny\n" * 100_000
    assert problems(body) == ["v1.md:5: more than 1,000 parts"]
    assert len(split("## user\nx\n## assistant\ny\n" * 499 + "## user\nx\n")) == 999
