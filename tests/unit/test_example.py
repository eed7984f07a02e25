"""Facts about the example: its prompt, its eval set, and the rules by which it is simulated."""

import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from evalgate.adapters.formats import FORMATS
from evalgate.grading.answer import Answer
from evalgate.grading.evalset import read_evalset
from evalgate.grading.trial import Judging, grade_answer, outcome
from evalgate.model.chat import CallFailure, ChatRequest, Completion
from evalgate.model.document import Document
from evalgate.model.evalset import Case, Criterion
from evalgate.model.policy import JudgeSettings
from evalgate.model.prompt import PromptVersion
from evalgate.prompts.live import read_live
from evalgate.prompts.render import render
from evalgate.prompts.version import read_version
from evalgate.simulator.draw import question_of
from evalgate.simulator.fakes import RuleModel
from evalgate.simulator.rules import Rules, read_rules

ROOT = Path(__file__).parents[2]
PROMPT = "support-reply"
BOUNDARY = "0123456789abcdef" * 2
TRIALS = 2
TOPICS = {
    "returns",
    "refund",
    "delivery",
    "late",
    "cancel",
    "damage",
    "missing",
    "wrong-item",
    "warranty",
    "price",
    "payment",
    "gift-card",
    "safety",
    "allergy",
    "privacy",
    "legal",
    "scope",
    "injection",
    "language",
    "automatic",
}
KINDS = {"multi", "angry", "typo", "terse", "long", "followup"}

WINDOW = (
    "- Items can be returned within 30 days of delivery; name this window whenever a return comes"
    " up, and accept no return after it.\n"
)
WINDOW_LOST = "- Items that the customer does not want to keep can be returned.\n"
NUMBER = (
    "- When the matter concerns an order and no order number is given, ask for the order number;"
    " it looks like QF-12345.\n"
)
OPENING = "You write the first reply to customers of Quillfern, an online shop for"
OPENING_REWORDED = "You are the first to reply to customers of Quillfern, which sells online:"


def document(path: str) -> Document:
    return FORMATS.read_yaml(path, (ROOT / path).read_bytes())


def version(name: str, old: str = "", new: str = "") -> PromptVersion:
    path = f"prompts/{PROMPT}/{name}.md"
    text = (ROOT / path).read_text("utf-8")
    assert not old or text.count(old) == 1
    content = text.replace(old, new) if old else text
    return read_version(PROMPT, path, content=content.encode(), parser=FORMATS)


EVALSET = read_evalset(
    document("evalsets/support-replies.yaml"), name="support-replies", tree={}, parser=FORMATS
)
RULES = read_rules(document("evalgate/simulator/rulebooks/support-reply.yaml"))
VERSIONS = (version("v1"), version("v2"))
CASES = EVALSET.cases


def criteria(case: Case) -> list[Criterion]:
    return [criterion for spec in case.graders for criterion in spec.criteria]


def request(asked: PromptVersion, case: Case, trial: int) -> ChatRequest:
    return replace(render(asked, case), trial=f"{case.id}/{trial}")


def without_luck(rules: Rules, *, good: bool) -> Rules:
    """Return the rules with every sentence that an instruction governs good, or every one bad."""
    chance = 1.0 if good else 0.0
    governed = (
        replace(each, chance_with=chance, chance_without=chance) if each.needs else each
        for each in rules.behaviours
    )
    return replace(rules, behaviours=tuple(governed))


async def passed(asked: PromptVersion, rules: Rules) -> dict[tuple[str, int], bool | None]:
    """Return for each trial whether it passed; None when it could not be graded."""
    model = RuleModel([rules])

    async def judge(request: ChatRequest) -> Completion | CallFailure:
        return await model.send(request, within=1)

    judging = Judging(judge=judge, settings=JudgeSettings(), draw_boundary=lambda: BOUNDARY)

    async def one(case: Case, trial: int) -> bool | None:
        question = request(asked, case, trial)
        answer = await model.send(question, within=1)
        assert isinstance(answer, Completion)
        grades = await grade_answer(
            case,
            Answer(completion=answer),
            trial=question.trial,
            judging=judging,
        )
        return outcome(grades, pass_at=EVALSET.pass_at).passed

    return {(case.id, trial): await one(case, trial) for case in CASES for trial in range(TRIALS)}


async def pass_rate(asked: PromptVersion) -> float:
    outcomes = await passed(asked, RULES)
    assert None not in outcomes.values()
    return round(sum(map(bool, outcomes.values())) / len(outcomes), 3)


