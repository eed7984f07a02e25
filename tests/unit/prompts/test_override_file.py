"""Facts about reading a host's override file."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.adapters.files import read_yaml
from evalgate.errors import ConfigurationError
from evalgate.model.override import Forced, Override, PromptOverride, RouteOverride
from evalgate.model.prompt import Switch
from evalgate.prompts.override_file import read_override, utc_seconds

WHOLE = """\
schema: override/1
prompts:
  support-reply:
    until: 2026-11-22T10:00:00Z
    version: v2
    switch: {disabled: true, model: claude-haiku-5-5}
    by: ann
    why: wrong tone since noon
routes:
  bedrock-eu: {until: "2026-11-22 10:00:00.5+00:00", state: open}
  direct: {until: 2026-11-22T10:00:00Z, state: closed, by: bob}
"""
TEN = datetime(2026, 11, 22, 10, tzinfo=UTC).timestamp()


def read(text: str) -> Override:
    return read_override(read_yaml("override.yml", text.encode()))


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


def test_every_key_is_read() -> None:
    prompt = PromptOverride(
        until=TEN,
        version="v2",
        switch=Switch(disabled=True, model="claude-haiku-5-5"),
        by="ann",
        why="wrong tone since noon",
    )
    assert read(WHOLE) == Override(
        path="override.yml",
        prompts={"support-reply": prompt},
        routes={
            "bedrock-eu": RouteOverride(until=TEN + 0.5, state=Forced.OPEN),
            "direct": RouteOverride(until=TEN, state=Forced.CLOSED, by="bob"),
        },
    )


@pytest.mark.parametrize("text", ["{}", "schema: override/1", "prompts:\nroutes:"])
def test_a_file_may_override_nothing(text: str) -> None:
    assert read(text) == Override(path="override.yml")


def test_all_problems_are_told_with_line_and_key() -> None:
    text = """\
schema: override/2
prompts:
  a: {version: v2}
  b: {until: 2026-11-22, version: 2}
  c: {until: 2026-11-22T10:00:00Z}
  d:
  e: [v2]
  f: {until: 2026-11-22T10:00:00Z, verson: v2, version: 2.0.x, switch: {off: true}}
routes:
  g: {until: tomorrow, state: ajar}
  h: {until: 2026-11-22T10:00:00Z}
rooms: {}
"""
    assert "\n".join(problems(text)) == snapshot("""\
override.yml:12: rooms: unknown key (did you mean `prompts`?)
override.yml:1: schema: expected one of override/1; got `override/2`
override.yml:3: prompts.a: the key `until` is missing: an override must say when it ends
override.yml:4: prompts.b.version: expected text, got the number 2
override.yml:4: prompts.b.until: expected a time in UTC such as 2026-11-22T10:00:00Z, got `2026-11-22`
override.yml:5: prompts.c: it changes nothing: expected the key `version` or `switch`
override.yml:6: prompts.d: expected a mapping with the key `until`, got nothing
override.yml:7: prompts.e: expected a mapping, got a list
override.yml:7: prompts.e: the key `until` is missing: an override must say when it ends
override.yml:7: prompts.e: it changes nothing: expected the key `version` or `switch`
override.yml:8: prompts.f.verson: unknown key (did you mean `version`?)
override.yml:8: prompts.f.version: expected a version such as `v3`, got `2.0.x`
override.yml:8: prompts.f.switch.off: unknown key (known: disabled, model)
override.yml:10: routes.g.state: expected one of open, closed; got `ajar`
override.yml:10: routes.g.until: expected a time in UTC such as 2026-11-22T10:00:00Z, got `tomorrow`
override.yml:11: routes.h: the key `state` is missing: expected open or closed\
""")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "2026-11-22T10:00:00",
        "2026-11-22T10:00:00+01:00",
        "2026-11-22T10:00Z",
        "2026-13-22T10:00:00Z",
        "2026-11-31T10:00:00Z",
        "2026-02-29T10:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T10:60:00Z",
        "2026-11-22T10:00:60Z",
        "0000-11-22T10:00:00Z",
        "٢٠٢٦-11-22T10:00:00Z",
        "2026-11-22T10:00:00Z\n",
        "tomorrow",
        "",
        "9" * 100_000,
    ],
)
def test_what_is_no_time_in_utc_is_refused(text: str) -> None:
    assert utc_seconds(text) is None


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(["Z", "z", "+00:00", "-00:00"]))
def test_a_time_is_what_the_calendar_says(moment: datetime, zone: str) -> None:
    text = moment.replace(tzinfo=None).isoformat(timespec="microseconds") + zone
    assert utc_seconds(text) == pytest.approx(moment.timestamp(), abs=1e-5)


def test_a_time_before_1970_is_a_time() -> None:
    assert read("routes: {a: {until: 1970-01-01T00:00:00Z, state: open}}").routes["a"].until == 0


def test_a_hostile_file_ends_in_problems() -> None:
    text = "prompts:\n" + "".join(f"  p{n}: {{until: {'x' * 500}}}\n" for n in range(2_000))
    found = problems(text)
    assert len(found) == 4_000
    assert max(map(len, found)) < 200
