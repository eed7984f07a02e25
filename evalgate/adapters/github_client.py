"""A small client of GitHub's REST API: pages, waiting, redirects, and errors without secrets.

No exception of the HTTP library leaves this module, not even as the context of another: it holds
the request, and with it the token.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

import httpx2

from evalgate import __version__
from evalgate.adapters.github_addresses import DEFAULT_API, checked_api, joined, next_page, origin
from evalgate.adapters.github_errors import error_of
from evalgate.adapters.github_exchange import Lost, Outcome, Request, Response
from evalgate.adapters.github_waiting import pause_after
from evalgate.adapters.github_words import one_line
from evalgate.errors import GitHubError

PER_PAGE = 100
MOST_PAGES = 100
LARGEST_ANSWER = 64_000_000
"""Bytes: a hundred comments of the greatest length, in characters that JSON writes as escapes."""

LARGEST_ERROR = 1_000_000

_TOKEN = re.compile(r"[!-~]+")
_UNSENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
    httpx2.InvalidURL,
    UnicodeError,
)
"""What comes before a request is on its way."""

_UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How many seconds are waited for a connection, the next bytes, and a whole answer.

    `in_all` is the time between attempts, together over the life of a client.
    """

    connect: float = 10.0
    read: float = 30.0
    answer: float = 300.0
    in_all: float = 120.0


