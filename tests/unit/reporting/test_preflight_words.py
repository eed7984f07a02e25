"""Facts about the words for what a comparison can decide."""

from dataclasses import replace

from inline_snapshot import snapshot

from evalgate.model.preflight import Preflight
from evalgate.reporting.preflight_words import preflight_sentence, supposed

FORESEEN = Preflight(
    estimand="population",
    max_drop=0.05,
    cases=200,
    unit="case",
    units=200,
    needed_units=59,
    provable_limit=0.0149,
    smallest_detectable_drop=0.0612,
    chance_of_pass=0.917,
    recorded=10,
    first_trials_per_case=1.05,
    trials_per_case=1.2,
    most_trials_per_case=12.0,
    rate=0.91,
    correlation=0.48,
    redrawn=0.1,
    is_known=True,
)


def test_a_record_tells_the_trials_that_are_expected() -> None:
    assert preflight_sentence(FORESEEN) == snapshot(
        "the traffic, from 200 cases (59 needed for 5 points); finds drops of 6.1 points or more 4 times in 5; a change that does no harm passes about 92 times in 100; record of 10 trials: about 1.2 trials per case expected, 12 at most"
    )
    assert supposed(FORESEEN) == snapshot(
        "a pass rate of 91%, trials of a case that correlate by 0.48 (from the record), and a tenth of the cases answered anew"
    )


def test_without_a_record_the_assumptions_are_said_to_be_assumptions() -> None:
    bare = replace(FORESEEN, recorded=0, is_known=False, rate=0.9, correlation=0.5)
    assert preflight_sentence(bare) == snapshot(
        "the traffic, from 200 cases (59 needed for 5 points); finds drops of 6.1 points or more 4 times in 5; a change that does no harm passes about 92 times in 100"
    )
    assert supposed(bare) == snapshot(
        "a pass rate of 90%, trials of a case that correlate by 0.5 (nothing is on record), and a tenth of the cases answered anew"
    )


def test_a_suite_is_exactly_its_cases() -> None:
    suite = replace(FORESEEN, estimand="suite", unit="trial", cases=20, units=140, recorded=0)
    assert preflight_sentence(suite) == snapshot(
        "exactly 20 cases, from 140 trials (59 needed for 5 points); finds drops of 6.1 points or more 4 times in 5; a change that does no harm passes about 92 times in 100"
    )


def test_what_is_impossible_never_passes() -> None:
    small = replace(
        FORESEEN, units=58, cases=58, chance_of_pass=0.0, recorded=0, smallest_detectable_drop=None
    )
    assert preflight_sentence(small) == snapshot(
        "the traffic, from 58 cases, too few for a limit of 5 points, which takes 59; a change that does no harm never passes"
    )


def test_only_the_impossible_is_never_and_nothing_is_certain() -> None:
    rare, sure = replace(FORESEEN, chance_of_pass=0.001), replace(FORESEEN, chance_of_pass=1.0)
    assert "passes about 1 times in 100" not in preflight_sentence(rare)
    assert "passes about once in 100" in preflight_sentence(rare)
    assert "passes about 99 times in 100" in preflight_sentence(sure)
