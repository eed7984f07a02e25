"""Reads and writes incidents: one file of JSON each, replaced as a whole or not at all.

`incident/2` is what is written. A file of `incident/1`, which rollouts wrote, is read as one that
was detected by a rollout; the first change writes it anew in the current form.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from msgspec import MsgspecError, convert, to_builtins

from evalgate.adapters.incident_1 import FIRST, from_first
from evalgate.adapters.swap import locked, read_file, swap, write_whole
from evalgate.errors import ConfigurationError, EvalgateError, MovedError, Problem, UsageError
from evalgate.model.document import Data
from evalgate.model.incident import SCHEMA, Incident

ENDING = ".json"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,119}", re.ASCII)
_TRIES = 5


PLACE = Path("reports") / "incidents"
"""Where incidents lie in a repository, unless they are elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredIncident:
    """An incident, and the file that it was read from, with its bytes."""

    incident: Incident
    path: Path
    content: bytes


def incident_text(incident: Incident) -> str:
    """Return the text of an incident's file; the same incident gives the same text."""
    data = to_builtins(incident)
    if not isinstance(data, dict):
        raise TypeError(type(data))
    head = {"schema": SCHEMA, "id": data.pop("id"), "class": data.pop("kind")}
    return json.dumps({**head, **data}, indent=2, ensure_ascii=False) + "\n"


