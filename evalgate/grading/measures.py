"""Checks that measure an answer: its length, its words, and how far it is from a text."""

import regex
from rapidfuzz.distance import Levenshtein

from evalgate.grading.answer import Answer
from evalgate.grading.arguments import keys_fault, number_of, span_of, text_fault
from evalgate.grading.finding import Finding
from evalgate.grading.grades import quote
from evalgate.grading.json_text import as_text
from evalgate.grading.text_checks import exact
from evalgate.model.document import Data
from evalgate.model.reading import describe

USUAL_EDITS = 5
LONGEST_COMPARED = 20_000
"""Characters up to which a distance is computed; its time grows with the square."""

# Thai, Lao, Burmese and Khmer write without blanks and have no cheap rule for words: four letters
# are taken for one. In Chinese and Japanese each ideograph and each run of kana counts.
_DENSE = (
    r"\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー"
    r"\p{Script=Thai}\p{Script=Lao}\p{Script=Myanmar}\p{Script=Khmer}"
)
_LETTER = rf"[[\p{{L}}\p{{N}}]--[{_DENSE}]]"
_WORD = regex.compile(
    r"(?V1)[\p{Script=Han}]"
    r"|[\p{Script=Hiragana}ー]+|[\p{Script=Katakana}ー]+"
    r"|[[\p{Script=Thai}\p{Script=Lao}\p{Script=Myanmar}\p{Script=Khmer}]--[\p{P}\p{S}]]{1,4}"
    rf"|{_LETTER}[{_LETTER}\p{{M}}]*(?:[’'·.,\-‑]{_LETTER}[{_LETTER}\p{{M}}]*)*"
)


def length(argument: Data, answer: Answer) -> Finding:
    """Count the characters of an answer as people count them: by grapheme clusters."""
    count = sum(1 for _ in regex.finditer(r"\X", answer.text))
    return _counted(argument, count, "character")


def words(argument: Data, answer: Answer) -> Finding:
    """Count the words of an answer, also in languages that write without blanks."""
    return _counted(argument, count_words(answer.text), "word")


def count_words(text: str) -> int:
    """Return the number of words in a text."""
    return sum(1 for _ in _WORD.finditer(exact(text)))


def edit_distance_fault(argument: Data) -> str | None:
    """Say what is wrong with a text, or with `{to, max}`, or None."""
    if not isinstance(argument, dict):
        return text_fault(argument)
    fault = keys_fault(argument, ("to", "max"), required=("to",)) or text_fault(argument["to"])
    most = argument.get("max", USUAL_EDITS)
    if fault is None and (isinstance(most, bool) or not isinstance(most, int) or most < 0):
        return f"expected a whole number of edits, got {describe(most)}"
    return fault


def edit_distance(argument: Data, answer: Answer) -> Finding:
    """Count the characters to insert, delete or replace until an answer equals a text."""
    told = argument if isinstance(argument, dict) else {"to": argument}
    wanted, most = exact(as_text(told["to"])), int(number_of(told.get("max", USUAL_EDITS)))
    text = exact(answer.text)
    apart = abs(len(text) - len(wanted))
    if apart <= most and max(len(text), len(wanted)) > LONGEST_COMPARED:
        reason = f"The texts have more than {LONGEST_COMPARED:,} characters and were not compared."
        return Finding(holds=None, reason=reason, cause="too_long")
    edits = apart if apart > most else Levenshtein.distance(text, wanted, score_cutoff=most)
    if edits > most:
        return Finding(
            holds=False,
            reason=f"More than {most:,} edits lie between the answer and {quote(wanted)}.",
        )
    noun = "edit lies" if edits == 1 else "edits lie"
    return Finding(holds=True, reason=f"{edits:,} {noun} between the answer and {quote(wanted)}.")


def _counted(argument: Data, count: int, noun: str) -> Finding:
    span = span_of(argument)
    nouns = noun if count == 1 else f"{noun}s"
    reason = f"The answer has {count:,} {nouns}, where {span} are asked for."
    return Finding(holds=span.holds(count), reason=reason)
