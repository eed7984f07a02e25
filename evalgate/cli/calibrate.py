"""`evalgate calibrate`: holds the judge against answers that people have labelled."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from evalgate.adapters.files import MAX_BYTES
from evalgate.adapters.label_files import read_rows
from evalgate.adapters.run_folder import write_files
from evalgate.cli.anchors import check_anchors
from evalgate.cli.calibration_words import (
    calibration_lines,
    disagreement_data,
    labels_line,
    worst_first,
)
from evalgate.cli.complaint import say
from evalgate.cli.judge_session import Bench, OnTrial, ask, open_bench, spent_line
from evalgate.cli.printing import as_json, print_json, print_lines
from evalgate.cli.world_arguments import add_world_arguments
from evalgate.errors import ExitCode, Problem, UsageError
from evalgate.gate.calibrating import JudgedAnswer, Spent, calibrations, judge_labels, unjudged
from evalgate.gate.calibration_file import SUFFIX, calibration_document
from evalgate.gate.labels import Labels, read_labels
from evalgate.gate.outside import Outside
from evalgate.model.calibration import Calibration
from evalgate.model.document import Data, Document
from evalgate.model.reading import suggestion


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument(
        "labels", metavar="LABELS", type=Path, nargs="*", help="CSV or JSON lines with labels"
    )
    parser.add_argument(
        "--anchors",
        action="store_true",
        help="judge the answers of the calibrations anew and say whether the judge has drifted",
    )
    parser.add_argument(
        "--evalset", metavar="NAME", help="the eval set of rows that name none; others are left out"
    )
    parser.add_argument("--policy", metavar="PATH", help="the policy that names judge and folders")
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        help="where calibrations are written (default: the policy's `paths.calibrations`)",
    )
    parser.add_argument("--json", action="store_true", help="print the document for machines")
    add_world_arguments(parser)


def run(options: Namespace) -> ExitCode:
    """Judge the labelled answers, write the calibrations, and say how well the judge does."""
    if options.anchors == bool(options.labels):
        raise UsageError("name files with labels, or --anchors to judge those of the calibrations")
    if options.anchors and options.out:
        raise UsageError("--anchors writes nothing: leave out --out")
    bench = open_bench(options)
    if options.anchors:
        return check_anchors(bench, evalset=options.evalset, as_document=options.json)
    labels = _labels(options, bench)
    say(f"evalgate: {labels_line(labels)}")
    judged, spent = _judged(bench, labels)
    found = calibrations(judged, bench.policy.judge)
    folder = _folder(options, bench)
    if folder is not None:
        write_files(folder, _files(found))
    if options.json:
        print_json(as_json(_document(found, judged)))
    else:
        print_lines(_lines(bench, judged, found=found, spent=spent, folder=folder))
    return ExitCode.OK


def _labels(options: Namespace, bench: Bench) -> Labels:
    if options.evalset and options.evalset not in bench.sets:
        bench.check({options.evalset})
        known = suggestion(options.evalset, bench.sets)
        raise UsageError(f"--evalset: there is no eval set `{options.evalset}`{known}")
    rows = list(_rows(options.labels))
    bench.check(set(_names(rows)))
    labels = read_labels(rows, bench.sets, evalset=options.evalset)
    if not labels.answers:
        files = ", ".join(map(str, options.labels))
        raise UsageError(
            f"{files}: nothing to calibrate with: expected rows with `pass` or `fail` under"
            f" `human`, got {labels_line(labels)}"
        )
    return labels


def _rows(paths: Sequence[Path]) -> Iterator[Document | Problem]:
    for path in paths:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UsageError(f"cannot read {path}: {error.strerror or error}") from None
        yield from read_rows(str(path), content)


def _names(rows: Sequence[Document | Problem]) -> Iterator[str]:
    """Yield the eval sets that rows name."""
    for row in rows:
        if isinstance(row, Document) and isinstance(row.data, dict):
            name = row.data.get("evalset")
            if isinstance(name, str):
                yield name


def _judged(bench: Bench, labels: Labels) -> tuple[list[JudgedAnswer], Spent]:
    async def question(world: Outside, on_trial: OnTrial) -> list[JudgedAnswer]:
        return await judge_labels(
            labels.answers, bench.policy, outside=world, scope=bench.scope, on_trial=on_trial
        )

    return ask(bench, len(unjudged(labels.answers)), question)


def _folder(options: Namespace, bench: Bench) -> Path | None:
    """Return where to write; what the simulator said is written only where it is asked for."""
    if options.out:
        return Path(options.out)
    return None if bench.simulated else bench.root / bench.policy.paths.calibrations


def _files(found: dict[str, Calibration]) -> dict[str, str]:
    files = {f"{name}{SUFFIX}": as_json(calibration_document(each)) for name, each in found.items()}
    for name, text in files.items():
        if len(text.encode()) > MAX_BYTES:
            raise UsageError(
                f"{name} would be larger than {MAX_BYTES // 10**6} MB: label fewer answers"
            )
    return files


def _document(found: dict[str, Calibration], judged: Sequence[JudgedAnswer]) -> dict[str, Data]:
    documents: list[dict[str, Data]] = [
        {
            **calibration_document(calibration),
            "disagreements": [disagreement_data(each) for each in worst_first(_of(judged, name))],
        }
        for name, calibration in found.items()
    ]
    if len(documents) == 1:
        return documents[0]
    return {"schema": "calibrations/1", "calibrations": [*documents]}


def _lines(
    bench: Bench,
    judged: Sequence[JudgedAnswer],
    *,
    found: dict[str, Calibration],
    spent: Spent,
    folder: Path | None,
) -> Iterator[str]:
    for name, calibration in found.items():
        yield from calibration_lines(
            calibration,
            _of(judged, name),
            least=bench.policy.judge.min_agreement,
            alpha=bench.policy.gate.alpha,
        )
        yield ""
    yield spent_line(bench, spent)
    if folder is None:
        yield "simulated verdicts are no calibration: nothing was written (--out DIR writes it)"
    else:
        files = ", ".join(f"{name}{SUFFIX}" for name in found)
        read = "simulated verdicts count in no gate on Claude's answers"
        if not any(each.simulated for each in found.values()):
            read = "the gate reads it once it is on the base branch"
        yield f"written to {folder}: {files}; {read}"


def _of(judged: Sequence[JudgedAnswer], evalset: str) -> list[JudgedAnswer]:
    return [each for each in judged if each.label.evalset.name == evalset]
