"""Facts about where the calls of a route go."""

import pytest

from evalgate.running.place import Places

PLACES = Places(origins={"": "https://a", "eu": "https://b"}, price_factors={"eu": 1.1})


def test_every_route_has_its_origin() -> None:
    assert (PLACES.origin(""), PLACES.origin("eu")) == ("https://a", "https://b")


def test_a_route_costs_the_list_price_unless_it_says_otherwise() -> None:
    assert (PLACES.price_factor(""), PLACES.price_factor("eu")) == (1.0, 1.1)


def test_a_route_without_an_origin_has_no_key() -> None:
    with pytest.raises(KeyError):
        PLACES.origin("us")
