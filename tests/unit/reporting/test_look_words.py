"""How a verdict came about, in words."""

from collections.abc import Callable

from inline_snapshot import snapshot

from evalgate.model.verdict import Flips, LookTaken, PromptVerdict
from evalgate.reporting.look_words import course

LOOK = LookTaken(number=2, of=5, level=0.0193, recorded=198)


def test_without_a_record_there_is_nothing_to_say(a_verdict: Callable[..., PromptVerdict]) -> None:
    assert list(course(a_verdict(flips=Flips()))) == []


def test_a_look_is_told_with_the_level_of_its_claims(
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    assert dict(course(a_verdict(look=LOOK, flips=Flips()))) == snapshot(
        {"evidence": "198 cases on record; look 2 of 5, claims at 1.9%"}
    )


def test_a_record_that_allows_a_single_look_tells_no_level(
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    look = LookTaken(number=1, of=1, level=0.05, recorded=1)
    assert dict(course(a_verdict(look=look, flips=Flips()))) == snapshot(
        {"evidence": "1 case on record"}
    )


def test_a_drop_that_was_checked_and_a_record_that_drifted_are_told_apart(
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    said = [
        dict(course(a_verdict(look=look, flips=Flips())))["evidence"]
        for look in (
            LookTaken(number=1, of=1, level=0.05, recorded=9, afresh=True),
            LookTaken(number=1, of=1, level=0.05, recorded=9, afresh=True, drifted=True),
        )
    ]
    assert said == snapshot(
        [
            "9 cases on record; the drop was checked against fresh trials of the baseline",
            "9 cases on record; the record no longer holds, so the baseline ran again",
        ]
    )


def test_what_broke_and_what_slipped_is_named_up_to_twenty(
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    broken = tuple(f"case-{number}" for number in range(22))
    flips = Flips(regressed=(*broken, "once"), broken=broken, slipped=("once",))
    said = dict(course(a_verdict(flips=flips)))
    assert said["confirmed"].endswith("case-19 and 2 more")
    assert said["slips"] == snapshot("failed once and not again: once")
