"""Facts about the text of an override file: what is written is what is read."""

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.adapters.files import read_yaml
from evalgate.model.override import Forced, Override, PromptOverride, RouteOverride
from evalgate.model.prompt import Switch
from evalgate.prompts.override_file import read_override
from evalgate.prompts.override_text import override_text
from evalgate.rollout.overriding import instant

TEXTS = st.text(max_size=40)
UNTIL = st.integers(0, 4_000_000_000).map(float)
PROMPTS = st.builds(
    PromptOverride,
    until=UNTIL,
    version=st.integers(1, 99).map(lambda number: f"v{number}"),
    switch=st.builds(Switch, disabled=st.booleans(), model=st.none() | TEXTS),
    by=TEXTS,
    why=TEXTS,
)
ROUTES = st.builds(RouteOverride, until=UNTIL, state=st.sampled_from(Forced), by=TEXTS, why=TEXTS)
OVERRIDES = st.builds(
    Override,
    path=st.just("override.yml"),
    prompts=st.dictionaries(TEXTS, PROMPTS, max_size=3),
    routes=st.dictionaries(TEXTS, ROUTES, max_size=3),
)


def written(override: Override) -> str:
    return override_text(override, instant=instant)


@given(OVERRIDES)
def test_reading_what_was_written_gives_the_override_again(override: Override) -> None:
    assert read_override(read_yaml("override.yml", written(override).encode())) == override


def test_the_text_is_what_a_person_would_write() -> None:
    override = Override(
        prompts={
            "support-reply": PromptOverride(
                until=1_795_341_600.0, version="v2", switch=Switch(disabled=True), by="ann"
            )
        },
        routes={"": RouteOverride(until=1_795_341_600.0, state=Forced.OPEN, why="529: too many")},
    )
    assert written(override) == snapshot("""\
# Written by evalgate; what has expired does nothing.
schema: override/1
prompts:
  support-reply:
    until: "2026-11-22T10:00:00Z"
    version: v2
    switch: {disabled: true, model: null}
    by: ann
routes:
  "":
    until: "2026-11-22T10:00:00Z"
    state: open
    why: "529: too many"
""")


def test_nothing_is_overridden_by_an_empty_override() -> None:
    assert written(Override()).splitlines()[-1] == "schema: override/1"
