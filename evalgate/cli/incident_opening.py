"""Opens incidents: by itself for an alarm, once for each cause, and by hand."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evalgate.adapters.incidents import IncidentFolder, StoredIncident
from evalgate.adapters.observations import LoggedObservations
from evalgate.cli.complaint import notify
from evalgate.cli.evidence_options import add_evidence_arguments, instant_argument, policy_for
from evalgate.cli.incident_known import BEFORE, Sources, known_of, scores_of
from evalgate.cli.incident_place import (
    add_by_argument,
    add_place_arguments,
    folder_of,
    own_command,
    signed,
)
from evalgate.cli.printing import as_json, print_json, print_lines
from evalgate.cli.prompt_place import find_folder, find_folders, prompts_in, repository_of
from evalgate.cli.told_places import told_places
from evalgate.errors import ExitCode, UsageError
from evalgate.model.alarm import Alarm
from evalgate.model.incident import Incident, IncidentClass, Scope, Severity
from evalgate.model.observation import Observation, Stream
from evalgate.model.reading import describe, suggestion
from evalgate.monitoring.incidents.beginning import LOOK_BACK, Beginning, ToldBy, beginning_of
from evalgate.monitoring.incidents.opening import Known, opened_by_hand, opened_from
from evalgate.monitoring.incidents.questions import Seen
from evalgate.prompts.version import is_version
from evalgate.reporting.visible import safe_line
from evalgate.rollout.overriding import instant

_NARROWING = ("criterion", "version", "feature", "route", "provider", "model")

LONGEST_TITLE = 200
"""Characters of a title, which stands in messages and lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The incident of an alarm; `is_new` is false where it was open already."""

    stored: StoredIncident
    is_new: bool

    @property
    def incident(self) -> Incident:
        """The incident itself."""
        return self.stored.incident


def open_incident_for(  # noqa: PLR0913 - what is known of an alarm comes from several places
    alarm: Alarm,
    folder: IncidentFolder,
    sources: Sources,
    *,
    at: float,
    seen: Seen | None = None,
    budget_spent: float | None = None,
    drill: bool = False,
) -> Opened:
    """Return the open incident of an alarm, which is opened where there is none.

    Args:
        alarm: that has been raised.
        folder: where incidents lie.
        sources: where the evidence is; it is read only when an incident is opened.
        at: now, in seconds since 1970.
        seen: scores, calls and changes, where the caller has read them already.
        budget_spent: the share of the error budget that is gone, where it is known.
        drill: whether it is an exercise.

    Raises:
        UsageError: the folder cannot be written to.
    """

    def make() -> Incident:
        known = known_of(sources, _scope(alarm.stream), began=alarm.began, at=at)
        known = replace(known, budget_spent=budget_spent, seen=seen or known.seen)
        return opened_from(alarm, known, at=at, drill=drill)

    stored, is_new = folder.open(alarm.fingerprint, make)
    return Opened(stored=stored, is_new=is_new)


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of `incident open`."""
    parser.add_argument("--title", metavar="TEXT", required=True, help="what is wrong, in a line")
    parser.add_argument(
        "--class",
        dest="kind",
        choices=[each.value for each in IncidentClass],
        default=IncidentClass.QUALITY.value,
        help="what kind of problem it is (default: %(default)s)",
    )
    parser.add_argument("--prompt", metavar="NAME", default="", help="which prompt is affected")
    for name in _NARROWING:
        parser.add_argument(f"--{name}", metavar="NAME", default="", help=f"only this {name}")
    parser.add_argument(
        "--severity", choices=[each.value for each in Severity], help="default: by rule"
    )
    parser.add_argument(
        "--since",
        metavar="INSTANT",
        type=instant_argument,
        help="when it seems to have begun, such as 2026-11-22T10:00:00Z (default: what the scores "
        "of the last day show)",
    )
    parser.add_argument("--drill", action="store_true", help="an exercise; it is marked as one")
    parser.add_argument("--folder", metavar="DIR", type=Path, help="the folder of prompts")
    add_evidence_arguments(parser)
    add_place_arguments(parser)
    add_by_argument(parser)
    parser.add_argument("--json", action="store_true", help="print it for machines")


def run(options: Namespace) -> ExitCode:
    """Open an incident by hand."""
    who = signed(options)
    title = _title(options.title)
    if options.since is not None and options.since > who.at:
        raise UsageError(f"--since: {instant(options.since)} is not yet: say when it began")
    sources = sources_of(options)
    narrowed = {name: getattr(options, name) for name in _NARROWING}
    scope = Scope(prompt=options.prompt, **narrowed)
    scores, beginning = _beginning(options, sources, scope, at=who.at)
    known = known_of(sources, scope, began=beginning.ts, at=who.at, scores=scores)
    _check_prompt(options, sources, known.seen)
    _check_criterion(options.criterion, sources, scores.observations)
    _check_version(options, sources, known)
    _tell_beginning(beginning)
    made = opened_by_hand(
        title,
        IncidentClass(options.kind),
        scope,
        severity=Severity(options.severity) if options.severity else None,
        known=known,
        at=who.at,
        by=who.by,
        beginning=beginning,
        drill=options.drill,
    )
    stored, is_new = folder_of(options).open(made.fingerprint, lambda: made)
    told = stored.incident  # several of one second have ids of their own
    if options.json:
        print_json(
            as_json({"schema": "incident-opened/1", "id": told.id, "path": str(stored.path)})
        )
        return ExitCode.OK
    done = "Opened" if is_new else "Open already:"
    print_lines(
        safe_line(line)
        for line in (
            f"{done} {told.id} ({told.severity.value}): {stored.path}",
            f"See `{own_command(options, 'show', told.id)}`; the team is to be told now.",
        )
    )
    return ExitCode.OK


