"""Facts about what is live of a prompt."""

from dataclasses import replace

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.model.override import PromptOverride
from evalgate.model.prompt import Canary, PromptVersion, Switch
from evalgate.prompts.version import read_version
from evalgate.runtime.versions.live_prompt import Pointed, outranked, words


def version(name: str, text: str = "Hello") -> PromptVersion:
    content = f"---\nmodel: m\nmax_tokens: 1\n---\n## user\n\n{text}\n".encode()
    return read_version("sum-up", f"prompts/sum-up/{name}.md", content=content, parser=FORMATS)


SPLIT = Canary(version="v4", percent=5.25, salt="s")
POINTED = Pointed(prompt="sum-up", stable=version("v3"), canary=version("v4"), split=SPLIT)


def test_without_an_override_the_pointer_says_it_all() -> None:
    live = outranked(POINTED, None, None)
    assert (live.stable, live.canary, live.split) == (POINTED.stable, POINTED.canary, SPLIT)
    assert (live.switch, live.override) == (Switch(), None)


def test_a_version_of_an_override_gets_all_of_the_traffic() -> None:
    override = PromptOverride(until=9, version="v2")
    live = outranked(POINTED, override, version("v2"))
    assert (live.stable.version, live.canary, live.split) == ("v2", None, None)
    assert live.override is override


@pytest.mark.parametrize(
    ("pointer", "override", "live"),
    [
        (Switch(), Switch(disabled=True), Switch(disabled=True)),
        (Switch(disabled=True, model="a"), Switch(), Switch(disabled=True, model="a")),
        (Switch(model="a"), Switch(model="b"), Switch(model="b")),
        (Switch(disabled=True), Switch(model="b"), Switch(disabled=True, model="b")),
    ],
)
def test_a_switch_of_an_override_holds_where_it_says_anything(
    pointer: Switch, override: Switch, live: Switch
) -> None:
    pointed = replace(POINTED, switch=pointer)
    found = outranked(pointed, PromptOverride(until=9, switch=override), None)
    assert found.switch == live
    assert found.canary is POINTED.canary


def test_pointers_differ_where_anything_differs_that_serves() -> None:
    override = PromptOverride(until=9, switch=Switch(disabled=True))
    states = [
        outranked(POINTED, None, None),
        outranked(replace(POINTED, stable=version("v3", "Bye")), None, None),
        outranked(replace(POINTED, canary=version("v4", "Bye")), None, None),
        outranked(replace(POINTED, split=replace(SPLIT, percent=5.26)), None, None),
        outranked(replace(POINTED, split=replace(SPLIT, salt="t")), None, None),
        outranked(replace(POINTED, canary=None, split=None), None, None),
        outranked(replace(POINTED, switch=Switch(disabled=True)), None, None),
        outranked(replace(POINTED, switch=Switch(model="m")), None, None),
        outranked(POINTED, override, None),
        outranked(POINTED, replace(override, until=10), None),
        outranked(POINTED, replace(override, version="v2"), version("v2")),
        outranked(replace(POINTED, prompt="other"), None, None),
    ]
    assert len({live.pointer for live in states}) == len(states)
    assert outranked(replace(POINTED), None, None).pointer == states[0].pointer
    assert states[0].pointer == "c3809dcf0fdb"


def test_the_words_say_versions_weight_and_switch() -> None:
    assert words(POINTED) == "v3+v4@5.25%"
    pointed = replace(POINTED, canary=None, split=None, switch=Switch(disabled=True, model="m"))
    assert words(pointed) == "v3 on m disabled"
