"""Items about the call log: lines as documented, nothing private in them, users hashed; pure."""

from collections.abc import Callable, Mapping
from shlex import quote

from evalgate.model.readiness import Topic
from evalgate.monitoring.readiness.facts import Facts, LogFacts
from evalgate.monitoring.readiness.item import (
    Check,
    Found,
    Item,
    by_hand,
    failed,
    listed,
    ok,
    skipped,
    warning,
)
from evalgate.monitoring.readiness.log_survey import LogSurvey
from evalgate.rollout.instants import seconds_of
from evalgate.runtime.logbook.identity import KEY_VARIABLE, SHORTEST_KEY

STALE = 86_400.0
"""Seconds without a new line after which the log is looked at with doubt."""

_HOW_TO_LOG = "name the folder of the call log: evalgate doctor --logs DIR"


def _lines(facts: Facts, log: LogFacts, found: LogSurvey) -> Found:
    if found.invalid:
        told = _told(found.invalid)
        return failed(
            f"{sum(found.invalid.values()):,} faults in {found.lines:,} lines: {told}",
            "see docs/call-log.md, and who else writes into the folder",
        )
    if not found.calls:
        return failed(f"{log.place.path} holds no call of the last two days")
    last = seconds_of(f"{found.last[:19]}Z")
    if last is None or facts.at - last > STALE:
        return warning(
            f"{found.calls:,} calls as documented, the last one at {found.last}: nothing since",
            "is the application running, and does it write here? EVALGATE_LOG names the folder",
        )
    return ok(f"{found.calls:,} calls, from {found.first} to {found.last}, all as documented")


def _private(_: Facts, __: LogFacts, found: LogSurvey) -> Found:
    if found.private:
        return failed(
            f"in {found.lines:,} lines: {_told(found.private)}",
            "find who writes it, delete the files, and rotate what has leaked",
        )
    return ok(f"no key, address or long number in {found.lines:,} lines")


def _permissions(facts: Facts) -> Found:
    if facts.log is None:
        return skipped(_HOW_TO_LOG)
    place = facts.log.place
    if place.open:
        return failed(
            f"everybody on this host can read {listed(place.open)}",
            f"chmod -R o-rwx {quote(place.path)}",
        )
    if not place.exists:
        return skipped(place.problem)
    return ok(f"{place.path} is not readable for everybody")


def _user_key(facts: Facts) -> Found:
    make = "python -c 'import secrets; print(secrets.token_hex(32))'"
    if not facts.key_bytes:
        return warning(
            f"{KEY_VARIABLE} is not set here: the log then knows no users",
            f"set {KEY_VARIABLE} for the application, such as to the output of: {make}",
        )
    if facts.key_bytes < SHORTEST_KEY:
        return failed(
            f"{KEY_VARIABLE} has {facts.key_bytes} bytes, and needs at least {SHORTEST_KEY}",
            f"make a longer one: {make}",
        )
    return ok(f"{KEY_VARIABLE} has {facts.key_bytes} bytes")


def _features(_: Facts, __: LogFacts, found: LogSurvey) -> Found:
    if not found.calls:
        return skipped("there are no calls")
    named = found.calls - found.unnamed
    seen = f"{named:,} of {found.calls:,} calls name their feature"
    if found.unnamed:
        return (failed if not named else warning)(
            f"{seen}: the cost of the others belongs to none",
            'pass `feature="…"` at each call site',
        )
    return ok(f"{seen}, so that cost can be told by feature")


def _unpriced(_: Facts, __: LogFacts, found: LogSurvey) -> Found:
    if not found.calls:
        return skipped("there are no calls")
    if found.unpriced:
        return failed(
            f"{found.unpriced:,} of {found.calls:,} calls have an unknown cost",
            "their model is not in the table of prices: update evalgate, or check the model's id",
        )
    return ok(f"each of {found.calls:,} calls has a known cost")


def _with_log(look: Callable[[Facts, LogFacts, LogSurvey], Found]) -> Check:
    def checked(facts: Facts) -> Found:
        if facts.log is None:
            return by_hand("no call log was looked at", _HOW_TO_LOG)
        if facts.log.survey is None:
            return failed(facts.log.place.problem, _HOW_TO_LOG)
        return look(facts, facts.log, facts.log.survey)

    return checked


def _told(counted: Mapping[str, int]) -> str:
    return listed([f"{what} ({number:,})" for what, number in sorted(counted.items())])


ITEMS = (
    Item(
        id="log-lines",
        topic=Topic.LOG,
        title="Log lines",
        demand="Every call writes a line, with the documented columns and no others.",
        check=_with_log(_lines),
    ),
    Item(
        id="log-private",
        topic=Topic.LOG,
        title="Nothing private in the log",
        demand="No line holds what looks like a key, an address or somebody's number.",
        check=_with_log(_private),
    ),
    Item(
        id="log-permissions",
        topic=Topic.LOG,
        title="Log permissions",
        demand="The folder of the log is not readable for everybody on the host.",
        check=_permissions,
    ),
    Item(
        id="user-key",
        topic=Topic.LOG,
        title="Key of the user hashes",
        demand=f"`{KEY_VARIABLE}` is set, and long enough that nobody guesses it.",
        check=_user_key,
    ),
    Item(
        id="features",
        topic=Topic.COST,
        title="Cost per feature",
        demand="Each call of the last two days names its feature.",
        check=_with_log(_features),
    ),
    Item(
        id="null-cost",
        topic=Topic.COST,
        title="No unknown cost",
        demand="No call of the last two days that a model answered has an unknown cost.",
        check=_with_log(_unpriced),
    ),
)
