"""Plays the judge: recognises a request to grade an answer and decides each criterion by rule."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalgate.model.chat import ChatRequest
from evalgate.simulator.draw import digest, luck
from evalgate.simulator.rules import JudgeRule, Rules

_OPENING = re.compile(r"^<criteria_([0-9a-f]{32})>$", re.MULTILINE)
_CRITERION = re.compile(r"^(c[1-9]\d*): (.*)$", re.MULTILINE)

NO_RULE = "No rule of the simulator speaks of this criterion."
FOUND = "The answer has what the simulator's rule looks for."
NOT_FOUND = "The answer lacks what the simulator's rule looks for."
FORBIDDEN = "The answer has what the simulator's rule forbids."


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeTask:
    """What a judge is asked: criteria by their key in the reply, and the answer to grade."""

    criteria: Mapping[str, str]
    answer: str


def judge_task(request: ChatRequest) -> JudgeTask | None:
    """Return what a request asks a judge to do, or None when it asks for an answer.

    A judge's request has an output schema with the properties c1…cn, and one user turn in which
    criteria and answer stand between tags that share a random boundary. Files may be attached to
    it; what they say is never searched for tags.
    """
    schema = request.output_schema
    if schema is None:
        return None
    text = next((turn.text for turn in reversed(request.turns) if turn.role == "user"), "")
    opening = _OPENING.search(text)
    if opening is None:
        return None
    listed = _between(text, f"criteria_{opening[1]}")
    answer = _between(text, f"answer_{opening[1]}")
    criteria = dict(_CRITERION.findall(listed or ""))
    expected = schema.get("properties")
    if answer is None or not isinstance(expected, Mapping) or [*criteria] != [*expected]:
        return None
    return JudgeTask(criteria=criteria, answer=answer)


def judgement(rules: Sequence[Rules], task: JudgeTask, *, trial: str) -> str:
    """Return the judge's reply as JSON: a reason and a verdict for each criterion.

    Where its rule file says that it errs, whether it does is drawn for the trial and the criterion;
    a trial without a name draws by the answer.
    """
    decisions = {
        key: _decide(rules, criterion, task=task, trial=trial or digest(task.answer))
        for key, criterion in task.criteria.items()
    }
    return json.dumps(decisions, ensure_ascii=False)


def _decide(
    rules: Sequence[Rules], criterion: str, *, task: JudgeTask, trial: str
) -> dict[str, str]:
    ruled = ((each, rule) for each in rules for rule in each.judge)
    found = next((pair for pair in ruled if pair[1].criterion.search(criterion)), None)
    if found is None:
        return {"reason": NO_RULE, "verdict": "cannot_tell"}
    file, rule = found
    right = _opinion(rule, task.answer)
    errors = file.judge_errors
    reliability = errors.sensitivity if right["verdict"] == "fail" else errors.specificity
    if luck(file.seed, trial, f"judge:{criterion}") < reliability:
        return right
    return _passed(rule) if right["verdict"] == "fail" else _failed(rule, NOT_FOUND)


def _opinion(rule: JudgeRule, answer: str) -> dict[str, str]:
    """Return what is right by the rule."""
    if rule.fails is not None and rule.fails.search(answer):
        return _failed(rule, FORBIDDEN)
    if rule.passes is not None and not rule.passes.search(answer):
        return _failed(rule, NOT_FOUND)
    return _passed(rule)


def _passed(rule: JudgeRule) -> dict[str, str]:
    return {"reason": rule.reason_passed or FOUND, "verdict": "pass"}


def _failed(rule: JudgeRule, reason: str) -> dict[str, str]:
    return {"reason": rule.reason_failed or reason, "verdict": "fail"}


def _between(text: str, tag: str) -> str | None:
    found = re.search(rf"^<{tag}>\n(.*?)\n</{tag}>$", text, re.DOTALL | re.MULTILINE)
    return None if found is None else found[1]
