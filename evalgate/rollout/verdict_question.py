"""Reads from a request's method and target what a delivery engine wants to know; pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, unquote_to_bytes

from evalgate.model.served_verdict import HEALTH, SCHEMA, ServedAnswer, refusal
from evalgate.prompts.version import is_version

READING = ("GET", "HEAD")
POSTING = ("POST",)

_LONGEST = 2_000
_UNFIT = re.compile(r"[\x00-\x1f\x7f\\]")
_NOWHERE = (
    "nothing is served here: ask GET /verdict/PROMPT, POST /flagger/PROMPT/HOOK or GET /healthz"
)
_WRONG_QUERY = "expected `version=v4` at most, and of a hook `idle=go` or `idle=wait`, each once"


class Hook(StrEnum):
    """What is asked: for the verdict itself, or by one of Flagger's webhooks."""

    VERDICT = "verdict"
    CONFIRM_ROLLOUT = "confirm-rollout"
    CONFIRM_TRAFFIC_INCREASE = "confirm-traffic-increase"
    CONFIRM_PROMOTION = "confirm-promotion"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked about which prompt.

    `version` is the one that the asker carries, empty where it does not say. `goes_when_idle` tells
    that a hook may be passed while no rollout is under way.
    """

    prompt: str
    hook: Hook = Hook.VERDICT
    version: str = ""
    goes_when_idle: bool = False


def read_question(method: str, target: str) -> Question | ServedAnswer:
    """Return what is asked, or the answer where that needs no look at any rollout.

    Args:
        method: in capitals.
        target: as it stands in the request, `/verdict/support-reply?version=v4`. It is decoded
            once, and nothing of it is said back.
    """
    path, _, query = target.partition("#")[0].partition("?")
    parts = _parts(path) if len(target) <= _LONGEST else None
    asked = _asked(parts) if parts else None
    if asked is None:
        return refusal(404, _NOWHERE)
    prompt, hook = asked
    allowed = READING if hook in (None, Hook.VERDICT) else POSTING
    if method not in allowed:
        return refusal(405, f"this path takes {' and '.join(allowed)} alone", allow=allowed)
    if hook is None:
        return ServedAnswer(status=200, document={"schema": SCHEMA, "status": "ok"})
    words = _words(query, hook)
    if words is None:
        return refusal(400, _WRONG_QUERY)
    return Question(
        prompt=prompt,
        hook=hook,
        version=words.get("version", ""),
        goes_when_idle=words.get("idle") == "go",
    )


def _parts(path: str) -> list[str] | None:
    """Return the decoded parts of a path; None when one of them leads elsewhere."""
    if not path.startswith("/"):
        return None
    try:
        parts = [unquote_to_bytes(part).decode() for part in path[1:].split("/")]
    except UnicodeError:
        return None
    wrong = any(not part or part[0] in "._" or "/" in part or _UNFIT.search(part) for part in parts)
    return None if wrong else parts


def _asked(parts: list[str]) -> tuple[str, Hook | None] | None:
    """Return prompt and hook, none of either for the server's own health."""
    match parts:
        case [health] if f"/{health}" == HEALTH:
            return "", None
        case ["verdict", prompt]:
            return prompt, Hook.VERDICT
        case ["flagger", prompt, hook] if hook in set(Hook) - {Hook.VERDICT}:
            return prompt, Hook(hook)
    return None


def _words(query: str, hook: Hook) -> Mapping[str, str] | None:
    """Return what the query says; None when it says anything else than it may."""
    try:
        read = parse_qs(query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=2)
    except ValueError:
        return None
    words = {name: values[0] for name, values in read.items() if len(values) == 1}
    known = {"version"} if hook is Hook.VERDICT else {"version", "idle"}
    if len(words) != len(read) or not set(words) <= known:
        return None
    version = words.get("version", "")
    fits = not version or is_version(version)
    return words if fits and words.get("idle", "wait") in ("go", "wait") else None
