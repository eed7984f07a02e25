"""`evalgate smell`: the smell test over answers of the past, and against those before them."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.smell_baseline import read_baseline, write_baseline
from evalgate.adapters.told_responses import read_responses
from evalgate.cli.complaint import notify
from evalgate.cli.printing import as_json, print_json, print_lines
from evalgate.cli.smell_table import SmellRun, smell_document, smell_lines, smell_yaml
from evalgate.deciding.smell_drop import Course, Drop, drop_of
from evalgate.errors import ConfigurationError, EvaluationError, ExitCode, Problem, UsageError
from evalgate.grading.language import script_fault
from evalgate.model.prompt import PromptVersion
from evalgate.model.serving import SmellRules
from evalgate.model.smell_baseline import SmellBaseline, ToldResponse
from evalgate.runtime.prompts import load_prompt
from evalgate.runtime.settings import read_serving
from evalgate.runtime.smelling.smell_history import baseline_of, count_of, rules_from, smell_all

DROP = 5.0
"""Points that the pass rate may not fall by, unless told otherwise."""

_EXIT_CODES: Mapping[Course, ExitCode] = {
    Course.HOLDS: ExitCode.OK,
    Course.FELL: ExitCode.FAIL,
    Course.UNCLEAR: ExitCode.INCONCLUSIVE,
}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument(
        "files",
        metavar="FILE",
        type=Path,
        nargs="+",
        help="answers as JSON lines: sampled calls, trials, or `text` and `stop_reason`",
    )
    parser.add_argument(
        "--prompt", metavar="NAME", help="the answers of this prompt only, held to its schema too"
    )
    parser.add_argument(
        "--prompts", metavar="DIR", default="prompts", help="where prompts are (default: prompts)"
    )
    parser.add_argument("--baseline", metavar="FILE", type=Path, help="compare with this baseline")
    parser.add_argument(
        "--write", action="store_true", help="take these answers as the baseline instead"
    )
    parser.add_argument(
        "--drop",
        metavar="POINTS",
        type=_points,
        default=DROP,
        help=f"the drop of the pass rate that is too much (default: {DROP:g})",
    )
    parser.add_argument("--json", action="store_true", help="print it for machines")


def run(options: Namespace) -> ExitCode:
    """Smell, print, and compare or write where a baseline is named.

    Raises:
        UsageError: an option, a file or a prompt is not there.
        ConfigurationError: the baseline, or every line of the files, is wrong.
        EvaluationError: there is no answer to smell.
    """
    if options.write and options.baseline is None:
        raise UsageError("--write needs --baseline FILE: where the baseline is to be kept")
    before = None if options.write else _read_baseline(options.baseline)
    prompt = _prompt_of(options.prompt, before)
    version = load_prompt(prompt, folder=options.prompts).version if prompt else None
    told, unread = _read(options.files)
    chosen = [each for each in told if not prompt or each.prompt in ("", prompt)]
    rules = before.rules if before else _rules_of(prompt, Path(options.prompts))
    found = _smell(chosen, rules, version=version, unread=unread)
    found = replace(found, left_out=len(told) - len(chosen))
    if options.write:
        return _write(options, found, version=version, rules=rules)
    drop = None
    if before is not None:
        drop = drop_of(before.count, count_of(found.smelt), limit=options.drop / 100)
    return _tell(options, found, before=before, drop=drop)


def _rules_of(prompt: str, folder: Path) -> SmellRules:
    """Return what `runtime.yml` holds the answers of a prompt against."""
    path = folder / "runtime.yml"
    if not prompt or not path.is_file():
        return SmellRules()
    serving = read_serving(FORMATS.read_yaml(str(path), path.read_bytes()))
    return serving.smell.get(prompt, SmellRules())


def _read_baseline(path: Path | None) -> SmellBaseline | None:
    if path is None:
        return None
    baseline = read_baseline(path)
    scripts = baseline.rules.scripts
    fault = script_fault(list(scripts)) if scripts else None
    if fault is not None:
        raise ConfigurationError([Problem(path=str(path), key="rules.scripts", message=fault)])
    return baseline


def _prompt_of(named: str | None, before: SmellBaseline | None) -> str:
    if named and before is not None and before.prompt != named:
        told = f"of the prompt `{before.prompt}`" if before.prompt else "of no prompt in particular"
        raise UsageError(f"--baseline is {told}, and --prompt names `{named}`")
    return named or (before.prompt if before else "")


def _read(paths: Sequence[Path]) -> tuple[list[ToldResponse], list[Problem]]:
    told: list[ToldResponse] = []
    unread: list[Problem] = []
    for path in paths:
        for each in read_responses(path):
            if isinstance(each, Problem):
                unread.append(each)
            else:
                told.append(each)
    if unread and not told:
        raise ConfigurationError(unread)
    return told, unread


def _smell(
    told: Sequence[ToldResponse],
    rules: SmellRules,
    *,
    version: PromptVersion | None,
    unread: Sequence[Problem],
) -> SmellRun:
    smelt = smell_all(told, rules, version=version)
    if not smelt:
        raise EvaluationError(
            "there is no answer to smell: no line holds one, or all are of other prompts"
        )
    return SmellRun(
        smelt=tuple(smelt), unanswered=len(told) - len(smelt), unread=tuple(map(str, unread))
    )


def _write(
    options: Namespace, found: SmellRun, *, version: PromptVersion | None, rules: SmellRules
) -> ExitCode:
    """Hold the answers to what they teach themselves, and keep how many pass."""
    named = {each.response.prompt for each in found.smelt} - {""}
    if len(named) > 1:
        raise UsageError(
            f"the answers are of several prompts: name one of {_listed(named)} with --prompt"
        )
    learnt = rules_from(found.smelt, rules)
    smelt = smell_all([each.response for each in found.smelt], learnt, version=version)
    baseline = baseline_of(smelt, learnt, prompt=options.prompt or "")
    write_baseline(options.baseline, baseline)
    code = _tell(options, replace(found, smelt=tuple(smelt)), before=None, drop=None)
    if not options.json:
        name = options.prompt or next(iter(named), "PROMPT")
        print_lines(["", f"baseline written: {options.baseline}", "", *smell_yaml(name, learnt)])
    return code


def _tell(
    options: Namespace, found: SmellRun, *, before: SmellBaseline | None, drop: Drop | None
) -> ExitCode:
    code = ExitCode.OK if drop is None else _EXIT_CODES[drop.course]
    if options.json:
        print_json(as_json(smell_document(found, before=before, drop=drop, exit_code=int(code))))
    else:
        print_lines(smell_lines(found, before=before, drop=drop))
    for problem in found.unread:
        notify(f"left out: {problem}")
    return code


def _listed(names: set[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)[:10])


def _points(text: str) -> float:
    """Read a drop in points; argparse shows the message."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 100:
        raise ArgumentTypeError(f"expected points between 0 and 100: {text!r}")
    return value
