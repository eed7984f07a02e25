"""Facts about the text of a live pointer: what is written is what is read."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.adapters.files import read_yaml
from evalgate.model.milestone import Milestone, Phase
from evalgate.model.prompt import Canary, LivePointer, Move, Switch
from evalgate.prompts.live import read_live
from evalgate.prompts.pointer_text import pointer_text

PATH = "prompts/p/live.yaml"
VERSIONS = st.integers(1, 999).map(lambda number: f"v{number}")
AWKWARD = """
null|True|~|1e5|0x1f|2026-01-01|a: b|a #b|- a|a, b|'a|a"b|{a}|[a]|*a|&a|!a|%a|@a|yes|...|---|a\\
"""
HIDDEN = (
    "a\nb",
    "a\u2028b",
    "a\x85b",
    "\ufeffa",
    "a ",
    "\U000e0041",
    "\x7f",
    "\x9b",
    "\ufffe",
    "a\tb",
)
TEXTS = st.text(max_size=60) | st.sampled_from((*AWKWARD.strip().split("|"), *HIDDEN))
SWITCHES = st.builds(Switch, disabled=st.booleans(), model=st.none() | TEXTS)
HASHES = st.text("0123456789abcdef", min_size=64, max_size=64)
MILESTONES = st.builds(
    Milestone,
    version=VERSIONS,
    phase=st.sampled_from(Phase),
    hash=HASHES | st.sampled_from(["0" * 64, "1e" + "0" * 62, "0" * 62 + "e1"]),
    percent=st.floats(0, 100),
    overridden=st.booleans(),
)
POINTERS = st.builds(
    LivePointer,
    prompt=st.just("p"),
    path=st.just(PATH),
    stable=st.none() | VERSIONS,
    canary=st.none() | st.builds(Canary, version=VERSIONS, percent=st.floats(0, 100), salt=TEXTS),
    switch=SWITCHES,
    history=st.lists(
        st.builds(
            Move,
            stable=VERSIONS | st.just(""),
            at=TEXTS,
            by=TEXTS,
            why=TEXTS,
            verdict=TEXTS,
            switch=st.none() | SWITCHES,
            rollout=st.none() | MILESTONES,
        ),
        max_size=4,
    ).map(tuple),
)


def reread(text: str) -> LivePointer:
    return read_live("p", read_yaml(PATH, text.encode()))


def pointer(**changes: object) -> LivePointer:
    plain = LivePointer(prompt="p", path=PATH, stable="v1")
    return replace(plain, **changes)  # type: ignore[arg-type] # the fields that a test names


@given(POINTERS)
def test_reading_what_was_written_gives_the_pointer_again(any_pointer: LivePointer) -> None:
    assert reread(pointer_text(any_pointer)) == any_pointer


@given(POINTERS)
def test_the_text_shows_everything_that_it_holds(any_pointer: LivePointer) -> None:
    assert all(line.isprintable() for line in pointer_text(any_pointer).split("\n"))


@given(POINTERS, POINTERS)
def test_what_stood_in_the_file_before_changes_nothing_that_is_read(
    old: LivePointer, new: LivePointer
) -> None:
    before = f"# yaml-language-server: x\n\nschema: live/1  # ours\n{pointer_text(old)}"
    text = pointer_text(new, before=before)
    assert reread(text) == new
    assert text.startswith("# yaml-language-server: x\n\nschema: live/1  # ours\nstable:")


def test_a_long_text_is_read_again() -> None:
    long = pointer(history=(Move(stable="v1", why="é:" * 5_000),))
    assert reread(pointer_text(long)) == long


def test_the_text_is_what_a_person_would_write() -> None:
    full = pointer(
        stable="v2",
        canary=Canary(version="v3", percent=5.0, salt="autumn"),
        switch=Switch(disabled=True),
        history=(
            Move(stable="v1", at="2026-08-31", by="maintainers", why="first version"),
            Move(stable="v2", at="2026-10-12", by="ann", why="see #12: tone", verdict="2026-1f"),
        ),
    )
    assert pointer_text(full, before="# Which version answers.\nstable: v1 # now\n") == snapshot("""\
# Which version answers.
stable: v2
canary: {version: v3, percent: 5, salt: autumn}
switch: {disabled: true, model: null}
history:
  - stable: v1
    at: "2026-08-31"
    by: maintainers
    why: first version
  - stable: v2
    at: "2026-10-12"
    by: ann
    why: "see #12: tone"
    verdict: "2026-1f"
""")


def test_a_milestone_stands_on_one_line_without_what_goes_without_saying() -> None:
    begun = Milestone(version="v2", phase=Phase.PREFLIGHT, hash="ab" * 32)
    moves = tuple(
        Move(stable="v1", rollout=milestone)
        for milestone in (
            begun,
            replace(begun, phase=Phase.SERVING, percent=12.5, overridden=True),
            replace(begun, phase=Phase.PROMOTED, percent=100.0, hash="12" * 32),
        )
    )
    assert pointer_text(pointer(history=moves)) == snapshot("""\
stable: v1
history:
  - stable: v1
    rollout: {version: v2, phase: preflight, hash: abababababababababababababababababababababababababababababababab}
  - stable: v1
    rollout: {version: v2, phase: serving, percent: 12.5, hash: abababababababababababababababababababababababababababababababab, overridden: true}
  - stable: v1
    rollout: {version: v2, phase: promoted, percent: 100, hash: "1212121212121212121212121212121212121212121212121212121212121212"}
""")


@pytest.mark.parametrize("line", ["schema: [a", "schema: |", "%YAML 1.2", "---", "stable: v9"])
def test_what_is_no_comment_or_plain_schema_is_not_kept(line: str) -> None:
    assert pointer_text(pointer(), before=f"{line}\n# not at the head\n") == "stable: v1\n"


@pytest.mark.parametrize("salt", ["a, version: v9", "null", "a}b"])
def test_a_text_cannot_say_more_than_itself(salt: str) -> None:
    tricky = pointer(canary=Canary(version="v2", percent=2.5, salt=salt))
    assert reread(pointer_text(tricky)) == tricky
