"""Data in letters that no page takes for markup, and no more than a page may weigh."""

import json
import random
import re
import zlib
from base64 import b64decode
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.evalset import Case
from evalgate.model.trial import Arm, Trial
from evalgate.model.verdict import Flips, PromptVerdict, RunVerdict
from evalgate.reporting.packing import CASES_IN_CHUNK, pack, packed
from evalgate.reporting.story import Report

RANDOM = random.Random(7)  # noqa: S311 - noise, no secret


def unpacked(text: str) -> Any:
    return json.loads(zlib.decompress(b64decode(text)))


def noise(length: int) -> str:
    """A text that cannot be compressed."""
    return "".join(chr(RANDOM.randrange(0x4E00, 0x9FFF)) for _ in range(length))


@given(data=st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_what_is_packed_comes_out_again_and_has_no_markup(data: Any) -> None:
    text = pack(data)
    assert re.fullmatch(r"[A-Za-z0-9+/=]*", text)
    assert unpacked(text) == json.loads(json.dumps(data).encode("utf-8", "replace"))


def a_set(
    number: int,
    a_report: Callable[..., Report],
    run: RunVerdict,
    a_trial: Callable[..., Trial],
    a_case: Callable[..., Case],
) -> Report:
    ids = [f"case-{index:04}" for index in range(number)]
    trials = [a_trial(case, arm, text=noise(500)) for case in ids for arm in Arm]
    return a_report(run, trials=trials, cases=[a_case(case) for case in ids])


def test_cases_are_packed_some_at_a_time(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: Callable[..., Trial],
    a_case: Callable[..., Case],
) -> None:
    run = a_run(a_verdict(flips=Flips()))
    found = packed(a_set(CASES_IN_CHUNK + 1, a_report, run, a_trial, a_case))
    assert [len(unpacked(chunk)) for chunk in found.chunks] == [CASES_IN_CHUNK, 1]
    assert len(unpacked(found.list)["prompts"][0]["cases"]) == CASES_IN_CHUNK + 1
    assert not found.is_shortened


def test_texts_are_cut_until_the_page_is_light_enough(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: Callable[..., Trial],
    a_case: Callable[..., Case],
) -> None:
    report = a_set(60, a_report, a_run(a_verdict(flips=Flips())), a_trial, a_case)
    whole = packed(report)
    for most in (whole.size - 1, whole.size // 2, whole.size // 8):
        light = packed(report, most=most)
        assert light.size <= most
        assert light.is_shortened
        assert light.chunks
    assert whole.size == len(whole.list) + sum(map(len, whole.chunks))
    listed = packed(report, most=len(whole.list))
    assert listed.chunks == ()
    assert listed.is_shortened


def test_the_same_report_packs_into_the_same_bytes(a_report: Callable[..., Report]) -> None:
    assert packed(a_report()) == packed(a_report())
