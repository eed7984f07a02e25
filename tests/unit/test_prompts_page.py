"""Facts about the page on prompts: what it shows can be read, and what it lists is what there is."""

import re
from pathlib import Path

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.jinja_expressions import LOOP
from evalgate.adapters.jinja_filters import FILTERS
from evalgate.adapters.jinja_predicates import PREDICATES
from evalgate.prompts.live import read_live
from evalgate.prompts.version import KEYS, read_version

PAGE = (Path(__file__).parents[2] / "docs/prompts.md").read_text("utf-8")
SHARED = {
    "tone.v2.md": b"Be kind.",
    "answer.v2.json": b'{"type": "object"}',
    "look-up.v1.json": b'{"name": "look_up", "description": "d", "input_schema": {"type": "object"}}',
}
HEAD = "---\nmodel: m\nmax_tokens: 1\n"


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


def listed(word: str) -> set[str]:
    [paragraph] = re.findall(rf"^{word}: (.*?)\n\n", PAGE, re.M | re.S)
    return set(re.findall(r"`(\w+)`[,. ]", paragraph.split("`tojson` writes")[0]))


@pytest.mark.parametrize(
    "text",
    [
        examples("markdown")[0],
        f"{HEAD}template: jinja\n---\n{examples('markdown')[1]}",
        f"{HEAD}{examples('yaml')[0]}---\n## user\nx\n",
        f"{HEAD}{examples('yaml')[1]}---\n## user\nx\n",
    ],
)
def test_every_version_on_the_page_can_be_read(text: str) -> None:
    content = text.encode()
    path = "prompts/p/v1.md"
    version = read_version("p", path, content=content, parser=FORMATS, shared=SHARED)
    assert version.version == "v1"


def test_the_live_pointer_on_the_page_can_be_read() -> None:
    document = FORMATS.read_yaml("live.yaml", examples("yaml")[2].encode())
    assert read_live("p", document).stable == "v2"


def test_every_key_of_a_version_is_shown() -> None:
    shown = "".join([*examples("markdown"), *examples("yaml")])
    assert [key for key in KEYS if not re.search(rf"^{key}:", shown, re.M)] == []


def test_the_filters_tests_and_facts_of_a_loop_are_those_that_there_are() -> None:
    assert listed("Filters") - {"attribute"} == set(FILTERS)
    assert listed("Tests") == {name for name in PREDICATES if name.isalpha()}
    assert [fact for fact in LOOP if f".{fact}`" not in PAGE] == []
