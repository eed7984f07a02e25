"""Tells what has become of a call: the record for the log, and the reply for the application."""

from evalgate.errors import BrokenStreamError, CallError, DeadlineError, PromptDisabledError
from evalgate.model.call import CallRecord, ServedBy, Try
from evalgate.model.chat import MAY_BE_BILLED, Completion, FailureKind, Usage
from evalgate.model.ports import Prices
from evalgate.model.reply import Reply
from evalgate.model.route import Route
from evalgate.runtime.call import BROKEN, DISABLED, Call, Outcome

NOTHING = Usage(input_tokens=0, output_tokens=0)

_BY_MODEL = frozenset({ServedBy.PRIMARY, ServedBy.OTHER_ROUTE, ServedBy.SMALLER_MODEL})

_DIGITS = 9
"""Of a dollar: a token of the cheapest kind costs a tenth of a millionth."""

_TIME = frozenset({FailureKind.TIMEOUT.value, FailureKind.DEADLINE.value})


def cost_usd(prices: Prices, route: Route, completion: Completion) -> float | None:
    """Return what an answer cost over a route, or None when its price is not known."""
    cost = prices.cost_usd(completion.model, completion.usage)
    return None if cost is None else round(cost * route.price_factor, _DIGITS)


def answering(outcome: Outcome) -> Try | None:
    """Return the attempt that gave the answer, if one did."""
    whole = (each for each in outcome.tries if each.failure is None and not each.abandoned)
    return next(whole, None) if outcome.served_by in _BY_MODEL else None


def total_cost(outcome: Outcome) -> float | None:
    """Return what a call cost as far as it is known.

    It is that of the attempt that answered. Without one it is nothing, unless an attempt may be
    billed all the same: what that costs nobody says.
    """
    answered = answering(outcome)
    if answered is not None:
        return answered.cost_usd
    return None if _may_be_billed(outcome) else 0.0


def _may_be_billed(outcome: Outcome) -> int:
    return sum(each.abandoned or each.failure in MAY_BE_BILLED for each in outcome.tries)


def record(  # noqa: PLR0913 - what is known of a call comes from several places
    call: Call,
    outcome: Outcome,
    *,
    latency_ms: int,
    cost: float | None,
    price_rev: str,
    app_rev: str,
    sdk: str = "",
) -> CallRecord:
    """Return what may be logged of a call."""
    by_model = outcome.served_by in _BY_MODEL
    target, completion = outcome.target, outcome.completion
    answered = answering(outcome)
    return CallRecord(
        ts=call.at,
        request_id=call.request_id,
        feature=call.feature,
        prompt=call.version.prompt,
        version=call.version.version,
        prompt_hash=call.version.hash,
        arm=call.arm,
        assigned_by=call.assigned_by,
        pointer=call.pointer,
        prefix=call.prefix,
        served_by=outcome.served_by,
        degraded=outcome.is_degraded,
        latency_ms=latency_ms,
        model_asked=call.request.model,
        model=completion.model if completion else None,
        route=outcome.route,
        provider=target.route.provider.value if target else None,
        region=target.route.region if target else None,
        provider_request_id=answered.request_id if answered else None,
        trace_id=call.span.trace_id,
        user=call.user,
        conversation=call.conversation,
        key_id=call.key_id,
        error=outcome.error,
        stop_reason=completion.stop_reason if completion else None,
        streamed=call.streamed,
        ttft_ms=outcome.ttft_ms,
        usage=completion.usage if completion and by_model else None,
        cost_usd=cost,
        price_rev=price_rev,
        may_be_billed=_may_be_billed(outcome),
        age_s=outcome.age_s,
        smell=outcome.smell,
        tries=outcome.tries,
        app_rev=app_rev,
        sdk=sdk,
        settings=call.settings,
    )


def reply(outcome: Outcome, told: CallRecord) -> Reply:
    """Return what the application gets."""
    completion = outcome.completion
    return Reply(
        text=completion.text if completion else outcome.own_text or "",
        prompt=told.prompt,
        version=told.version,
        arm=told.arm,
        model=told.model,
        provider=told.provider,
        route=told.route,
        served_by=told.served_by,
        degraded=told.degraded,
        request_id=told.request_id,
        provider_request_id=told.provider_request_id,
        usage=told.usage or NOTHING,
        cost_usd=told.cost_usd,
        latency_ms=told.latency_ms,
        stop_reason=told.stop_reason,
        smell=told.smell or (),
        tool_calls=completion.tool_calls if completion else (),
        blocks=completion.blocks if completion else (),
    )


def error(call: Call, outcome: Outcome) -> CallError:
    """Return the exception for a call without an answer; it repeats nothing of it."""
    kind = outcome.error or FailureKind.SERVER.value
    prompt, found = call.version.prompt, f"find {call.request_id} in the call log"
    tries = len(outcome.tries)
    if kind == DISABLED:
        told = f"`{prompt}` is switched off: `evalgate switch {prompt} --enable` turns it on again"
        return PromptDisabledError(told, kind=kind, request_id=call.request_id)
    if kind == BROKEN:
        told = f"the stream of `{prompt}` broke after its first words: {found}"
        return BrokenStreamError(told, kind=kind, request_id=call.request_id)
    made = {0: "without an attempt", 1: "in 1 attempt"}.get(tries, f"in {tries} attempts")
    if kind in _TIME:
        told = f"`{prompt}` got no answer in time, {made}: {found}"
        return DeadlineError(told, kind=kind, request_id=call.request_id)
    told = f"`{prompt}` got no answer, {made} ({kind}): {found}"
    return CallError(told, kind=kind, request_id=call.request_id)
