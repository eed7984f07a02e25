"""Reads what a promotion is asked for: three untrusted texts, and who asks why."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from evalgate.errors import UsageError
from evalgate.model.reading import describe, suggestion

FULL = 10_000
"""All of the traffic, in hundredths of a percent."""

MOST_REASON = 500
"""Characters of a reason; it stands in a file, on a page and in a record of GitHub."""

_PERCENT = re.compile(r"(0|[1-9][0-9]{0,2})(?:\.([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which version of which prompt is to get which share of the traffic.

    `share` is in hundredths of a percent, from 1 to 10,000. `at` is the day, `YYYY-MM-DD` in UTC,
    and `verdict` the id of the run that judges it.
    """

    prompt: str
    version: str
    share: int
    at: str
    verdict: str
    by: str = ""
    reason: str = ""

    @property
    def percent(self) -> float:
        """The share in percent."""
        return self.share / 100

    @property
    def is_full(self) -> bool:
        """Whether the version is to get all of the traffic."""
        return self.share == FULL


def read_request(  # noqa: PLR0913 - each is a text of its own
    prompt: str, version: str, *, percent: str, reason: str, by: str, at: str, verdict: str
) -> Request:
    """Return what is asked for; whether there are such a prompt and version is not looked at.

    Raises:
        UsageError: names the input that is wrong, and what was expected.
    """
    if not prompt:
        raise UsageError("prompt: expected the name of a prompt, got nothing")
    if not version:
        raise UsageError("version: expected a version such as `v3`, got nothing")
    return Request(
        prompt=prompt,
        version=version,
        share=_share(percent),
        at=at,
        verdict=verdict,
        by=_whole(by),
        reason=_reason(reason),
    )


def _share(text: str) -> int:
    expected = "expected a number above 0 and up to 100, with at most two decimals"
    found = _PERCENT.fullmatch(text)
    if found is None:
        stripped = text.rstrip("% ")
        hint = f": write {stripped}" if stripped != text and _PERCENT.fullmatch(stripped) else ""
        raise UsageError(f"percent: {expected}, got {_told(text)}{hint}")
    share = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    if not 0 < share <= FULL:
        raise UsageError(f"percent: {expected}, got {_told(text)}")
    return share


def _reason(text: str) -> str:
    if len(text) > MOST_REASON:
        raise UsageError(
            f"reason: expected at most {MOST_REASON} characters, got {len(text):,}: shorten it"
        )
    return _whole(text)


def _whole(text: str) -> str:
    """Return a text in which halves of characters, which no file can hold, are replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _told(text: str) -> str:
    return describe(text) if text else "nothing"


def no_prompt(name: str, known: Collection[str], *, at: str) -> UsageError:
    """Return the error about a prompt that is not there, with the nearest that is."""
    hint = suggestion(name, known) if known else ": there is no prompt at all"
    return UsageError(f"prompt: there is no prompt {describe(name)} at {at}{hint}")
