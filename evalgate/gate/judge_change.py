"""Tries a changed judge: one with other settings, or with other rubrics, on the labelled answers.

The anchors of the base are judged with the head's settings and rubrics. Each verdict is right or
wrong by the label, and is held against the verdict that the base's judge gave then. So a judge is
compared with its predecessor as one version of a prompt is with another.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace

from evalgate.deciding.wording import counted
from evalgate.gate.calibrating import judge_version
from evalgate.gate.evalsets import Sets, read_sets
from evalgate.gate.gathering import Sources
from evalgate.gate.judge_standing import JudgeStanding, JudgeStandings
from evalgate.gate.matching import Matchup
from evalgate.gate.outside import Outside
from evalgate.grading.calibration import asked_hash, required_rubrics
from evalgate.model.calibration import Anchor, AnchorCheck, print_of
from evalgate.model.change import Candidate
from evalgate.model.comparison import CaseKind, PlannedCase
from evalgate.model.evalset import Case
from evalgate.model.policy import JudgeSettings
from evalgate.model.trial import Arm

_UNTRIED = (
    "The change of the judge is not tried: the base has no labelled answers that count "
    "(evalgate calibrate)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeChange:
    """What a change does to the judge: a matchup for each set that it touches, and notes.

    The notes say when a changed judge cannot be tried, or not as it is asked.
    """

    matchups: tuple[Matchup, ...] = ()
    notes: tuple[str, ...] = ()


def judge_change(sources: Sources, standings: JudgeStandings, outside: Outside) -> JudgeChange:
    """Return what a change does to the judge.

    Args:
        sources: what the repository says.
        standings: what the base knows of its judge.
        outside: holds the eval sets of the head.
    """
    if not any(map(standings.of, standings.by_set)):
        return JudgeChange(notes=(_UNTRIED,) if changes_settings(sources) else ())
    old, new = _settings(sources)
    sets = _head_sets(sources, outside)
    asked = [(standing, _asked_at_head(standing, sets)) for standing in standings.by_set.values()]
    matchups = (_matchup(*each, sets=sets, old=old, new=new) for each in asked)
    return JudgeChange(
        matchups=tuple(matchup for matchup in matchups if matchup is not None),
        notes=tuple(note for each in asked for note in _withdrawn(*each)),
    )


def changes_settings(sources: Sources) -> bool:
    """Return whether the head has another judge than the base, wherever it is reached."""
    old, new = _settings(sources)
    return print_of(old) != print_of(new)


def _settings(sources: Sources) -> tuple[JudgeSettings, JudgeSettings]:
    """Return the judge of the base and that of the head, which is reached over the base's route."""
    old = sources.policy.judge
    new = sources.proposed.judge if sources.proposed else old
    return old, replace(new, route=old.route)


def _head_sets(sources: Sources, outside: Outside) -> Sets:
    paths = sources.policy.paths
    commit = None if sources.question.head is None else sources.head
    tree = outside.repository.files(commit, [paths.evalsets, paths.prompts])
    return read_sets(tree, paths.evalsets, outside.parser)[0]


def _withdrawn(standing: JudgeStanding, asked: Mapping[str, Case]) -> Iterator[str]:
    """Yield how many anchors are of cases about which the head does not ask the judge any more."""
    left = sum(anchor.case not in asked for anchor in standing.anchors)
    if left:
        verb = "is" if left == 1 else "are"
        yield (
            f"{counted(left, 'labelled answer')} in {standing.calibration.path} {verb} of cases "
            "that the judge does not decide at the head: a changed judge is tried on them with "
            "the rubrics of the base, not with those of the change."
        )


