"""Says which cases are waived, by whom, until when and why."""

from collections.abc import Iterator, Sequence

from evalgate.model.verdict import PromptVerdict
from evalgate.model.waiver import Waiver
from evalgate.reporting.numbers import count
from evalgate.reporting.visible import on_one_line

_TOLD = 50


def waived_cases(verdict: PromptVerdict) -> Iterator[tuple[str, str]]:
    """Yield the waived cases with who answers for them, until when and why."""
    for waiver in verdict.waived[:_TOLD]:
        yield waiver.case, waiver_terms(waiver)
    if len(verdict.waived) > _TOLD:
        yield "…", f"{count(len(verdict.waived) - _TOLD, 'more case')} in verdict.json"


def waiver_terms(waiver: Waiver) -> str:
    """Return the terms of a waiver: `waived by Ann until 2027-01-31: the tool is replaced`."""
    owner, reason = on_one_line(waiver.owner, 60), on_one_line(waiver.reason, 200)
    return f"waived by {owner} until {waiver.expires}: {reason}"


def waived_sentence(verdicts: Sequence[PromptVerdict]) -> str:
    """Return what a headline adds so that no reader takes a waived case for a passed one."""
    number = sum(len(verdict.waived) for verdict in verdicts)
    return f" {count(number, 'case')} waived." if number else ""
