"""Facts about reading routes, wherever they stand."""

from evalgate.adapters.files import read_yaml
from evalgate.model.reading import Section
from evalgate.model.route import Provider, Route
from evalgate.model.route_reading import REGIONAL_FACTOR, read_routes

TEXT = b"""
ways:
  eu: {provider: vertex, region: europe-west1, project: p, models: {a: a@1}}
  api: {provider: direct}
"""


def test_routes_are_read_by_name_in_the_order_of_the_file() -> None:
    section = Section(read_yaml("some.yml", TEXT)).section("ways")
    routes = read_routes(section)
    section.finish()
    assert list(routes) == ["eu", "api"]
    assert routes["api"] == Route()
    assert routes["eu"] == Route(
        provider=Provider.VERTEX,
        region="europe-west1",
        project="p",
        models={"a": "a@1"},
        price_factor=REGIONAL_FACTOR,
    )
