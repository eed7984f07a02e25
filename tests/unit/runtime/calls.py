"""Builders for tests of the runtime: a call, and what it shares with other calls."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from evalgate.adapters.formats import FORMATS
from evalgate.model.call import Arm
from evalgate.model.call_ports import Event
from evalgate.model.chat import ChatRequest
from evalgate.model.content import Turn
from evalgate.model.ports import Clock
from evalgate.model.route import Provider, Route
from evalgate.model.serving import Serving, Timing
from evalgate.prompts.version import read_version
from evalgate.runtime.attempts import Attempts, Failover
from evalgate.runtime.call import Call
from evalgate.runtime.failover.breakers import Breakers
from evalgate.runtime.failover.budget import RetryBudget
from evalgate.runtime.failover.targets import targets
from evalgate.runtime.listening import Listener
from evalgate.runtime.order import Order
from evalgate.runtime.terms import terms_of
from evalgate.simulator.fakes import FakeClock, FlatPrices
from evalgate.simulator.scripted_model import Said, Script, ScriptedModel

SONNET, HAIKU = "claude-sonnet-5-5", "claude-haiku-5-5"

_VERSION = f"""---
model: {SONNET}
max_tokens: 100
---
## system

You answer customers.

## user

{{{{question}}}}
"""

VERSION = read_version("shop", "prompts/shop/v1.md", content=_VERSION.encode(), parser=FORMATS)
REQUEST = ChatRequest(
    model=SONNET, max_tokens=100, turns=(Turn(role="user", content="May I return it?"),)
)
SERVING = Serving(
    routes={
        "direct": Route(),
        "vertex": Route(provider=Provider.VERTEX, region="eu", project="p"),
    },
    smaller={SONNET: (HAIKU,)},
    timing=Timing(deadline=10.0, timeout=4.0),
)
"""Two routes, and Haiku behind Sonnet."""


def a_call(serving: Serving = SERVING, *, clock: Clock | None = None, **changes: object) -> Call:
    """Return a call that begins now."""
    began = clock.monotonic() if clock else 0.0
    call = Call(
        request_id="01a20084-ebf3-7609-9e2d-ac9fa593a03c",
        version=VERSION,
        arm=Arm.STABLE,
        pointer="63e4e43e35d8",
        prefix="You answer customers.",
        request=REQUEST,
        terms=terms_of(serving, ""),
        feature="support",
        at=1_800_000_000.0,
        began=began,
        ends=began + serving.timing.deadline,
        targets=targets(serving, prefer=serving.prefer, model=SONNET),
    )
    return replace(call, **changes)  # type: ignore[arg-type]  # the fields of a call


@dataclass(slots=True, kw_only=True)
class Scene:
    """A process with a scripted model; `events` and `heard` list what it told and streamed."""

    script: Script
    serving: Serving = SERVING
    clock: Clock = field(default_factory=FakeClock)
    events: list[Event] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    model: ScriptedModel = field(init=False)
    failover: Failover = field(init=False)

    def __post_init__(self) -> None:
        self.model = ScriptedModel(script=self.script, clock=self.clock)
        self.failover = Failover(
            breakers=Breakers(self.serving),
            retries=RetryBudget(self.serving.retry),
            hedges=Order(self.serving).hedges,
            clock=self.clock,
            prices=FlatPrices(),
            now=lambda: 1_800_000_000.0,
            draw=lambda: 0.0,
            on_event=self.events.append,
        )

    def attempts(self, call: Call) -> Attempts:
        """Return the attempts of a call, none of them made yet."""
        listener = Listener(call=call, model=self.model, hear=self.heard.append, clock=self.clock)
        return Attempts(
            call=call,
            targets=call.targets,
            failover=self.failover,
            ask=listener.ask,
            has_begun=lambda: listener.has_begun,
        )


def by_route(**said: Said) -> Callable[[ChatRequest], Said]:
    """Return a script that answers by route; what it does not name gets the usual answer."""
    return lambda request: said.get(request.route, Said())


def by_model(**said: Said) -> Callable[[ChatRequest], Said]:
    """Return a script that answers by the line of the model: `sonnet`, `haiku`."""
    return lambda request: said.get(request.model.split("-")[1], Said())
