"""Checks that look for texts in an answer.

Both sides are compared in Unicode's composed form (NFC), so that an accent written as a character
of its own makes no difference; case-blind checks compare case folded texts.
"""

from collections.abc import Callable
from unicodedata import normalize

import regex

from evalgate.grading.answer import Answer
from evalgate.grading.arguments import texts_of
from evalgate.grading.finding import Finding
from evalgate.grading.grades import quote
from evalgate.model.document import Data

Form = Callable[[str], str]
_MOST_NAMED = 3


# Composing takes time with the square of a run of marks, and no language writes so many.
_MARKS = regex.compile(r"\p{M}{31}")


def exact(text: str) -> str:
    """Return a text in the form in which it is compared letter by letter.

    A text with more than 30 combining marks in a row stays as it is.
    """
    return text if _MARKS.search(text) else normalize("NFC", text)


def folded(text: str) -> str:
    """Return a text in the form in which letter case makes no difference."""
    return exact(exact(text).casefold())


def contains(argument: Data, answer: Answer) -> Finding:
    """Look for a text."""
    return _single(argument, answer, exact)


def icontains(argument: Data, answer: Answer) -> Finding:
    """Look for a text, whatever the letter case."""
    return _single(argument, answer, folded)


def contains_any(argument: Data, answer: Answer) -> Finding:
    """Look for at least one of several texts."""
    return _any(argument, answer, exact)


def icontains_any(argument: Data, answer: Answer) -> Finding:
    """Look for at least one of several texts, whatever the letter case."""
    return _any(argument, answer, folded)


def contains_all(argument: Data, answer: Answer) -> Finding:
    """Look for all of several texts."""
    return _all(argument, answer, exact)


def icontains_all(argument: Data, answer: Answer) -> Finding:
    """Look for all of several texts, whatever the letter case."""
    return _all(argument, answer, folded)


def starts_with(argument: Data, answer: Answer) -> Finding:
    """Look for a text at the very start."""
    wanted = texts_of(argument)[0]
    holds = exact(answer.text).startswith(exact(wanted))
    start = quote(answer.text[: max(40, len(wanted))], 40)
    verb = "starts with" if holds else "does not start with"
    tail = "" if holds else f" but with {start}"
    return Finding(holds=holds, reason=f"The answer {verb} {quote(wanted)}{tail}.")


def ends_with(argument: Data, answer: Answer) -> Finding:
    """Look for a text at the very end."""
    wanted = texts_of(argument)[0]
    holds = exact(answer.text).endswith(exact(wanted))
    end = quote(answer.text[-max(40, len(wanted)) :], 40)
    verb = "ends with" if holds else "does not end with"
    tail = "" if holds else f" but with {end}"
    return Finding(holds=holds, reason=f"The answer {verb} {quote(wanted)}{tail}.")


def _single(argument: Data, answer: Answer, form: Form) -> Finding:
    wanted = texts_of(argument)[0]
    holds = form(wanted) in form(answer.text)
    verb = "contains" if holds else "does not contain"
    return Finding(holds=holds, reason=f"The answer {verb} {quote(wanted)}.")


def _any(argument: Data, answer: Answer, form: Form) -> Finding:
    wanted, text = texts_of(argument), form(answer.text)
    found = next((each for each in wanted if form(each) in text), None)
    if found is not None:
        return Finding(holds=True, reason=f"The answer contains {quote(found)}.")
    return Finding(holds=False, reason=f"The answer contains none of {_named(wanted)}.")


def _all(argument: Data, answer: Answer, form: Form) -> Finding:
    wanted, text = texts_of(argument), form(answer.text)
    missing = [each for each in wanted if form(each) not in text]
    if missing:
        return Finding(holds=False, reason=f"The answer does not contain {_named(missing)}.")
    return Finding(holds=True, reason=f"The answer contains {_named(wanted)}.")


def _named(texts: list[str]) -> str:
    shown = ", ".join(quote(text, 40) for text in texts[:_MOST_NAMED])
    return shown if len(texts) <= _MOST_NAMED else f"{shown} and {len(texts) - _MOST_NAMED} more"
