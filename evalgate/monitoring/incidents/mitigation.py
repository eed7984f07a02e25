"""Which actions an incident has, in which order: from freezing the canary to the golden case; pure.

Mitigate first, understand later: what takes traffic away from what is suspected comes first, then
what helps whatever the cause, and what costs users most comes last.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from evalgate.model.incident import (
    Action,
    ActionPhase,
    IncidentClass,
    Risk,
    Scope,
    Suspect,
)
from evalgate.model.milestone import Phase
from evalgate.model.prompt import LivePointer
from evalgate.monitoring.incidents.commands import Commands
from evalgate.prompts.past import good_models, good_versions, latest_milestone, was_stable

SHARE = 0.5
"""Of the suspicion: what has as much of it decides the order."""

_DEFAULT = ("hold", "rollback", "hop", "model", "disable", "vendor")
_ORDERS: Mapping[str, Sequence[str]] = {
    "model": ("hold", "rollback-model", "rollback", "hop", "model", "disable", "vendor"),
    "provider": ("hold", "hop", "rollback", "model", "disable", "vendor"),
    "sdk": ("hold", "revert", "rollback", "hop", "disable", "vendor"),
    "application": ("hold", "revert", "rollback", "disable"),
    "configuration": ("hold", "revert", "rollback", "hop", "disable"),
    "judge": ("judge",),
    "traffic": ("hold", "disable"),
}
"""What is done in which order, by the likeliest suspect; else the default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What can be done: the live pointer, the routes with their providers, the models beside."""

    pointer: LivePointer | None = None
    routes: Mapping[str, str] = field(default_factory=dict)
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What the actions are made of."""

    kind: IncidentClass
    scope: Scope
    suspects: Sequence[Suspect]
    situation: Situation
    commands: Commands
    opened: str
    since: str

    @property
    def prompt(self) -> str:
        return self.scope.prompt

    @property
    def first(self) -> Suspect | None:
        return self.suspects[0] if self.suspects else None


def actions_of(  # noqa: PLR0913 - each is another part of the incident
    kind: IncidentClass,
    scope: Scope,
    *,
    suspects: Sequence[Suspect],
    situation: Situation,
    commands: Commands,
    opened: str,
    since: str,
) -> tuple[Action, ...]:
    """Return the actions of an incident, in the order in which they are to be done.

    Args:
        kind: of the incident.
        scope: what is affected.
        suspects: the likeliest one first.
        situation: what can be done.
        commands: writes them for this incident.
        opened: the instant of its opening.
        since: from when on logs are asked.
    """
    case = _Case(
        kind=kind,
        scope=scope,
        suspects=suspects,
        situation=situation,
        commands=commands,
        opened=opened,
        since=since,
    )
    return (*_looking(case), *_mitigating(case), *_telling(case), *_recovering(case))


def _looking(case: _Case) -> Iterator[Action]:
    yield Action(
        id="confirm",
        phase=ActionPhase.DETECT,
        title="Look whether it lasts",
        command=case.commands.monitor(),
        effect="tells which alarms last, and since when",
    )
    question = "latency" if case.kind is IncidentClass.LATENCY else "errors"
    question = "cost" if case.kind is IncidentClass.COST else question
    yield Action(
        id="compare",
        phase=ActionPhase.TRIAGE,
        title="Compare the parts of the traffic",
        command=case.commands.logs(question, case.scope, since=case.since, by="version,route"),
        effect="tells whether one version or one route stands out",
    )
    first = case.first
    if first is not None and first.kind == "prompt" and first.before and first.after:
        yield Action(
            id="diff",
            phase=ActionPhase.TRIAGE,
            title=f"Read what {first.after} says otherwise than {first.before}",
            command=case.commands.diff(first.subject, first.before, first.after),
            effect="shows the lines that differ",
        )


def _mitigating(case: _Case) -> Iterator[Action]:
    first = case.first
    order: Sequence[str] = _DEFAULT
    if (first is not None and first.weight >= SHARE) or case.kind is IncidentClass.JUDGE_DRIFT:
        kind = "judge" if case.kind is IncidentClass.JUDGE_DRIFT else first.kind if first else ""
        order = _ORDERS.get(kind, _DEFAULT)
    for name in order:
        yield from STEPS[name](case)


