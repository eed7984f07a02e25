import math
import re
from dataclasses import replace

import pytest

from evalgate.model.chat import ChatRequest
from evalgate.model.content import Turn
from evalgate.simulator.answer import NO_BEHAVIOUR, NO_RULES, answer_text
from evalgate.simulator.rules import Behaviour, Rules

WINDOW = Behaviour(
    name="window",
    when=re.compile(r"return (?P<item>\w+)"),
    needs=re.compile("30-day"),
    chance_with=0.9,
    chance_without=0.25,
    says="Return {item} within 30 days.",
    otherwise="Return {item} whenever you like.",
)
GREETING = Behaviour(name="greeting", says="Hello.")
ORDER = Behaviour(
    name="order",
    needs=re.compile("number"),
    chance_with=0.5,
    chance_without=0.5,
    says="It is about {order}.",
)
RULES = Rules(
    path="rules.yaml",
    seed="s",
    prompts=re.compile("support"),
    behaviours=(GREETING, WINDOW, ORDER),
    extract=(re.compile(r"(?P<order>[A-Z]{2}-\d+)"),),
)
INSTRUCTED = "support with a 30-day window"
BARE = "support"


def request(
    trial: str, *, system: str = INSTRUCTED, question: str = "return shoes?"
) -> ChatRequest:
    turns = (Turn(role="user", content=question),)
    return ChatRequest(
        model="claude-haiku-5-5", max_tokens=100, system=system, turns=turns, trial=trial
    )


def certain(says: str, *, name: str = "n", otherwise: str = "", chance: float = 1.0) -> Behaviour:
    return Behaviour(name=name, says=says, otherwise=otherwise, chance_with=chance)


def said(*behaviours: Behaviour, question: str = "q") -> str:
    rules = Rules(path="r", behaviours=behaviours)
    return answer_text([rules], request("c/0", question=question))


@pytest.mark.parametrize(("system", "chance"), [(INSTRUCTED, 0.9), (BARE, 0.25)])
def test_the_share_of_good_answers_is_the_probability_of_the_rule(
    system: str, chance: float
) -> None:
    trials = 2_000
    answers = [answer_text([RULES], request(f"case-{i}/0", system=system)) for i in range(trials)]
    share = sum("within 30 days" in text for text in answers) / trials
    assert abs(share - chance) < 3 * math.sqrt(chance * (1 - chance) / trials)


def test_a_changed_instruction_changes_only_its_own_sentence() -> None:
    for index in range(300):
        trial = f"case-{index}/0"
        texts = [answer_text([RULES], request(trial, system=s)) for s in (INSTRUCTED, BARE)]
        assert len({"It is about" in text for text in texts}) == 1
        assert all(text.startswith("Hello.") for text in texts)


def test_who_succeeds_without_the_instruction_succeeds_with_it() -> None:
    for index in range(300):
        trial = f"case-{index}/0"
        if "within 30 days" in answer_text([RULES], request(trial, system=BARE)):
            assert "within 30 days" in answer_text([RULES], request(trial))


def test_a_prompt_that_is_worded_otherwise_draws_the_same_luck() -> None:
    for index in range(300):
        trial = f"case-{index}/0"
        reworded = request(trial, system=f"Kindly: {INSTRUCTED}!")
        assert answer_text([RULES], reworded) == answer_text([RULES], request(trial))


def test_repeated_trials_of_a_case_draw_different_luck() -> None:
    answers = {answer_text([RULES], request(f"case/{index}")) for index in range(40)}
    assert len(answers) == 4


def test_behaviours_of_one_trial_draw_independently() -> None:
    trials = 2_000
    twins = tuple(replace(WINDOW, name=name, chance_with=0.5) for name in ("a", "b"))
    rules = replace(RULES, behaviours=twins)
    answers = [answer_text([rules], request(f"{i}/0")) for i in range(trials)]
    share = sum(text.count("within 30 days") == 2 for text in answers) / trials
    assert abs(share - 0.25) < 3 * math.sqrt(0.25 * 0.75 / trials)


def test_sentences_stand_in_the_order_of_the_rules_with_a_blank_between() -> None:
    assert said(certain("B.", name="b"), certain("A.", name="a")) == "B. A."


def test_no_blank_joins_a_sentence_that_brings_its_own_line_break() -> None:
    text = said(
        certain("Hello,\n\n", name="a"), certain("Yes.", name="b"), certain("\nBye", name="c")
    )
    assert text == "Hello,\n\nYes.\nBye"


def test_an_answer_neither_begins_nor_ends_with_white_space() -> None:
    assert said(certain("\nHello.\n")) == "Hello."


def test_a_bad_draw_without_another_sentence_adds_nothing() -> None:
    bad = certain("Never.", name="bad", chance=0.0)
    assert said(certain("A.", name="a"), bad, certain("B.", name="b")) == "A. B."


def test_a_behaviour_that_does_not_apply_adds_nothing() -> None:
    text = answer_text([RULES], request("c/0", question="hello"))
    assert "Return" not in text


def test_groups_of_when_and_extract_fill_the_sentence() -> None:
    rules = replace(
        RULES, behaviours=(certain("{order}: {missing}"), replace(WINDOW, chance_with=1))
    )
    text = answer_text([rules], request("c/0", question="return shoes of AB-123"))
    assert text == "AB-123:  Return shoes within 30 days."


def test_a_group_of_when_wins_over_one_of_extract() -> None:
    behaviour = replace(certain("{order}"), when=re.compile(r"not (?P<order>\w+)"))
    rules = replace(RULES, behaviours=(behaviour,))
    assert answer_text([rules], request("c/0", question="AB-123 not CD")) == "CD"


def test_braces_that_are_no_placeholder_stay() -> None:
    assert said(certain('{"answer": [1, {}]}')) == '{"answer": [1, {}]}'


def test_text_of_the_question_is_not_filled_in_again() -> None:
    behaviour = replace(certain("{word}"), when=re.compile(r"(?P<word>\S+)"))
    assert said(behaviour, question="{word}") == "{word}"


def test_the_first_rules_that_speak_for_the_prompt_answer() -> None:
    poems = Rules(path="p", prompts=re.compile("poem"), behaviours=(certain("A poem."),))
    support = Rules(path="s", prompts=re.compile("support"), behaviours=(certain("Support."),))
    anything = Rules(path="a", behaviours=(certain("Anything."),))
    assert answer_text([poems, support, anything], request("c/0")) == "Support."


def test_a_prompt_without_rules_gets_an_answer_that_says_so() -> None:
    assert answer_text([RULES], request("c/0", system="poems")) == NO_RULES
    assert answer_text([], request("c/0")) == NO_RULES


def test_a_question_without_behaviour_gets_an_answer_that_says_so() -> None:
    rules = replace(RULES, behaviours=(WINDOW,))
    assert answer_text([rules], request("c/0", question="hello")) == NO_BEHAVIOUR


def test_another_seed_draws_other_luck() -> None:
    other = replace(RULES, seed="t")
    requests = [request(f"{index}/0", system=BARE) for index in range(50)]
    drawn = [[answer_text([rules], each) for each in requests] for rules in (RULES, other)]
    assert drawn[0] != drawn[1]
