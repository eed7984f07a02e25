"""`evalgate compare`: decides from pairs of files of trials, without any call."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.told_file import read_told_trials
from evalgate.cli.compare_table import show_comparisons
from evalgate.cli.console import PipeConsole
from evalgate.cli.printing import as_json, print_json, to_standard_output
from evalgate.deciding.verdict import overall
from evalgate.errors import ConfigurationError, ExitCode, Problem, UsageError
from evalgate.gate.comparing import compare_arms
from evalgate.gate.policy import read_policy
from evalgate.gate.told_arm import gather_arm
from evalgate.model.document import Data, Document
from evalgate.model.policy import Estimand, FailWhen, GateRules
from evalgate.model.told import FileComparison
from evalgate.model.trial import Arm
from evalgate.reporting.file_comparison import comparisons_document

_OPTIONS = ("max_drop", "alpha", "estimand", "min_pass_rate", "fail_when")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the files and the options of the verb."""
    parser.add_argument(
        "files",
        metavar="A B",
        type=Path,
        nargs="+",
        help="baseline and candidate, pair after pair: trials as JSON lines, or CSV in *.csv",
    )
    default = GateRules()
    points = f"{default.max_drop * 100:g}"
    parser.add_argument(
        "--max-drop", metavar="POINTS", type=float, help=f"the limit (default: {points})"
    )
    parser.add_argument(
        "--alpha", metavar="RATE", type=float, help=f"the error rate (default: {default.alpha:g})"
    )
    parser.add_argument("--estimand", choices=[each.value for each in Estimand])
    parser.add_argument(
        "--min-pass-rate", metavar="RATE", type=float, help="what the candidate must reach"
    )
    parser.add_argument("--fail-when", choices=[each.value for each in FailWhen])
    parser.add_argument(
        "--policy", metavar="FILE", type=Path, help="take the rules from here; options go before it"
    )
    parser.add_argument("--json", action="store_true", help="print the comparisons for machines")


def run(options: Namespace) -> ExitCode:
    """Decide about each pair and print; the worst verdict gives the exit code."""
    rules = _rules(options)
    comparisons = _compared(_pairs(options.files), rules)
    worst = overall(comparison.verdict.verdict for comparison in comparisons)
    if options.json:
        print_json(as_json(comparisons_document(comparisons, worst, rules.on_inconclusive)))
    else:
        console = PipeConsole(highlight=False, markup=False)
        to_standard_output(lambda: show_comparisons(comparisons, console))
    return worst.exit_code(rules.on_inconclusive)


def _pairs(files: Sequence[Path]) -> list[tuple[Path, Path]]:
    if len(files) % 2:
        raise UsageError(
            f"expected files in pairs, baseline and candidate, got {len(files):,}: of a run's own "
            f"trials, which hold both, give the file twice (`{files[-1]} {files[-1]}`)"
        )
    return list(zip(files[::2], files[1::2], strict=True))


def _compared(pairs: Sequence[tuple[Path, Path]], rules: GateRules) -> list[FileComparison]:
    """Compare pair by pair; what is wrong with one does not hide what is wrong with the others.

    Raises:
        ConfigurationError: with what is wrong with each pair of files.
    """
    comparisons: list[FileComparison] = []
    problems: dict[Problem, None] = {}
    for pair in pairs:
        try:
            baseline, candidate = (
                gather_arm(str(path), read_told_trials(path), arm=arm)
                for path, arm in zip(pair, Arm, strict=True)
            )
            comparisons.append(compare_arms(baseline, candidate, rules))
        except ConfigurationError as error:
            problems.update(dict.fromkeys(error.problems))
    if problems:
        raise ConfigurationError(problems)
    return comparisons


def _rules(options: Namespace) -> GateRules:
    """Return the policy's rules, or the default ones, with what the options say instead.

    Raises:
        ConfigurationError: the policy is wrong.
        UsageError: an option is out of its range.
    """
    ruling = _policy_rules(options.policy) if options.policy else GateRules()
    given: dict[str, Data] = {
        name: getattr(options, name) for name in _OPTIONS if getattr(options, name) is not None
    }
    try:
        own = read_policy(Document(path="", data={"gate": given}, lines={}), b"").gate
    except ConfigurationError as error:
        raise UsageError("\n".join(map(_as_option, error.problems))) from error
    return replace(ruling, **{name: getattr(own, name) for name in given})


def _as_option(problem: Problem) -> str:
    option = problem.key.removeprefix("gate.").replace("_", "-")
    return f"--{option}: {problem.message}"


def _policy_rules(path: Path) -> GateRules:
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(f"{path}: the policy cannot be read: {reason}") from error
    return read_policy(FORMATS.read_yaml(str(path), content), content).gate
