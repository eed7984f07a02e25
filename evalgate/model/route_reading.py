"""Reads routes: which provider serves calls, where, and under which model ids."""

from collections.abc import Iterator, Mapping

from evalgate.model.reading import Section
from evalgate.model.route import Provider, Route

_NEEDS: Mapping[Provider, tuple[str, ...]] = {
    Provider.DIRECT: (),
    Provider.BEDROCK: ("region", "models"),
    Provider.BEDROCK_INVOKE: ("region", "models"),
    Provider.VERTEX: ("region", "project"),
    Provider.FOUNDRY: (),
}
"""The keys without which a provider cannot be reached."""

_TAKES: Mapping[Provider, tuple[str, ...]] = {
    Provider.DIRECT: (),
    Provider.BEDROCK: ("region",),
    Provider.BEDROCK_INVOKE: ("region",),
    Provider.VERTEX: ("region", "project"),
    Provider.FOUNDRY: ("resource",),
}
REGIONAL_FACTOR = 1.1
"""What a regional endpoint of Bedrock or Vertex costs against the list price."""


def read_routes(section: Section) -> dict[str, Route]:
    """Return the routes by name; what is wrong is noted in the section."""
    return {name: _route(section.section(name)) for name in section.data}


def _route(section: Section) -> Route:
    section.allow("provider", "region", "project", "resource", "models", "price_factor")
    if section.data.get("provider") is None:
        section.note(None, "the key `provider` is missing")
    provider = section.choice("provider", Provider.DIRECT)
    if section.data.get("provider") == provider:
        # What another provider takes would be said of the one that was misspelt.
        for problem in _misfits(section, provider):
            section.note(None, problem)
    region = section.optional_text("region")
    return Route(
        provider=provider,
        region=region,
        project=section.optional_text("project"),
        resource=section.optional_text("resource"),
        models=_models(section),
        price_factor=section.number(
            "price_factor", _usual_factor(provider, region), least=0.01, most=100.0
        ),
    )


def _misfits(section: Section, provider: Provider) -> Iterator[str]:
    for key in _NEEDS[provider]:
        if not section.data.get(key):
            yield f"a route over {provider} needs `{key}`"
    for key in ("region", "project", "resource"):
        if section.data.get(key) is not None and key not in _TAKES[provider]:
            yield f"a route over {provider} has no `{key}`"


def _models(section: Section) -> dict[str, str]:
    models = section.section("models")
    return {model: models.required_text(model) for model in models.data}


def _usual_factor(provider: Provider, region: str | None) -> float:
    by_region = {Provider.BEDROCK, Provider.BEDROCK_INVOKE, Provider.VERTEX}
    return REGIONAL_FACTOR if provider in by_region and region != "global" else 1.0
