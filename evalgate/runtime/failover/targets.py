"""Whom a call may ask, one after the other: a model over a route, in the order of the ladder."""

from collections.abc import Iterator
from dataclasses import dataclass

from evalgate.model.call import Rung
from evalgate.model.route import WITHOUT_OUTPUT_SCHEMA, Provider, Route
from evalgate.model.serving import Prefer, Serving

OWN_IDS = frozenset({Provider.BEDROCK, Provider.BEDROCK_INVOKE})
"""The providers that know no model by Claude's own id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One model over one route, and why a call comes to it."""

    route_name: str
    route: Route
    model: str
    rung: Rung

    @property
    def key(self) -> tuple[str, str]:
        """What its breaker is found by."""
        return self.route_name, self.model


def targets(
    serving: Serving, *, prefer: Prefer, model: str, needs_schema: bool = False
) -> tuple[Target, ...]:
    """Return whom to ask, in order; routes that cannot serve a model are left out.

    Args:
        serving: the routes, and who stands in for whom.
        prefer: what is kept when the first one fails.
        model: what the version, or its switch, names.
        needs_schema: whether the answer is held to a JSON Schema.
    """
    names = [name for name, route in serving.routes.items() if _offers(route, needs_schema)]
    models = (model, *(other for other in serving.smaller.get(model, ()) if other != model))
    pairs = (
        [(name, each) for name in names for each in models]
        if prefer is Prefer.COST
        else [(name, each) for each in models for name in names]
    )
    return tuple(_targets(serving, pairs, model))


def _targets(serving: Serving, pairs: list[tuple[str, str]], model: str) -> Iterator[Target]:
    rung = Rung.FIRST
    for name, each in dict.fromkeys(pairs):
        route = serving.routes[name]
        if route.provider in OWN_IDS and each not in route.models:
            continue
        rung = Rung.SMALLER_MODEL if each != model else rung
        yield Target(route_name=name, route=route, model=each, rung=rung)
        rung = Rung.OTHER_ROUTE


def _offers(route: Route, needs_schema: bool) -> bool:
    return not (needs_schema and route.provider in WITHOUT_OUTPUT_SCHEMA)
