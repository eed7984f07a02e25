"""Facts about what runs the trials of a plan; the flow tests cover the rest."""

from dataclasses import replace

import pytest

from evalgate.gate.runner import places
from evalgate.model.policy import Policy
from evalgate.model.route import Provider, Route
from tests.flow.test_running import Stage

AWS = Route(provider=Provider.BEDROCK, region="eu-west-1", price_factor=1.1)


def test_every_route_has_its_place_and_the_api_itself_has_one() -> None:
    outside = replace(Stage().outside(), origin=lambda route: f"at {route.provider}")
    found = places(Policy(routes={"aws": AWS}), outside)
    assert (found.origin(""), found.origin("aws")) == ("at direct", "at bedrock")
    assert found.price_factor("") == 1.0
    assert found.price_factor("aws") == pytest.approx(1.1)
    assert found.price_factor("unknown") == 1.0
