"""A scale that is drawn in characters: where on a line a number stands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The numbers from `least` to `most`, over so many characters."""

    least: float
    most: float
    width: int

    def place(self, value: float) -> int:
        """Return the place of a number, from 0; one beyond the scale is at its end."""
        share = (value - self.least) / (self.most - self.least)
        return min(max(round(share * (self.width - 1)), 0), self.width - 1)