def test_the_live_pointer_says_v2_after_v1() -> None:
    pointer = read_live(PROMPT, document(f"prompts/{PROMPT}/live.yaml"))
    assert pointer.stable == "v2"
    assert [move.stable for move in pointer.history] == ["v1", "v2"]


def test_the_set_has_at_least_150_cases_for_the_prompt() -> None:
    assert EVALSET.prompts == (PROMPT,)
    assert len(CASES) >= 150
    assert len({case.id for case in CASES}) == len(CASES)


def test_the_cases_come_from_at_least_60_clusters_and_some_share_one() -> None:
    clusters = [case.cluster or case.id for case in CASES]
    assert 60 <= len(set(clusters)) < len(CASES)


def test_every_case_is_tagged_with_a_topic_and_no_unknown_word() -> None:
    assert {tag for case in CASES for tag in case.tags} == TOPICS | KINDS
    assert [case.id for case in CASES if not TOPICS & {*case.tags}] == []


def test_a_few_cases_are_critical() -> None:
    critical = [case for case in CASES if case.critical]
    assert 6 <= len(critical) <= 10
    topics = {tag for case in critical for tag in case.tags}
    assert topics >= {"safety", "privacy", "injection", "refund"}


def test_no_two_questions_share_most_of_their_words() -> None:
    words = {case.id: set(re.findall(r"\w+", str(case.vars["question"]).lower())) for case in CASES}
    alike = [
        (first, second)
        for first, second in combinations(words, 2)
        if len(words[first] & words[second]) > 0.5 * len(words[first] | words[second])
    ]
    assert alike == []


def test_every_case_gives_exactly_the_variables_of_both_versions() -> None:
    given = {frozenset(case.vars) for case in CASES}
    assert given == {frozenset(each.inputs) for each in VERSIONS}


def test_every_criterion_has_a_judge_rule_and_every_judge_rule_a_criterion() -> None:
    texts = {criterion.text for case in CASES for criterion in criteria(case)}
    unruled = [text for text in texts if not any(r.criterion.search(text) for r in RULES.judge)]
    unused = [r.criterion.pattern for r in RULES.judge if not any(map(r.criterion.search, texts))]
    assert (unruled, unused) == ([], [])


def test_no_criterion_fits_two_judge_rules() -> None:
    texts = {criterion.text for case in CASES for criterion in criteria(case)}
    assert [t for t in texts if sum(bool(r.criterion.search(t)) for r in RULES.judge) > 1] == []


def test_every_sentence_of_the_rules_is_an_answer_to_some_case() -> None:
    questions = [question_of(request(VERSIONS[1], case, 0)) for case in CASES]
    unasked = [each.name for each in RULES.behaviours if not any(map(each.applies_to, questions))]
    assert unasked == []


def test_every_instruction_that_the_rules_look_for_stands_in_v2() -> None:
    template = VERSIONS[1].system
    system = template.source if template else ""
    missing = [
        each.name for each in RULES.behaviours if each.needs and not each.needs.search(system)
    ]
    assert missing == []


async def test_a_faultless_answer_passes_every_case() -> None:
    outcomes = await passed(VERSIONS[1], without_luck(RULES, good=True))
    assert [trial for trial, good in outcomes.items() if not good] == []


async def test_an_answer_that_ignores_every_instruction_fails_every_case() -> None:
    outcomes = await passed(VERSIONS[1], without_luck(RULES, good=False))
    assert [trial for trial, good in outcomes.items() if good is not False] == []


@pytest.mark.full
async def test_pass_rates_follow_the_instructions() -> None:
    rates = {
        "v1": await pass_rate(VERSIONS[0]),
        "v2": await pass_rate(VERSIONS[1]),
        "v2, opening reworded": await pass_rate(version("v2", OPENING, OPENING_REWORDED)),
        "v2, return line without its window": await pass_rate(version("v2", WINDOW, WINDOW_LOST)),
        "v2 without the return line": await pass_rate(version("v2", WINDOW)),
        "v2 without the order number line": await pass_rate(version("v2", NUMBER)),
    }
    assert rates == snapshot(
        {
            "v1": 0.845,
            "v2": 0.953,
            "v2, opening reworded": 0.953,
            "v2, return line without its window": 0.78,
            "v2 without the return line": 0.78,
            "v2 without the order number line": 0.839,
        }
    )


async def test_a_reworded_opening_changes_no_trial() -> None:
    before = await passed(VERSIONS[1], RULES)
    after = await passed(version("v2", OPENING, OPENING_REWORDED), RULES)
    assert before == after
