"""Gathers what the checklist of `evalgate doctor` looks at; what cannot be read is a fact too."""

import asyncio
import os
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from evalgate.adapters.alert_state import FILE as ALERTS
from evalgate.adapters.alert_state import read_alert_state
from evalgate.adapters.drill_record import last_drill
from evalgate.adapters.formats import FORMATS
from evalgate.adapters.incidents import PLACE as INCIDENTS
from evalgate.adapters.prices import LIST_PRICES, VERSION
from evalgate.adapters.quality_baselines import PLACE as BASELINES
from evalgate.adapters.quality_baselines import read_quality_baselines
from evalgate.adapters.swap import read_file
from evalgate.cli import adapters
from evalgate.cli.alert import try_sinks
from evalgate.cli.alert_desk import FOLDER as MONITOR_FOLDER
from evalgate.cli.alert_sinks import unset_variables
from evalgate.cli.doctor_drill import drilled
from evalgate.cli.doctor_history import revisions_of
from evalgate.cli.doctor_live import probed
from evalgate.cli.doctor_places import log_facts, score_facts, spool_facts
from evalgate.cli.doctor_prompts import prompt_facts
from evalgate.cli.evidence_options import policy_for
from evalgate.cli.prompt_place import usual_place
from evalgate.errors import EvalgateError, UsageError
from evalgate.model.alarm import Alarm
from evalgate.model.monitoring import Level
from evalgate.model.policy import Policy
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.model.serving import Serving
from evalgate.monitoring.alarms.burning import burn_alarms
from evalgate.monitoring.readiness.detection import detection_of
from evalgate.monitoring.readiness.facts import Detection, Facts, Probe, PromptFacts, ScoreFacts
from evalgate.monitoring.readiness.made_up_outage import made_up_outage
from evalgate.runtime.logbook.identity import KEY_VARIABLE
from evalgate.runtime.settings import FILE, read_serving

Value = TypeVar("Value")


def gather(options: Namespace, *, at: float, variables: Mapping[str, str] = os.environ) -> Facts:
    """Return all facts; what is tried beside is what the options ask for.

    Args:
        options: of the command line.
        at: now, in seconds since 1970.
        variables: the environment.
    """
    problems: dict[str, str] = {}
    serving = _read(problems, FILE, lambda: _serving(options.prompts))
    policy = _read(problems, "policy", lambda: policy_for(options.policy, options.prompts))
    past = revisions_of(options.prompts)
    prompts = _read(problems, "prompts", lambda: prompt_facts(options.prompts, past)) or ()
    scores = score_facts(options.scores, at=at)
    models = {model for each in prompts for model in each.models}
    baselines = _usual(BASELINES, options.prompts)
    frozen = _read(problems, "baselines", lambda: read_quality_baselines(baselines)) or ()
    sinks = policy.monitor.alerts if policy else ()
    state = (options.monitor or _usual(MONITOR_FOLDER, options.prompts)) / ALERTS
    return Facts(
        at=at,
        problems=problems,
        serving=serving,
        policy=policy,
        prompts=prompts,
        has_history=bool(past),
        unpriced=tuple(sorted(model for model in models if model not in LIST_PRICES)),
        price_date=VERSION,
        key_bytes=len(variables.get(KEY_VARIABLE, "").encode("utf-8", "surrogateescape")),
        sdk_retries=asyncio.run(adapters.sdk_retries()),
        deadline=options.caller_deadline,
        detect_within=options.detect_within,
        log=log_facts(options.logs, variables, at=at),
        scores=scores,
        spool=spool_facts(serving, at=at),
        baselines=bool(frozen),
        detection=_detection(policy, scores, frozen),
        burnt=_burnt(policy, at=at),
        unset={each.name: unset_variables(each, variables) for each in sinks},
        alert_state=_read({}, "alerts", lambda: read_alert_state(state)),
        last_drill=last_drill(options.incidents or _usual(INCIDENTS, options.prompts)),
        probes=_probes(options, serving, prompts, variables=variables),
        drill=drilled(options.prompts) if options.drill else None,
        trials=try_sinks(sinks, at=at, variables=variables) if options.alerts else None,
    )


def _read(problems: dict[str, str], name: str, read: Callable[[], Value]) -> Value | None:
    """Return what is read, or None with the problem noted."""
    try:
        return read()
    except EvalgateError as error:
        problems[name] = " ".join(str(error).split("\n"))
        return None


def _serving(prompts: Path) -> Serving:
    path = prompts / FILE
    return read_serving(FORMATS.read_yaml(str(path), read_file(path) or b""))


def _detection(
    policy: Policy | None, scores: ScoreFacts | None, frozen: Sequence[QualityBaseline]
) -> Detection | None:
    if policy is None or scores is None:
        return None
    criteria = max(1, len(policy.monitor.scoring.criteria))
    return detection_of(policy.monitor.alarms, frozen, per_hour=scores.per_hour / criteria)


def _burnt(policy: Policy | None, *, at: float) -> dict[str, Sequence[Alarm]] | None:
    """Return what an outage, made up for each service level, would alarm."""
    if policy is None:
        return None
    return {
        each.name: burn_alarms(
            each, [*made_up_outage(each, at=at)], fewest=policy.monitor.alarms.fewest, at=at
        )
        for each in policy.monitor.objectives
        if each.level is not Level.QUALITY
    }


def _probes(
    options: Namespace,
    serving: Serving | None,
    prompts: Sequence[PromptFacts],
    *,
    variables: Mapping[str, str],
) -> Sequence[Probe] | None:
    if serving is None or not options.live:
        return None
    return probed(serving, prompts, simulate=options.simulate, variables=variables)


def _usual(place: Path, prompts: Path) -> Path:
    """Return where something usually lies, also where the folder of prompts is closed."""
    try:
        return usual_place(place, prompts)
    except UsageError:
        return usual_place(place, prompts.absolute().parent)
