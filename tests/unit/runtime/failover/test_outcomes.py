"""Facts about the table of outcomes: it is complete, and says what the notes demand."""

from collections.abc import Iterator
from inspect import get_annotations
from typing import get_args

import pytest
from anthropic import AnthropicError, APIStatusError

from evalgate.adapters.claude_exceptions import kind_of_exception
from evalgate.adapters.claude_failures import BY_CODE, BY_STATUS, kind_of
from evalgate.model.chat import CallFailure, Completion, FailureKind, Usage
from evalgate.runtime.failover.outcomes import OUTCOMES, Again, Effect, effect_of


def family(root: type[Exception]) -> Iterator[type[Exception]]:
    for child in root.__subclasses__():
        yield child
        yield from family(child)


def kind_of_class(error: type[Exception]) -> FailureKind | None:
    """Return the kind that an exception class of the SDK leads to."""
    if not issubclass(error, APIStatusError):
        return kind_of_exception(error.__new__(error))
    hint = get_annotations(error).get("error_code")
    code = get_args(hint)[0] if hint is not None and get_args(hint) else None
    status = error.__dict__.get("status_code")
    if code is not None and code not in BY_CODE:
        return None
    if code is None and status is not None and status not in BY_STATUS:
        return None
    return kind_of(status or 500, error_type=None, code=code)


def test_every_kind_of_failure_has_a_row() -> None:
    assert set(OUTCOMES) == set(FailureKind)


def test_every_exception_class_of_the_sdk_leads_to_a_row() -> None:
    every = set(family(AnthropicError))
    assert len(every) > 100
    missing = [error.__qualname__ for error in every if kind_of_class(error) not in OUTCOMES]
    assert missing == []


@pytest.mark.parametrize(
    ("kind", "again", "hops", "effect", "alarms"),
    [
        (FailureKind.CONNECTION, Again.ONCE, True, Effect.FAILURE, False),
        (FailureKind.CUT, Again.ONCE, True, Effect.FAILURE, False),
        (FailureKind.SERVER, Again.ONCE, True, Effect.FAILURE, False),
        (FailureKind.MALFORMED, Again.ONCE, True, Effect.FAILURE, False),
        (FailureKind.TIMEOUT, Again.NEVER, True, Effect.SLOW, False),
        (FailureKind.OVERLOADED, Again.LAST, True, Effect.FAILURE, False),
        (FailureKind.RATE_LIMIT, Again.TOLD, True, Effect.HOLD, False),
        (FailureKind.WRONG_MODEL, Again.NEVER, True, Effect.FAILURE, False),
        (FailureKind.SPEND_LIMIT, Again.NEVER, True, Effect.ROUTE, True),
        (FailureKind.BILLING, Again.NEVER, True, Effect.ROUTE, True),
        (FailureKind.AUTHENTICATION, Again.NEVER, True, Effect.ROUTE, True),
        (FailureKind.PERMISSION, Again.NEVER, True, Effect.ROUTE, True),
        (FailureKind.MODEL_NOT_FOUND, Again.NEVER, True, Effect.LONG, True),
    ],
)
def test_a_row_says_what_the_outcome_means(
    kind: FailureKind, again: Again, hops: bool, effect: Effect, alarms: bool
) -> None:
    row = OUTCOMES[kind]
    assert (row.again, row.hops, row.effect, row.alarms) == (again, hops, effect, alarms)


def test_what_is_wrong_with_the_request_or_is_our_own_goes_nowhere_else() -> None:
    final = {kind for kind, row in OUTCOMES.items() if not row.hops}
    assert final == {
        FailureKind.REQUEST,
        FailureKind.TOO_LARGE,
        FailureKind.DEADLINE,
        FailureKind.COST_LIMIT,
        FailureKind.EXPIRED,
        FailureKind.WORKER_LOST,
        FailureKind.CALL_NEEDED,
    }
    assert all(OUTCOMES[kind].effect is Effect.NONE for kind in final)
    assert all(OUTCOMES[kind].again is Again.NEVER for kind in final)


def test_any_answer_is_a_success_of_its_target() -> None:
    usage = Usage(input_tokens=1, output_tokens=1)
    refusal = Completion(text="", model="m", stop_reason="refusal", usage=usage, latency_ms=1)
    assert effect_of(refusal) is Effect.SUCCESS
    assert effect_of(CallFailure(kind=FailureKind.TIMEOUT, message="")) is Effect.SLOW
