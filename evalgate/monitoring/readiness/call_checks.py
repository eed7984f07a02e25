"""Items about calls: limits of time, retries, targets, breaker, fallback, kill switch; pure."""

from evalgate.model.call import ServedBy
from evalgate.model.chat import Completion, Usage
from evalgate.model.readiness import Topic
from evalgate.model.serving import Serving
from evalgate.monitoring.readiness.facts import Facts, Probe
from evalgate.monitoring.readiness.item import (
    Found,
    Item,
    by_hand,
    failed,
    listed,
    ok,
    skipped,
    warning,
    with_serving,
)
from evalgate.reporting.numbers import count
from evalgate.runtime.failover.targets import targets
from evalgate.runtime.remembering.keeping import may_keep

LONGEST_DEADLINE = 60.0
"""Seconds that most callers do not wait for."""

MOST_RETRIES = 3
MOST_SHARE = 0.2
DRILL_SECONDS = 2.0
"""How soon a process must follow a switch or a rollback."""


def _configuration(facts: Facts) -> Found:
    if facts.problems:
        told = "; ".join(f"{name}: {problem}" for name, problem in facts.problems.items())
        return failed(told, "evalgate check")
    return ok(f"runtime.yml, the policy and {len(facts.prompts)} prompts can be read")


def _sdk_retries(facts: Facts) -> Found:
    if facts.sdk_retries is None:
        return by_hand("the SDK could not be loaded, so its clients were not looked at")
    if facts.sdk_retries:
        return failed(f"the SDK retries {facts.sdk_retries} times beside evalgate's own retries")
    return ok("the SDK's own retries are 0; the runtime has the one retry loop")


def _timeouts(_: Facts, serving: Serving) -> Found:
    timing = serving.timing
    seen = (
        f"an attempt ends after {timing.timeout:g} s, a silent stream after "
        f"{timing.first_content:g} s, a call after {timing.deadline:g} s"
    )
    if timing.timeout >= timing.deadline and timing.reserve == 0:
        return warning(
            f"{seen}: one slow attempt takes all of a call's time",
            "runtime.yml: set timeout below deadline, or a reserve",
        )
    return ok(seen)


def _deadline(facts: Facts, serving: Serving) -> Found:
    longest = max(
        [serving.timing.deadline]
        + [each.timing.deadline for each in serving.features.values() if each.timing]
    )
    seen = f"the longest deadline is {longest:g} s"
    if facts.deadline is None:
        if longest > LONGEST_DEADLINE:
            return warning(
                f"{seen}: few callers wait for longer than {LONGEST_DEADLINE:g} s",
                "runtime.yml: set deadline below what your callers wait",
                f"evalgate doctor --caller-deadline {longest:g}",
            )
        return by_hand(
            f"{seen}; what your callers wait is not known",
            "evalgate doctor --caller-deadline SECONDS",
        )
    if longest >= facts.deadline:
        return failed(
            f"{seen}, and callers leave after {facts.deadline:g} s: they get no fallback",
            "runtime.yml: set deadline below what your callers wait",
        )
    return ok(f"{seen}, and callers wait {facts.deadline:g} s")


def _retries(_: Facts, serving: Serving) -> Found:
    retry = serving.retry
    most = count(retry.most, "retry", "retries")
    seen = (
        f"at most {most} a call, {retry.share:.0%} of all calls and {retry.least} in any minute; "
        f"pauses double up to {retry.longest_pause:g} s, with jitter"
    )
    if retry.most > MOST_RETRIES or retry.share > MOST_SHARE:
        return warning(
            f"{seen}: in an outage that multiplies the load",
            f"runtime.yml: retry.most at most {MOST_RETRIES}, retry.share at most {MOST_SHARE:g}",
        )
    return ok(seen)


def _breaker(_: Facts, serving: Serving) -> Found:
    rules = serving.breaker
    seen = (
        f"a target is left alone after {rules.in_a_row} failures in a row, or when "
        f"{rules.failed:.0%} of {rules.fewest} attempts in {rules.window:g} s failed"
    )
    if rules.in_a_row > 50 and (rules.failed > 0.9 or rules.fewest > 1_000):
        return warning(f"{seen}: that hardly ever happens", "runtime.yml: leave out `breaker`")
    return ok(seen)


def _two_targets(facts: Facts, serving: Serving) -> Found:
    alone = []
    for prompt in facts.prompts:
        for model in prompt.models:
            found = targets(
                serving, prefer=serving.prefer, model=model, needs_schema=prompt.needs_schema
            )
            if len(found) < 2:
                alone.append(f"{prompt.name} ({model}: {len(found)})")
    if not facts.prompts:
        return skipped("there is no prompt")
    if alone:
        return failed(
            f"fewer than two targets: {listed(alone)}",
            "runtime.yml: add a second route under `routes`, or a model under `smaller`",
        )
    return ok(f"each model has at least two of {len(serving.routes)} routes and smaller models")


