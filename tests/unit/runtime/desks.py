"""A desk over a folder of prompts and a scripted model: all of a runtime but the HTTP."""

from dataclasses import dataclass, field
from pathlib import Path

from evalgate.adapters.clock import SystemClock
from evalgate.model.call import CallRecord
from evalgate.model.call_ports import Event
from evalgate.model.chat import ChatRequest
from evalgate.runtime.desk import Desk
from evalgate.runtime.ending import Ending
from evalgate.runtime.line import Lines
from evalgate.runtime.logbook.identity import Hashing
from evalgate.runtime.order import Caches
from evalgate.runtime.reception import Reception
from evalgate.runtime.settings import read_serving
from evalgate.runtime.spooling import Spooling
from evalgate.runtime.versions.shelf import Shelf
from evalgate.simulator.scripted_model import Said, Script, ScriptedModel
from tests.unit.runtime.calls import SONNET

NOW = 1_800_000_000.0
QUESTION = f"---\nmodel: {SONNET}\nmax_tokens: 100\n---\n## user\n\n{{{{question}}}}\n"


def a_folder(folder: Path, **files: str) -> Path:
    """Return a folder with the prompt `shop`; `files` are others, `__` standing for a slash."""
    usual = {"shop__v1.md": QUESTION, "shop__live.yaml": "stable: v1\n"}
    for name, text in (usual | files).items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def a_shelf(folder: Path, override: Path | None = None) -> Shelf:
    """Return a shelf that tells nobody."""
    return Shelf(folder, read_serving=read_serving, override=override, on_event=lambda _event: None)


@dataclass(slots=True)
class Notes:
    """A log that keeps what is written."""

    entries: list[CallRecord | Event] = field(default_factory=list)
    failures: int = 0

    def write(self, entry: CallRecord | Event) -> None:
        """Keep it."""
        self.entries.append(entry)

    @property
    def calls(self) -> list[CallRecord]:
        """The calls among them."""
        return [each for each in self.entries if isinstance(each, CallRecord)]


@dataclass(slots=True)
class Shop:
    """A desk, with what it tells, logs and asks; `said` may be replaced."""

    folder: Path
    override: Path | None = None
    said: Script = lambda _: Said()
    events: list[Event] = field(default_factory=list)
    log: Notes = field(default_factory=Notes)
    model: ScriptedModel = field(init=False)
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.model = ScriptedModel(script=self._said, clock=SystemClock())
        shelf = a_shelf(self.folder, self.override)
        spooling = Spooling(self.events.append)
        self.desk = Desk(
            shelf=shelf,
            reception=Reception(shelf=shelf, hashing=Hashing(b"k" * 16), now=lambda: NOW),
            lines=Lines(lambda _: self.model),
            caches=Caches({}, now=lambda: NOW, on_event=self.events.append),
            on_event=self.events.append,
            ending=Ending(log=self.log, spooling=spooling, price_rev="2026-11", app_rev="r1"),
            spooling=spooling,
        )

    def _said(self, request: ChatRequest) -> Said:
        return self.said(request)
