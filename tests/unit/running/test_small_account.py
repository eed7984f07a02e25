"""Facts about warning of an account whose limits are too low for the job."""

from evalgate.model.chat import Allowance, RateLimits
from evalgate.running.estimate import Estimate
from evalgate.running.size import Forecast
from evalgate.running.small_account import SmallAccount, time_left
from evalgate.running.spending import Load

LANE, JUDGE = ("", "claude-haiku-5-5"), ("", "claude-sonnet-5-5")
LOAD = Load(calls=Forecast(expected=6_000, most=6_000))
ESTIMATE = Estimate(lanes={LANE: LOAD, JUDGE: LOAD})


def limits(requests: int) -> RateLimits:
    return RateLimits(requests=Allowance(limit=requests, remaining=requests))


def test_the_rest_takes_its_share_of_the_whole() -> None:
    whole = time_left(ESTIMATE, LANE, limits(50), left=1.0)
    rest = time_left(ESTIMATE, LANE, limits(50), left=0.25)
    assert whole is not None
    assert whole.seconds == 7_200.0
    assert rest is not None
    assert rest.seconds == 1_800.0
    assert time_left(ESTIMATE, ("eu", "other"), limits(50), left=1.0) is None


def test_low_limits_are_warned_of_with_the_lever() -> None:
    account = SmallAccount(ESTIMATE, job_minutes=60)
    warning = account.warning(LANE, limits(50), left=1.0, passed=0.0)
    assert warning is not None
    assert warning.startswith("the server's rate limits make this run long: about 2 h, decided by")
    assert "claude-haiku-5-5" in warning


def test_a_warning_is_given_once() -> None:
    account = SmallAccount(ESTIMATE, job_minutes=60)
    assert account.warning(LANE, limits(50), left=1.0, passed=0.0)
    assert account.warning(LANE, limits(50), left=1.0, passed=0.0) is None
    assert account.warning(JUDGE, limits(50), left=1.0, passed=0.0) is None


def test_limits_that_suffice_are_not_warned_of() -> None:
    account = SmallAccount(ESTIMATE, job_minutes=60)
    assert account.warning(LANE, limits(200), left=1.0, passed=0.0) is None
    assert account.warning(JUDGE, limits(50), left=1.0, passed=0.0) is not None


def test_only_the_first_limits_of_a_model_are_looked_at() -> None:
    account = SmallAccount(ESTIMATE, job_minutes=60)
    assert account.warning(LANE, None, left=1.0, passed=0.0) is None
    assert account.warning(LANE, RateLimits(), left=1.0, passed=0.0) is None
    assert account.warning(LANE, limits(200), left=1.0, passed=0.0) is None
    assert account.warning(LANE, limits(1), left=1.0, passed=0.0) is None


def test_the_time_that_has_passed_counts_toward_the_job() -> None:
    assert SmallAccount(ESTIMATE, job_minutes=60).warning(
        LANE, limits(200), left=1.0, passed=1_801.0
    )
