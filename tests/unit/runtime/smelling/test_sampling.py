"""Facts about the choice of calls for scoring."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.call import Arm, CallRecord, ServedBy
from evalgate.model.chat import ChatRequest, Completion, Usage
from evalgate.model.content import Turn
from evalgate.model.sample import Sampled, Stratum
from evalgate.model.serving import Mark, SamplingRules
from evalgate.runtime.smelling.sampling import drawn, marks_of, sample_call, sample_of, sampled

RULES = SamplingRules(rate=0.1, raised={Mark.SMELL: 0.5, Mark.ERROR: 1.0, Mark.CANARY: 0.02})
IDS = [f"req-{number}" for number in range(10_000)]
RECORD = CallRecord(
    ts=0.0,
    request_id="req-1",
    feature="support",
    prompt="support-reply",
    version="v1",
    prompt_hash="0",
    arm=Arm.STABLE,
    pointer="0",
    prefix="",
    served_by=ServedBy.PRIMARY,
    degraded=False,
    latency_ms=900,
    model_asked="claude-haiku-5-5",
)


def near(found: float, expected: float, *, of: int) -> bool:
    """Tell whether a share is within five standard errors of a probability."""
    return abs(found - expected) <= 5 * math.sqrt(expected * (1 - expected) / of)


@pytest.mark.parametrize(
    ("marks", "probability"),
    [
        ((), 0.1),
        ((Mark.SMELL,), 0.5),
        ((Mark.CANARY,), 0.1),
        ((Mark.SMELL, Mark.CANARY), 0.5),
        ((Mark.SLOW,), 0.1),
        ((Mark.ERROR, Mark.SMELL), 1.0),
    ],
)
def test_the_chance_is_the_largest_rate_that_applies(
    marks: tuple[Mark, ...], probability: float
) -> None:
    chosen = [found for each in IDS if (found := sampled(each, RULES, marks=marks))]
    assert {each.probability for each in chosen} == {probability}
    assert near(len(chosen) / len(IDS), probability, of=len(IDS))


def test_the_uniform_part_is_the_same_share_of_marked_and_unmarked_calls() -> None:
    plain = {each for each in IDS if sampled(each, RULES)}
    marked = {
        each
        for each in IDS
        if (found := sampled(each, RULES, marks=[Mark.SMELL])) and found.stratum is Stratum.UNIFORM
    }
    assert plain == marked


def test_weighting_by_one_over_the_chance_counts_all_calls() -> None:
    """One call in ten smells; half of those are sampled, and a tenth of the others."""
    total = smelly = 0.0
    for number, each in enumerate(IDS):
        marks = [Mark.SMELL] if number % 10 == 0 else []
        found = sampled(each, RULES, marks=marks)
        if found:
            total += 1 / found.probability
            smelly += len(marks) / found.probability
    assert total == pytest.approx(len(IDS), rel=0.05)
    assert smelly == pytest.approx(len(IDS) / 10, rel=0.1)


def test_cached_answers_are_a_stratum_of_their_own() -> None:
    strata = {found.stratum for each in IDS if (found := sampled(each, RULES, is_cached=True))}
    assert strata == {Stratum.CACHED}


@pytest.mark.parametrize("served_by", [ServedBy.CACHE, ServedBy.SHARED, ServedBy.STALE_CACHE])
def test_what_repeats_an_answer_counts_as_cached(served_by: ServedBy) -> None:
    found = sample_call(replace(RECORD, served_by=served_by), SamplingRules(rate=1.0))
    assert found is not None
    assert found.stratum is Stratum.CACHED


def test_without_rates_nothing_is_chosen() -> None:
    assert not any(sampled(each, SamplingRules(), marks=list(Mark)) for each in IDS[:1000])


def test_a_rate_of_one_chooses_everything() -> None:
    assert all(sampled(each, SamplingRules(rate=1.0)) for each in IDS)


@given(st.text(st.characters()), st.text(), st.floats(0, 1), st.floats(0, 1))
def test_a_raised_rate_only_adds_calls(
    request_id: str, salt: str, rate: float, raised: float
) -> None:
    rules = SamplingRules(rate=rate, raised={Mark.SMELL: raised})
    plain = sampled(request_id, rules, salt=salt)
    marked = sampled(request_id, rules, marks=[Mark.SMELL], salt=salt)
    assert plain is None or marked is not None
    assert marked is None or 0 < marked.probability <= 1


@given(st.text(st.characters()), st.text())
def test_the_number_depends_on_nothing_but_id_and_salt(request_id: str, salt: str) -> None:
    assert 0 <= drawn(request_id, salt) < 1
    assert drawn(request_id, salt) == drawn(request_id, salt)


def test_every_host_draws_the_same_number() -> None:
    assert drawn("req-1") == pytest.approx(0.8834165041053711)
    assert drawn("req-1") != drawn("req-1", "salt") != drawn("req-2", "salt")


def test_the_marks_are_those_of_the_record() -> None:
    assert marks_of(RECORD, slow_after=1.0) == ()
    marked = replace(
        RECORD, arm=Arm.CANARY, error="timeout", smell=("empty",), degraded=True, latency_ms=1001
    )
    assert marks_of(marked, slow_after=1.0) == tuple(Mark)
    assert Mark.SLOW not in marks_of(marked)
    assert Mark.SMELL not in marks_of(replace(marked, smell=()))


def test_a_choice_says_which_marks_it_had() -> None:
    record = replace(RECORD, error="timeout", degraded=True)
    found = sample_call(record, RULES)
    assert found == Sampled(
        probability=1.0,
        stratum=Stratum.UNIFORM if drawn("req-1") < 0.1 else Stratum.RAISED,
        marks=(Mark.ERROR, Mark.DEGRADED),
    )


def test_what_is_kept_of_a_call_is_its_record_with_the_texts() -> None:
    record = replace(RECORD, smell=("empty",), route="bedrock-eu")
    found = Sampled(probability=0.5, stratum=Stratum.RAISED)
    turns = (Turn(role="user", content="Where is it?"),)
    request = ChatRequest(model="claude-haiku-5-5", max_tokens=9, turns=turns)
    usage = Usage(input_tokens=1, output_tokens=1)
    answer = Completion(
        text="Here.", model="claude-haiku-5-5", stop_reason="end_turn", usage=usage, latency_ms=1
    )
    kept = sample_of(record, found, request=request, answer=answer)
    assert (kept.text, kept.stop_reason, kept.request, kept.sampled) == (
        "Here.",
        "end_turn",
        request,
        found,
    )
    assert (kept.request_id, kept.route, kept.smell) == ("req-1", "bedrock-eu", ("empty",))
    failed = sample_of(record, found, request=request, answer=None)
    assert (failed.text, failed.stop_reason) == ("", None)
