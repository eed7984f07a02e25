"""Facts about the table that says which kind of failure an error of the SDK is."""

from collections.abc import Iterator
from inspect import get_annotations
from typing import get_args

import pytest
from anthropic import (
    APIError,
    APIStatusError,
    EnforcedSpendLimitReachedError,
    InternalServerError,
    RateLimitError,
)
from anthropic.types.shared import ErrorType

from evalgate.adapters.claude_exceptions import BY_CLASS
from evalgate.adapters.claude_failures import (
    ADVICE,
    BY_CODE,
    BY_STATUS,
    BY_TYPE,
    BY_TYPE_ALONE,
    CLOUD_ADVICE,
    kind_of,
)
from evalgate.model.chat import FailureKind

VAGUE_TYPES = {
    "api_error",
    "invalid_request_error",
    "memory_path_conflict_error",
    "memory_precondition_failed_error",
}
"""Types that say no more than the status they come with."""


def subclasses(root: type[APIError]) -> Iterator[type[APIError]]:
    for child in root.__subclasses__():
        yield child
        yield from subclasses(child)


def code_of(error: type[APIError]) -> str | None:
    """Read the code that a class stands for from its annotation."""
    hint = get_annotations(error).get("error_code")
    return get_args(hint)[0] if hint is not None and get_args(hint) else None


def has_row(error: type[APIError]) -> bool:
    if error in BY_CLASS:
        return True
    code = code_of(error)
    if code is not None:
        return code in BY_CODE
    return error.__dict__.get("status_code") in BY_STATUS


# These two stand for whole families of statuses; `kind_of` decides them by the first digit.
FAMILIES = {APIStatusError, InternalServerError}


def test_every_exception_class_of_the_sdk_has_a_row_of_its_own() -> None:
    every = set(subclasses(APIError))
    assert len(every) > 100
    missing = sorted(error.__qualname__ for error in every - FAMILIES if not has_row(error))
    assert missing == []


def test_the_walk_asks_for_a_class_s_own_row_and_not_for_its_parent_s() -> None:
    assert issubclass(EnforcedSpendLimitReachedError, RateLimitError)
    assert code_of(EnforcedSpendLimitReachedError) == "enforced_spend_limit_reached"
    assert code_of(RateLimitError) is None


def test_every_error_type_is_either_telling_or_known_to_be_vague() -> None:
    assert set(get_args(ErrorType)) == set(BY_TYPE) | VAGUE_TYPES


@pytest.mark.parametrize(
    ("status", "error_type", "code", "kind"),
    [
        (429, "rate_limit_error", None, FailureKind.RATE_LIMIT),
        (429, "rate_limit_error", "ramp_limit_exceeded", FailureKind.RATE_LIMIT),
        (429, "rate_limit_error", "enforced_spend_limit_reached", FailureKind.SPEND_LIMIT),
        (429, "rate_limit_error", "contract_spend_limit_reached", FailureKind.SPEND_LIMIT),
        (402, "billing_error", None, FailureKind.BILLING),
        (402, "billing_error", "linked_organization_spend_limit_reached", FailureKind.SPEND_LIMIT),
        (400, "invalid_request_error", "organization_on_hold", FailureKind.PERMISSION),
        (400, "invalid_request_error", "request_body_timeout", FailureKind.TIMEOUT),
        (400, "invalid_request_error", None, FailureKind.REQUEST),
        (404, "not_found_error", None, FailureKind.MODEL_NOT_FOUND),
        (404, "not_found_error", "thread_not_found", FailureKind.REQUEST),
        (529, "overloaded_error", None, FailureKind.OVERLOADED),
        (529, None, None, FailureKind.OVERLOADED),
        (500, "api_error", None, FailureKind.SERVER),
        (502, None, None, FailureKind.SERVER),
        (504, "timeout_error", None, FailureKind.TIMEOUT),
        (418, None, None, FailureKind.REQUEST),
    ],
)
def test_code_goes_before_type_and_type_before_status(
    status: int, error_type: str | None, code: str | None, kind: FailureKind
) -> None:
    assert kind_of(status, error_type=error_type, code=code) is kind


def test_a_code_that_is_not_known_yet_leaves_the_decision_to_type_and_status() -> None:
    assert kind_of(429, error_type="rate_limit_error", code="new") is FailureKind.RATE_LIMIT
    assert kind_of(500, error_type="overloaded_error", code="new") is FailureKind.OVERLOADED


def test_an_error_inside_a_response_that_began_well_is_told_by_its_type() -> None:
    assert kind_of(200, error_type="overloaded_error", code=None) is FailureKind.OVERLOADED


@pytest.mark.parametrize(
    ("error_type", "kind"),
    [
        ("invalid_request_error", FailureKind.REQUEST),
        ("request_too_large", FailureKind.TOO_LARGE),
        ("api_error", FailureKind.SERVER),
        ("modelStreamErrorException", FailureKind.SERVER),
        (None, FailureKind.SERVER),
    ],
)
def test_an_error_without_a_status_of_its_own_is_the_server_s_unless_its_type_says_more(
    error_type: str | None, kind: FailureKind
) -> None:
    assert kind_of(200, error_type=error_type, code=None) is kind
    assert set(BY_TYPE_ALONE).isdisjoint(BY_TYPE)


def test_there_is_advice_for_the_same_failures_wherever_claude_is_served() -> None:
    assert set(CLOUD_ADVICE) == set(ADVICE)


def test_what_stops_a_run_comes_with_advice() -> None:
    stopping = {"authentication", "permission", "billing", "spend_limit", "model_not_found"}
    assert stopping <= {kind.value for kind in ADVICE}
