"""Where the calls of each route go, as far as keys and costs need to know it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The routes of a run, each by its name; the Claude API itself has the empty name.

    `origins` say which server, provider and version of the API answer; answers from different
    origins never stand for each other. `price_factors` default to 1.
    """

    origins: Mapping[str, str]
    price_factors: Mapping[str, float] = field(default_factory=dict)

    def origin(self, route: str) -> str:
        """Return what names the place that a route leads to."""
        return self.origins[route]

    def price_factor(self, route: str) -> float:
        """Return what calls over a route cost against the list price."""
        return self.price_factors.get(route, 1.0)
