"""Turns the judge's reply into a grade; what is not exactly as asked is ungraded, never a pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum

from evalgate.grading.grades import graded, quote, shorten, ungraded
from evalgate.grading.json_text import NotJson, parse_json
from evalgate.grading.rubric import VERDICTS, criterion_keys
from evalgate.model.chat import CallFailure, Completion
from evalgate.model.document import Data
from evalgate.model.evalset import Criterion, GraderSpec
from evalgate.model.trial import Grade


class Cause(StrEnum):
    """Why a rubric is ungraded."""

    CALL_FAILED = "call_failed"
    REFUSED = "refused"
    TRUNCATED = "truncated"
    INCOMPLETE = "incomplete"
    UNPARSABLE = "unparsable"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opinion:
    """What the judge says about one criterion; `holds` is None when it cannot tell."""

    criterion: Criterion
    holds: bool | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unparsable:
    """In which way a reply is not the one that was asked for, as the rest of a sentence."""

    reason: str


def rubric_grade(spec: GraderSpec, reply: Completion | CallFailure) -> Grade:
    """Return the grade that a judge's reply amounts to.

    The rubric passes when every required criterion passes; without a required one, when any
    criterion passes. The score is the share of passed criteria, by weight, among the decided ones.
    A required criterion that the judge cannot tell leaves the rubric ungraded.
    """
    if isinstance(reply, CallFailure):
        reason = f"The judge gave no reply ({reply.kind}): {shorten(reply.message, 200)}"
        return ungraded(spec, cause=Cause.CALL_FAILED, reason=reason)
    if reply.stop_reason != "end_turn":
        return _unfinished(spec, reply.stop_reason)
    opinions = _opinions(spec, reply.text)
    if isinstance(opinions, _Unparsable):
        reason = f"The judge's reply {opinions.reason}."
        return ungraded(spec, cause=Cause.UNPARSABLE, reason=reason)
    return _decided(spec, opinions)


def criterion_verdicts(
    spec: GraderSpec, reply: Completion | CallFailure
) -> Mapping[str, bool | None]:
    """Return what a reply says about each criterion, by text; nothing when it cannot be read.

    A criterion that the judge cannot tell is None.
    """
    if isinstance(reply, CallFailure) or reply.stop_reason != "end_turn":
        return {}
    opinions = _opinions(spec, reply.text)
    if isinstance(opinions, _Unparsable):
        return {}
    return {opinion.criterion.text: opinion.holds for opinion in opinions}


def verdict_from_criteria(spec: GraderSpec, holds: Mapping[str, bool]) -> bool | None:
    """Return whether a rubric passes when people decide its criteria; None when too few are.

    Args:
        spec: the rubric.
        holds: what they said, by the text of the criterion.
    """
    opinions = [
        _Opinion(criterion=each, holds=holds.get(each.text), reason="") for each in spec.criteria
    ]
    return _decided(spec, opinions).passed


def _unfinished(spec: GraderSpec, stop_reason: str) -> Grade:
    match stop_reason:
        case "refusal":
            return ungraded(spec, cause=Cause.REFUSED, reason="The judge refused to reply.")
        case "max_tokens":
            reason = "The judge's reply was cut off; raise `max_tokens` of the judge."
            return ungraded(spec, cause=Cause.TRUNCATED, reason=reason)
        case _:
            reason = f"The judge's reply ended with the stop reason {quote(stop_reason)}."
            return ungraded(spec, cause=Cause.INCOMPLETE, reason=reason)


def _opinions(spec: GraderSpec, text: str) -> Sequence[_Opinion] | _Unparsable:
    data = parse_json(text)
    if isinstance(data, NotJson):
        return _Unparsable(reason=data.reason)
    keys = criterion_keys(spec)
    if not isinstance(data, dict) or data.keys() != keys.keys():
        return _Unparsable(reason=f"is not an object with exactly the keys {', '.join(keys)}")
    opinions = []
    for key, criterion in keys.items():
        opinion = _opinion(criterion, data[key])
        if opinion is None:
            expected = f"a reason and one of {', '.join(VERDICTS)}"
            return _Unparsable(reason=f"has something other than {expected} at {key}")
        opinions.append(opinion)
    return opinions


def _opinion(criterion: Criterion, data: Data) -> _Opinion | None:
    if not isinstance(data, dict) or data.keys() != {"reason", "verdict"}:
        return None
    reason, word = data["reason"], data["verdict"]
    if not isinstance(reason, str) or not isinstance(word, str) or not reason.strip():
        return None
    verdict = word.casefold()  # the server does not promise the letter case of enumerations
    if verdict not in VERDICTS:
        return None
    holds = None if verdict == "cannot_tell" else verdict == "pass"
    return _Opinion(criterion=criterion, holds=holds, reason=reason)


def _decided(spec: GraderSpec, opinions: Sequence[_Opinion]) -> Grade:
    decided = [opinion for opinion in opinions if opinion.holds is not None]
    doubted = [opinion for opinion in opinions if opinion.holds is None]
    if not decided or any(opinion.criterion.required for opinion in doubted):
        return ungraded(spec, cause=Cause.CANNOT_TELL, reason=_reasons(doubted))
    required = [opinion for opinion in decided if opinion.criterion.required]
    passes = all(o.holds for o in required) if required else any(o.holds for o in decided)
    failing = [opinion for opinion in decided if not opinion.holds]
    return graded(spec, passes, score=_share(decided), reason=_reasons(failing or decided))


def _share(decided: Sequence[_Opinion]) -> float:
    total = fsum(opinion.criterion.weight for opinion in decided)
    if total == 0:
        return float(all(opinion.holds for opinion in decided))
    return fsum(opinion.criterion.weight for opinion in decided if opinion.holds) / total


def _reasons(opinions: Sequence[_Opinion]) -> str:
    """Join the judge's reasons; several are told apart by their criteria."""
    if len(opinions) == 1:
        return shorten(opinions[0].reason, 400)
    return "; ".join(
        f"{shorten(opinion.criterion.text, 80)}: {shorten(opinion.reason, 200).removesuffix('.')}"
        for opinion in opinions
    )
