"""Fences untrusted text off from instructions, by tags that the text cannot close."""

from collections.abc import Callable


def boundary_is_safe(boundary: str, *texts: str) -> bool:
    """Tell whether none of the texts holds the boundary, in whatever letter case."""
    return all(boundary.casefold() not in text.casefold() for text in texts)


def safe_boundary(draw: Callable[[], str], *texts: str) -> str:
    """Draw boundaries until one is safe for all texts; `draw` must be random."""
    boundary = draw()
    while not boundary_is_safe(boundary, *texts):
        boundary = draw()
    return boundary


def fenced(name: str, text: str, *, boundary: str) -> str:
    """Return the text, unchanged, between an opening and a closing tag on lines of their own."""
    return f"<{name}_{boundary}>\n{text}\n</{name}_{boundary}>"
