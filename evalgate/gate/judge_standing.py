"""What the base knows of its judge: which calibrations count, and what that does to matchups."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evalgate.deciding.judge_measures import Agreement, agreement_of, confusion
from evalgate.deciding.judge_scale import judge_scale
from evalgate.deciding.wording import counted
from evalgate.errors import ConfigurationError, Problem
from evalgate.gate.calibration_file import SUFFIX, read_calibration
from evalgate.gate.evalsets import read_sets
from evalgate.gate.matching import Matchup
from evalgate.gate.outside import Outside
from evalgate.grading.calibration import asked_hash, required_rubrics
from evalgate.model.calibration import Anchor, Calibration, print_of
from evalgate.model.document import Tree
from evalgate.model.evalset import EvalSet
from evalgate.model.policy import Policy
from evalgate.model.ports import Parser


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeStanding:
    """The calibration of one set, and those of its anchors that still hold at the base.

    `is_current` is false when it is of another judge than the policy's, `is_real` when a simulator
    gave its verdicts and Claude is to answer now, so that none does. `evalset` is the base's set.
    """

    calibration: Calibration
    anchors: tuple[Anchor, ...]
    is_current: bool
    is_real: bool
    evalset: EvalSet | None

    def notes(self) -> Iterator[str]:
        """Yield why a calibration counts in part or not at all."""
        path = self.calibration.path
        advice = "run evalgate calibrate again"
        if not self.is_real:
            yield f"{path} was made with simulated verdicts and does not count: {advice}."
            return
        if not self.is_current:
            yield f"{path} is of another judge than the policy's and does not count: {advice}."
            return
        left = len(self.calibration.anchors) - len(self.anchors)
        if left:
            verb = "is" if left == 1 else "are"
            yield (
                f"{counted(left, 'labelled answer')} in {path} {verb} left out, because what the "
                f"judge is asked about the case has changed since: {advice}."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeStandings:
    """All calibrations of the base, by eval set."""

    by_set: Mapping[str, JudgeStanding] = field(default_factory=dict)

    def of(self, evalset: str) -> JudgeStanding | None:
        """Return the calibration of a set whose judge is the policy's and that has anchors left."""
        standing = self.by_set.get(evalset)
        return standing if standing is not None and standing.anchors else None


def read_standings(outside: Outside, commit: str | None, policy: Policy) -> JudgeStandings:
    """Return what the base knows of the judge.

    Raises:
        ConfigurationError: when a calibration cannot be read.
    """
    paths = policy.paths
    files = outside.repository.files(commit, [paths.calibrations])
    known = read_calibrations(files, outside.parser)
    if not known:
        return JudgeStandings()
    tree = outside.repository.files(commit, [paths.evalsets, paths.prompts])
    sets, _ = read_sets(tree, paths.evalsets, outside.parser)
    return JudgeStandings(
        by_set={
            name: _standing(each, sets.get(name), policy, simulated=outside.simulated)
            for name, each in known.items()
        }
    )


def read_calibrations(files: Tree, parser: Parser) -> dict[str, Calibration]:
    """Return the calibrations among files, by the eval set that they are of.

    Raises:
        ConfigurationError: with the first file that cannot be read, or has another set's name.
    """
    known: dict[str, Calibration] = {}
    for path in sorted(path for path in files if path.endswith(SUFFIX)):
        calibration = read_calibration(parser.read_json(path, files[path]))
        name = calibration.evalset
        if path.rpartition("/")[2] != f"{name}{SUFFIX}":
            message = (
                f"is of the eval set `{name[:60]}`, whose file is {name[:60]}{SUFFIX}: rename it"
            )
            raise ConfigurationError([Problem(path=path, key="evalset", message=message)])
        known[name] = calibration
    return known


def anchors_that_hold(calibration: Calibration, evalset: EvalSet | None) -> tuple[Anchor, ...]:
    """Return the anchors whose case asks the judge what it was asked then."""
    cases = {case.id: case for case in evalset.cases} if evalset else {}
    hashes = {name: asked_hash(cases[name]) for name in calibration.asked if name in cases}
    return tuple(
        anchor
        for anchor in calibration.anchors
        if hashes.get(anchor.case) == calibration.asked[anchor.case]
    )


def with_judge(
    matchups: Sequence[Matchup], standings: JudgeStandings, policy: Policy
) -> tuple[Matchup, ...]:
    """Return matchups with what is known of the judge of their sets."""
    return tuple(_with_judge(matchup, standings, policy) for matchup in matchups)


def judge_notes(matchups: Sequence[Matchup], standings: JudgeStandings) -> Iterator[str]:
    """Yield what a reader should know about the judge of the sets that were run."""
    for matchup in {each.evalset.name: each for each in matchups}.values():
        name = matchup.evalset.name
        if not _share(matchup):
            continue
        standing = standings.by_set.get(name)
        if standing is not None:
            yield from standing.notes()
        else:
            yield (
                f"The judge is not calibrated on {name}: the limit is not scaled by its errors "
                "(evalgate calibrate)."
            )


def _standing(
    calibration: Calibration, evalset: EvalSet | None, policy: Policy, *, simulated: bool
) -> JudgeStanding:
    """Return what a calibration counts for.

    Args:
        calibration: of the base.
        evalset: the base's set, if it has it still.
        policy: which judge is the base's.
        simulated: whether a simulator may answer in this gate.
    """
    is_current = calibration.judge == print_of(policy.judge)
    is_real = simulated or not calibration.simulated
    held = anchors_that_hold(calibration, evalset) if is_current and is_real else ()
    return JudgeStanding(
        calibration=calibration,
        anchors=held,
        is_current=is_current,
        is_real=is_real,
        evalset=evalset,
    )


def _with_judge(matchup: Matchup, standings: JudgeStandings, policy: Policy) -> Matchup:
    share = _share(matchup)
    standing = standings.of(matchup.evalset.name)
    if not share or (standing is None and policy.judge.min_agreement is None):
        return matchup
    agreement = Agreement()
    if standing is not None:
        counts = confusion((anchor.human, anchor.judge) for anchor in standing.anchors)
        agreement = agreement_of(counts, policy.gate.alpha)
    scale = judge_scale(
        matchup.evalset.name,
        agreement,
        policy.judge,
        max_drop=policy.gate.max_drop,
        share=share,
    )
    return replace(matchup, judge=scale)


def _share(matchup: Matchup) -> float:
    """Return the part of the compared cases, or of all, that have a required rubric."""
    compared = {case.case for case in matchup.planned if case.baseline}
    cases = [case for case in matchup.evalset.cases if not compared or case.id in compared]
    judged = sum(bool(required_rubrics(case)) for case in cases)
    return judged / len(cases) if cases else 0.0
