"""What is told at the start of a route that cannot be called."""

import pytest

from evalgate.adapters.claude_access import Access, access_to
from evalgate.errors import UsageError
from evalgate.model.route import Provider, Route
from evalgate.runtime.connecting import check_access

VERTEX = Route(provider=Provider.VERTEX, region="eu", project="p")
FOUNDRY = Route(provider=Provider.FOUNDRY)


def told(access: Access, **routes: Route) -> str:
    with pytest.raises(UsageError) as caught:
        check_access(routes, access)
    return str(caught.value)


def test_without_key_and_server_there_is_no_way_and_the_next_step_is_said() -> None:
    message = told(Access(), direct=Route())
    assert message.startswith("route `direct`: no way to reach Claude: set ANTHROPIC_API_KEY")
    assert "`server`" in message
    assert "trials" not in message


@pytest.mark.parametrize("access", [Access(api_key="k"), Access(base_url="http://a")])
def test_a_key_or_a_server_is_enough(access: Access) -> None:
    check_access({"direct": Route()}, access)


def test_one_server_in_place_of_all_asks_for_no_key() -> None:
    routes = {"direct": Route(), "eu": VERTEX, "f": FOUNDRY}
    check_access(routes, access_to("http://127.0.0.1:8377"))


def test_every_route_is_looked_at_and_named() -> None:
    message = told(Access(api_key="k"), direct=Route(), azure=FOUNDRY)
    assert message.startswith("route `azure`: a route over foundry needs its key")


def test_a_foundry_route_lacks_a_resource_of_its_own() -> None:
    foundry = Access(api_key="k")
    message = told(foundry, azure=FOUNDRY)
    assert "policy" not in message