def _hold(case: _Case) -> Iterator[Action]:
    pointer = case.situation.pointer
    last = latest_milestone(pointer.history) if pointer else None
    if pointer is None or last is None or last.phase is not Phase.SERVING:
        return
    yield Action(
        id="hold",
        phase=ActionPhase.MITIGATE,
        title=f"Freeze the rollout of {last.version}",
        command=case.commands.hold(case.prompt),
        precondition=f"{last.version} is rolled out at {last.percent:g} %",
        effect="its share of the traffic grows no further",
        verify=case.commands.status(case.prompt),
        undo=case.commands.go_on(case.prompt),
        timeout_minutes=2.0,
    )


def _rollback(case: _Case) -> Iterator[Action]:
    pointer = case.situation.pointer
    if pointer is None or pointer.stable is None:
        return
    canary, last = pointer.canary, latest_milestone(pointer.history)
    if canary is not None:
        is_rollout = last is not None and last.version == canary.version
        again = case.commands.start if is_rollout else case.commands.promote
        title = f"End the canary {canary.version}: {pointer.stable} gets all of the traffic"
        precondition = f"{canary.version} is the canary"
        undo = again(case.prompt, canary.version)
    elif good_versions(pointer):
        back = good_versions(pointer)[0]
        words = () if was_stable(pointer.history, pointer.stable) else ("--ungated",)
        title = f"Roll back from {pointer.stable} to {back}"
        precondition = f"{pointer.stable} is stable, and {back} was before"
        undo = case.commands.switch(case.prompt, pointer.stable, *words)
    else:
        return
    yield Action(
        id="rollback",
        phase=ActionPhase.MITIGATE,
        title=title,
        command=case.commands.rollback(case.prompt),
        precondition=precondition,
        effect="every host that follows the folder serves it within a second",
        verify=_verify(case, "version"),
        undo=undo,
        risk=Risk.LOW,
        timeout_minutes=5.0,
    )


def _rollback_model(case: _Case) -> Iterator[Action]:
    pointer = case.situation.pointer
    if pointer is None or not good_models(pointer):
        return
    before = good_models(pointer)[0] or "the own model of each version"
    now = pointer.switch.model or "none"
    yield Action(
        id="rollback-model",
        phase=ActionPhase.MITIGATE,
        title=f"Take the model back to {before}",
        command=case.commands.rollback_model(case.prompt),
        precondition=f"the switch names {now}",
        effect=f"{before} answers again",
        verify=_verify(case, "model"),
        undo=case.commands.switch(case.prompt, "--model", now),
        risk=Risk.LOW,
        timeout_minutes=5.0,
    )


def _hop(case: _Case) -> Iterator[Action]:
    routes = case.situation.routes
    meant = [name for name in routes if _is_suspect(case, name)] or list(routes)[:1]
    if len(meant) >= len(routes):
        return
    for name in meant:
        yield Action(
            id=f"hop-{name}",
            phase=ActionPhase.MITIGATE,
            title=f"Send nothing over the route {name} ({routes[name]})",
            command=case.commands.route(name, is_open=True),
            precondition="on each host, with EVALGATE_OVERRIDE as the application has it",
            effect="calls go over the other routes for two hours",
            verify=_verify(case, "route"),
            undo=case.commands.route(name, is_open=False),
            risk=Risk.LOW,
            timeout_minutes=5.0,
        )


def _is_suspect(case: _Case, name: str) -> bool:
    first = case.first
    if first is None or first.kind != "provider":
        return False
    return first.subject in (name, case.situation.routes[name])


def _model(case: _Case) -> Iterator[Action]:
    pointer = case.situation.pointer
    now = pointer.switch.model if pointer else None
    model = next((each for each in case.situation.models if each != now), None)
    if pointer is None or pointer.stable is None or model is None:
        return
    yield Action(
        id="model",
        phase=ActionPhase.MITIGATE,
        title=f"Let {model} answer",
        command=case.commands.switch(case.prompt, "--model", model),
        precondition="the eval set has been passed by the prompt with this model",
        effect=f"{model} answers in place of the version's own model",
        verify=_verify(case, "model"),
        undo=case.commands.rollback_model(case.prompt),
        risk=Risk.HIGH,
        needs_human=True,
        timeout_minutes=5.0,
    )


