"""Facts about the words that say how a run stands."""

from dataclasses import replace

from evalgate.cli.headway import Standing
from evalgate.cli.headway_words import last_line, plain_line, short_words

MIDDLE = Standing(
    seconds=75.0,
    total=6_000,
    done=2_400,
    graded=2_390,
    errored=10,
    skipped=0,
    reused=1_200,
    calls=2_412,
    cost_usd=3.456,
    cost_is_partial=True,
    error_kinds=(("rate_limit", 5), ("timeout", 3), ("server", 1)),
    trials_per_second=16.2,
    calls_per_minute=1_944.0,
    seconds_left=222.0,
)


def test_a_plain_line_says_how_far_how_fast_at_what_cost_and_with_which_errors() -> None:
    assert plain_line(MIDDLE) == (
        "2,400 of 6,000 trials in 1 min 15 s; 3 min 42 s left; ≥ $3.46; 16 trials/s; "
        "10 errored (5 rate_limit, 3 timeout, 1 server, 1 other); 1,944 calls/min; 1,200 reused"
    )


def test_beside_a_bar_the_most_important_comes_first() -> None:
    assert short_words(MIDDLE).startswith("3 min 42 s left · ≥ $3.46 · 16 trials/s · 10 errored (")


def test_what_is_not_known_or_did_not_happen_is_not_said() -> None:
    start = replace(
        MIDDLE,
        done=0,
        graded=0,
        errored=0,
        error_kinds=(),
        reused=0,
        cost_usd=0.0,
        cost_is_partial=False,
        trials_per_second=None,
        calls_per_minute=None,
        seconds_left=None,
    )
    assert plain_line(start) == "0 of 6,000 trials in 1 min 15 s; $0"


def test_a_slow_rate_keeps_a_decimal() -> None:
    assert "0.4 trials/s" in short_words(replace(MIDDLE, trials_per_second=0.42))


def test_the_last_line_has_the_totals() -> None:
    end = replace(MIDDLE, done=6_000, graded=5_990, seconds_left=0.0, calls=9_000)
    assert last_line(end) == (
        "6,000 trials in 1 min 15 s: 5,990 graded, 10 errored (5 rate_limit, 3 timeout, 1 server, "
        "1 other), 1,200 of them reused; 9,000 calls; ≥ $3.46"
    )


def test_the_last_line_of_a_run_that_was_broken_off_says_how_far_it_came() -> None:
    assert last_line(MIDDLE).startswith("2,400 of 6,000 trials in 1 min 15 s: 2,390 graded, ")


def test_skipped_trials_are_told_at_the_end() -> None:
    stopped = replace(MIDDLE, done=6_000, skipped=3_600)
    assert "3,600 skipped" in last_line(stopped)


def test_a_run_without_trials_has_a_last_line_too() -> None:
    none = replace(
        MIDDLE,
        total=1,
        done=0,
        graded=0,
        errored=0,
        reused=0,
        calls=0,
        cost_usd=0.0,
        cost_is_partial=False,
        seconds=0.0,
    )
    assert last_line(none) == "0 of 1 trial in 0 s; 0 calls; $0"
