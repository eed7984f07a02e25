"""An answer as graders see it: what the model said, and what is known about the call."""

from dataclasses import dataclass

from evalgate.model.chat import Completion


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A completion and what it cost, in US dollars; None when that is not known."""

    completion: Completion
    cost_usd: float | None = None

    @property
    def text(self) -> str:
        """The words of the answer."""
        return self.completion.text
