"""What runs the trials of a plan, over whatever answers their calls."""

from dataclasses import replace

from evalgate.gate.outside import Outside
from evalgate.gate.planning import Plan
from evalgate.model.chat import ChatRequest
from evalgate.model.evalset import Case
from evalgate.model.policy import Policy
from evalgate.model.ports import Prices
from evalgate.model.prompt import PromptVersion
from evalgate.model.route import Route
from evalgate.model.trial import Arm
from evalgate.prompts.render import render
from evalgate.running.account import Calls
from evalgate.running.place import Places
from evalgate.running.prefix import caching_pays, shared_characters
from evalgate.running.trial import Render, TrialRunner


def trial_runner(plan: Plan, outside: Outside, *, calls: Calls) -> TrialRunner:
    """Return what runs the trials of a plan over the given calls."""
    policy = plan.sources.policy
    return TrialRunner(
        calls=calls,
        prices=outside.prices,
        places=places(policy, outside),
        judge=policy.judge,
        render=_render(plan, outside.prices),
        draw_boundary=outside.draw_boundary,
        route=policy.run.route,
        code=plan.code,
        code_hash=plan.code_hash,
        records=plan.records,
        evidence=outside.evidence,
    )


def places(policy: Policy, outside: Outside) -> Places:
    """Return where the calls of a policy's routes go."""
    routes = {"": Route(), **policy.routes}
    return Places(
        origins={name: _origin(route, outside) for name, route in routes.items()},
        price_factors={name: route.price_factor for name, route in routes.items()},
    )


def _origin(route: Route, outside: Outside) -> str:
    """Return who answers, and under which ids it knows the models."""
    return " ".join([outside.origin(route), *(f"{m}={own}" for m, own in route.models.items())])


def _render(plan: Plan, prices: Prices) -> Render:
    """Return a renderer that marks the prefixes that are worth caching by the provider."""
    uses: dict[str, int] = {}
    for matchup in plan.matchups:
        candidate = matchup.candidate
        for version, arm in (
            (candidate.version, Arm.CANDIDATE),
            (candidate.baseline, Arm.BASELINE),
        ):
            if version is not None:
                trials = sum(case.number(arm) for case in matchup.planned)
                uses[version.hash] = uses.get(version.hash, 0) + trials

    marked: dict[str, bool] = {}

    def rendered(version: PromptVersion, case: Case) -> ChatRequest:
        if version.hash not in marked:
            marked[version.hash] = caching_pays(
                prices,
                version.model,
                characters=shared_characters(version),
                uses=uses.get(version.hash, 0),
            )
        request = render(version, case)
        return replace(request, caches_prefix=True) if marked[version.hash] else request

    return rendered
