"""Decides what becomes of a host's override file: what it does otherwise, and until when; pure.

An override outranks what is deployed, so it always ends: by hand, or at a stated time.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from evalgate.errors import UsageError
from evalgate.model.override import Forced, Override, PromptOverride, RouteOverride
from evalgate.model.prompt import Switch
from evalgate.model.reading import describe
from evalgate.prompts.library import Prompt
from evalgate.rollout.hand_move import Signature
from evalgate.rollout.switching import Switching, check_good

LONGEST_DAYS = 7
"""For how long an override may be; what is to stay belongs into the deployed files."""

_SPAN = re.compile(r"([1-9][0-9]{0,4})(m|h|d)", re.ASCII)
_SECONDS: Mapping[str, int] = {"m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """From when until when something holds, in seconds since 1970."""

    now: float
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Overriding:
    """What the override file is to say, and a sentence about it without a full stop."""

    override: Override
    said: str


def instant(seconds: float) -> str:
    """Write seconds since 1970 as `YYYY-MM-DDTHH:MM:SSZ`."""
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%SZ}"


def read_term(text: str, *, now: float) -> Term:
    """Return the term of a text such as `30m`, `2h` or `1d` from now on.

    Raises:
        UsageError: when it is none, or longer than an override may be.
    """
    found = _SPAN.fullmatch(text)
    seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
    if not 0 < seconds <= LONGEST_DAYS * _SECONDS["d"]:
        raise UsageError(
            f"for: expected how long, such as `30m`, `2h` or `1d`, at most {LONGEST_DAYS}d; got "
            f"{describe(text) if text else 'nothing'}"
        )
    return Term(now=now, until=now + seconds)


def valid_at(override: Override, now: float) -> Override:
    """Return an override without what has expired."""
    return replace(
        override,
        prompts={name: each for name, each in override.prompts.items() if each.until > now},
        routes={name: each for name, each in override.routes.items() if each.until > now},
    )


def with_prompt(
    override: Override, prompt: Prompt, asked: Switching, *, signature: Signature, term: Term
) -> Overriding:
    """Return an override in which a host serves a prompt otherwise; it adds to what is in force.

    Args:
        override: of the host so far.
        prompt: as it is deployed on the host.
        asked: what is to be otherwise.
        signature: who asks, and why.
        term: until when.

    Raises:
        UsageError: when it cannot be done by an override, or may not.
    """
    if asked.is_nothing:
        raise UsageError("expected a version, --disable, --enable or --model: say what to switch")
    _check_possible(prompt, asked)
    if asked.version is not None:
        check_good(prompt, asked, signature)
    override = valid_at(override, term.now)
    so_far = override.prompts.get(prompt.name, PromptOverride(until=0.0))
    made = replace(
        so_far,
        until=term.until,
        version=asked.version or so_far.version,
        switch=Switch(
            disabled=so_far.switch.disabled if asked.disabled is None else asked.disabled,
            model=so_far.switch.model if asked.model is None else asked.model or None,
        ),
        by=signature.by,
        why=signature.why,
    )
    if made.version is None and made.switch == Switch():
        return without_prompt(override, prompt.name, now=term.now)
    return Overriding(
        override=replace(override, prompts={**override.prompts, prompt.name: made}),
        said=f"Until {instant(term.until)} this host serves {prompt.name} {_served(made)}",
    )


def without_prompt(override: Override, name: str, *, now: float) -> Overriding:
    """Return an override in which a host serves a prompt as it is deployed."""
    override = valid_at(override, now)
    prompts = {each: made for each, made in override.prompts.items() if each != name}
    return Overriding(
        override=replace(override, prompts=prompts), said=f"This host serves {name} as deployed"
    )


def with_route(
    override: Override, name: str, state: Forced, *, signature: Signature, term: Term
) -> Overriding:
    """Return an override in which a route is held open (nothing is sent there) or closed.

    Raises:
        UsageError: when the name is empty; every route has one.
    """
    if not name.strip():
        raise UsageError(
            "route: expected its name in runtime.yml; without routes there, `direct` is the Claude "
            "API itself"
        )
    override = valid_at(override, term.now)
    made = RouteOverride(until=term.until, state=state, by=signature.by, why=signature.why)
    what = "sends nothing over" if state is Forced.OPEN else "ignores the breaker of"
    return Overriding(
        override=replace(override, routes={**override.routes, name: made}),
        said=f"Until {instant(term.until)} this host {what} the route {name}",
    )


def without_route(override: Override, name: str, *, now: float) -> Overriding:
    """Return an override in which the breaker of a route rules again."""
    override = valid_at(override, now)
    routes = {each: made for each, made in override.routes.items() if each != name}
    return Overriding(
        override=replace(override, routes=routes),
        said=f"On this host the breaker rules over the route {name}",
    )


def _served(made: PromptOverride) -> str:
    if made.switch.disabled:
        return "not at all: it is switched off"
    version = f"{made.version} to everybody" if made.version else "as deployed"
    return f"{version}, by the model {made.switch.model}" if made.switch.model else version


def _check_possible(prompt: Prompt, asked: Switching) -> None:
    """Refuse to take away what only the deployed pointer can: an override adds."""
    name = prompt.name
    if asked.disabled is False and prompt.switch.disabled:
        raise UsageError(
            f"enable: the deployed live.yaml switches `{name}` off, which an override cannot undo: "
            "leave --on-host out"
        )
    if asked.model == "" and prompt.switch.model is not None:
        raise UsageError(
            f"model: the deployed live.yaml names the model {prompt.switch.model}, which an "
            "override can replace and not take away: name another model, or leave --on-host out"
        )
