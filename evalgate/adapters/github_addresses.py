"""Addresses at GitHub: what may stand in them, how it is encoded, where the next page is."""

import re
from urllib.parse import quote, urljoin, urlsplit

from evalgate.errors import GitHubError

DEFAULT_API = "https://api.github.com"

_REPOSITORY = re.compile(r"[A-Za-z0-9_-]{1,100}/(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,100}")
_LINK = re.compile(r"<([^<>]*)>([^<>]*)")
_NEXT = re.compile(r""";\s*rel\s*=\s*("[^"]*\bnext\b[^"]*"|next\b)""", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}.get


def checked_repository(name: str) -> str:
    """Return the full name of a repository when it has the shape of one.

    Raises:
        GitHubError: it has not.
    """
    if _REPOSITORY.fullmatch(name):
        return name
    raise GitHubError(
        f"`{name[:60]!a}` names no repository on GitHub: expected owner/name, as in "
        "GITHUB_REPOSITORY"
    )


def checked_api(url: str) -> str:
    """Return the address of an API without the slash at its end.

    Raises:
        GitHubError: it is no plain address.
    """
    is_plain = url.isascii() and url.isprintable() and not set("?#@ ") & set(url)
    if is_plain and origin(url) is not None:
        return url.rstrip("/")
    raise GitHubError(
        "the address of GitHub's API is no plain http or https address: expected GITHUB_API_URL "
        "to be like https://api.github.com or https://github.example.com/api/v3"
    )


def name_in_path(name: str) -> str:
    """Return a name such as `release/1 #2`, percent-encoded but for its slashes.

    Raises:
        GitHubError: a part of it is empty, `.` or `..`, which would lead somewhere else.
    """
    parts = name.split("/")
    if any(part in {"", ".", ".."} for part in parts) or not _is_writable(name):
        raise GitHubError(f"{name[:80]!a} cannot be a branch, a commit or a file")
    return "/".join(quote(part, safe="") for part in parts)


def next_page(link: str) -> str | None:
    """Return the address of the next page out of a Link header (RFC 8288)."""
    return next((url for url, rest in _LINK.findall(link) if _NEXT.search(rest)), None)


def joined(url: str, link: str) -> str:
    """Return where a link on a page leads; empty when it is none."""
    try:
        return urljoin(url, link)
    except ValueError:
        return ""


def origin(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port, or None when it is no address of the web."""
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname and port else None


def _is_writable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
