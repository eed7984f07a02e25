"""Reads the regular expressions of rule files."""

import re

from evalgate.model.reading import Section


def read_pattern(section: Section, key: str) -> re.Pattern[str] | None:
    """Return the pattern at a key, or None where there is none; a broken one is a problem."""
    text = section.optional_text(key)
    if text is None:
        return None
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        section.note(key, f"expected a regular expression: {error}")
        return None
