"""How answers of the past smelt, as something to hold later ones against."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evalgate.model.chat import ChatRequest
from evalgate.model.content import ToolCall
from evalgate.model.serving import SmellRules
from evalgate.model.smell import Smell


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldResponse:
    """One answer from a file, whoever wrote it; `text` is None where a call gave no answer.

    `prompt` and `stop_reason` are empty, and `request` is None, where the file does not say them.
    """

    path: str
    line: int
    text: str | None
    stop_reason: str = ""
    prompt: str = ""
    request: ChatRequest | None = None
    tool_calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PassCount:
    """How many answers were looked at, and how many of them did not smell."""

    passed: int
    of: int

    @property
    def rate(self) -> float:
        """The share that passed; 0 of none."""
        return self.passed / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SmellBaseline:
    """The file of a baseline.

    `found` counts the answers that had each smell. `length` is the 1st and the 99th percentile of
    their characters, and `scripts` the share of letters in each script. `rules` are what the
    answers were held against, and what later ones are held against too.
    """

    prompt: str
    count: PassCount
    found: Mapping[Smell, int] = field(default_factory=dict)
    length: tuple[int, int] | None = None
    scripts: Mapping[str, float] = field(default_factory=dict)
    rules: SmellRules = field(default_factory=SmellRules)
