"""Items about quality in production: sampled, scored, compared, promised; pure."""

from shlex import quote

from evalgate.model.monitoring import Level
from evalgate.model.policy import Policy
from evalgate.model.readiness import Topic
from evalgate.model.serving import Serving
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
    with_serving,
)
from evalgate.reporting.numbers import count

FRESH = 2 * 86_400.0
"""Seconds within which scores and anchors must be."""

_HOUR = 3_600.0
_HOW_TO_SCORE = "name the folder of scores: evalgate doctor --scores DIR"


def _sampling(_: Facts, serving: Serving) -> Found:
    rules = serving.sampling
    if not rules.rate:
        return failed(
            "no call is sampled: nobody looks at answers of production",
            "runtime.yml: sampling: {rate: 0.01, spool: …}",
        )
    if not rules.spool:
        return warning(
            f"{rules.rate:.2%} of the calls are chosen, but no text of them is kept",
            "runtime.yml: sampling.spool names a folder that only the application can read",
        )
    raised = listed([f"{mark} {rate:.0%}" for mark, rate in rules.raised.items()])
    return ok(f"{rules.rate:.2%} of the calls are kept{f', raised: {raised}' if raised else ''}")


def _spool(facts: Facts, serving: Serving) -> Found:
    if not serving.sampling.spool:
        return skipped("no text is kept")
    spool = facts.spool
    if spool is None or not spool.place.exists:
        why = spool.place.problem if spool else "it was not looked at"
        return warning(f"the spool cannot be looked at: {why}")
    if spool.place.open:
        return failed(
            f"others than its owner can read {listed(spool.place.open)}",
            f"chmod -R go-rwx {quote(spool.place.path)}",
        )
    days = serving.sampling.days
    if spool.oldest_days is not None and spool.oldest_days > days + 1:
        return failed(
            f"its oldest file is {spool.oldest_days:.0f} days old; at most {days:g} are allowed",
            "run the scoring: it deletes what has expired",
        )
    return ok(f"only its owner can read it, and nothing is older than {days:g} days")


def _scored(facts: Facts) -> Found:
    scores = facts.scores
    if scores is None:
        return by_hand("no scores were looked at", _HOW_TO_SCORE)
    if scores.last_score is None:
        return failed(
            scores.place.problem or f"{scores.place.path} holds no scores", "evalgate score"
        )
    hours = (facts.at - scores.last_score) / _HOUR
    if facts.at - scores.last_score > FRESH:
        return failed(f"the last score is {hours:,.0f} hours old", "evalgate score")
    return ok(
        f"{scores.per_hour:,.1f} scores an hour; the last one is {max(0, hours):.1f} hours old"
    )


def _detection(facts: Facts) -> Found:
    if facts.scores is None:
        return by_hand("no scores were looked at", _HOW_TO_SCORE)
    found = facts.detection
    if found is None:
        return failed("nothing was scored in the last day: no fall would ever be seen")
    seen = (
        f"a fall by {found.drop:g} points pages after about {found.scores:,} scores, "
        f"that is {found.hours:,.1f} hours at {found.scores / found.hours:,.1f} an hour"
    )
    if found.hours > facts.detect_within:
        return warning(
            f"{seen}; the target is {facts.detect_within:g} hours",
            "runtime.yml: raise sampling.rate, or accept it with --detect-within HOURS",
            "evalgate monitor rules",
        )
    return ok(seen)


def _baseline(facts: Facts) -> Found:
    if not facts.baselines:
        return failed(
            "no baseline is frozen: a fall has nothing to be compared with",
            "evalgate monitor freeze",
        )
    return ok("a baseline of the quality is frozen")


def _anchors(facts: Facts, policy: Policy) -> Found:
    file = policy.monitor.scoring.anchors
    if not file:
        return warning(
            "the policy names no anchors: a judge that moves looks like a quality that moves",
            "policy: monitor.scoring.anchors names a file of answers that never change",
        )
    scores = facts.scores
    if scores is None:
        return by_hand(f"{file} is named; no scores were looked at", _HOW_TO_SCORE)
    if scores.last_anchor is None:
        return failed(f"{file} is named, and was never scored", "evalgate score")
    hours = (facts.at - scores.last_anchor) / _HOUR
    if facts.at - scores.last_anchor > FRESH:
        return failed(f"the anchors were scored {hours:,.0f} hours ago", "evalgate score")
    return ok(
        f"{count(scores.anchors, 'anchor')}, the last one scored {max(0, hours):.1f} hours ago"
    )


def _objectives(_: Facts, policy: Policy) -> Found:
    levels = {each.level for each in policy.monitor.objectives}
    missing = [each.value for each in Level if each not in levels]
    if not levels:
        return failed(
            "no service level is promised, so that no error budget can run out",
            "policy: monitor.objectives, such as {uptime: {level: availability, target: 0.999}}",
        )
    if missing:
        return warning(f"nothing is promised about {listed(missing)}", "policy: monitor.objectives")
    return ok(
        f"{count(len(policy.monitor.objectives), 'service level')}, about all of {listed([*Level])}"
    )


def _burn(facts: Facts, policy: Policy) -> Found:
    counted = [each for each in policy.monitor.objectives if each.level is not Level.QUALITY]
    if not counted:
        return skipped("no service level is counted by calls")
    if facts.burnt is None:
        return by_hand("the alarms were not tried on a made-up outage", "evalgate monitor rules")
    silent = [each.name for each in counted if not facts.burnt.get(each.name)]
    if silent:
        return failed(
            f"an hour in which every call is bad raises no alarm: {listed(silent)}",
            "see which targets can be told at all: evalgate monitor rules",
        )
    return ok(f"an hour in which every call is bad raises an alarm for each of {len(counted)}")


ITEMS = (
    Item(
        id="sampling",
        topic=Topic.QUALITY,
        title="Answers are sampled",
        demand="A share of the answers is kept for scoring and for people.",
        check=with_serving(_sampling),
    ),
    Item(
        id="spool",
        topic=Topic.QUALITY,
        title="Spool",
        demand="Only its owner can read sampled texts, and they expire.",
        check=with_serving(_spool),
    ),
    Item(
        id="scored",
        topic=Topic.QUALITY,
        title="Answers are scored",
        demand="There are scores of the last two days (`--scores`).",
        check=_scored,
    ),
    Item(
        id="baseline",
        topic=Topic.QUALITY,
        title="Frozen baseline",
        demand="There is a baseline that a fall is measured against.",
        check=_baseline,
    ),
    Item(
        id="detection",
        topic=Topic.QUALITY,
        title="Detection time",
        demand="A fall of the quality pages in time at this traffic (`--detect-within`).",
        check=_detection,
    ),
    Item(
        id="anchors",
        topic=Topic.QUALITY,
        title="Judge anchors",
        demand="Answers that never change are scored every day.",
        check=with_policy(_anchors),
    ),
    Item(
        id="objectives",
        topic=Topic.QUALITY,
        title="Service levels",
        demand="Availability, latency, format and quality each have a promise.",
        check=with_policy(_objectives),
    ),
    Item(
        id="burn-alerts",
        topic=Topic.QUALITY,
        title="Burn alerts fire",
        demand="A made-up outage raises an alarm for each service level.",
        check=with_policy(_burn),
    ),
)
