"""Facts about making sinks of their rules and of the environment."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from evalgate.adapters.alert_github import GitHubSink
from evalgate.adapters.alert_pagerduty import REGIONS, PagerDutySink
from evalgate.adapters.alert_slack import SlackSink
from evalgate.adapters.alert_webhook import WebhookSink
from evalgate.cli.alert_sinks import PAGERDUTY_URL, open_sink, unset_variables
from evalgate.errors import AlertError
from evalgate.model.alert import SinkKind, SinkRules
from evalgate.reporting.alert_markdown import alert_markdown
from tests.unit.alerts import a_sink

KEY = "0" * 32
URL = "https://hooks.example.com/secret"
SHARED: Mapping[str, str] = {"secret_variable": "SHARED"}


def rules(kind: SinkKind, **options: str) -> SinkRules:
    return replace(a_sink("one", kind=kind, timeout=3.0), variable="ONE", options=options)


def test_each_kind_gets_what_its_rules_and_the_environment_say() -> None:
    shared = {"ONE": URL, "SHARED": "s3cret"}
    assert open_sink(rules(SinkKind.WEBHOOK, **SHARED), shared) == WebhookSink(
        address=URL, timeout=3.0, secret=b"s3cret"
    )
    assert open_sink(rules(SinkKind.SLACK), {"ONE": URL}) == SlackSink(address=URL, timeout=3.0)
    assert open_sink(rules(SinkKind.PAGERDUTY, service="shop"), {"ONE": KEY}) == PagerDutySink(
        routing_key=KEY, service="shop", timeout=3.0
    )
    told = rules(SinkKind.GITHUB, repository="octo/shop", labels="alert, quality,")
    variables = {"ONE": "token", "GITHUB_API_URL": "https://github.example.com/api/v3"}
    assert open_sink(told, variables) == GitHubSink(
        token="token",  # noqa: S106 - of this test alone
        repository="octo/shop",
        wording=alert_markdown,
        api_url="https://github.example.com/api/v3",
        labels=("alert", "quality"),
        timeout=3.0,
    )


def test_pagerduty_is_asked_in_its_region_or_where_the_environment_says() -> None:
    europe = open_sink(rules(SinkKind.PAGERDUTY, region="eu"), {"ONE": KEY})
    assert isinstance(europe, PagerDutySink)
    assert europe.address == REGIONS["eu"]
    relayed = open_sink(
        rules(SinkKind.PAGERDUTY), {"ONE": KEY, PAGERDUTY_URL: "http://127.0.0.1:9/v2"}
    )
    assert isinstance(relayed, PagerDutySink)
    assert relayed.address == "http://127.0.0.1:9/v2"


def test_the_repository_of_the_workflow_stands_in_where_none_is_named() -> None:
    sink = open_sink(rules(SinkKind.GITHUB), {"ONE": "t", "GITHUB_REPOSITORY": "octo/shop"})
    assert isinstance(sink, GitHubSink)
    assert sink.repository == "octo/shop"


@pytest.mark.parametrize("kind", SinkKind)
def test_a_variable_that_is_not_set_is_named(kind: SinkKind) -> None:
    with pytest.raises(AlertError, match="the environment variable ONE is not set"):
        open_sink(rules(kind), {"ONE": "  "})


@pytest.mark.parametrize("kind", [SinkKind.WEBHOOK, SinkKind.SLACK, SinkKind.PAGERDUTY])
def test_a_value_that_cannot_be_used_is_not_repeated(kind: SinkKind) -> None:
    with pytest.raises(AlertError, match="ONE holds no") as caught:
        open_sink(rules(kind), {"ONE": "s3cret"})
    assert "s3cret" not in str(caught.value)


def test_what_a_sink_lacks_is_told_before_anything_is_sent() -> None:
    webhook = rules(SinkKind.WEBHOOK, **SHARED)
    assert unset_variables(webhook, {}) == ("ONE", "SHARED")
    assert unset_variables(webhook, {"ONE": URL, "SHARED": "x"}) == ()
    assert unset_variables(rules(SinkKind.GITHUB), {"ONE": "t"}) == ("GITHUB_REPOSITORY",)
