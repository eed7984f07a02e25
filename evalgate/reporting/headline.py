"""The parts of a headline: the word of the verdict, and the sentence that says why."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from evalgate.model.verdict import Reason
from evalgate.reporting.visible import on_one_line

WAITING, ADVISING = "Not judged yet", "Advice only"
"""The words of a verdict that waits for somebody, and of one that decides nothing."""

_OPENERS = frozenset(("all", "along", "every", "for", "in", "it", "no", "over", "the", "with"))
"""The words that begin sentences of ours; any other first word may be a name."""

_LOWERED = frozenset(
    ("A", "At", "Critical", "Every", "It", "More", "No", "Nothing", "Only", "Some", "The", "There")
)
"""The words at the start of a reason that are no names."""

_CLAUSES: Mapping[str, str] = {
    "awaits_calls": "{subject} waits for its answers: {said}",
    "critical_case": "with {subject}, {said}",
    "critical_unconfirmed": "with {subject}, {said}",
    "error_budget": "{subject} could not be judged: {said}",
    "lopsided_errors": "with {subject}, {said}",
    "min_pass_rate": "{subject} passes too few of its cases: {said}",
    "not_all_trials_ran": "{subject} could not be judged: {said}",
    "protected_slice": "with {subject}, {said}",
    "set_changed": "along with {subject}, {said}",
    "unverified": "{subject} waits for a maintainer: {said}",
}
"""How a reason becomes a clause about a candidate."""

_REASON_LIMIT = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A verdict in a word, and a sentence that also stands alone."""

    word: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.word}: {self.sentence}"

    @property
    def alone(self) -> str:
        """The sentence as it reads without the word: a word of ours at its start is capital."""
        first = self.sentence.split(" ", maxsplit=1)[0].rstrip(",")
        return self.sentence[:1].upper() + self.sentence[1:] if first in _OPENERS else self.sentence


def parted(headline: str) -> Headline:
    """Take a headline apart again: what stands before the first colon is its word."""
    word, _, sentence = headline.partition(": ")
    return Headline(word=word, sentence=sentence)


def clause(reason: Reason, subject: str) -> str:
    """Say a reason as a clause about what it concerns; as it is when that is nothing."""
    said = on_one_line(reason.message, _REASON_LIMIT)
    if not subject:
        return said
    return _CLAUSES.get(reason.code, "for {subject}, {said}").format(
        subject=subject, said=_lowered(said)
    )


def finding(reason: Reason, name: str) -> str:
    """Say what was found in the files of a prompt, naming it where the reason does not."""
    said = on_one_line(reason.message, _REASON_LIMIT)
    is_named = not name or "/" in name or re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", said)
    return said if is_named else f"in {name}, {_lowered(said)}"


def _lowered(said: str) -> str:
    first = said.split(" ", maxsplit=1)[0]
    return said[:1].lower() + said[1:] if first in _LOWERED else said
