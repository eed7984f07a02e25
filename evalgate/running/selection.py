"""Names the few cases that a run is about, when it is to be about a few."""

from collections.abc import Mapping
from dataclasses import dataclass

from evalgate.model.document import Data
from evalgate.model.reading import Section

MOST_TRIALS = 100
"""The most trials that a case can be run with."""

_KEYS = ("cases", "prompt", "evalset", "trials")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The cases of a run that is about nothing else, and decides nothing.

    `prompt` and `evalset` tell cases of one id apart. `trials` takes the place of the planned
    number.
    """

    cases: tuple[str, ...]
    prompt: str | None = None
    evalset: str | None = None
    trials: int | None = None


def selection_data(selection: Selection) -> Mapping[str, Data]:
    """Return a selection as data; `read_selection` reads it back."""
    return {
        "cases": list(selection.cases),
        "prompt": selection.prompt,
        "evalset": selection.evalset,
        "trials": selection.trials,
    }


def read_selection(section: Section, key: str) -> Selection | None:
    """Return the selection under a key, None where there is none; what is wrong is noted."""
    if section.data.get(key) is None:
        return None
    own = section.section(key)
    own.allow(*_KEYS)
    cases = own.texts("cases")
    if not cases:
        own.note("cases", "expected the id of at least one case")
    return Selection(
        cases=cases,
        prompt=own.optional_text("prompt"),
        evalset=own.optional_text("evalset"),
        trials=own.integer("trials", 0, least=1, most=MOST_TRIALS) or None,
    )
