"""What a check is, and what it finds in an answer."""

from collections.abc import Callable
from dataclasses import dataclass

from evalgate.grading.answer import Answer
from evalgate.model.document import Data


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check sees in an answer.

    `holds` is None when the check cannot tell, and `cause` says why. A `final` finding is one that
    `not:` does not turn around.
    """

    holds: bool | None
    reason: str
    cause: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One kind of check.

    `fault` says what is wrong with an argument, or None. `find` takes an argument without fault,
    and an answer.
    """

    fault: Callable[[Data], str | None]
    find: Callable[[Data, Answer], Finding]
