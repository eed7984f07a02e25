"""Where the files of production lie, and the commands that look at the same ones again; pure.

Paths are told as from the root of the repository: that is where a reader of an alert stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from shlex import join

LOGS, SCORES = ("logs",), ("scores",)
"""Where the monitor looks by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things are, as a command line names them; empty where the default is right.

    `folder` is that of the prompts, and `incidents` that of the incidents.
    """

    folder: str = ""
    policy: str = ""
    logs: tuple[str, ...] = LOGS
    scores: tuple[str, ...] = ()
    incidents: str = ""
    baselines: str = ""
    smells: tuple[str, ...] = ()

    def monitor(self) -> str:
        """Look at production once."""
        logs = () if self.logs == LOGS else self.logs
        scores = () if self.scores == SCORES else self.scores
        options = (
            *(f"--scores={path}" for path in scores),
            *self._rules(),
            *named("--baselines", self.baselines),
            *named("--incidents", self.incidents),
            *(f"--smells={path}" for path in self.smells),
        )
        # An option stands first, so that no log is taken for an action of the verb.
        return join(("evalgate", "monitor", "--once", *placed(logs), *options))

    def incident(self, action: str, name: str, *words: str) -> str:
        """Go on with an incident."""
        found = named("--incidents", self.incidents)
        return join(("evalgate", "incident", action, name, *words, *found))

    def alert_test(self, sink: str) -> str:
        """Try one place for alerts."""
        return join(("evalgate", "alert", "test", *named("--sink", sink), *self._rules()))

    def _rules(self) -> tuple[str, ...]:
        return (*named("--prompts", self.folder), *named("--policy", self.policy))


def named(option: str, value: str) -> tuple[str, ...]:
    """Return an option with its value as words of a command; none where there is no value."""
    if value.startswith("-"):  # by itself it would be taken for an option
        return (f"{option}={value}",)
    return (option, value) if value else ()


def placed(paths: Iterable[str]) -> tuple[str, ...]:
    """Return paths as words of a command that stand without an option."""
    return tuple(f"./{path}" if path.startswith("-") else path for path in paths)
