"""What both twins show of their parts."""

from pathlib import Path

import pytest

from evalgate.errors import UsageError
from evalgate.model.override import Forced
from evalgate.runtime.async_runtime import AsyncRuntime
from evalgate.runtime.runtime import Runtime
from evalgate.runtime.twin import Twin
from tests.unit.runtime.desks import a_folder


@pytest.fixture(params=[Runtime, AsyncRuntime])
def twin(request: pytest.FixtureRequest, tmp_path: Path) -> Twin:
    folder = a_folder(tmp_path / "prompts")
    made: Twin = request.param(folder, log=tmp_path / "logs", server="http://127.0.0.1:9")
    return made


def test_a_twin_shows_what_is_live(twin: Twin) -> None:
    assert twin.live("shop").stable.version == "v1"
    with pytest.raises(UsageError, match="there is no prompt"):
        twin.live("shpo")


def test_a_twin_holds_routes_that_are_there(twin: Twin) -> None:
    assert twin.breakers() == {}
    twin.force("direct", Forced.OPEN)
    with pytest.raises(UsageError, match="there is no route `dirct`"):
        twin.force("dirct", Forced.OPEN)
