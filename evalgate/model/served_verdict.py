"""What a delivery engine is told over HTTP about a rollout."""

from collections.abc import Mapping
from dataclasses import dataclass

from evalgate.model.document import Data

SCHEMA = "served-verdict/1"

HEALTH = "/healthz"
"""The one path that is answered to whoever asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedAnswer:
    """A status of HTTP and the document that is sent with it.

    `allow` are the methods that the path takes, where the one that was used is not among them.
    """

    status: int
    document: Mapping[str, Data]
    allow: tuple[str, ...] = ()


def refusal(status: int, why: str, *, allow: tuple[str, ...] = ()) -> ServedAnswer:
    """Return an answer that tells no verdict, and why it does not."""
    return ServedAnswer(status=status, document={"schema": SCHEMA, "error": why}, allow=allow)