def _beginning(
    options: Namespace, sources: Sources, scope: Scope, *, at: float
) -> tuple[LoggedObservations, Beginning]:
    """Return the scores, and when it began: as the command line says, or as they show."""
    if options.since is not None:
        scores = scores_of(sources, since=options.since - BEFORE)
        return scores, Beginning(ts=options.since, told_by=ToldBy.PERSON)
    scores = scores_of(sources, since=at - LOOK_BACK - BEFORE)
    return scores, beginning_of(scores.observations, scope, at=at)


def _tell_beginning(beginning: Beginning) -> None:
    if beginning.told_by is ToldBy.SCORES:
        notify(
            f"by the scores it seems to have begun at {beginning.first_bad}: --since names another "
            "time"
        )
    elif beginning.told_by is ToldBy.NOBODY:
        notify(
            f"when it began is not known, so all since {instant(beginning.ts)} is looked at: "
            "--since names when"
        )


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not 0 < len(title) <= LONGEST_TITLE:
        raise UsageError(
            f"--title: expected 1 to {LONGEST_TITLE} characters, got {len(title):,}: say in a line "
            "what is wrong, and the rest with `evalgate incident update ID --note`"
        )
    return title


def _check_prompt(options: Namespace, sources: Sources, seen: Seen) -> None:
    """Refuse a name that is no prompt's; one whose folder is gone may still stand in the log.

    Raises:
        UsageError: neither the folders nor what was read know it.
    """
    name = options.prompt
    told = {each.place.prompt for each in seen.minutes} | {
        each.prompt for each in seen.observations
    }
    folders = [sources.prompts] if options.folder else [sources.prompts, *find_folders(Path.cwd())]
    known = (told - {""}).union(*map(prompts_in, folders))
    if not name or name in known:
        return
    hint = suggestion(name, known) if known else ": name their folder with --folder"
    raise UsageError(
        f"--prompt: there is no prompt {describe(name)} in {sources.prompts}, and no call or score "
        f"of --calls and --scores names it{hint}"
    )


def _check_criterion(name: str, sources: Sources, scores: Sequence[Observation]) -> None:
    """Refuse a name that is no criterion's.

    Raises:
        UsageError: neither the policy nor the scores know it.
    """
    monitor = sources.policy.monitor
    known = {each.name for each in monitor.scoring.criteria} | {each.criterion for each in scores}
    known |= {each.criterion for each in monitor.objectives}
    known.discard("")
    if name and name not in known:
        raise UsageError(
            f"--criterion: neither the policy nor a score of --scores has {describe(name)}"
            f"{suggestion(name, known)}"
        )


def _check_version(options: Namespace, sources: Sources, known: Known) -> None:
    """Refuse a name that is no version's; one whose file is gone may still stand in the log.

    Raises:
        UsageError: neither the prompt nor what was read knows it.
    """
    name, prompt = options.version, options.prompt
    told = {(each.place.prompt, each.place.version) for each in known.seen.minutes}
    told |= {(each.prompt, each.version) for each in known.seen.observations}
    found = {version for its, version in told if prompt in ("", its)} - {""}
    for each in [prompt] if prompt else prompts_in(sources.prompts):
        files = (sources.prompts / each).glob("v*.md")
        found |= {file.stem for file in files if is_version(file.stem)}
    pointer = known.situation.pointer
    found |= {each.stable for each in (pointer.history if pointer else ()) if each.stable}
    if name and name not in found:
        hint = suggestion(name, found) if found else ": no version is known at all"
        raise UsageError(
            f"--version: there is no version {describe(name)} of {prompt or 'any prompt'}, and no "
            f"call or score of --calls and --scores names it{hint}"
        )


def sources_of(options: Namespace) -> Sources:
    """Return where the evidence about an incident lies, as the command line says.

    Raises:
        EvalgateError: there are several such prompts, or the policy is wrong.
    """
    folder = find_folder(options.prompt, options.folder, here=Path.cwd())
    return Sources(
        prompts=folder,
        policy=policy_for(options.policy, folder),
        logs=tuple(options.calls),
        scores=tuple(options.scores),
        places=told_places(
            repository_of(Path.cwd()) or Path.cwd(),
            prompts=folder,
            policy=options.policy,
            logs=options.calls,
            scores=options.scores,
            incidents=options.incidents,
        ),
    )


def _scope(stream: Stream) -> Scope:
    return Scope(
        prompt=stream.prompt,
        criterion=stream.criterion,
        version=stream.version,
        feature=stream.feature,
        route=stream.route,
        provider=stream.provider,
        model=stream.model,
    )
