"""Carries alerts to their sinks side by side: one that hangs delays nobody, and breaks nothing."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Thread
from types import TracebackType

from evalgate.errors import EvalgateError
from evalgate.model.alert import AlertSink, Delivery, SinkRules
from evalgate.model.alerted import Parcel

Opened = Callable[[SinkRules], AlertSink]
"""Makes the sink of some rules; it may raise EvalgateError."""


@dataclass(slots=True, kw_only=True)
class _Errand:
    """What one sink gets in one round, and what became of it so far.

    Once it is `left`, nothing more is begun: the next round takes up what was not done.
    """

    rules: SinkRules
    parcels: Sequence[Parcel]
    at: float
    done: list[Delivery] = field(default_factory=list)
    left: Event = field(default_factory=Event)


class AlertDelivery:
    """Delivers in rounds; a sink that is still busy with an earlier round is not asked again."""

    def __init__(self, rules: Sequence[SinkRules], opened: Opened) -> None:
        """Name the sinks; they are made in their threads, each time anew."""
        self._rules = {each.name: each for each in rules}
        self._opened = opened
        self._busy: dict[str, Thread] = {}

    def deliver(self, parcels: Sequence[Parcel], *, at: float) -> tuple[Delivery, ...]:
        """Deliver, and return what became of each parcel, in their order.

        It lasts as long as the most patient sink has, at most.

        Args:
            parcels: each for a sink that is known.
            at: seconds since 1970.
        """
        begun = time.monotonic()
        errands = [
            _Errand(rules=rules, parcels=own, at=at)
            for name, rules in self._rules.items()
            if (own := [each for each in parcels if each.sink == name])
        ]
        for errand in errands:
            self._start(errand)
        for errand in errands:
            self._wait(errand, until=begun + errand.rules.timeout)
        done = {
            (each.sink, each.fingerprint): each for errand in errands for each in _settled(errand)
        }
        return tuple(
            done[key] for each in parcels if (key := (each.sink, each.alert.fingerprint)) in done
        )

    def _start(self, errand: _Errand) -> None:
        name = errand.rules.name
        before = self._busy.get(name)
        if before is not None and before.is_alive():
            errand.left.set()
            return
        thread = Thread(
            target=_run, args=(errand, self._opened), name=f"evalgate-alerts-{name}", daemon=True
        )
        self._busy[name] = thread
        thread.start()

    def _wait(self, errand: _Errand, *, until: float) -> None:
        if not errand.left.is_set():
            self._busy[errand.rules.name].join(max(0.0, until - time.monotonic()))


def _settled(errand: _Errand) -> Sequence[Delivery]:
    """Return what became of every parcel; what comes after this is too late."""
    was_busy = errand.left.is_set()
    errand.left.set()
    done = [*errand.done]
    late = f"no answer within {errand.rules.timeout:g} s"
    first = "it is still busy with an earlier alert" if was_busy else late
    for number, parcel in enumerate(errand.parcels[len(done) :]):
        failure = f"it was not asked: {first}" if number else first
        took = 0.0 if number or was_busy else errand.rules.timeout
        done.append(_delivery(errand, parcel, failure=failure, seconds=took))
    return done


def _delivery(
    errand: _Errand, parcel: Parcel, *, failure: str, reference: str = "", seconds: float = 0.0
) -> Delivery:
    return Delivery(
        sink=errand.rules.name,
        fingerprint=parcel.alert.fingerprint,
        at=errand.at,
        failure=failure,
        reference=reference,
        seconds=seconds,
    )


def _run(errand: _Errand, opened: Opened) -> None:
    for parcel in errand.parcels:
        if errand.left.is_set():
            return
        reference, begun, caught = "", time.monotonic(), _Caught()
        with caught:
            sink = opened(errand.rules)
            reference = sink.send(parcel.alert, reference=parcel.reference)
        took = time.monotonic() - begun
        failure = caught.failure
        made = _delivery(errand, parcel, failure=failure, reference=reference, seconds=took)
        errand.done.append(made)


class _Caught:
    """Keeps what a sink raises from breaking what it reports on, and says what it was.

    Of an error that is none of ours only the kind is told: its message may hold a secret.
    """

    def __init__(self) -> None:
        self.failure = ""

    def __enter__(self) -> None:
        return

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if isinstance(error, EvalgateError):
            self.failure = str(error) or type(error).__name__
        elif isinstance(error, Exception):
            self.failure = f"a bug in evalgate or in a library: {type(error).__name__}"
        return isinstance(error, Exception)