def _asked_at_head(standing: JudgeStanding, sets: Sets) -> dict[str, Case]:
    """Return the cases of the head by which the anchors are judged, under their names at the base.

    A case that is gone is looked for under another name, by what it is about: so a new rubric is
    tried too where its cases are renamed with it.
    """
    own, base = sets.get(standing.calibration.evalset), standing.evalset
    cases = own.cases if own else [case for each in sets.values() for case in each.cases]
    judged = [case for case in cases if required_rubrics(case)]
    known = {case.id: case for case in base.cases} if base else {}
    anchored = {anchor.case: known[anchor.case] for anchor in standing.anchors}
    there = {case.id: case for case in judged if case.id in anchored}
    others = {_about(case): case for case in judged if case.id not in known}
    renamed = {
        name: replace(others[about], id=name)
        for name, case in anchored.items()
        if name not in there and (about := _about(case)) in others
    }
    return there | renamed


def _about(case: Case) -> str:
    """Return a hash of what the judge reads about a case besides its rubrics."""
    return asked_hash(replace(case, graders=()))


def _matchup(
    standing: JudgeStanding,
    at_head: Mapping[str, Case],
    *,
    sets: Sets,
    old: JudgeSettings,
    new: JudgeSettings,
) -> Matchup | None:
    """Return the matchup of the judges of one set; None when nothing has changed for it.

    Where the head does not ask the judge about a case any more, it is asked as at the base, so
    that a change sheds no anchor that tries its judge.
    """
    calibration, base, anchors = standing.calibration, standing.evalset, standing.anchors
    if base is None or not anchors:
        return None
    cases = {**{case.id: case for case in base.cases}, **at_head}
    named = dict.fromkeys(anchor.case for anchor in anchors)
    asked = {name: asked_hash(cases[name]) for name in named}
    edited = [name for name in named if asked[name] != calibration.asked[name]]
    is_another = print_of(old) != print_of(new)
    if not (is_another or edited):
        return None
    again = set(named) if is_another else set(edited)
    checks = dict(_checks(anchors, again, old=old, new=new))
    numbers = Counter(anchor.case for anchor in anchors)
    return Matchup(
        candidate=Candidate(
            version=judge_version(new, _identity(new, asked, anchors)),
            baseline=judge_version(old, _identity(old, calibration.asked, anchors)),
            why=tuple(_why(old, new, edited)),
        ),
        evalset=replace(sets.get(base.name, base), cases=tuple(cases[name] for name in named)),
        planned=tuple(_planned(cases[name], number) for name, number in numbers.items()),
        deleted=(),
        missing=(),
        weakened=(),
        missing_critical=(),
        checks=checks,
    )


def _checks(
    anchors: Sequence[Anchor], again: set[str], *, old: JudgeSettings, new: JudgeSettings
) -> Iterator[tuple[tuple[Arm, str, int], AnchorCheck]]:
    """Yield what each trial is about: the old judge's verdicts are known, the new one is asked.

    Where neither the judge nor the rubric has changed, the new verdict is the old one.
    """
    indices: Counter[str] = Counter()
    for anchor in anchors:
        index = indices[anchor.case]
        indices[anchor.case] += 1
        then = AnchorCheck(
            answer=anchor.answer, human=anchor.human, settings=old, known=anchor.judge
        )
        known = None if anchor.case in again else anchor.judge
        yield (Arm.BASELINE, anchor.case, index), then
        yield (Arm.CANDIDATE, anchor.case, index), replace(then, settings=new, known=known)


def _planned(case: Case, number: int) -> PlannedCase:
    return PlannedCase(
        case=case.id,
        kind=CaseKind.SAME,
        baseline=range(number),
        candidate=range(number),
        tags=case.tags,
        cluster=case.cluster,
    )


def _why(old: JudgeSettings, new: JudgeSettings, edited: Sequence[str]) -> Iterator[str]:
    was, becomes = print_of(old), print_of(new)
    for name in ("model", "effort", "max_tokens", "votes"):
        before, after = getattr(was, name), getattr(becomes, name)
        if before != after:
            yield f"judge.{name} changes from {before} to {after}"
    if edited:
        yield f"what the judge is asked changes in {counted(len(edited), 'case')}"


def _identity(settings: JudgeSettings, asked: Mapping[str, str], anchors: Sequence[Anchor]) -> str:
    """Return a hash of a judge, of what it is asked and of the answers that it is held against."""
    parts = (astuple(print_of(settings)), sorted(asked.items()), list(map(astuple, anchors)))
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()