class GitHubClient:
    """Talks to one GitHub with one token; close it, or use it as a context manager.

    Proxies and certificates come from the environment: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY,
    NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR.
    """

    def __init__(
        self,
        token: str,
        *,
        api_url: str = DEFAULT_API,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Open the client; nothing is sent yet.

        Args:
            token: of the job, of an App, or personal.
            api_url: as GITHUB_API_URL has it.
            patience: how long to wait.
            sleep: waits so many seconds.
            now: seconds of the epoch.

        Raises:
            GitHubError: the token or the address is none, or the environment names a proxy or
                certificates that cannot be used.
        """
        # Another character would make the HTTP library raise an error that repeats the token.
        if not _TOKEN.fullmatch(token):
            raise GitHubError(
                "the token for GitHub is empty or holds spaces or other characters that no token "
                "has: check the Action's input `github-token`"
            )
        self._token = token
        self._api = checked_api(api_url)
        self._patience = patience or Patience()
        self._sleep = sleep
        self._now = now
        self._waited = 0.0
        self._http = _connections(self._patience)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def call(self, request: Request) -> Response:
        """Return the answer to a request.

        Raises:
            NotPermittedError: the token lacks the permission that the request needs.
            GitHubError: no answer, or one with an error status that the request does not allow.
        """
        return self.settle(request, self.exchange(request))

    def exchange(self, request: Request) -> Outcome:
        """Send a request as often as it may be and makes sense; return what came of the last."""
        return self._repeat(request, self._address(request), most=LARGEST_ANSWER)

    def settle(self, request: Request, outcome: Outcome) -> Response:
        """Return the answer, or raise what a request came to."""
        if isinstance(outcome, Response) and request.takes(outcome.status):
            return outcome
        raise self.refusal(request, outcome)

    def refusal(self, request: Request, outcome: Outcome) -> GitHubError:
        """Return the error that says why a request came to nothing."""
        return error_of(request, outcome, secret=self._token, now=self._now())

    def wait(self, seconds: float) -> bool:
        """Wait, and tell whether there was time left for it."""
        if self._waited + seconds > self._patience.in_all:
            return False
        self._waited += seconds
        self._sleep(seconds)
        return True

    def pages(self, request: Request) -> Iterator[Response]:
        """Yield the answers to a listing, page by page.

        Raises:
            NotPermittedError: as `call`.
            GitHubError: as `call`; the next page lies on another server, or there are too many.
        """
        url = self._address(request, per_page=str(PER_PAGE))
        for _ in range(MOST_PAGES):
            answer = self.settle(request, self._repeat(request, url, most=LARGEST_ANSWER))
            yield answer
            link = next_page(answer.headers.get("link", ""))
            if link is None:
                return
            url = joined(url, link)
            if origin(url) != origin(self._api):
                raise GitHubError(
                    f"{request.place}: the next page is said to lie on another server than "
                    "GITHUB_API_URL; it is not asked, because it would get the token"
                )
        raise GitHubError(f"{request.place}: there are more than {MOST_PAGES} pages")

    def download(self, request: Request, *, most: int) -> bytes:
        """Return the bytes behind a request, which may be stored on another server.

        One redirect is followed, and the token does not go along to another server.

        Raises:
            NotPermittedError: as `call`.
            GitHubError: as `call`; there are more than `most` bytes, or one redirect more.
        """
        url = self._address(request)
        first = self._repeat(request, url, most=most)
        if not isinstance(first, Response) or first.status not in _REDIRECTS:
            return self.settle(request, first).body
        target = joined(url, first.headers.get("location", ""))
        if origin(target) is None or (url.startswith("https:") and target.startswith("http:")):
            raise GitHubError(f"{request.place}: the download leads to no https address")
        stored = self._repeat(request, target, most=most)
        if isinstance(stored, Response) and not stored.is_success:
            raise GitHubError(
                f"{request.place}: the storage behind the download answers HTTP {stored.status}"
            )
        return self.settle(request, stored).body

    def _address(self, request: Request, **more: str) -> str:
        query = urlencode({**request.query, **more}, errors="replace")
        return f"{self._api}/{request.path}{'?' if query else ''}{query}"

    def _repeat(self, request: Request, url: str, *, most: int) -> Outcome:
        for attempt in count(1):
            outcome = self._once(request, url, most=most)
            pause = pause_after(
                outcome, may_repeat=request.may_repeat, attempt=attempt, now=self._now()
            )
            if pause is None or not self.wait(pause):
                break
        return outcome

    def _once(self, request: Request, url: str, *, most: int) -> Outcome:
        try:
            with self._http.stream(
                request.method, url, headers=self._headers(request, url), content=request.content()
            ) as response:
                return Response(
                    place=request.place,
                    status=response.status_code,
                    headers={name.lower(): value for name, value in response.headers.items()},
                    body=self._body(request, response, most=most),
                )
        except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as error:
            return self._lost(error, url)

    def _body(self, request: Request, response: httpx2.Response, *, most: int) -> bytes:
        end = self._now() + self._patience.answer
        limit = most if response.is_success else LARGEST_ERROR
        parts = bytearray()
        for part in response.iter_bytes():
            parts += part
            if len(parts) > limit:
                raise GitHubError(f"{request.place}: the answer is larger than {limit:,} bytes")
            if self._now() > end:
                raise GitHubError(
                    f"{request.place}: the answer took longer than {self._patience.answer:g} s"
                )
        return bytes(parts)

    def _headers(self, request: Request, url: str) -> Mapping[str, str]:
        """Return the headers for an address: those of the API, and token, go to the API alone."""
        if origin(url) != origin(self._api):
            return {}
        headers = {
            "accept": request.accept,
            "authorization": f"Bearer {self._token}",
            "x-github-api-version": "2022-11-28",
        }
        return headers if request.body is None else headers | {"content-type": "application/json"}

    def _lost(self, error: Exception, url: str) -> Lost:
        said = str(error).replace(self._token, "[token]")
        place = _server(url)
        if _UNTRUSTED in said:
            return Lost(
                reason=f"the certificate of {place} is not trusted: name the file of your "
                "authority in SSL_CERT_FILE",
                was_sent=False,
                may_pass=False,
            )
        kind = type(error).__name__
        # Only what is said of a connection is worth telling; the rest may quote the request.
        has_reason = isinstance(error, httpx2.ConnectError | httpx2.ProxyError) and said
        why = f": {one_line(said, 120)}" if has_reason else ""
        return Lost(
            reason=f"no answer from {place}: {kind}{why}",
            was_sent=not isinstance(error, _UNSENT),
        )


def _server(url: str) -> str:
    place = origin(url)
    return f"{place[0]}://{place[1]}:{place[2]}" if place else "an address that is none"


def _connections(patience: Patience) -> httpx2.Client:
    """Open connections as the environment wants them, or raise GitHubError."""
    reason = ""
    try:
        return httpx2.Client(
            headers={"user-agent": f"evalgate/{__version__}"},
            timeout=httpx2.Timeout(patience.read, connect=patience.connect),
            follow_redirects=False,
        )
    except OSError as error:
        reason = f"SSL_CERT_FILE or SSL_CERT_DIR cannot be used: {type(error).__name__}"
    except (ValueError, ImportError, httpx2.InvalidURL) as error:
        reason = (
            f"HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names a proxy that cannot be used "
            f"({type(error).__name__}): expected an address such as http://proxy.example.com:3128"
        )
    raise GitHubError(reason)
