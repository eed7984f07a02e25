"""Hands sampled calls to the spool that the settings name, where they name one."""

from collections.abc import Callable
from pathlib import Path

from evalgate.adapters.spool import Spool
from evalgate.model.call import CallRecord
from evalgate.model.call_ports import Event
from evalgate.model.sample import Sampled
from evalgate.model.serving import SamplingRules
from evalgate.runtime.call import Call, Outcome
from evalgate.runtime.smelling.sampling import sample_of


class Spooling:
    """The spools of a process, each made once."""

    def __init__(self, tell: Callable[[Event], None]) -> None:
        """Name who hears about samples that were lost."""
        self._tell = tell
        self._spools: dict[tuple[str, float, int], Spool] = {}

    def keep(
        self, call: Call, outcome: Outcome, told: CallRecord, *, chosen: Sampled, to: SamplingRules
    ) -> None:
        """Keep the texts of a call, unless the settings name no place for them."""
        if not to.spool:
            return
        key = (to.spool, to.days, to.most_waiting)
        spool = self._spools.get(key)
        if spool is None:
            made = Spool(
                Path(to.spool), days=to.days, most_waiting=to.most_waiting, tell=self._tell
            )
            spool = self._spools.setdefault(key, made)
        spool.put(sample_of(told, chosen, request=call.request, answer=outcome.completion))

    def close(self) -> None:
        """Write what waits; what comes after that gets a spool of its own."""
        spools, self._spools = self._spools, {}
        for spool in spools.values():
            spool.close()
