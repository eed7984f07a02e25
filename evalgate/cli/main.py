"""Chooses the verb, and turns every way to end into an exit code."""

import gc
import sys
import traceback
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from io import TextIOWrapper
from typing import Protocol

from evalgate import __version__
from evalgate.cli.complaint import complain, say
from evalgate.errors import EvalgateError, ExitCode, MissingExtraError, UsageError
from evalgate.model.reading import suggestion


@dataclass(frozen=True, slots=True)
class _Verb:
    module: str
    summary: str


VERBS: Mapping[str, _Verb] = {
    "init": _Verb("evalgate.cli.init", "set a repository up: policy, workflow, first prompt"),
    "check": _Verb("evalgate.cli.check", "look prompts and eval sets over, without any call"),
    "plan": _Verb("evalgate.cli.plan", "say what a gate would run, at what cost; calls nothing"),
    "gate": _Verb("evalgate.cli.gate", "judge the prompts that changed between two git refs"),
    "run": _Verb("evalgate.cli.run", "run the trials of a gate, or one shard of them"),
    "merge": _Verb("evalgate.cli.merge", "join the shards of a run and decide once"),
    "report": _Verb("evalgate.cli.report", "decide about a run folder again, without any call"),
    "view": _Verb("evalgate.cli.view", "serve the reports to this machine, and open them"),
    "compare": _Verb("evalgate.cli.compare", "decide from pairs of files of trials, no calls"),
    "promote": _Verb("evalgate.cli.promote", "gate a version for more traffic, and move live.yaml"),
    "rollout": _Verb("evalgate.cli.rollout", "give a version its traffic in stages, by evidence"),
    "switch": _Verb("evalgate.cli.switch", "move a live pointer by hand: version, off, model"),
    "rollback": _Verb("evalgate.cli.rollback", "go back to the last good version, at once"),
    "route": _Verb("evalgate.cli.route", "hold a route open or closed on this host"),
    "incident": _Verb(
        "evalgate.cli.incident", "what is wrong in production: record, act, tell, learn"
    ),
    "sync": _Verb("evalgate.cli.sync", "bring the prompts of a git branch to this host"),
    "serve-verdict": _Verb(
        "evalgate.cli.serve_verdict", "tell delivery engines what is known of a rollout"
    ),
    "monitor": _Verb("evalgate.cli.monitor", "show how production does, and raise alarms"),
    "accept": _Verb("evalgate.cli.accept", "answer for the change of an eval set, on the base"),
    "record": _Verb("evalgate.cli.record", "keep a run's trials of stable versions for later"),
    "history": _Verb("evalgate.cli.history", "tell the pass rates over time, from the records"),
    "calibrate": _Verb("evalgate.cli.calibrate", "hold the judge against labels of people"),
    "selftest": _Verb("evalgate.cli.selftest", "measure how often your policy decides wrongly"),
    "prompts": _Verb("evalgate.cli.prompts", "list, show, render, diff, add and adopt prompts"),
    "score": _Verb("evalgate.cli.score", "score sampled answers of production by the judge"),
    "review": _Verb("evalgate.cli.review", "label sampled answers by hand; make cases of them"),
    "smell": _Verb("evalgate.cli.smell", "look answers over at a glance, and compare their rate"),
    "alert": _Verb("evalgate.cli.alert", "try the places for alerts, and show what was told"),
    "doctor": _Verb("evalgate.cli.doctor", "check by machine what production needs"),
    "logs": _Verb("evalgate.cli.logs", "tell cost, latency and errors from the call log"),
    "purge": _Verb("evalgate.cli.purge", "delete stored answers by age or case, or all of them"),
    "action": _Verb("evalgate.cli.action", "what the GitHub Action runs, for whatever event"),
    "publish": _Verb("evalgate.cli.publish", "show a run's results on GitHub, inside the Action"),
    "demo": _Verb("evalgate.cli.demo", "gate a harmless and a damaging change, without a key"),
    "simulate": _Verb("evalgate.cli.simulate", "serve a simulated Claude on this machine"),
}
"""The verbs, each loaded only when it is called: the packages behind them are heavy."""

