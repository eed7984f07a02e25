"""Items about alerts: there are sinks, they have what they need, and they answer; pure."""

from evalgate.model.alarm import Urgency
from evalgate.model.alert import SinkKind
from evalgate.model.policy import Policy
from evalgate.model.readiness import Topic
from evalgate.monitoring.readiness.facts import Facts
from evalgate.monitoring.readiness.item import (
    Found,
    Item,
    by_hand,
    failed,
    listed,
    ok,
    skipped,
    warning,
    with_policy,
)


def _sinks(_: Facts, policy: Policy) -> Found:
    sinks = policy.monitor.alerts
    if not sinks:
        return failed(
            "the policy names no place for alerts: nobody hears of a fall",
            "policy: monitor.alerts; docs/alerts.md shows each kind",
        )
    for urgency in Urgency:
        if not any(urgency in each.urgencies for each in sinks):
            return failed(
                f"no sink takes {urgency.value}s", "policy: monitor.alerts.NAME.urgencies"
            )
    if len(sinks) < 2:
        return warning(
            f"{sinks[0].name} is the only one: where it fails, nobody is told of that",
            "policy: a second sink under monitor.alerts",
        )
    return ok(listed([f"{each.name} ({each.kind.value})" for each in sinks]))


def _variables(facts: Facts) -> Found:
    if not facts.sinks:
        return skipped("there are no sinks")
    lacking = {name: names for name, names in facts.unset.items() if names}
    if lacking:
        told = listed([f"{name}: {', '.join(names)}" for name, names in lacking.items()])
        return failed(
            f"not set here: {told}",
            "run this where the monitor runs, with its environment",
        )
    return ok(f"set for each of {len(facts.sinks)} sinks")


def _answer(facts: Facts) -> Found:
    if not facts.sinks:
        return skipped("there are no sinks")
    if facts.trials is None:
        return by_hand("no test alert was sent", "evalgate doctor --alerts", "evalgate alert test")
    wrong = [f"{each.rules.name}: {each.failure}" for each in facts.trials if each.failure]
    if wrong:
        return failed(listed(wrong), "evalgate alert test")
    return ok(f"{len(facts.trials)} sinks took a test alert and its end")


def _failing(facts: Facts) -> Found:
    if not facts.sinks:
        return skipped("there are no sinks")
    if facts.alert_state is None:
        return by_hand("what was told so far cannot be read", "evalgate alert list")
    names = {each.name for each in facts.sinks}
    wrong = [
        f"{name}: {health.failure}"
        for name, health in facts.alert_state.failing.items()
        if name in names
    ]
    if wrong:
        return failed(f"did not take their last alert: {listed(wrong)}", "evalgate alert test")
    return ok("none failed at its last alert")


def _apart(_: Facts, policy: Policy) -> Found:
    sinks = policy.monitor.alerts
    if not sinks:
        return skipped("there are no sinks")
    pagers = [each for each in sinks if Urgency.PAGE in each.urgencies]
    if all(each.kind is SinkKind.GITHUB for each in pagers):
        return warning(
            "pages go to GitHub alone, which wakes nobody",
            "policy: a sink of the kind pagerduty, slack, webhook or apprise for pages",
        )
    return ok(f"pages go to {listed([each.name for each in pagers])}")


ITEMS = (
    Item(
        id="sinks",
        topic=Topic.ALERTS,
        title="Alert sinks",
        demand="Pages and tickets go somewhere, and not to one place alone.",
        check=with_policy(_sinks),
    ),
    Item(
        id="pages",
        topic=Topic.ALERTS,
        title="Pages wake somebody",
        demand="Pages go to more than a list of issues.",
        check=with_policy(_apart),
    ),
    Item(
        id="sink-variables",
        topic=Topic.ALERTS,
        title="Sink variables",
        demand="The environment holds what each sink needs.",
        check=_variables,
    ),
    Item(
        id="sinks-answer",
        topic=Topic.ALERTS,
        title="Sinks answer",
        demand="Each sink takes a test alert and its end (`--alerts`).",
        check=_answer,
    ),
    Item(
        id="sinks-failing",
        topic=Topic.ALERTS,
        title="No sink is failing",
        demand="Each sink took its last alert.",
        check=_failing,
    ),
)