def _reachable(facts: Facts, _: Serving) -> Found:
    if facts.probes is None:
        return by_hand("no target was called", "evalgate doctor --live")
    silent = [each for each in facts.probes if each.failure]
    if silent:
        told = listed([f"{_target(each)}: {each.failure}" for each in silent])
        return failed(
            f"{len(silent)} of {len(facts.probes)} targets do not answer: {told}",
            "check the model's id under the route's `models`, and the key of the route",
        )
    if not facts.probes:
        return failed("there is no target to call", "runtime.yml: add a route")
    slowest = max(facts.probes, key=lambda each: each.seconds)
    return ok(
        f"all {len(facts.probes)} answer one token; the slowest, {_target(slowest)}, "
        f"in {slowest.seconds:.1f} s"
    )


def _fallback(facts: Facts) -> Found:
    found = facts.log.survey if facts.log else None
    if found and found.by_application:
        return ok(f"the application answered {count(found.by_application, 'call')} by itself")
    return by_hand(
        "no call in the log was answered by the application itself",
        "pass `fallback=` to each call, and try it once with the kill switch on",
    )


def _kill_switch(facts: Facts) -> Found:
    drill = facts.drill
    if drill is None:
        return by_hand("the drill was not run", "evalgate doctor --drill")
    if drill.failure or drill.switched is None:
        return failed(f"the drill on {drill.prompt or 'the prompts'} failed: {drill.failure}")
    times = [drill.switched, *([drill.rolled_back] if drill.rolled_back is not None else [])]
    back = (
        "there was nothing to roll back to"
        if drill.rolled_back is None
        else f"the rollback after {drill.rolled_back:.2f} s"
    )
    seen = (
        f"{drill.prompt}: a process followed the kill switch after {drill.switched:.2f} s; {back}"
    )
    if max(times) >= DRILL_SECONDS:
        return failed(
            f"{seen}; the target is {DRILL_SECONDS:g} s",
            "look at the disk under the prompts, and run it again: evalgate doctor --drill",
        )
    return ok(seen)


def _cache(_: Facts, serving: Serving) -> Found:
    is_cached = serving.cache is not None or any(each.cache for each in serving.features.values())
    kept = [each.value for each in ServedBy if _keeps(each)]
    allowed = {ServedBy.PRIMARY.value, ServedBy.OTHER_ROUTE.value}
    if set(kept) - allowed:
        return failed(f"the cache keeps answers of {listed(sorted(set(kept) - allowed))}")
    if not is_cached:
        return skipped("no answers are remembered")
    return ok("answers that are degraded, cut short, refused or that smell are never kept")


def _keeps(served_by: ServedBy) -> bool:
    whole = Completion(
        text="an answer",
        model="m",
        stop_reason="end_turn",
        usage=Usage(input_tokens=1, output_tokens=1),
        latency_ms=1,
    )
    return may_keep(whole, served_by, smell=())


def _target(probe: Probe) -> str:
    return f"{probe.model} over {probe.route or 'the Claude API'}"


ITEMS = (
    Item(
        id="configuration",
        topic=Topic.CALLS,
        title="Configuration",
        demand="Prompts, `runtime.yml` and the policy can be read.",
        check=_configuration,
    ),
    Item(
        id="sdk-retries",
        topic=Topic.CALLS,
        title="One retry loop",
        demand="The SDK's own retries are 0.",
        check=_sdk_retries,
    ),
    Item(
        id="timeouts",
        topic=Topic.CALLS,
        title="Timeouts",
        demand="Every attempt, stream and call has a limit of time.",
        check=with_serving(_timeouts),
    ),
    Item(
        id="deadline",
        topic=Topic.CALLS,
        title="Deadline",
        demand="A call ends before its caller gives up (`--caller-deadline`).",
        check=with_serving(_deadline),
    ),
    Item(
        id="retries",
        topic=Topic.CALLS,
        title="Retries",
        demand="Retries are few, and bounded for a process.",
        check=with_serving(_retries),
    ),
    Item(
        id="breaker",
        topic=Topic.CALLS,
        title="Breaker",
        demand="A target that fails is left alone.",
        check=with_serving(_breaker),
    ),
    Item(
        id="two-targets",
        topic=Topic.CALLS,
        title="Two targets",
        demand="Each live model has another route, or a model that stands in.",
        check=with_serving(_two_targets),
    ),
    Item(
        id="reachable",
        topic=Topic.CALLS,
        title="Targets answer",
        demand="Each target answers a call of one token, so its model id exists (`--live`).",
        check=with_serving(_reachable),
    ),
    Item(
        id="fallback",
        topic=Topic.CALLS,
        title="Fallback without a model",
        demand="The application has an answer of its own when nobody else has one.",
        check=_fallback,
    ),
    Item(
        id="kill-switch",
        topic=Topic.CALLS,
        title="Kill switch and rollback",
        demand="A process follows a switch and a rollback within 2 s (`--drill`, on a copy).",
        check=_kill_switch,
    ),
    Item(
        id="cache",
        topic=Topic.CALLS,
        title="Cache",
        demand="No degraded answer is remembered.",
        check=with_serving(_cache),
    ),
)
