"""Says which routes of a policy are in use, and what is wrong with how it names them."""

from evalgate.model.policy import Policy
from evalgate.model.reading import Section, suggestion
from evalgate.model.route import WITHOUT_OUTPUT_SCHEMA, Route


def routes_in_use(policy: Policy) -> dict[str, Route]:
    """Return by name the routes that a run calls; the name of the Claude API itself is empty."""
    names = (policy.run.route, policy.judge.route)
    return {name: policy.routes[name] if name else Route() for name in names}


def check_routes(section: Section, policy: Policy) -> None:
    """Note the routes that are named somewhere and defined nowhere, and those that cannot judge."""
    for place, name in (("judge", policy.judge.route), ("run", policy.run.route)):
        if name and name not in policy.routes:
            known = suggestion(name, policy.routes) if policy.routes else ""
            section.section(place).note("route", f"`routes` has no `{name}`{known}")
    judge = policy.routes.get(policy.judge.route)
    if judge is not None and judge.provider in WITHOUT_OUTPUT_SCHEMA:
        section.section("judge").note(
            "route",
            f"a judge answers by a JSON Schema, which {judge.provider} does not offer: "
            "judge over direct, vertex or foundry",
        )
