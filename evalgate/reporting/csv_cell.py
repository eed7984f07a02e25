"""Writes texts for tables that a spreadsheet may open."""

from unicodedata import normalize

from evalgate.reporting.visible import safe_line

_FORMULA = ("=", "+", "-", "@")
"""What makes a spreadsheet take a text for a formula, in any width (OWASP, CSV Injection)."""


def csv_cell(text: str) -> str:
    """Write a text on one line, with an apostrophe in front of what could be a formula."""
    safe = safe_line(text)
    start = normalize("NFKC", safe.lstrip()[:1])
    return f"'{safe}" if start in _FORMULA else safe
