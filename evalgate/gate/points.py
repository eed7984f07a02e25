"""Reads a limit that policies state in points, where many would write a fraction."""

from evalgate.model.reading import Section

LEAST_DROP, MOST_DROP = 0.5, 50.0
"""Limits of what is stated in points, such as `max_drop`."""


def read_points(section: Section, key: str, default: float) -> float:
    """Return a limit as a fraction; the file has it in points, and so has what is noted."""
    value = section.data.get(key)
    if value is None:
        return default
    if isinstance(value, float) and 0 < value < LEAST_DROP:
        section.note(key, f"is in points, not a fraction: did you mean {value * 100:g}?")
        return default
    return section.number(key, default * 100, least=LEAST_DROP, most=MOST_DROP) / 100
