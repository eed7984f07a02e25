"""Posts an alert to an address that is a secret: no message of a failure repeats any of it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx2

from evalgate import __version__
from evalgate.errors import AlertError

MOST_BYTES = 65_536
"""Of an answer: what is more is not read."""

_UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What is posted, and for how many seconds in all an answer is waited for."""

    body: bytes
    timeout: float
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What was answered."""

    status: int
    body: bytes

    @property
    def is_taken(self) -> bool:
        """Whether the alert was taken."""
        return 200 <= self.status < 300


def checked_address(address: str, variable: str) -> str:
    """Return an address that can be posted to.

    Args:
        address: a secret.
        variable: the environment variable that it comes from.

    Raises:
        AlertError: it is none; it is not repeated.
    """
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or not address.isascii() or not address.isprintable() or " " in address:
        raise AlertError(f"{variable} holds no address such as https://example.com/hook")
    return address


def post(address: str, posting: Posting) -> Posted:
    """Post JSON once; redirects are not followed, and proxies are those of the environment.

    Raises:
        AlertError: there was no answer in time.
    """
    end = time.monotonic() + posting.timeout
    trouble = ""
    try:
        # A context of the error would hold the request, and with it the address.
        return _exchanged(address, posting, end=end)
    except httpx2.TimeoutException:
        trouble = _late(posting.timeout)
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError, ImportError) as error:
        trouble = _said(error)
    raise AlertError(trouble)


def refusal(posted: Posted, why: str = "") -> AlertError:
    """Return the error about an answer that did not take the alert.

    Args:
        posted: the answer.
        why: in words that are known to hold no secret.
    """
    told = f"it answers with HTTP {posted.status}"
    if 300 <= posted.status < 400:
        why = "redirects are not followed: set the address that it leads to"
    return AlertError(f"{told}: {why}" if why else told)


def _exchanged(address: str, posting: Posting, *, end: float) -> Posted:
    headers = {
        "content-type": "application/json",
        "user-agent": f"evalgate/{__version__}",
        **posting.headers,
    }
    with (
        httpx2.Client(timeout=posting.timeout, follow_redirects=False) as client,
        client.stream("POST", address, content=posting.body, headers=headers) as response,
    ):
        return Posted(status=response.status_code, body=_body(response, posting, end=end))


def _body(response: httpx2.Response, posting: Posting, *, end: float) -> bytes:
    parts = bytearray()
    for part in response.iter_bytes():
        if time.monotonic() > end:
            raise AlertError(_late(posting.timeout))
        parts += part[: MOST_BYTES - len(parts)]
        if len(parts) >= MOST_BYTES:
            break
    return bytes(parts)


def _late(seconds: float) -> str:
    return f"no answer within {seconds:g} s"


def _said(error: Exception) -> str:
    """Say what went wrong by its kind alone: what an error says may quote the address."""
    if _UNTRUSTED in str(error):
        return "its certificate is not trusted: name the file of your authority in SSL_CERT_FILE"
    return f"no answer: {type(error).__name__}"
