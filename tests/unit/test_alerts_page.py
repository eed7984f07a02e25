"""Facts about the page on alerts: its policy, its commands, and its receiver's check."""

import json
import re
import shlex
from argparse import ArgumentParser
from pathlib import Path

import pytest

from evalgate.adapters.alert_document import alert_document
from evalgate.adapters.alert_github import REOPENED_FOR
from evalgate.adapters.alert_webhook import SIGNATURE, TIMESTAMP, signature
from evalgate.adapters.files import read_yaml
from evalgate.cli import alert
from evalgate.gate.policy import read_policy
from evalgate.model.alert import SinkKind
from evalgate.monitoring.alarms.delivering import FIRST_PAUSE, FORGOTTEN, LONGEST_PAUSE
from tests.unit.alerts import an_alert

PAGE = (Path(__file__).parents[2] / "docs/alerts.md").read_text("utf-8")


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


def test_the_policy_of_the_page_has_a_place_of_every_kind() -> None:
    (text,) = examples("yaml")
    policy = read_policy(read_yaml("docs/alerts.md", text.encode()), b"")
    assert {each.kind for each in policy.monitor.alerts} == set(SinkKind)


def test_the_table_lists_every_kind() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| (?:the|a|an) ", PAGE, re.M)) == set(SinkKind)


@pytest.mark.parametrize("line", examples("sh")[0].splitlines())
def test_a_command_is_understood(line: str) -> None:
    _, verb, *words = shlex.split(line, comments=True)
    parser = ArgumentParser()
    alert.add_arguments(parser)
    assert verb == "alert"
    assert parser.parse_args(words).action == words[0]


def test_the_document_of_the_page_has_the_keys_that_are_sent() -> None:
    (shown,) = [json.loads(text) for text in examples("json")]
    assert [*shown] == [*alert_document(an_alert())]


def test_the_receiver_of_the_page_takes_what_is_signed_and_nothing_else() -> None:
    (text,) = examples("python")
    names: dict[str, object] = {}
    exec(text, names)  # noqa: S102 - it is our own page
    check = names["is_from_evalgate"]
    assert callable(check)
    headers = {TIMESTAMP: "1000", SIGNATURE: signature(b"shared", "1000", body=b"{}")}
    assert check(b"shared", headers, b"{}", 1_100.0)
    assert not check(b"shared", headers, b"{} ", 1_100.0)
    assert not check(b"other", headers, b"{}", 1_100.0)
    assert not check(b"shared", headers, b"{}", 2_000.0)
    assert not check(b"shared", {**headers, TIMESTAMP: "1001"}, b"{}", 1_100.0)


def test_the_times_of_the_page_are_those_of_the_code() -> None:
    assert f"after {FIRST_PAUSE:g} seconds" in PAGE
    assert LONGEST_PAUSE == 3_600
    assert FORGOTTEN == 86_400
    assert REOPENED_FOR == 7 * 86_400