PARTS: Mapping[tuple[str, str], _Verb] = {
    ("incident", "open"): _Verb("evalgate.cli.incident_opening", "record what somebody has seen"),
    ("incident", "list"): _Verb("evalgate.cli.incident_listing", "what is open, who is to be told"),
    ("incident", "show"): _Verb("evalgate.cli.incident_showing", "one incident and its playbook"),
    ("incident", "act"): _Verb("evalgate.cli.incident_acting", "show a step of it, or do it"),
    ("incident", "update"): _Verb("evalgate.cli.incident_updating", "status, owner, who was told"),
    ("incident", "case"): _Verb("evalgate.cli.incident_drafting", "draft a golden case of a call"),
    ("incident", "close"): _Verb("evalgate.cli.incident_closing", "end it, with cause and case"),
    ("monitor", "freeze"): _Verb("evalgate.cli.monitor_freeze", "freeze the quality of now"),
    ("monitor", "rules"): _Verb("evalgate.cli.monitor_rules", "say what an alarm takes, and when"),
    ("monitor", "backtest"): _Verb("evalgate.cli.monitor_backtest", "replay history by a rule"),
}
"""What a second word makes of a verb that takes files otherwise, or loads much for its others."""

COLLECT_AFTER = (50_000, 20, 50)
"""Thresholds of the garbage collector; they take a tenth off the CPU time of a run."""

_EXTRA = "python -m pip install '.[gate]'"


class VerbModule(Protocol):
    """What each verb's module offers."""

    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], ExitCode]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code.

    Args:
        arguments: without the program's name; by default those of the process.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a narrow encoding must not cost a verdict
            stream.reconfigure(errors="replace")
    # A run keeps much and makes few cycles: by default the collector goes over all of it too often.
    gc.set_threshold(*COLLECT_AFTER)
    try:
        return int(_dispatch(words))
    except EvalgateError as error:
        complain(error)
        return int(error.exit_code)
    except KeyboardInterrupt:
        say("evalgate: interrupted; what was written stays")
        return int(ExitCode.INTERRUPTED)
    except Exception:  # noqa: BLE001 - the one place where a bug becomes an exit code
        say(traceback.format_exc().rstrip())
        say(_bug_report())
        return int(ExitCode.BUG)


def _dispatch(words: list[str]) -> ExitCode:
    if not words or words[0] in ("-h", "--help", "help"):
        print(_overview())  # noqa: T201
        return ExitCode.OK if words else ExitCode.USAGE
    if words[0] == "--version":
        print(f"evalgate {__version__}")  # noqa: T201
        return ExitCode.OK
    verb, name = _chosen(words)
    module = load(verb.module)
    parser = ArgumentParser(prog=" ".join(("evalgate", *name)), description=verb.summary)
    module.add_arguments(parser)
    return module.run(parser.parse_args(words[len(name) :]))


def _chosen(words: Sequence[str]) -> tuple[_Verb, Sequence[str]]:
    """Return the verb that words begin with, and those that name it."""
    part = PARTS.get((words[0], words[1])) if len(words) > 1 else None
    if part is not None:
        return part, words[:2]
    verb = VERBS.get(words[0])
    if verb is None:
        raise UsageError(f"there is no verb `{words[0]}`{suggestion(words[0], VERBS)}")
    return verb, words[:1]


def load(name: str) -> VerbModule:
    """Return the module of a verb.

    Args:
        name: of the module, as the table has it.

    Raises:
        MissingExtraError: it needs packages that are not installed.
    """
    try:
        module: VerbModule = import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("evalgate"):
            raise
        message = f"this verb needs the package `{error.name}`: in evalgate's checkout run {_EXTRA}"
        raise MissingExtraError(message) from None
    return module


def _overview() -> str:
    verbs = "\n".join(f"  {name:<13} {verb.summary}" for name, verb in VERBS.items())
    return (
        "usage: evalgate VERB [options]\n\n"
        "Gates prompt changes for applications built on Claude.\n\n"
        f"verbs:\n{verbs}\n\n"
        "`evalgate VERB --help` explains a verb; `evalgate --version` names this one.\n"
        "exit codes: 0 pass, 1 fail, 2 usage or configuration, 3 inconclusive,\n"
        "            4 could not evaluate, 70 bug, 130 interrupted"
    )


def _bug_report() -> str:
    return (
        "evalgate: this is a bug in evalgate. Please open an issue with the lines above "
        f"and this one: evalgate {__version__}, Python {sys.version.split()[0]}"
    )
