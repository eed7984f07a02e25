"""Facts about when a request to GitHub is sent again."""

import json
from collections.abc import Mapping

import pytest

from evalgate.adapters.github_exchange import Lost, Response
from evalgate.adapters.github_waiting import (
    LONGEST_BACKOFF,
    MOST_ATTEMPTS,
    backoff,
    is_limited,
    pause_after,
)

NOW = 1_700_000_000.0
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes."
INTEGRATION = "Resource not accessible by integration"


def answer(status: int, headers: Mapping[str, str] | None = None, *, says: str = "") -> Response:
    body = json.dumps({"message": says}).encode() if says else b""
    return Response(place="POST x", status=status, headers=headers or {}, body=body)


def pause(outcome: Response | Lost, *, may_repeat: bool = False, attempt: int = 1) -> float | None:
    return pause_after(outcome, may_repeat=may_repeat, attempt=attempt, now=NOW)


def used_up(reset: str) -> dict[str, str]:
    return {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}


@pytest.mark.parametrize(
    ("response", "seconds"),
    [
        (answer(429), 60.0),
        (answer(429, {"retry-after": "7"}), 7.0),
        (answer(403, {"retry-after": "7"}), 7.0),
        (answer(429, {"retry-after": "0"}), 1.0),
        (answer(403, used_up("1700000040")), 41.0),
        (answer(403, used_up("1600000000")), 1.0),
        (answer(403, used_up("soon")), 60.0),
        (answer(403, {"retry-after": "7"} | used_up("1700000040")), 7.0),
        (answer(429, {"x-ratelimit-remaining": "5", "x-ratelimit-reset": "1700000040"}), 60.0),
        (answer(403, says=SECONDARY), 60.0),
        (answer(403, says="You have triggered an abuse detection mechanism"), 60.0),
        (answer(429, {"retry-after": "Fri, 31 Dec 1999 23:59:59 GMT"}), 60.0),
        (answer(429, {"retry-after": "9" * 400}), 60.0),
        (answer(429, {"retry-after": "-1"}), 60.0),
        (answer(429, {"retry-after": "٣"}), 60.0),
    ],
)
def test_a_limit_is_waited_out_whatever_was_asked(response: Response, seconds: float) -> None:
    assert pause(response) == seconds
    assert is_limited(response)


def test_a_secondary_limit_that_stays_is_waited_out_longer() -> None:
    pauses = [pause(answer(403, says=SECONDARY), attempt=attempt) for attempt in (1, 2, 3)]
    assert pauses == [60.0, 120.0, 240.0]


@pytest.mark.parametrize(
    "response",
    [
        answer(403, says=INTEGRATION),
        answer(403, used_up("1700000040"), says=INTEGRATION),
        answer(403),
        answer(401),
        answer(404, used_up("1700000040")),
        answer(422, says=SECONDARY),
        answer(200, used_up("1700000040")),
        answer(500),
        answer(501),
    ],
)
def test_other_answers_are_final(response: Response) -> None:
    assert pause(response, may_repeat=True) is None
    assert not is_limited(response)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_server_that_is_down_is_asked_again_when_that_does_no_harm(status: int) -> None:
    assert pause(answer(status), may_repeat=True) == 1.0
    assert pause(answer(status), may_repeat=True, attempt=3) == 4.0
    assert pause(answer(status, {"retry-after": "9"}), may_repeat=True) == 9.0
    assert pause(answer(status), may_repeat=False) is None


def test_a_lost_answer_is_asked_for_again_when_that_does_no_harm() -> None:
    lost = Lost(reason="ReadTimeout", was_sent=True)
    assert pause(lost, may_repeat=True) == 1.0
    assert pause(lost, may_repeat=False) is None


def test_what_was_never_sent_can_be_sent_again_whatever_it_is() -> None:
    assert pause(Lost(reason="ConnectError", was_sent=False)) == 1.0


def test_what_time_will_not_mend_is_not_tried_again() -> None:
    lost = Lost(reason="certificate", was_sent=False, may_pass=False)
    assert pause(lost, may_repeat=True) is None


@pytest.mark.parametrize("outcome", [answer(429), answer(503), Lost(reason="", was_sent=False)])
def test_there_is_a_last_attempt(outcome: Response | Lost) -> None:
    assert pause(outcome, may_repeat=True, attempt=MOST_ATTEMPTS - 1) is not None
    assert pause(outcome, may_repeat=True, attempt=MOST_ATTEMPTS) is None


def test_pauses_double_up_to_a_limit() -> None:
    assert [backoff(attempt) for attempt in range(1, 8)] == [1, 2, 4, 8, 16, 20, 20]
    assert backoff(1_000) == LONGEST_BACKOFF
