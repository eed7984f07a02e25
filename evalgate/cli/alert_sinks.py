"""Makes the sink that some rules describe, with what is secret about it out of the environment."""

from collections.abc import Callable, Mapping

from evalgate.adapters.alert_github import GitHubSink
from evalgate.adapters.alert_http import checked_address
from evalgate.adapters.alert_pagerduty import REGIONS, PagerDutySink, checked_routing_key
from evalgate.adapters.alert_slack import SlackSink
from evalgate.adapters.alert_webhook import WebhookSink
from evalgate.adapters.github_addresses import DEFAULT_API
from evalgate.cli import adapters
from evalgate.errors import AlertError
from evalgate.model.alert import AlertSink, SinkKind, SinkRules
from evalgate.reporting.alert_markdown import alert_markdown

PAGERDUTY_URL = "EVALGATE_PAGERDUTY_URL"
"""Names another address that takes events as PagerDuty does, such as a relay."""

_API = "GITHUB_API_URL"
_REPOSITORY = "GITHUB_REPOSITORY"

Variables = Mapping[str, str]


def open_sink(rules: SinkRules, variables: Variables) -> AlertSink:
    """Return the sink of some rules.

    Raises:
        AlertError: a variable is not set, or what it holds cannot be used; it is not repeated.
        MissingExtraError: it needs packages that are not installed.
    """
    return _KINDS[rules.kind](rules, variables)


def unset_variables(rules: SinkRules, variables: Variables) -> tuple[str, ...]:
    """Return the names of the variables that a sink needs and that are not set."""
    needed = [rules.variable, rules.options.get("secret_variable", "")]
    if rules.kind is SinkKind.GITHUB and not rules.options.get("repository"):
        needed.append(_REPOSITORY)
    return tuple(name for name in needed if name and not variables.get(name))


def _webhook(rules: SinkRules, variables: Variables) -> AlertSink:
    secret = rules.options.get("secret_variable", "")
    return WebhookSink(
        address=checked_address(_of(variables, rules.variable), rules.variable),
        timeout=rules.timeout,
        secret=_of(variables, secret).encode("utf-8", "surrogateescape") if secret else b"",
    )


def _slack(rules: SinkRules, variables: Variables) -> AlertSink:
    address = checked_address(_of(variables, rules.variable), rules.variable)
    return SlackSink(address=address, timeout=rules.timeout)


def _pagerduty(rules: SinkRules, variables: Variables) -> AlertSink:
    other = variables.get(PAGERDUTY_URL, "")
    return PagerDutySink(
        routing_key=checked_routing_key(_of(variables, rules.variable), rules.variable),
        address=checked_address(other, PAGERDUTY_URL)
        if other
        else REGIONS[rules.options.get("region", "us")],
        service=rules.options.get("service", ""),
        timeout=rules.timeout,
    )


def _github(rules: SinkRules, variables: Variables) -> AlertSink:
    labels = rules.options.get("labels", "")
    return GitHubSink(
        token=_of(variables, rules.variable),
        repository=rules.options.get("repository") or _of(variables, _REPOSITORY),
        wording=alert_markdown,
        api_url=variables.get(_API) or DEFAULT_API,
        labels=tuple(name for each in labels.split(",") if (name := each.strip())),
        timeout=rules.timeout,
    )


def _apprise(rules: SinkRules, variables: Variables) -> AlertSink:
    return adapters.apprise_sink(_of(variables, rules.variable), rules.variable)


_KINDS: Mapping[SinkKind, Callable[[SinkRules, Variables], AlertSink]] = {
    SinkKind.APPRISE: _apprise,
    SinkKind.GITHUB: _github,
    SinkKind.PAGERDUTY: _pagerduty,
    SinkKind.SLACK: _slack,
    SinkKind.WEBHOOK: _webhook,
}


def _of(variables: Variables, name: str) -> str:
    value = variables.get(name, "").strip()
    if not value:
        raise AlertError(f"the environment variable {name} is not set")
    return value
