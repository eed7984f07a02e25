"""Facts about the split: even, the same everywhere, and it never moves anybody back."""

import subprocess
import sys
from dataclasses import replace
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom  # type: ignore[import-untyped]

from evalgate.adapters.formats import FORMATS
from evalgate.model.call import Arm, Assignment
from evalgate.model.override import PromptOverride
from evalgate.model.prompt import Canary, PromptVersion
from evalgate.prompts.version import read_version
from evalgate.runtime.versions.live_prompt import LivePrompt, Pointed, outranked
from evalgate.runtime.versions.split import BUCKETS, arm_of, basis_points, bucket, chosen, unit_of

ANY_TEXT = st.text(st.characters())
"""Lone surrogates among it."""

VECTORS = [
    ("", "", 5818),
    ("sum-up/v4", "user-1", 3854),
    ("sum-up/v4", "user-2", 7090),
    ("sum-up/v5", "user-1", 4088),
    ("3f9a", "Zoë", 8836),
    ("3f9a", "用户 7", 7778),
    ("3f9a", "\ud800", 8184),
]


def version(name: str) -> PromptVersion:
    content = b"---\nmodel: m\nmax_tokens: 1\n---\n## user\n\nHello\n"
    return read_version("sum-up", f"prompts/sum-up/{name}.md", content=content, parser=FORMATS)


def two(percent: float, salt: str = "s") -> LivePrompt:
    split = Canary(version="v4", percent=percent, salt=salt)
    pointed = Pointed(prompt="sum-up", stable=version("v3"), canary=version("v4"), split=split)
    return outranked(pointed, None, None)


ONE = outranked(Pointed(prompt="sum-up", stable=version("v3")), None, None)


@pytest.mark.parametrize(("salt", "unit", "expected"), VECTORS)
def test_the_published_vectors_hold(salt: str, unit: str, expected: int) -> None:
    assert bucket(unit, salt) == expected


def test_another_process_with_another_hash_seed_splits_alike() -> None:
    program = (
        "from evalgate.runtime.versions.split import bucket; print(bucket('user-1', 'sum-up/v4'))"
    )
    command = (sys.executable, "-c", program)
    answer = subprocess.run(
        command, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"}
    )
    assert int(answer.stdout) == bucket("user-1", "sum-up/v4")


@given(ANY_TEXT, ANY_TEXT)
def test_a_bucket_is_the_hash_in_proportion(unit: str, salt: str) -> None:
    text = b"\0".join(part.encode("utf-8", "surrogatepass") for part in (salt, unit))
    share = int(blake2b(text, digest_size=8).hexdigest(), 16) / 2**64
    assert bucket(unit, salt) == pytest.approx(share * BUCKETS - 0.5, abs=0.51)
    assert 0 <= bucket(unit, salt) < BUCKETS


@given(ANY_TEXT, st.integers(0, BUCKETS), st.integers(0, BUCKETS))
def test_widening_never_moves_a_unit_back(unit: str, one: int, other: int) -> None:
    narrow, wide = sorted((one, other))
    canary = Canary(version="v4", percent=narrow / 100, salt="s")
    if arm_of(unit, canary) is Arm.CANARY:
        assert arm_of(unit, replace(canary, percent=wide / 100)) is Arm.CANARY


@given(ANY_TEXT)
def test_a_weight_takes_exactly_the_buckets_below_it(unit: str) -> None:
    place = bucket(unit, "s")
    assert arm_of(unit, Canary(version="v4", percent=place / 100, salt="s")) is Arm.STABLE
    assert arm_of(unit, Canary(version="v4", percent=(place + 1) / 100, salt="s")) is Arm.CANARY


@given(ANY_TEXT)
def test_nothing_and_all_are_exact(unit: str) -> None:
    assert arm_of(unit, Canary(version="v4", percent=0)) is Arm.STABLE
    assert arm_of(unit, Canary(version="v4", percent=100)) is Arm.CANARY
    assert arm_of(unit, None) is Arm.STABLE


@given(st.integers(0, BUCKETS))
def test_every_basis_point_is_exact(points: int) -> None:
    assert basis_points(points / 100) == points


