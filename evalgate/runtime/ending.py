"""Ends a call: what became of it goes into the log, and maybe into the spool, exactly once."""

import time
from dataclasses import dataclass, replace

from evalgate.model.call import CallRecord
from evalgate.model.call_ports import CallLog
from evalgate.runtime.call import Call, Outcome
from evalgate.runtime.smelling.sampling import sample_call
from evalgate.runtime.spooling import Spooling
from evalgate.runtime.telling import record, total_cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Where calls end; `app_rev` is the revision of the application, `sdk` that of Claude's SDK."""

    log: CallLog
    spooling: Spooling
    price_rev: str
    app_rev: str = ""
    sdk: str = ""

    def end(self, call: Call, outcome: Outcome) -> CallRecord:
        """Write down what became of a call, unless that was done, and return what it is."""
        told = record(
            call,
            outcome,
            latency_ms=round(1000 * (time.monotonic() - call.began)),
            cost=total_cost(outcome),
            price_rev=self.price_rev,
            app_rev=self.app_rev,
            sdk=self.sdk,
        )
        if not call.line.take():
            return told
        sampling = call.terms.sampling
        chosen = sample_call(told, sampling, slow_after=call.terms.slow_after)
        if chosen is not None:
            told = replace(told, sampled=chosen.probability)
            self.spooling.keep(call, outcome, told, chosen=chosen, to=sampling)
        self.log.write(told)
        call.span.end(told)
        return told
