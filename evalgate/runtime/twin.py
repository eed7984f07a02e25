"""What the runtime and its asynchronous twin have in common: a look at their parts, and a hand."""

from collections.abc import Mapping

from evalgate.model.override import Forced
from evalgate.runtime.desk import Desk
from evalgate.runtime.failover.breaker import Condition
from evalgate.runtime.versions.live_prompt import LivePrompt


class Twin:
    """A runtime as far as nothing has to be waited for."""

    _desk: Desk

    def live(self, prompt: str) -> LivePrompt:
        """Return what is live of a prompt, the override of this host applied.

        Raises:
            UsageError: when there is no such prompt, or nothing of it is live yet.
        """
        return self._desk.shelf.live(prompt)

    def breakers(self) -> Mapping[str, Condition]:
        """Return the state of each route and model that was asked so far."""
        return self._desk.conditions()

    def force(self, route: str, state: Forced | None) -> None:
        """Hold a route open (nothing is sent) or closed (everything is); None lets it go."""
        self._desk.force(route, state)
