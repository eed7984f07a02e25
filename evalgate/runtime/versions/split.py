"""Which version a call is answered by: a split by salted hash that never moves anybody back."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

from evalgate.model.call import Arm, Assignment
from evalgate.model.prompt import Canary, PromptVersion
from evalgate.runtime.versions.live_prompt import LivePrompt

BUCKETS = 10_000
"""One bucket is a basis point, a hundredth of a percent."""

Chooser = Callable[[str, str], str | None]
"""Says for a prompt and a unit which version is to serve; None leaves it to the split."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The version that answers a call, the arm that it is counted for, and what chose it.

    `assigned_by` is None where there was nothing to choose.
    """

    version: PromptVersion
    arm: Arm
    assigned_by: Assignment | None = None


def unit_of(user: str | None, conversation: str | None, *, request: str) -> str:
    """Return what a call is split by: who asks, else in which conversation, else chance."""
    return user or conversation or request


def bucket(unit: str, salt: str) -> int:
    """Return the bucket of a unit, from 0 to 9,999: the same one in every process, for ever.

    It is the 64-bit BLAKE2b hash of salt, NUL and unit in UTF-8, read as a big-endian number,
    times 10,000, without its lower 64 bits. Multiply and shift is even up to 1 in 10^15, unlike a
    remainder it needs no division, and every bit of the hash counts.
    """
    text = f"{salt}\0{unit}".encode("utf-8", "surrogatepass")
    return (int.from_bytes(blake2b(text, digest_size=8).digest(), "big") * BUCKETS) >> 64


def basis_points(percent: float) -> int:
    """Return a percentage in hundredths of a percent: 5.25 is 525."""
    return round(percent * 100)


def arm_of(unit: str, canary: Canary | None) -> Arm:
    """Return the arm of a unit: the canary's where its bucket lies below the canary's weight.

    A greater weight adds units and takes none away, as long as the salt stays.
    """
    if canary is None or bucket(unit, canary.salt) >= basis_points(canary.percent):
        return Arm.STABLE
    return Arm.CANARY


def chosen(
    live: LivePrompt, unit: str, *, pin: str | None = None, chooser: Chooser | None = None
) -> Chosen:
    """Return the version that answers a call.

    Args:
        live: what is live of the prompt.
        unit: what is split by: the user, else the conversation, else the request.
        pin: the version that the conversation began with. It holds while that version is live, so
            a rollback outranks it, and a canary that is at 0 % is not live.
        chooser: asked where there are two versions and no pin holds; what it says is ignored
            unless it is one of the two.
    """
    if live.canary is None or live.split is None:
        return Chosen(version=live.stable, arm=Arm.STABLE)
    arm, by = _arm(live, pin), Assignment.PIN
    if arm is None and chooser is not None:
        arm, by = _arm(live, chooser(live.prompt, unit)), Assignment.CHOOSER
    if arm is None:
        arm, by = arm_of(unit, live.split), Assignment.SPLIT
    version = live.canary if arm is Arm.CANARY else live.stable
    return Chosen(version=version, arm=arm, assigned_by=by)


def _arm(live: LivePrompt, version: str | None) -> Arm | None:
    """Return the arm of a version that is live."""
    if version == live.stable.version:
        return Arm.STABLE
    if live.canary is None or live.split is None or version != live.canary.version:
        return None
    return Arm.CANARY if basis_points(live.split.percent) > 0 else None
