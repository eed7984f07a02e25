"""The commands that an incident's playbook tells; pure.

They are evalgate's own, with the arguments of its parsers; a test parses each of them.
"""

from dataclasses import dataclass
from shlex import join

from evalgate.model.incident import Scope
from evalgate.monitoring.places import Places, named, placed

ROUTE_SPAN = "2h"
"""How long a route is held: the hop ends by itself when everybody has forgotten it."""

_WITH_CASES = frozenset({"case", "close"})
"""What of an incident reads prompts and eval sets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """Writes the commands of one incident."""

    incident: str
    places: Places

    def hold(self, prompt: str) -> str:
        """Freeze a rollout at its share."""
        return self._move("rollout", "hold", prompt)

    def go_on(self, prompt: str) -> str:
        """Let a held rollout go on, by its evidence."""
        return self._move("rollout", "advance", prompt)

    def status(self, prompt: str) -> str:
        """Tell where a rollout stands."""
        calls = (f"--calls={path}" for path in self.places.logs)
        return join(("evalgate", "rollout", "status", prompt, *self._folder(), *calls))

    def start(self, prompt: str, version: str) -> str:
        """Begin a rollout again."""
        return self._move("rollout", "start", prompt, version)

    def rollback(self, prompt: str) -> str:
        """Go back to the last good version."""
        return self._move("rollback", prompt)

    def rollback_model(self, prompt: str) -> str:
        """Take back the last change of the model."""
        return self._move("rollback", prompt, "--model")

    def switch(self, prompt: str, *words: str) -> str:
        """Switch a prompt: to a version, off or on, or to a model."""
        return self._move("switch", prompt, *words)

    def route(self, name: str, *, is_open: bool) -> str:
        """Send nothing over a route on this host for a while, or let its breaker rule again."""
        state = ("open", "--for", ROUTE_SPAN) if is_open else ("auto",)
        return join(("evalgate", "route", name, *state, *self._folder(), *self._reason()))

    def promote(self, prompt: str, version: str) -> str:
        """Give a version a share of the traffic again, by the gate."""
        return join(("evalgate", "promote", prompt, version, "--percent", "5", *self._reason()))

    def judged_again(self, prompt: str, version: str) -> str:
        """Run a version against its eval sets, and write nothing."""
        return join(("evalgate", "promote", prompt, version, "--percent", "5", "--dry-run"))

    def show(self, prompt: str, version: str) -> str:
        """Show what a version says."""
        return join(("evalgate", "prompts", "show", f"{prompt}@{version}" if version else prompt))

    def diff(self, prompt: str, before: str, after: str) -> str:
        """Show what differs between two versions."""
        return join(("evalgate", "prompts", "diff", prompt, before, after))

    def logs(self, question: str, scope: Scope, *, since: str, by: str = "") -> str:
        """Ask the call log: `errors`, `latency`, `cost` or `slowest`."""
        narrowed = (
            word
            for option in ("prompt", "feature", "version", "model", "provider", "route")
            for word in named(f"--{option}", getattr(scope, option))
        )
        grouped = ("--by", by) if by else ()
        return join(
            (
                *("evalgate", "logs", question, *placed(self.places.logs)),
                *(*narrowed, "--since", since, *grouped),
            )
        )

    def find(self, request_id: str) -> str:
        """Show one call of the log."""
        return join(("evalgate", "logs", "find", request_id, *placed(self.places.logs)))

    def monitor(self) -> str:
        """Look at production once."""
        return self.places.monitor()

    def own(self, action: str, *words: str) -> str:
        """Go on with this incident."""
        found = (*self._folder(), *self._policy()) if action in _WITH_CASES else ()
        return self.places.incident(action, self.incident, *words, *found)

    def _move(self, *words: str) -> str:
        return join(("evalgate", *words, *self._folder(), *self._reason()))

    def _folder(self) -> tuple[str, ...]:
        return named("--folder", self.places.folder)

    def _policy(self) -> tuple[str, ...]:
        return named("--policy", self.places.policy)

    def _reason(self) -> tuple[str, ...]:
        return ("--reason", f"incident {self.incident}")
