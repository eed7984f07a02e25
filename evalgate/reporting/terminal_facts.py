"""What a terminal says of a prompt beside the numbers of its table."""

from collections.abc import Iterator
from itertools import islice

from evalgate.model.report_folder import PAGE
from evalgate.model.verdict import Verdict
from evalgate.reporting.look_words import course
from evalgate.reporting.numbers import count
from evalgate.reporting.preflight_words import preflight_sentence
from evalgate.reporting.sentences import changed_cases
from evalgate.reporting.slice_words import told_slices
from evalgate.reporting.story import PromptStory
from evalgate.reporting.turning_words import turnings
from evalgate.reporting.visible import on_one_line
from evalgate.reporting.waiver_words import waived_cases

_SLICES, _WAIVERS = 5, 5


def facts(story: PromptStory, *, briefly: bool) -> Iterator[tuple[str, str]]:
    """Yield names and sentences of plain text.

    Args:
        story: of the prompt.
        briefly: whether only what is out of the ordinary is wanted.
    """
    verdict = story.verdict
    planned = sum(ledger.planned for ledger in verdict.ledger.values())
    has_gaps = any(ledger.graded != ledger.planned for ledger in verdict.ledger.values())
    if verdict.evalset and not briefly:
        compared = f"{count(verdict.cases.compared, 'case')} of {verdict.evalset}"
        yield "compared", compared if has_gaps else f"{compared}; {planned:,} trials, all graded"
    if verdict.preflight and not briefly and verdict.verdict is not Verdict.FAIL:
        yield "could show", preflight_sentence(verdict.preflight)
    if has_gaps:
        yield "trials", _account(story)
    yield from course(verdict)
    slices = list(told_slices(verdict))
    for tag, said in slices[:_SLICES]:
        yield f"slice {on_one_line(tag, 40)}", said
    yield from _more(len(slices) - _SLICES, "slice")
    if would := turnings(verdict):
        yield "would change", " ".join(would)
    for case, terms in islice(waived_cases(verdict), _WAIVERS):
        yield on_one_line(case, 40), terms
    yield from _more(len(verdict.waived) - _WAIVERS, "waived case")
    yield from changed_cases(verdict)


def _more(number: int, noun: str) -> Iterator[tuple[str, str]]:
    if number > 0:
        yield "…", f"and {count(number, f'more {noun}')} in {PAGE}"


def _account(story: PromptStory) -> str:
    ledgers = story.verdict.ledger.values()
    parts = {
        part: sum(getattr(ledger, part) for ledger in ledgers)
        for part in ("planned", "graded", "errored", "skipped", "waived")
    }
    planned = parts.pop("planned")
    rest = " + ".join(f"{number:,} {part}" for part, number in parts.items() if number) or "0"
    kinds = {**story.error_kinds, **story.skip_kinds}
    causes = ", ".join(f"{number:,} × {kind}" for kind, number in kinds.items())
    return f"{planned:,} planned = {rest}{f' ({causes})' if causes else ''}"
