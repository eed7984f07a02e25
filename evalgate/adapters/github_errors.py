"""Says in one line what GitHub refused and what to do about it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from evalgate.adapters.github_exchange import Lost, Outcome, Request, Response
from evalgate.adapters.github_waiting import is_limited, limit_pause
from evalgate.adapters.github_words import message_of, one_line
from evalgate.errors import GitHubError, NotPermittedError

_ADVICE: Mapping[str, str] = {
    "create or approve pull requests": (
        "allow it under Settings, Actions, General, Workflow permissions of the repository or "
        "of its organization"
    ),
    "saml": "authorize the token for the organization's single sign-on",
    "ip allow list": "allow the runner's address in the settings of the organization",
    "is locked": "unlock the conversation, or let the token write there too",
    "archived": "an archived repository can only be read",
}
"""What to do about a refusal that no permission of the job would lift, by words of its message."""

_LONGEST_ID = 60
_LONGEST_PATH = 160


def error_of(request: Request, outcome: Outcome, *, secret: str, now: float) -> GitHubError:
    """Return the error that says why a request came to nothing.

    Args:
        request: what was asked.
        outcome: of the last attempt.
        secret: never stands in the message, whoever repeats it.
        now: seconds of the epoch.
    """
    place = one_line(request.place, _LONGEST_PATH)
    if isinstance(outcome, Lost):
        doubt = "" if request.may_repeat or outcome.is_settled else "; it may have been done"
        return GitHubError(f"{place}: {outcome.reason}{doubt}")
    told = f"{place}: {_status(outcome, secret)}"
    if is_limited(outcome):
        free = datetime.fromtimestamp(now + limit_pause(outcome, 1, now=now), tz=UTC)
        when = f"{free:%Y-%m-%d %H:%M:%S} UTC"
        return GitHubError(f"{told}; GitHub takes requests again at {when}: run again then")
    advice = _refusal(request, outcome)
    if advice:
        return NotPermittedError(f"{told}; {advice}")
    return GitHubError(f"{told}{_hint(request, outcome)}")


def _status(response: Response, secret: str) -> str:
    # Hidden before it is cut: half a secret is one too.
    said = one_line(message_of(response).replace(secret, "[token]"))
    told = f"HTTP {response.status}: {said}" if said else f"HTTP {response.status}"
    identity = response.headers.get("x-github-request-id", "").replace(secret, "[token]")
    return f"{told} (request {one_line(identity, _LONGEST_ID)})" if identity else told


def _refusal(request: Request, response: Response) -> str:
    """Return what to do about a permission that is missing; empty when none is."""
    said = message_of(response).lower()
    # A proxy or another server refuses without GitHub's words.
    if not said:
        return ""
    known = next((advice for words, advice in _ADVICE.items() if words in said), "")
    needs = f"`permissions: {request.needs}`"
    match response.status:
        case 401:
            return f"GitHub does not know the token: give one that is valid, with {needs}"
        case 403:
            return known or (
                f"give the job {needs}; the runs of forks and of Dependabot cannot have more "
                "than reading"
            )
        case 404 if request.is_write:
            return f"it does not exist, or the job lacks {needs}"
        case _:
            return ""


def _hint(request: Request, response: Response) -> str:
    if 300 <= response.status < 400:
        return "; it is not followed elsewhere: check that the repository has not been renamed"
    if response.status in {401, 403, 404, 405} and not message_of(response):
        return "; this is no answer of GitHub's API: check GITHUB_API_URL and the proxy"
    if response.status == 404:
        return f"; it does not exist, or the token may not read it (`{request.needs}`)"
    doubt = not response.is_settled and not request.may_repeat
    return "; it may have been done" if doubt else ""
