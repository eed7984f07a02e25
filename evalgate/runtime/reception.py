"""Takes a call in: which version answers it, what is asked on which terms, and until when."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from evalgate.runtime.asked import Asked
from evalgate.runtime.asking import ask
from evalgate.runtime.call import Call
from evalgate.runtime.deadlines import latest
from evalgate.runtime.logbook.identity import Hashing, new_request_id
from evalgate.runtime.logbook.tracing import open_span
from evalgate.runtime.order import Order
from evalgate.runtime.remembering.cache_key import cache_key
from evalgate.runtime.remembering.idempotency import OwnKey, own_key
from evalgate.runtime.versions.shelf import Shelf
from evalgate.runtime.versions.split import Chooser, chosen, unit_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """What calls are taken in by; `chooser` may say which of two versions serves."""

    shelf: Shelf
    hashing: Hashing
    now: Callable[[], float]
    chooser: Chooser | None = None

    def call(self, asked: Asked, order: Order) -> Call:
        """Return the call that an application asks for.

        Raises:
            UsageError: when there is no such prompt, or a variable does not fit.
            ConfigurationError: when the prompt is new, and broken.
        """
        began = time.monotonic()
        live = self.shelf.live(asked.prompt)
        request_id = new_request_id()
        unit = unit_of(asked.user, asked.conversation, request=request_id)
        choice = chosen(live, unit, pin=asked.pin or None, chooser=self._choose)
        version, terms = choice.version, order.terms(asked.feature)
        targets = order.targets(
            terms.prefer,
            live.switch.model or version.model,
            needs_schema=version.output_schema is not None,
        )
        request = ask(
            version,
            asked.variables,
            files=asked.files,
            model=live.switch.model,
            route=targets[0].route_name if targets else "",
            further=asked.further,
        )
        own = _own(asked)
        span = open_span(model=request.model, prompt=version.prompt)
        seconds = terms.timing.deadline if asked.deadline is None else asked.deadline
        is_remembered = terms.cache is not None
        return Call(
            request_id=request_id,
            version=version,
            arm=choice.arm,
            assigned_by=choice.assigned_by,
            pointer=live.pointer,
            settings=self.shelf.settings,
            prefix=order.prefix(version),
            request=request,
            terms=terms,
            feature=asked.feature,
            at=self.now(),
            began=began,
            ends=latest(seconds),
            targets=targets,
            routes=order.serving.routes,
            is_disabled=live.switch.disabled,
            key=cache_key(request, prompt_hash=version.hash, tenant=asked.tenant)
            if is_remembered
            else "",
            own=own,
            thought_over=asked.thought_over,
            user=self.hashing.user(asked.user),
            conversation=self.hashing.conversation(asked.conversation),
            key_id=self.hashing.key_id,
            span=span,
            streamed=asked.streamed,
            variables=asked.variables,
        )

    def _choose(self, prompt: str, unit: str) -> str | None:
        if self.chooser is None:
            return None
        with suppress(Exception):  # whoever fails to choose leaves it to the split
            return self.chooser(prompt, unit)
        return None


def _own(asked: Asked) -> OwnKey | None:
    if not asked.idempotency_key:
        return None
    said: Mapping[str, object] = {
        "prompt": asked.prompt,
        "variables": dict(asked.variables),
        "files": dict(asked.files),
        "further": repr(asked.further),
    }
    return own_key(asked.idempotency_key, feature=asked.feature, tenant=asked.tenant, asked=said)
