"""Facts about what a version takes from the shared files."""

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError
from evalgate.model.reading import MOST_LISTED
from evalgate.prompts.shelf import Shelf
from evalgate.prompts.version import MOST_JINJA, read_version

HEAD = "---\nmodel: m\nmax_tokens: 100\ntemplate: jinja\n---\n"


def problems(body: str, **shared: bytes) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read_version(
            "p",
            "apps/größe/prompts/p/v1.md",
            content=(HEAD + body).encode(),
            parser=FORMATS,
            shared={f"{name}.v1.md": content for name, content in shared.items()},
        )
    return [str(problem).removeprefix("apps/größe/prompts/") for problem in caught.value.problems]


def include(name: str) -> bytes:
    return f'{{% include "{name}.v1.md" %}}'.encode()


def shelf(**shared: bytes) -> Shelf:
    files = {f"{name}.v1.md": content for name, content in shared.items()}
    return Shelf(version="prompts/p/v1.md", files=files, seen=(), parser=FORMATS)


def test_all_texts_that_are_included_are_taken_once() -> None:
    taken = shelf(a=b"\xef\xbb\xbfA\r\n" + include("b"), b=b"B", c=b"C").includes(
        (include("a") + include("b")).decode(), first_line=1
    )
    assert taken.texts == {"a.v1.md": "A\n" + include("b").decode(), "b.v1.md": "B"}
    assert taken.problems == ()


def test_an_include_that_is_not_there_is_named_with_its_line_and_the_nearest_file() -> None:
    assert problems("## user\n\nx\n" + include("tnoe").decode(), tone=b"") == [
        "p/v1.md:9: there is no file `tnoe.v1.md` in apps/größe/prompts/_shared/ "
        "(did you mean `tone.v1.md`?)"
    ]


def test_an_include_inside_an_include_is_named_with_that_file() -> None:
    assert problems("## user\n" + include("a").decode(), a=b"x\n" + include("b")) == [
        "_shared/a.v1.md:2: there is no file `b.v1.md` in apps/größe/prompts/_shared/ "
        "(did you mean `a.v1.md`?)"
    ]


def test_a_circle_is_named_where_it_closes() -> None:
    body = "## system\n{0}\n## user\n{0}\n".format(include("a").decode())
    assert problems(body, a=include("b"), b=b"\n" + include("a")) == [
        "_shared/b.v1.md:2: includes itself: a.v1.md → b.v1.md → a.v1.md"
    ]


def test_includes_lie_at_most_ten_deep() -> None:
    chain = {f"i{n}": include(f"i{n + 1}") for n in range(11)}
    assert problems("## user\n" + include("i0").decode(), **chain, i11=b"") == [
        "_shared/i9.v1.md:1: includes lie more than 10 deep"
    ]


def test_an_include_that_is_no_text_is_an_error() -> None:
    assert problems("## user\n" + include("a").decode(), a=b"x\xff") == [
        "_shared/a.v1.md: not UTF-8 text: wrong byte at 1"
    ]


def test_what_is_wrong_inside_an_include_is_said_once_with_its_line() -> None:
    body = "## system\n{0}\n## user\n{0}\n".format(include("a").decode())
    assert problems(body, a=b"x\n{{ q|uper }}")[0].startswith(
        "_shared/a.v1.md:2: unknown filter `uper` (did you mean `upper`?)"
    )
    assert len(problems(body, a=b"x\n{{ q|uper }}")) == 1


def test_an_include_that_the_scan_does_not_see_is_refused() -> None:
    body = '## user\n{% include "\\x61.v1.md" %}\n'
    assert problems(body, a=b"A") == [
        "p/v1.md:7: in the part `## user`: there is no shared file `a.v1.md` to include: "
        "write its name plainly"
    ]


def test_jinja_has_a_limit_over_all_parts() -> None:
    body = f"## user\n{include('a').decode()}\n## assistant\nx\n" * 3 + "## user\nx\n"
    [problem] = problems(body, a=b" " * (MOST_JINJA // 3))
    assert "more than 400,000 characters of Jinja" in problem


def test_of_very_many_missing_files_only_the_first_are_told() -> None:
    many = "".join(f'{{% include "b.v{number}.md" %}}' for number in range(1, 5_000))
    files = {f"a.v{number}.md": b"" for number in range(1, 5_000)}
    whole = Shelf(version="prompts/p/v1.md", files=files, seen=(), parser=FORMATS)
    assert len(whole.includes(many, first_line=1).problems) == MOST_LISTED


def test_a_version_with_many_wrong_parts_is_read_no_further() -> None:
    part = "## user\n" + "".join(f'{{% include "b.v{n}.md" %}}' for n in range(1, 31)) + "\n"
    body = "## assistant\nx\n".join([part] * 400)
    assert len(problems(body)) == 60


def test_of_very_many_missing_tools_only_the_first_are_told() -> None:
    tools = ", ".join(f"b.v{number}.json" for number in range(1, 5_000))
    content = f"---\nmodel: m\nmax_tokens: 100\ntools: [{tools}]\n---\n## user\nx\n".encode()
    with pytest.raises(ConfigurationError) as caught:
        read_version("p", "prompts/p/v1.md", content=content, parser=FORMATS, shared={})
    assert len(caught.value.problems) == MOST_LISTED