def _disable(case: _Case) -> Iterator[Action]:
    pointer = case.situation.pointer
    if pointer is None or pointer.stable is None or pointer.switch.disabled:
        return
    yield Action(
        id="disable",
        phase=ActionPhase.MITIGATE,
        title=f"Switch {case.prompt} off",
        command=case.commands.switch(case.prompt, "--disable"),
        precondition="nothing before has helped, and no answer is better than these",
        effect="the application's own fallback answers; without one, calls raise an error",
        verify=_verify(case, "arm"),
        undo=case.commands.switch(case.prompt, "--enable"),
        risk=Risk.HIGH,
        needs_human=True,
        timeout_minutes=5.0,
    )


def _revert(case: _Case) -> Iterator[Action]:
    first = case.first
    if first is None:
        return
    what = f"{first.subject} from {first.after} back to {first.before}"
    yield Action(
        id="revert",
        phase=ActionPhase.MITIGATE,
        title=f"Take {what}, and deploy" if first.before else f"Take {first.subject} back",
        precondition=first.source,
        effect="production is as it was before",
        verify=_verify(case, "version"),
        risk=Risk.LOW,
        needs_human=True,
        timeout_minutes=30.0,
    )


def _judge(case: _Case) -> Iterator[Action]:
    yield Action(
        id="calibrate",
        phase=ActionPhase.MITIGATE,
        title="Hold the judge against labels of people again",
        precondition="labels: `evalgate calibrate --help` says where they stand",
        effect="tells whether the judge may be believed",
        verify=case.commands.monitor(),
        needs_human=True,
        timeout_minutes=240.0,
    )


def _vendor(case: _Case) -> Iterator[Action]:
    yield Action(
        id="vendor",
        phase=ActionPhase.COMMUNICATE,
        title="Ask the provider, with the ids of failing calls",
        command=case.commands.own("show", "--message", "vendor"),
        precondition="nothing of ours has changed, or nothing has helped",
        effect="prints the message; it names ids and times, and repeats nobody's words",
        needs_human=True,
        timeout_minutes=30.0,
    )


def _telling(case: _Case) -> Iterator[Action]:
    yield Action(
        id="tell-team",
        phase=ActionPhase.COMMUNICATE,
        title="Tell the team, and note it",
        command=case.commands.own("update", "--sent", "team"),
        effect="notes that they were told, and when they are told next",
        needs_human=True,
        timeout_minutes=10.0,
    )


def _recovering(case: _Case) -> Iterator[Action]:
    yield Action(
        id="verify",
        phase=ActionPhase.RECOVER,
        title="Look whether it is over",
        command=case.commands.monitor(),
        precondition="enough calls have come since for the window of the alarm",
        effect="the alarm is resolved",
    )
    yield Action(
        id="resolve",
        phase=ActionPhase.RECOVER,
        title="Say that it is over",
        command=case.commands.own("update", "--status", "resolved"),
        effect="nobody is due another update but the last one",
        needs_human=True,
    )
    yield Action(
        id="draft",
        phase=ActionPhase.LEARN,
        title="Draft a golden case from a sampled call",
        command=case.commands.own("case", "--from", "REQUEST_ID", "--evalset", "EVALSET"),
        precondition="the spool holds the sample of one of the calls under evidence",
        effect="the eval set has one case more, to be looked over",
        needs_human=True,
    )
    yield Action(
        id="close",
        phase=ActionPhase.LEARN,
        title="Close, with the cause and the case",
        command=case.commands.own("close", "--root-cause", "WHY", "--case", "EVALSET:CASE"),
        precondition="the case fails on the bad version and passes on the good one",
        effect="the gate keeps this from coming back",
        needs_human=True,
    )


def _verify(case: _Case, by: str) -> str:
    scope = Scope(prompt=case.prompt)
    return case.commands.logs("errors", scope, since="10m", by=by)


STEPS: Mapping[str, Callable[[_Case], Iterator[Action]]] = {
    "hold": _hold,
    "rollback": _rollback,
    "rollback-model": _rollback_model,
    "hop": _hop,
    "model": _model,
    "disable": _disable,
    "revert": _revert,
    "judge": _judge,
    "vendor": _vendor,
}
"""What makes each action, or none where it cannot be done."""
