from collections import Counter
from dataclasses import replace

import pytest

from evalgate.model.chat import ChatRequest
from evalgate.model.content import Turn
from evalgate.simulator.actor import OTHER_MODEL, Actor, Outcome
from evalgate.simulator.fault_rules import Fault, FaultKind
from evalgate.simulator.faults import Circumstances, Surface
from evalgate.simulator.rules import Behaviour, Rules

RULES = Rules(path="r", behaviours=(Behaviour(name="a", says="12345678"),))
REQUEST = ChatRequest(
    model="claude-haiku-5-5",
    max_tokens=100,
    turns=(Turn(role="user", content="question"),),
    trial="case/0",
)


def actor(*faults: Fault) -> tuple[Actor, Counter[str]]:
    counts: Counter[str] = Counter()
    return Actor([replace(RULES, faults=faults)], counts=counts), counts


def play(playing: Actor, key: str = "k", surface: Surface = Surface.MESSAGE) -> Outcome:
    return playing.play(REQUEST, key=key, came=Circumstances(surface=surface))


def test_without_faults_the_rules_answer() -> None:
    playing, counts = actor()
    outcome = play(playing)
    assert (outcome.reply.text, outcome.model) == ("12345678", "claude-haiku-5-5")
    assert (outcome.fault, outcome.kind) == (None, None)
    assert counts == {"answers": 1}


def test_a_fault_spoils_the_reply_and_is_counted() -> None:
    fault = Fault(kind=FaultKind.TRUNCATED)
    playing, counts = actor(fault)
    outcome = play(playing)
    assert (outcome.reply.text, outcome.fault) == ("1234", fault)
    assert outcome.kind is FaultKind.TRUNCATED
    assert counts == {"answers": 1, "truncated": 1}


def test_only_one_fault_changes_the_model() -> None:
    models = {kind: play(actor(Fault(kind=kind))[0]).model for kind in FaultKind}
    assert {kind for kind, model in models.items() if model == OTHER_MODEL} == {
        FaultKind.WRONG_MODEL
    }


def test_attempts_are_counted_by_key() -> None:
    playing, _ = actor(Fault(kind=FaultKind.OVERLOADED, first_attempts=1))
    kinds = [play(playing, key).kind for key in ("a", "a", "b", "a")]
    assert kinds == [FaultKind.OVERLOADED, None, FaultKind.OVERLOADED, None]


@pytest.mark.parametrize("first_attempts", [None, 1])
def test_keys_are_remembered_only_where_a_fault_ends(first_attempts: int | None) -> None:
    playing, _ = actor(Fault(kind=FaultKind.CUT, first_attempts=first_attempts))
    play(playing)
    assert bool(playing._attempts) is (first_attempts is not None)


def test_a_fault_is_looked_for_where_the_answer_is_given() -> None:
    playing, _ = actor(Fault(kind=FaultKind.STREAM_ERROR))
    kinds = {surface: play(playing, surface=surface).kind for surface in Surface}
    assert kinds == {
        Surface.MESSAGE: None,
        Surface.STREAM: FaultKind.STREAM_ERROR,
        Surface.BATCH: None,
    }


def test_the_times_of_faults_count_from_the_beginning_and_anew_with_new_ones() -> None:
    late = Fault(kind=FaultKind.CUT, start=10)
    playing = Actor([Rules(path="r", faults=(late,))], counts=Counter())

    def kind_at(now: float) -> FaultKind | None:
        return playing.play(REQUEST, key="k", came=Circumstances(now=now)).kind

    playing.begin(now=1_000)
    assert [kind_at(now) for now in (1_009, 1_010)] == [None, FaultKind.CUT]
    playing.fail_by((replace(late, kind=FaultKind.HTML),), now=2_000)
    assert [kind_at(now) for now in (2_009, 2_010)] == [None, FaultKind.HTML]
    playing.fail_by((), now=3_000)
    assert kind_at(3_010) is None


def test_new_faults_count_attempts_anew() -> None:
    fault = Fault(kind=FaultKind.CUT, first_attempts=1)
    playing = Actor([Rules(path="r", faults=(fault,))], counts=Counter())
    assert [play(playing).kind for _ in range(2)] == [FaultKind.CUT, None]
    playing.fail_by((fault,), now=0)
    assert [play(playing).kind for _ in range(2)] == [FaultKind.CUT, None]
