"""Facts about reading one prompt version."""

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError
from evalgate.model.prompt import PromptVersion
from evalgate.prompts.shared import identity
from evalgate.prompts.version import is_version, read_version

HEAD = "---\nmodel: claude-haiku-5-5\nmax_tokens: 100\n"
PLAIN = HEAD + "---\n## system\n\nBe kind.\n\n## user\n\n{{question}}\n"


def read(text: str) -> PromptVersion:
    return read_version("p", "prompts/p/v3.md", content=text.encode(), parser=FORMATS)


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


def test_front_matter_and_parts_are_read() -> None:
    version = read(PLAIN)
    assert (version.version, version.model, version.max_tokens) == ("v3", "claude-haiku-5-5", 100)
    assert version.system is not None
    assert version.system.source == "Be kind."
    assert [(part.role, part.template.source) for part in version.parts] == [
        ("user", "{{question}}")
    ]
    assert version.inputs == ("question",)


def test_further_parts_make_few_shot_turns() -> None:
    text = HEAD + "---\n## user\nA\n## assistant\nB\n## user\n{{q}}\n"
    assert [turn.role for turn in read(text).parts] == ["user", "assistant", "user"]


def test_other_headings_are_content() -> None:
    text = HEAD + "---\n## system\n## Tone\nkind\n### user\nx\n## user\nq\n"
    system = read(text).system
    assert system is not None
    assert system.source == "## Tone\nkind\n### user\nx"


def test_an_escaped_heading_is_content() -> None:
    [part] = read(HEAD + "---\n## user\nwrite:\n\\## user\n").parts
    assert part.template.source == "write:\n## user"


def test_jinja_is_read_once_a_version_asks_for_it() -> None:
    body = "---\n## user\n{% for a in list %}{{ a }}{% endfor %}\n"
    assert read(HEAD + "template: jinja\n" + body).inputs == ("list",)
    assert "is not a variable" not in problems(HEAD + "template: jinga\n" + body)[-1]
    assert read(HEAD + "template: braces\n---\n## user\n{% x %}\n").inputs == ()


def test_a_jinja_error_stands_on_its_line() -> None:
    text = HEAD + "template: jinja\n---\n## system\nx\n\n## user\n\ny\n{{ q|uper }}\n"
    assert problems(text)[0].startswith(
        "prompts/p/v3.md:12: in the part `## user`: unknown filter `uper` (did you mean `upper`?)"
    )


def test_a_version_knows_what_it_depends_on_and_counts_it() -> None:
    content = (HEAD + 'template: jinja\n---\n## user\n{% include "tone.v1.md" %}\n').encode()
    shared = {"tone.v1.md": b"Be kind to {{ who }}."}
    version = read_version(
        "p", "prompts/größe/v3.md", content=content, parser=FORMATS, shared=shared
    )
    assert version.dependencies == ("prompts/_shared/tone.v1.md",)
    assert version.hash == identity(content, shared)
    assert version.inputs == ("who",)


def test_in_a_version_with_braces_an_include_is_plain_text() -> None:
    version = read(HEAD + '---\n## user\n{% include "tone.v1.md" %}\n')
    assert version.parts[0].template.fill({}) == '{% include "tone.v1.md" %}'


def test_a_file_with_crlf_lines_reads_like_one_with_lf() -> None:
    assert read(PLAIN.replace("\n", "\r\n")) == read(PLAIN)


@pytest.mark.parametrize("name", ["v0", "v01", "V1", "v1.2", "v", "1", "v1 "])
def test_only_v_and_a_number_from_1_names_a_version(name: str) -> None:
    assert not is_version(name)
    assert is_version("v10")


def test_all_problems_are_reported_with_their_lines() -> None:
    text = "---\nmodle: x\nmax_tokens: lots\neffort: hihg\n---\n## user\n{{q\n"
    assert problems(text) == [
        "prompts/p/v3.md:2: modle: unknown key (did you mean `model`?)",
        "prompts/p/v3.md:7: in the part `## user`: `{{` is not a variable: write {{name}}, "
        "or \\{{ for braces",
        "prompts/p/v3.md:2: the key `model` is missing",
        "prompts/p/v3.md:3: max_tokens: expected a whole number from 1 to 128000, got `lots`",
        "prompts/p/v3.md:4: effort: expected one of low, medium, high, xhigh, max; got `hihg`",
    ]


def test_a_variable_that_is_not_declared_is_a_problem() -> None:
    text = HEAD + "inputs: [question]\n---\n## user\n{{qestion}}\n"
    assert problems(text) == [
        "prompts/p/v3.md:6: the variable `qestion` is not among the inputs "
        "(did you mean `question`?)"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no front matter", "expected front matter"),
        (HEAD, "expected front matter"),
        (HEAD + "---\njust text\n", "text outside of any part"),
        (HEAD + "---\n## system\nx\n", "the part `## user` is missing"),
        (HEAD + "---\n## user\nx\n## user\ny\n", "in turn"),
        (HEAD + "---\n## user\nx\n## assistant\ny\n", "in turn"),
        (HEAD + "---\n## user\nx\n## system\ny\n", "and that first"),
        (HEAD + "templates: jinja\n---\n## user\nx\n", "unknown key"),
    ],
)
def test_a_file_of_the_wrong_shape_says_what_was_expected(text: str, expected: str) -> None:
    assert expected in problems(text)[0]
