"""What can be wrong with an answer at first glance, and what is known about how it should be."""

from enum import StrEnum


class Smell(StrEnum):
    """One thing wrong with an answer, in the order in which they are told.

    `empty` has neither words nor the call of a tool. `truncated` was cut off. `fenced` is JSON
    inside a code fence. `script` is written in letters that were not to be expected. `placeholder`
    leaves something to be filled in. `leaks_prompt` repeats a long stretch of the system prompt.
    """

    EMPTY = "empty"
    REFUSAL = "refusal"
    TRUNCATED = "truncated"
    NOT_JSON = "not_json"
    SCHEMA = "schema"
    FENCED = "fenced"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    SCRIPT = "script"
    REPETITION = "repetition"
    PLACEHOLDER = "placeholder"
    LEAKS_PROMPT = "leaks_prompt"
