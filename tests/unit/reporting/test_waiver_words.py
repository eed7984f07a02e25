"""Facts about how waivers are told."""

from collections.abc import Callable

from evalgate.model.verdict import PromptVerdict
from evalgate.model.waiver import Waiver
from evalgate.reporting.waiver_words import waived_cases, waived_sentence


def test_a_waived_case_is_told_with_owner_day_and_reason(
    a_verdict: Callable[..., PromptVerdict], a_waiver: Callable[..., Waiver]
) -> None:
    verdict = a_verdict(waived=(a_waiver(owner="Ann\nBob"),))
    assert list(waived_cases(verdict)) == [
        ("late", "waived by Ann Bob until 2027-01-31: the tool is replaced")
    ]


def test_very_many_waivers_are_counted(
    a_verdict: Callable[..., PromptVerdict], a_waiver: Callable[..., Waiver]
) -> None:
    verdict = a_verdict(waived=tuple(a_waiver(str(number)) for number in range(60)))
    told = list(waived_cases(verdict))
    assert (len(told), told[-1]) == (51, ("…", "10 more cases in verdict.json"))


def test_a_headline_counts_the_waived_cases_of_all_prompts(
    a_verdict: Callable[..., PromptVerdict], a_waiver: Callable[..., Waiver]
) -> None:
    one, two = (a_verdict(waived=(a_waiver("a"),) * number) for number in (1, 2))
    assert waived_sentence([one, two]) == " 3 cases waived."
    assert waived_sentence([one]) == " 1 case waived."
    assert waived_sentence([a_verdict()]) == ""
