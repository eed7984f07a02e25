"""Opens a runtime: reads the environment and the folder, and puts the parts together."""

import logging
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from evalgate.adapters.call_log import LineLog, Sink, file_call_log, logger_sink, unheard
from evalgate.adapters.claude_access import access_to, read_access
from evalgate.adapters.prices import VERSION
from evalgate.errors import ConfigurationError, Problem, UsageError
from evalgate.model.call_ports import Event
from evalgate.model.reading import suggestion
from evalgate.runtime.connecting import check_access, connecting
from evalgate.runtime.desk import Desk
from evalgate.runtime.ending import Ending
from evalgate.runtime.line import Lines
from evalgate.runtime.logbook.call_line import line_of
from evalgate.runtime.logbook.identity import read_hashing
from evalgate.runtime.logbook.tracing import load_telemetry
from evalgate.runtime.order import Caches
from evalgate.runtime.reception import Reception
from evalgate.runtime.settings import FILE, read_serving
from evalgate.runtime.spooling import Spooling
from evalgate.runtime.stating import check_function
from evalgate.runtime.versions.shelf import Shelf
from evalgate.runtime.versions.split import Chooser

LOG = "EVALGATE_LOG"
OVERRIDE = "EVALGATE_OVERRIDE"
REVISION = "EVALGATE_REVISION"
USUAL_LOG = "logs"

SDK = f"anthropic/{version('anthropic')}"
"""What answers are asked for with, as lines of the log name it."""

Log = str | Path | logging.Logger | Sink
"""Where the call log goes: a folder, a logger, or whatever takes lines of bytes."""

Listener = Callable[[Event], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a runtime lives; what is None comes from the environment.

    `server` stands in for all providers and asks for no key, such as the simulator.
    """

    prompts: Path
    log: Log | None = None
    override: Path | None = None
    server: str | None = None
    chooser: Chooser | None = None
    on_event: Listener | None = None
    revision: str | None = None


def open_desk(place: Place, variables: Mapping[str, str] = os.environ) -> Desk:
    """Return the parts of a runtime, put together.

    Raises:
        ConfigurationError: when a file of the folder is wrong.
        UsageError: when the log, a cache or a route cannot be used.
    """
    check_function("chooser", place.chooser)
    check_function("on_event", place.on_event)
    log = _log(place.log or variables.get(LOG) or USUAL_LOG, place.on_event or unheard)
    on_event = _telling(log, place.on_event)
    override = place.override or (Path(variables[OVERRIDE]) if variables.get(OVERRIDE) else None)
    shelf = Shelf(place.prompts, read_serving=read_serving, override=override, on_event=on_event)
    _check_smells(shelf, place.prompts)
    access = read_access(variables) if place.server is None else access_to(_address(place.server))
    check_access(shelf.serving.routes, access)
    revision = variables.get(REVISION, "") if place.revision is None else place.revision

    spooling, connect = Spooling(on_event), connecting(access)
    load_telemetry()  # which the SDK may have loaded
    return Desk(
        shelf=shelf,
        reception=Reception(
            shelf=shelf, hashing=read_hashing(variables), now=time.time, chooser=place.chooser
        ),
        lines=Lines(connect),
        caches=Caches(variables, now=time.time, on_event=on_event),
        on_event=on_event,
        ending=Ending(log=log, spooling=spooling, price_rev=VERSION, app_rev=revision, sdk=SDK),
        spooling=spooling,
        close_log=log.close,
    )


def _check_smells(shelf: Shelf, folder: Path) -> None:
    """Refuse rules for a prompt that is not there: they would hold for nothing."""
    names = shelf.names()
    problems = [
        Problem(
            path=str(folder / FILE),
            key=f"smell.{name}",
            message=f"there is no such prompt{suggestion(name, names) if names else ''}",
        )
        for name in shelf.serving.smell
        if name not in names
    ]
    if problems:
        raise ConfigurationError(problems)


def _address(server: str) -> str:
    """Return the address of a server, without a slash at its end."""
    try:
        parts = urlsplit(server)
        is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except (ValueError, AttributeError, TypeError):  # whose words may hold a password
        is_address = False
    if not is_address:
        raise UsageError("server: expected an address such as http://127.0.0.1:8377")
    return server.rstrip("/")


def _log(where: Log, alarm: Listener) -> LineLog:
    if isinstance(where, str | Path):
        return file_call_log(Path(where), line_of=line_of, now=time.time, alarm=alarm)
    if not isinstance(where, logging.Logger) and not callable(where):
        kind = type(where).__name__
        raise UsageError(f"log: expected a folder, a logger or a function, got a {kind}")
    sink = logger_sink(where) if isinstance(where, logging.Logger) else where
    return LineLog(sink, line_of=line_of, now=time.time, alarm=alarm)


def _telling(log: LineLog, listener: Listener | None) -> Listener:
    def tell(event: Event) -> None:
        log.write(event)
        if listener is not None:
            with suppress(Exception):  # an application's ear must not cost it an answer
                listener(event)

    return tell