def parse_incident(content: bytes, *, path: Path) -> Incident:
    """Return the incident of a file's content.

    Raises:
        ConfigurationError: it is none of the two schemas, or a key of it is wrong.
    """
    try:
        data: Data = json.loads(content)
        json.dumps(data, ensure_ascii=False).encode()  # what no file can hold could not be changed
    except (ValueError, RecursionError) as error:
        raise _wrong(path, f"is no JSON: {error}") from None
    if not isinstance(data, dict):
        raise _wrong(path, "expected an object")
    schema = data.get("schema")
    if schema == FIRST:
        return from_first(data)
    if schema != SCHEMA:
        raise _wrong(path, f"schema: expected {SCHEMA} or {FIRST}, got {json.dumps(schema)}")
    rest = {key: value for key, value in data.items() if key not in ("schema", "class")}
    named = {**rest, "kind": data.get("class")}
    try:
        incident = convert(named, Incident)
    except MsgspecError as error:
        raise _wrong(path, f"{str(error).replace('$.kind', '$.class')}") from None
    unknown = next(_unknown(named, to_builtins(incident), "$"), None)
    if unknown:
        raise _wrong(path, f"there is no key `{unknown}`: what it says would be lost")
    return incident


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFolder:
    """The folder of all incidents; it need not exist yet."""

    path: Path

    def stored(
        self, *, broken: Callable[[EvalgateError], None] | None = None
    ) -> Iterator[StoredIncident]:
        """Yield all incidents, the oldest first.

        Args:
            broken: is told of a file that is wrong or cannot be read, which is passed over then; a
                file that a merge has torn must not hide an incident that burns.

        Raises:
            ConfigurationError: one of the files is wrong, and nobody wants to be told.
            UsageError: the folder or a file cannot be read.
        """
        for path in self._files():
            try:
                stored = _read(path)
            except (ConfigurationError, UsageError) as error:
                if broken is None:
                    raise
                broken(error)
                continue
            if stored is not None:
                yield stored

    def find(self, name: str) -> StoredIncident:
        """Return the incident with an id, or with the only id that begins or ends like that.

        Raises:
            UsageError: there is none, or there are several.
        """
        if not _NAME.fullmatch(name):
            raise UsageError(f"`{name[:80]}` is no id of an incident: {self._known()}")
        exact = _read(self._path(name))
        if exact is not None:
            return exact
        meant = [path for path in self._files() if _is_called(path.stem, name)]
        found = [stored for path in meant if (stored := _read(path))] if len(meant) == 1 else []
        if found:
            return found[0]
        how_many = "no incident is" if not meant else f"{len(meant)} incidents are"
        raise UsageError(f"{how_many} called `{name}` in {self.path}: {self._known()}")

    def open(self, fingerprint: str, make: Callable[[], Incident]) -> tuple[StoredIncident, bool]:
        """Return the open incident of a fingerprint, made where there is none, and if it is new.

        Of several processes that do so at once, one makes it. A file that cannot be read keeps
        nobody from opening another incident.

        Raises:
            UsageError: the folder cannot be written to.
        """
        known = self._open_one(fingerprint)
        if known is not None:
            return known, False
        incident = make()  # which may read gigabytes of logs: nobody waits for that
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with locked(self.path):
                known = self._open_one(fingerprint)
                if known is not None:
                    return known, False
                incident = self._named(incident)
                path, content = self._path(incident.id), incident_text(incident).encode()
                write_whole(path, content)
        except OSError as error:
            raise UsageError(f"cannot write into {self.path}: {error.strerror or error}") from error
        return StoredIncident(incident=incident, path=path, content=content), True

    def change(self, name: str, change: Callable[[Incident], Incident]) -> StoredIncident:
        """Change an incident, whatever others change at the same time, and return it.

        Raises:
            UsageError: there is no such incident, it cannot be written, or the change is refused.
        """
        stored = self.find(name)
        for _ in range(_TRIES):
            after = change(stored.incident)
            content = incident_text(after).encode()
            try:
                swap(stored.path, stored.content, content)
            except MovedError:
                stored = self.find(stored.incident.id)
            else:
                return StoredIncident(incident=after, path=stored.path, content=content)
        raise UsageError(f"{stored.path} is changed all the time: try again")

    def _open_one(self, fingerprint: str) -> StoredIncident | None:
        for path in self._files():
            with suppress(ConfigurationError, UsageError):
                stored = _read(path)
                if stored and stored.incident.is_open_for(fingerprint):
                    return stored
        return None

    def _named(self, incident: Incident) -> Incident:
        """Return an incident under an id that is free: several may be opened in one second."""
        name, number = incident.id, 2
        while self._path(name).exists():
            name, number = f"{incident.id}-{number}", number + 1
        if name == incident.id:
            return incident
        text = incident_text(incident).replace(incident.id, name)
        return parse_incident(text.encode(), path=self._path(name))

    def _path(self, name: str) -> Path:
        return self.path / f"{name}{ENDING}"

    def _files(self) -> list[Path]:
        try:
            files = sorted(self.path.glob(f"*{ENDING}")) if self.path.is_dir() else []
        except OSError as error:
            raise UsageError(f"{self.path}: cannot be read: {error.strerror}") from error
        return [path for path in files if not path.name.startswith(".")]

    def _known(self) -> str:
        ids = [path.stem for path in self._files()]
        return f"the latest are {', '.join(ids[-3:])}" if ids else "there are none yet"


def _is_called(incident: str, name: str) -> bool:
    return incident.startswith(name) or incident.endswith(name)


def _read(path: Path) -> StoredIncident | None:
    content = read_file(path)
    if content is None:
        return None
    incident = parse_incident(content, path=path)
    return StoredIncident(incident=incident, path=path, content=content)


def _unknown(data: Data, told: object, place: str) -> Iterator[str]:
    """Yield the keys of a document that no reader has understood."""
    if isinstance(data, Mapping) and isinstance(told, Mapping):
        for key, value in data.items():
            if key not in told:
                yield f"{place}.{key}"
            else:
                yield from _unknown(value, told[key], f"{place}.{key}")
    elif isinstance(data, list) and isinstance(told, list | tuple):
        for index, (value, other) in enumerate(zip(data, told, strict=False)):
            yield from _unknown(value, other, f"{place}[{index}]")


def _wrong(path: Path, message: str) -> ConfigurationError:
    return ConfigurationError([Problem(path=str(path), message=message)])
