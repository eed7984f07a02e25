"""What a check of the library finds: a remark about a place in a file, and how much it matters."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much an observation matters: an error spoils verdicts, a hint only costs something."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"

    @property
    def rank(self) -> int:
        """The order in which observations are shown, the gravest first."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One remark; `code` names its kind and never changes, the message may."""

    severity: Severity
    code: str
    path: str
    message: str
    line: int | None = None
    key: str = ""
