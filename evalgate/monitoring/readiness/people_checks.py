"""Items about cost limits and about people: prices, limits, owner, vendor, drills; pure."""

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
from evalgate.rollout.instants import seconds_of

DAY = 86_400.0
MOST_PRICE_DAYS = 60
MOST_DRILL_DAYS = 90


def _models(facts: Facts) -> Found:
    if not any(each.models for each in facts.prompts):
        return skipped("no prompt is live")
    if facts.unpriced:
        return failed(
            f"no price is known of {listed(facts.unpriced)}",
            "check the id, or update evalgate: their calls have an unknown cost",
        )
    models = sorted({model for each in facts.prompts for model in each.models})
    return ok(f"a price is known of {listed(models)}")


def _prices(facts: Facts) -> Found:
    made = seconds_of(facts.price_date)
    if made is None:
        return failed("the table of prices has no date", "update evalgate")
    days = max(0.0, (facts.at - made) / DAY)
    seen = f"the table of prices is of {facts.price_date}, {days:.0f} days old"
    if days > MOST_PRICE_DAYS:
        return failed(f"{seen}; at most {MOST_PRICE_DAYS} are allowed", "update evalgate")
    return ok(seen)


def _limits(_: Facts, policy: Policy) -> Found:
    judge = (
        f"the judge of production may cost ${policy.monitor.scoring.max_cost_usd_per_day:g} a day"
    )
    if policy.run.max_cost_usd_per_day is None:
        return warning(
            f"{judge}; the gate has no limit for a day", "policy: run.max_cost_usd_per_day"
        )
    return ok(f"{judge}, the gate ${policy.run.max_cost_usd_per_day:g}")


def _provider_limit(_: Facts) -> Found:
    return by_hand(
        "what the provider allows cannot be read from here",
        "set a spend limit and its alarm in the console of each provider, and write it down",
    )


def _owner(_: Facts, policy: Policy) -> Found:
    owner = policy.monitor.incidents.owner
    if not owner:
        return failed("nobody is named to be on call", "policy: monitor.incidents.owner")
    return ok(f"on call: {owner}")


def _vendor(_: Facts, policy: Policy) -> Found:
    vendor = policy.monitor.incidents.vendor
    if not vendor:
        return failed("no contact at the provider is named", "policy: monitor.incidents.vendor")
    return ok(f"contact at the provider: {vendor}")


def _drill(facts: Facts) -> Found:
    steps = (
        "evalgate incident open --drill …, walk it through, and evalgate incident close",
        "docs/incident-playbook.md says how to rehearse",
    )
    if facts.last_drill is None:
        return failed("no incident drill was ever closed", *steps)
    days = max(0.0, (facts.at - facts.last_drill) / DAY)
    if days > MOST_DRILL_DAYS:
        return failed(f"the last incident drill was {days:.0f} days ago", *steps)
    return ok(f"the last incident drill was closed {days:.0f} days ago")


COST_ITEMS = (
    Item(
        id="models",
        topic=Topic.COST,
        title="Models have prices",
        demand="The price of each live model is known.",
        check=_models,
    ),
    Item(
        id="prices",
        topic=Topic.COST,
        title="Prices are new",
        demand=f"The table of prices is at most {MOST_PRICE_DAYS} days old.",
        check=_prices,
    ),
    Item(
        id="spend-limit",
        topic=Topic.COST,
        title="Limits of cost",
        demand="The judge of production and the gate each have a limit for a day.",
        check=with_policy(_limits),
    ),
    Item(
        id="provider-limit",
        topic=Topic.COST,
        title="Limit at the provider",
        demand="The provider itself stops, or alarms, at a sum.",
        check=_provider_limit,
    ),
)

ITEMS = (
    Item(
        id="owner",
        topic=Topic.PEOPLE,
        title="On call",
        demand="The policy names who answers for incidents.",
        check=with_policy(_owner),
    ),
    Item(
        id="vendor",
        topic=Topic.PEOPLE,
        title="Contact at the provider",
        demand="The policy names whom to ask at the provider.",
        check=with_policy(_vendor),
    ),
    Item(
        id="drill",
        topic=Topic.PEOPLE,
        title="Incident drill",
        demand=f"An incident that was a drill was closed in the last {MOST_DRILL_DAYS} days.",
        check=_drill,
    ),
)
