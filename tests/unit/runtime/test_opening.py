"""Opening a runtime: what is given outranks the environment, and what is wrong is told at once."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from evalgate.errors import ConfigurationError, UsageError
from evalgate.model.call_ports import Event, EventKind
from evalgate.runtime.opening import Place, open_desk
from tests.unit.runtime.desks import a_folder

KEY = {"ANTHROPIC_API_KEY": "sk-test"}
SERVER = "http://127.0.0.1:8377"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(prompts=a_folder(tmp_path / "prompts"), log=tmp_path / "logs", server=SERVER)


def told(place: Place, variables: Mapping[str, str] | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        open_desk(place, variables or {})
    return str(caught.value)


def test_what_is_given_outranks_the_environment(place: Place, tmp_path: Path) -> None:
    variables = {
        "EVALGATE_LOG": str(tmp_path / "other"),
        "EVALGATE_OVERRIDE": str(tmp_path / "o.yml"),
        "EVALGATE_REVISION": "r9",
        "ANTHROPIC_BASE_URL": "ftp://nowhere",
    }
    off = "schema: override/1\nprompts: {shop: {until: 2999-01-01T00:00:00Z, switch: {disabled: true}}}"
    (tmp_path / "mine.yml").write_text(off)
    desk = open_desk(replace(place, override=tmp_path / "mine.yml", revision="r1"), variables)
    assert desk.shelf.live("shop").switch.disabled
    assert desk.ending.app_rev == "r1"
    assert desk.ending.sdk == f"anthropic/{version('anthropic')}"
    assert (tmp_path / "logs").is_dir()
    assert not (tmp_path / "other").exists()
    assert open_desk(replace(place, revision=""), variables).ending.app_rev == ""


def test_what_is_not_given_comes_from_the_environment(place: Place, tmp_path: Path) -> None:
    override = tmp_path / "o.yml"
    override.write_text(
        "schema: override/1\nprompts: {shop: {until: 2999-01-01T00:00:00Z, switch: "
        "{disabled: true}}}\n"
    )
    variables = {
        "EVALGATE_LOG": str(tmp_path / "other"),
        "EVALGATE_OVERRIDE": str(override),
        "EVALGATE_REVISION": "r9",
        **KEY,
    }
    desk = open_desk(replace(place, log=None, server=None), variables)
    assert desk.ending.app_rev == "r9"
    assert desk.shelf.live("shop").switch.disabled
    assert (tmp_path / "other").is_dir()
    assert not (tmp_path / "logs").exists()


def test_without_a_key_no_runtime_is_opened(place: Place) -> None:
    assert "no way to reach Claude" in told(replace(place, server=None))


@pytest.mark.parametrize(
    "server", ["", "nonsense", "127.0.0.1:8377", "ftp://a", "http://", "http://a:99999", "http://["]
)
def test_a_server_is_an_address(place: Place, server: str) -> None:
    expected = "server: expected an address such as http://127.0.0.1:8377"
    assert told(replace(place, server=server), KEY) == expected


def test_a_log_is_a_folder_a_logger_or_a_function(place: Place, tmp_path: Path) -> None:
    lines: list[bytes] = []
    (tmp_path / "file").write_text("")
    for log in (str(tmp_path / "x"), logging.Logger("calls"), lines.append):
        open_desk(replace(place, log=log), {})
    wrong: object = 5
    assert told(replace(place, log=wrong)).startswith(  # type: ignore[arg-type]  # a slip
        "log: expected a folder, a logger or a function, got a int"
    )
    assert "no calls can be kept here" in told(replace(place, log=tmp_path / "file"))


@pytest.mark.parametrize("argument", ["chooser", "on_event"])
def test_what_is_to_be_called_can_be_called(place: Place, argument: str) -> None:
    wrong = replace(place, **{argument: "v2"})  # type: ignore[arg-type]  # a slip
    assert told(wrong) == f"{argument}: expected a function, got a value of type str"


def test_a_short_key_of_users_and_a_cache_without_a_server_are_told(place: Place) -> None:
    assert "EVALGATE_USER_KEY" in told(place, {"EVALGATE_USER_KEY": "short"})
    (place.prompts / "runtime.yml").write_text("cache: {kind: redis}\n")
    assert "EVALGATE_REDIS_URL" in told(place)


def test_a_folder_that_is_none_says_what_is_expected(place: Place, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="expected the folder of prompts"):
        open_desk(replace(place, prompts=tmp_path / "nowhere"), {})


def test_events_reach_log_and_listener_and_a_listener_that_fails_is_left_alone(
    place: Place,
) -> None:
    lines: list[bytes] = []
    heard: list[Event] = []

    def broken(event: Event) -> None:
        heard.append(event)
        raise LookupError

    desk = open_desk(replace(place, log=lines.append, on_event=broken), {})
    desk.on_event(Event(ts=1.0, kind=EventKind.CACHE_FAILED, subject="cache"))
    assert [event.kind for event in heard][-1] is EventKind.CACHE_FAILED
    assert b"cache_failed" in lines[-1]


def test_rules_for_a_prompt_that_is_not_there_are_no_rules(place: Place) -> None:
    (place.prompts / "runtime.yml").write_text("smell: {shop: {}, shpo: {}}\n")
    with pytest.raises(ConfigurationError) as caught:
        open_desk(place, {})
    assert str(caught.value).endswith(
        "runtime.yml: smell.shpo: there is no such prompt (did you mean `shop`?)"
    )
