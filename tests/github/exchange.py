"""A request to the fake GitHub once it is understood, and what may be answered."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlencode

from evalgate.model.document import Data
from tests.github.contract import Asked
from tests.github.filling import filled
from tests.github.state import State

DOCUMENTATION = "https://docs.github.com/rest"
DEFAULT_PAGE = 30
LARGEST_PAGE = 100

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent back: JSON, bytes of another type, or nothing."""

    status: int = 200
    body: Data = None
    raw: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class RefusedError(Exception):
    """An answer that says no."""

    def __init__(self, status: int, message: str, *, errors: Sequence[Data] = ()) -> None:
        super().__init__(message)
        details: dict[str, Data] = {"errors": list(errors)} if errors else {}
        self.answer = Answer(
            status=status,
            body={
                "message": message,
                **details,
                "documentation_url": DOCUMENTATION,
                "status": str(status),
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that is permitted and as described.

    Args:
        asked: the request.
        state: the repository.
        query: its parameters, the last of each name.
        body: its members.
        author: who the token speaks for.
        base: the API's URL.
        blobs: the URL of the server of archives.
        accept: the type that is wanted.
    """

    asked: Asked
    state: State
    query: Mapping[str, str]
    body: Mapping[str, Data]
    author: str
    base: str
    blobs: str
    accept: str

    def url(self, path: str) -> str:
        """Return the API's URL of a path below the repository."""
        return f"{self.base}/repos/{self.state.repository}{path}"

    def page_url(self, path: str) -> str:
        """Return where people see a path below the repository."""
        return f"https://github.com/{self.state.repository}{path}"

    def number(self, name: str) -> int:
        """Return a number that stands in the path."""
        return int(self.asked.parts[name])

    def text(self, name: str, default: str = "") -> str:
        """Return a member of the body that is a string."""
        value = self.body.get(name)
        return value if isinstance(value, str) else default

    def stated(self, name: str) -> str | None:
        """Return a member of the body that is a string or stays away."""
        value = self.body.get(name)
        return value if isinstance(value, str) else None

    def user(self, login: str) -> Data:
        """Return an account as GitHub shows it."""
        kind = "Bot" if login.endswith("[bot]") else "User"
        return {**filled("simple-user", login=login, type=kind), "id": 41_898_282}


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An operation that is served.

    Args:
        method: in capitals.
        template: its path below the repository.
        areas: the permissions of which a token needs one, such as `statuses`.
        act: what carries it out.
    """

    method: str
    template: str
    areas: Sequence[str]
    act: Callable[[Call], Answer]

    def scopes(self, *, private: bool) -> Sequence[str]:
        """Return the permissions of which a token needs one; none means that anybody may."""
        if self.method != "GET":
            return [f"{area}: write" for area in self.areas]
        return [f"{area}: {word}" for area in self.areas for word in ("read", "write") if private]

    def parts(self, path: str) -> Mapping[str, str] | None:
        """Return what stands in the places of the template, or None for another operation's path.

        A ref or the path of a file may hold slashes.
        """
        pattern = re.sub(r"\{(\w+)\}", _place, self.template)
        found = re.fullmatch(pattern, path)
        return found.groupdict() if found else None


def _place(name: re.Match[str]) -> str:
    holds_slashes = name[1] in {"path", "ref"}
    return f"(?P<{name[1]}>{'.+' if holds_slashes else '[^/]+'})"


def missing() -> RefusedError:
    """Return the answer to what does not exist."""
    return RefusedError(404, "Not Found")


def invalid(resource: str, message: str, *, field_name: str, code: str = "custom") -> RefusedError:
    """Return the answer to a value that GitHub does not take."""
    error: Data = {"resource": resource, "field": field_name, "code": code, "message": message}
    return RefusedError(422, "Validation Failed", errors=[error])


def page_of(call: Call, values: Sequence[Value]) -> tuple[Sequence[Value], Mapping[str, str]]:
    """Return the wanted page of a list, and the headers that lead to the others."""
    size = min(max(int(call.query.get("per_page", DEFAULT_PAGE)), 1), LARGEST_PAGE)
    page = max(int(call.query.get("page", 1)), 1)
    last = max(-(-len(values) // size), 1)
    wanted = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    absent = {"prev", "first"} if page == 1 else set()
    absent |= {"next", "last"} if page >= last else set()
    links = [
        f'<{_page_link(call, number)}>; rel="{name}"'
        for name, number in wanted.items()
        if name not in absent
    ]
    shown = values[(page - 1) * size : page * size]
    return shown, {"Link": ", ".join(links)} if links else {}


def _page_link(call: Call, page: int) -> str:
    """Return a link by the repository's number, as GitHub writes it, not by its name."""
    path = call.asked.template.format(**call.asked.parts)
    query = urlencode({**call.query, "page": page})
    return f"{call.base}/repositories/{call.state.repository_id}{path}?{query}"
