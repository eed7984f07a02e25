"""`evalgate calibrate --anchors`: says whether the judge still says what it said."""

from collections.abc import Iterator, Mapping, Sequence

from evalgate.adapters.formats import FORMATS
from evalgate.cli.calibration_words import drift_lines
from evalgate.cli.judge_session import Bench, OnTrial, ask, spent_line
from evalgate.cli.printing import as_json, print_json, print_lines
from evalgate.errors import ExitCode, UsageError
from evalgate.gate.drift_document import drift_document
from evalgate.gate.drifting import DriftOfSet, anchors_to_judge, judge_anchors
from evalgate.gate.judge_standing import read_calibrations
from evalgate.gate.outside import Outside
from evalgate.model.calibration import Calibration
from evalgate.model.reading import suggestion


def check_anchors(bench: Bench, *, evalset: str | None, as_document: bool) -> ExitCode:
    """Judge the anchors anew, and end with 1 when the judge is not what it was.

    Raises:
        UsageError: when there is no calibration, or one is of another judge.
    """
    known = _calibrations(bench, evalset)
    bench.check(set(known))
    number = sum(map(len, anchors_to_judge(known, bench.sets, bench.policy).values()))

    async def question(world: Outside, on_trial: OnTrial) -> tuple[DriftOfSet, ...]:
        return await judge_anchors(
            known,
            bench.sets,
            policy=bench.policy,
            outside=world,
            scope=bench.scope,
            on_trial=on_trial,
        )

    found, spent = ask(bench, number, question, anew=True)
    if as_document:
        print_json(as_json(drift_document(found)))
    else:
        print_lines([*_lines(found), spent_line(bench, spent)])
    return ExitCode.OK if all(each.is_well for each in found) else ExitCode.FAIL


def _calibrations(bench: Bench, evalset: str | None) -> Mapping[str, Calibration]:
    folder = bench.policy.paths.calibrations
    files = bench.world.repository.files(None, [folder])
    known = read_calibrations(files, FORMATS)
    if not known:
        raise UsageError(
            f"there is no calibration in {folder}: begin with evalgate calibrate LABELS"
        )
    if evalset is None:
        return known
    if evalset not in known:
        raise UsageError(f"{folder} has none of `{evalset}`{suggestion(evalset, known)}")
    return {evalset: known[evalset]}


def _lines(found: Sequence[DriftOfSet]) -> Iterator[str]:
    for each in found:
        yield from drift_lines(each)
        yield ""
