"""Chooses calls for scoring, at their end, when it is known what became of them.

One number is drawn per call, from its id, and compared with the largest of the rates that apply. So
the chance of a call is exactly that rate, every host decides alike, and what is weighted by one
over its probability speaks about all calls (Horvitz and Thompson, JASA 47, 1952, 663).
"""

from collections.abc import Collection
from hashlib import blake2b

from evalgate.model.call import Arm, CallRecord, ServedBy
from evalgate.model.chat import ChatRequest, Completion
from evalgate.model.sample import Sample, Sampled, Stratum
from evalgate.model.serving import Mark, SamplingRules

_PURPOSE = b"evalgate-sample"
_REMEMBERED = frozenset({ServedBy.CACHE, ServedBy.SHARED, ServedBy.STALE_CACHE})


def sample_call(
    record: CallRecord, rules: SamplingRules, *, slow_after: float | None = None, salt: str = ""
) -> Sampled | None:
    """Choose a call, or not, by its record.

    Args:
        record: of the call; its field `sampled` is what comes of this.
        rules: the rates.
        slow_after: seconds beyond which a call is slow; None where no call is.
        salt: another one makes another choice among the same calls.
    """
    if not rules.rate and not rules.raised:
        return None
    return sampled(
        record.request_id,
        rules,
        marks=marks_of(record, slow_after=slow_after),
        is_cached=record.served_by in _REMEMBERED,
        salt=salt,
    )


def sample_of(
    record: CallRecord, found: Sampled, *, request: ChatRequest, answer: Completion | None
) -> Sample:
    """Return what the spool keeps of a chosen call; a failed one has no answer."""
    return Sample(
        ts=record.ts,
        request_id=record.request_id,
        prompt=record.prompt,
        version=record.version,
        prompt_hash=record.prompt_hash,
        arm=record.arm,
        feature=record.feature,
        route=record.route,
        sampled=found,
        request=request,
        text=answer.text if answer else "",
        stop_reason=answer.stop_reason if answer else None,
        smell=record.smell or (),
        tool_calls=answer.tool_calls if answer else (),
        provider=record.provider,
        model=record.model,
    )


def sampled(
    request_id: str,
    rules: SamplingRules,
    *,
    marks: Collection[Mark] = (),
    is_cached: bool = False,
    salt: str = "",
) -> Sampled | None:
    """Choose a call, or not, by its id and its marks."""
    probability = max(rules.rate, *(rules.raised.get(mark, 0.0) for mark in marks), 0.0)
    if probability <= 0:
        return None
    number = drawn(request_id, salt)
    if number >= probability:
        return None
    if is_cached:
        stratum = Stratum.CACHED
    else:
        stratum = Stratum.UNIFORM if number < rules.rate else Stratum.RAISED
    known = tuple(mark for mark in Mark if mark in marks)
    return Sampled(probability=min(1.0, probability), stratum=stratum, marks=known)


def marks_of(record: CallRecord, *, slow_after: float | None = None) -> tuple[Mark, ...]:
    """Return the marks of a call, in the order of `Mark`."""
    is_slow = slow_after is not None and record.latency_ms > 1000 * slow_after
    has = {
        Mark.CANARY: record.arm is Arm.CANARY,
        Mark.ERROR: record.error is not None,
        Mark.SMELL: bool(record.smell),
        Mark.DEGRADED: record.degraded,
        Mark.SLOW: is_slow,
    }
    return tuple(mark for mark, holds in has.items() if holds)


def drawn(request_id: str, salt: str = "") -> float:
    """Return a number from 0 up to but not 1 that is the same for an id on every host."""
    written = f"{salt}\0{request_id}".encode(errors="surrogatepass")
    digest = blake2b(written, digest_size=8, person=_PURPOSE).digest()
    # Only 53 bits fit into a float; more could round up to 1.
    return (int.from_bytes(digest) >> 11) / 2.0**53