@pytest.mark.parametrize("percent", [0.5, 5.25, 50.0, 93.0])
def test_the_share_of_the_canary_is_that_of_a_fair_draw(percent: float) -> None:
    canary = Canary(version="v4", percent=percent, salt="fair")
    count = sum(arm_of(f"user-{n}", canary) is Arm.CANARY for n in range(20_000))
    low, high = binom.interval(0.9999, 20_000, percent / 100)
    assert low <= count <= high


def test_salts_make_experiments_independent() -> None:
    one, other = (Canary(version="v4", percent=20, salt=salt) for salt in ("one", "other"))
    units = [f"user-{n}" for n in range(20_000)]
    both = sum(arm_of(u, one) is arm_of(u, other) is Arm.CANARY for u in units)
    low, high = binom.interval(0.9999, 20_000, 0.04)
    assert low <= both <= high


@pytest.mark.parametrize(
    ("user", "conversation", "unit"),
    [("ann", "talk", "ann"), (None, "talk", "talk"), ("", "talk", "talk"), (None, None, "req")],
)
def test_the_unit_is_who_asks_else_where_else_chance(
    user: str | None, conversation: str | None, unit: str
) -> None:
    assert unit_of(user, conversation, request="req") == unit


# Pins


@given(ANY_TEXT, st.sampled_from(["v3", "v4"]), st.floats(1, 99))
def test_a_pin_to_a_live_version_holds(unit: str, pin: str, percent: float) -> None:
    choice = chosen(two(round(percent, 2)), unit, pin=pin)
    assert choice.version.version == pin
    assert choice.arm is (Arm.CANARY if pin == "v4" else Arm.STABLE)


@given(ANY_TEXT, st.sampled_from([None, "", "v1", "v9", "\ud800"]))
def test_a_pin_to_what_is_not_live_leaves_it_to_the_split(unit: str, pin: str | None) -> None:
    live = two(40)
    assert chosen(live, unit, pin=pin).arm is arm_of(unit, live.split)


def test_a_rollback_outranks_a_pin() -> None:
    assert chosen(ONE, "user-1", pin="v4").version.version == "v3"


def test_a_canary_at_nothing_is_not_live() -> None:
    assert chosen(two(0), "user-1", pin="v4").version.version == "v3"
    assert chosen(two(0), "user-1", chooser=lambda *_: "v4").version.version == "v3"


def test_a_pin_outranks_a_chooser_and_a_chooser_the_split() -> None:
    assert chosen(two(0.01), "user-1", chooser=lambda *_: "v4").arm is Arm.CANARY
    assert chosen(two(99.99), "user-1", pin="v3", chooser=lambda *_: "v4").arm is Arm.STABLE


@given(ANY_TEXT)
def test_what_chose_the_arm_is_told_and_only_a_draw_is_called_a_split(unit: str) -> None:
    def by(pin: str | None, says: str | None, percent: float = 40) -> Assignment | None:
        choose = None if says is None else lambda *_: says
        return chosen(two(percent), unit, pin=pin, chooser=choose).assigned_by

    assert by(None, None) is by("v9", None) is by("v9", "v9") is by(None, "") is Assignment.SPLIT
    assert by("v3", None) is by("v4", None) is by("v3", "v4") is Assignment.PIN
    assert by(None, "v3") is by(None, "v4") is by("v9", "v3") is Assignment.CHOOSER
    assert by("v4", "v4", percent=0) is Assignment.SPLIT


def test_where_one_version_is_live_nothing_chose_it() -> None:
    assert chosen(ONE, "user-1").assigned_by is None
    assert chosen(ONE, "user-1", pin="v3", chooser=lambda *_: "v3").assigned_by is None


def test_an_override_leaves_nothing_to_choose() -> None:
    split = Canary(version="v4", percent=50, salt="s")
    pointed = Pointed(prompt="sum-up", stable=version("v3"), canary=version("v4"), split=split)
    live = outranked(pointed, PromptOverride(until=1.0, version="v2"), version("v2"))
    assert chosen(live, "user-1", pin="v2").assigned_by is None


def test_a_chooser_is_told_prompt_and_unit_and_asked_only_when_there_is_a_choice() -> None:
    asked: list[tuple[str, str]] = []

    def choose(prompt: str, unit: str) -> str | None:
        asked.append((prompt, unit))
        return None

    for live, pin in ((ONE, None), (two(50), "v3"), (two(50), None)):
        chosen(live, "user-1", pin=pin, chooser=choose)
    assert asked == [("sum-up", "user-1")]
