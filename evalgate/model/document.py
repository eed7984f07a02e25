"""A parsed file that remembers on which line each of its values stands."""

from collections.abc import Mapping
from dataclasses import dataclass

Data = None | bool | int | float | str | list["Data"] | dict[str, "Data"]
Place = tuple[str | int, ...]
Tree = Mapping[str, bytes]
"""The files of one commit or of the work tree: path from the repository's root → content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One parsed file: its path, its data, and the line of each place in the data."""

    path: str
    data: Data
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int | None:
        """Return the line of a place, or of the nearest place around it that has one."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place)
