"""Which file an address asks for, and with which headers it may be shown: pure, by tables."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote_to_bytes

from evalgate.model.report_folder import PAGE, SELFTEST_PAGE

PAGES = frozenset((PAGE, SELFTEST_PAGE))
"""The only files that are shown as pages; any other HTML is shown as its text."""

NEVER = frozenset(("batches.jsonl",))
"""Journals: what a provider knows a batch by is nobody else's."""

_TEXT = "text/plain; charset=utf-8"
_TYPES: Mapping[str, str] = {
    ".html": _TEXT,
    ".json": "application/json; charset=utf-8",
    ".jsonl": _TEXT,
    ".md": _TEXT,
    # A browser would run the scripts that stand in the next two.
    ".xml": _TEXT,
    ".svg": _TEXT,
    ".csv": _TEXT,
    ".txt": _TEXT,
}
_HTML = "text/html; charset=utf-8"
_UNFIT = re.compile(r"[\x00-\x1f\x7f\\]")

_EVERYWHERE: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_FRAMES = "frame-ancestors 'none'"
_PAGE_POLICY = (
    # Whoever wrote the page, it gets an origin of its own: it reads no other report, and loads and
    # sends nothing. What it allows itself besides is in the policy that it carries.
    f"sandbox allow-scripts allow-downloads allow-modals allow-popups; {_FRAMES};"
    " default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline';"
    " img-src data: blob:; base-uri 'none'; form-action 'none'"
)
_INDEX_POLICY = f"default-src 'none'; style-src 'unsafe-inline'; {_FRAMES}"
_FILE_POLICY = f"sandbox; default-src 'none'; {_FRAMES}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How a file is sent: its type, and the policy that its reader's browser holds it to."""

    content_type: str
    policy: str

    @property
    def headers(self) -> Mapping[str, str]:
        """All headers but the length."""
        return {
            **_EVERYWHERE,
            "Content-Type": self.content_type,
            "Content-Security-Policy": self.policy,
        }


INDEX = Shown(content_type=_HTML, policy=_INDEX_POLICY)
MESSAGE = Shown(content_type=_TEXT, policy=_FILE_POLICY)


def how_to_show(name: str) -> Shown | None:
    """Return how a file of this name is sent; None when it is not of a kind that is shown."""
    if name in PAGES:
        return Shown(content_type=_HTML, policy=_PAGE_POLICY)
    kind = _TYPES.get(PurePosixPath(name).suffix.lower())
    if kind is None or name in NEVER or name.startswith("."):
        return None
    return Shown(content_type=kind, policy=_FILE_POLICY)


def asked_path(target: str) -> tuple[str, ...] | None:
    """Return the parts of the path that a request asks for, `()` for the index.

    It is decoded once, so what was encoded twice names a file that there is not.

    Args:
        target: as it stands in the request, `/a%20b/report.html?x`.

    Returns:
        None when it is no path below the folder, as far as can be told without looking.
    """
    path = target.partition("?")[0].partition("#")[0]
    if not path.startswith("/"):
        return None
    decoded = os.fsdecode(unquote_to_bytes(path[1:]))
    if not decoded:
        return ()
    parts = tuple(decoded.split("/"))
    if _UNFIT.search(decoded) or any(not part or part.startswith(".") for part in parts):
        return None
    return parts


def is_ours(hosts: list[str], port: int) -> bool:
    """Whether a request was meant for this machine, and not for a name that was made to lead here.

    Args:
        hosts: every `Host` header of the request.
        port: the one that is listened on.
    """
    names = ("127.0.0.1", "localhost")
    ours = {f"{name}:{port}" for name in names} | ({*names} if port == 80 else set())
    return len(hosts) == 1 and hosts[0].lower() in ours
