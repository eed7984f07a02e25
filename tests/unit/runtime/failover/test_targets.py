"""Facts about whom a call may ask, and in which order."""

from evalgate.model.call import Rung
from evalgate.model.route import Provider, Route
from evalgate.model.serving import Prefer, Serving
from evalgate.runtime.failover.targets import targets

BEDROCK = Route(provider=Provider.BEDROCK, region="r", models={"big": "a.big"})
VERTEX = Route(provider=Provider.VERTEX, region="r", project="p")
ROUTES = {"direct": Route(), "eu": BEDROCK, "vertex": VERTEX}
SERVING = Serving(routes=ROUTES, smaller={"big": ("small", "tiny")})


def order(
    serving: Serving = SERVING,
    *,
    prefer: Prefer = Prefer.QUALITY,
    model: str = "big",
    needs_schema: bool = False,
) -> list[tuple[str, str, str]]:
    found = targets(serving, prefer=prefer, model=model, needs_schema=needs_schema)
    assert all(each.route is serving.routes[each.route_name] for each in found)
    assert [each.key for each in found] == [(each.route_name, each.model) for each in found]
    return [(each.route_name, each.model, each.rung.value) for each in found]


def test_quality_asks_the_same_model_everywhere_before_a_smaller_one() -> None:
    assert order() == [
        ("direct", "big", "first"),
        ("eu", "big", "other_route"),
        ("vertex", "big", "other_route"),
        ("direct", "small", "smaller_model"),
        ("vertex", "small", "smaller_model"),
        ("direct", "tiny", "smaller_model"),
        ("vertex", "tiny", "smaller_model"),
    ]


COST = [
    ("direct", "big", "first"),
    ("direct", "small", "smaller_model"),
    ("direct", "tiny", "smaller_model"),
    ("eu", "big", "other_route"),
    ("vertex", "big", "other_route"),
    ("vertex", "small", "smaller_model"),
    ("vertex", "tiny", "smaller_model"),
]


def test_cost_asks_the_smaller_models_of_a_route_before_another_route() -> None:
    assert order(prefer=Prefer.COST) == COST


def test_routes_without_structured_output_are_left_out_where_it_is_needed() -> None:
    assert [name for name, model, _ in order(needs_schema=True) if model == "big"] == [
        "direct",
        "vertex",
    ]


def test_the_first_route_that_can_serve_is_the_first_target() -> None:
    serving = Serving(routes={"eu": BEDROCK, "direct": Route()})
    assert order(serving, model="tiny") == [("direct", "tiny", "first")]
    assert order(serving)[0] == ("eu", "big", Rung.FIRST.value)


def test_where_only_a_smaller_model_can_be_served_it_is_no_first_choice() -> None:
    serving = Serving(routes={"eu": BEDROCK}, smaller={"huge": ("big",)})
    assert order(serving, model="huge") == [("eu", "big", "smaller_model")]


def test_a_model_is_asked_once_over_a_route_however_often_it_is_named() -> None:
    serving = Serving(smaller={"big": ("big", "small", "small")})
    assert order(serving) == [("direct", "big", "first"), ("direct", "small", "smaller_model")]
