"""The sentences of alarms."""

from evalgate.deciding.mixture import Parts
from evalgate.model.observation import Stream
from evalgate.monitoring.alarms import wording
from tests.unit.monitoring.alarms.production import START

WHOLE = Stream(prompt="answers", criterion="accuracy")
EAST = Stream(prompt="answers", criterion="accuracy", route="east-1", provider="east")


def test_a_stream_is_called_by_all_its_names() -> None:
    assert wording.called(WHOLE) == "accuracy of answers"
    assert wording.called(EAST) == "accuracy of answers (route east-1, provider east)"
    assert wording.called(Stream(prompt="", criterion="")) == "quality of all prompts"
    assert wording.narrowed_to(EAST) == "route east-1, provider east"
    assert wording.narrowed_to(WHOLE) == "all of it alike"


def test_a_fall_is_told_with_its_size_and_its_beginning() -> None:
    told = wording.fell(WHOLE, observed=0.79, baseline=0.85, n=100, began=START)
    assert told == (
        "accuracy of answers fell to 79% over 100 scores, 6 points below its baseline of 85%; it "
        "began about 2027-01-15 08:00 UTC"
    )
    assert "under the floor of 80%" in wording.under_floor(
        WHOLE, observed=0.79, floor=0.8, n=100, began=START
    )


def test_a_fall_that_lasts_is_small_up_to_what_pages() -> None:
    told = wording.drifted(WHOLE, observed=0.83, baseline=0.85, n=400, began=START)
    assert told == (
        "accuracy of answers has been at 83% for 400 scores since about 2027-01-15 08:00 UTC, "
        "2 points below its baseline of 85%"
    )
    assert wording.lasting(0.801, limit=0.8) == "a small fall that lasts"
    assert wording.lasting(0.8, limit=0.8) == "a fall that lasts"


def test_reasons_are_told_with_their_figures() -> None:
    assert "explain 7 points of it" in wording.mixed(Parts(shares=-0.07, within=-0.004))
    assert "the mean moved by −0.4" in wording.mixed(Parts(shares=-0.07, within=-0.004))
    assert "the same 20 anchors −7 points" in wording.judge_moved("accuracy", shift=-0.07, n=20)
    assert "by −3 points" in wording.shifted_too(-0.03)
    assert "scored by new and its baseline by old" in wording.judge_changed(
        "accuracy", before="old", after="new"
    )
    assert "1 call was sampled" in wording.silent("answers", sampled=1, last=START)
    assert "20.0 times as fast as a target of 99%" in wording.burns(
        "served", long=20.0, short=30.0, window="1 h and 5 min", target=0.99
    )
