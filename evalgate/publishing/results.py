"""What a run folder says on GitHub: the verdict of one root, in the words of each surface."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from evalgate.errors import ExitCode
from evalgate.gate.roots import MAIN
from evalgate.model.document import Document
from evalgate.model.github import Annotation, CommitState, CommitStatus
from evalgate.model.reading import Section
from evalgate.model.verdict import Verdict
from evalgate.publishing.handover import Standing

CONTEXT = "evalgate"
MOST_DESCRIPTION = 140
"""The most characters of a status's description."""

RUNNING = "The gate is running."

_KILLED_BY = 128
"""A shell adds to it the number of the signal that ended a command."""

_ENDS: Mapping[int, str] = {
    ExitCode.USAGE: "stopped at a mistake in the workflow or the configuration",
    ExitCode.NOT_EVALUATED: "could not evaluate",
    ExitCode.BUG: "was cut off, or has a fault",
    ExitCode.INTERRUPTED: "was interrupted",
}
"""What the author of a pull request should know of a run that left no verdict, by exit code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RootResult:
    """What became of one root: its verdict in a sentence, the page that tells it, and remarks.

    `verdict` is None when the run left none. `standing` is what the status says in its place.
    `has_report` tells whether there is a report of the cases; where nothing was run there is none.
    """

    root: str
    verdict: Verdict | None
    headline: str
    exit_code: ExitCode
    simulated: bool = False
    page: str = ""
    remarks: tuple[Annotation, ...] = ()
    standing: Standing | None = None
    has_report: bool = True


def read_result(  # noqa: PLR0913 - all that a run folder has to say
    root: str,
    verdict: Document,
    *,
    page: str,
    remarks: tuple[Annotation, ...] = (),
    standing: Standing | None = None,
    has_report: bool = True,
) -> RootResult:
    """Return what `verdict.json` says of a root.

    Raises:
        ConfigurationError: when it is no verdict.
    """
    section = Section(verdict)
    section.required_text("schema")
    code = section.integer("exit_code", ExitCode.BUG, least=0, most=255)
    if code not in list(ExitCode):
        section.note("exit_code", f"expected one of evalgate's exit codes, got {code}")
    result = RootResult(
        root=root,
        verdict=section.choice("verdict", Verdict.ERROR),
        headline=section.required_text("headline"),
        exit_code=ExitCode(code) if code in list(ExitCode) else ExitCode.BUG,
        simulated=section.flag("simulated", default=False),
        page=page,
        remarks=remarks,
        standing=standing,
        has_report=has_report,
    )
    section.finish()
    return result


def missing_result(root: str, *, code: int) -> RootResult:
    """Return what is to be said of a root whose run left no verdict.

    Args:
        root: its name.
        code: what the run ended with.
    """
    how = _ENDS.get(code, "was killed" if code > _KILLED_BY else "ended")
    return RootResult(
        root=root,
        verdict=None,
        headline=f"No verdict: evalgate {how} (exit code {code}); the job's log says why.",
        exit_code=ExitCode.BUG,
    )


def agreeing(results: Iterable[RootResult], *, code: int) -> tuple[RootResult, ...]:
    """Return the results as far as they agree with how the run ended.

    A run that failed after all of its verdicts were green has something that no verdict tells, so
    none of them may be shown as green.
    """
    told = tuple(results)
    if code == 0 or any(result.exit_code for result in told):
        return told
    return tuple(replace(missing_result(each.root, code=code), page=each.page) for each in told)


def status_context(root: str, *, target: str) -> str:
    """Return the name of a root's commit status, which a ruleset can require.

    A status belongs to a commit, and what it has earned against one branch says nothing about
    another, whose policy may be stricter.

    Args:
        root: its name.
        target: the branch that was judged against, where that is not the default one.
    """
    name = CONTEXT if root == MAIN else f"{CONTEXT} / {root}"
    return f"{name} ({target})" if target else name


def status_of(result: RootResult, *, url: str, target: str = "") -> CommitStatus:
    """Return the commit status of a root."""
    standing = result.standing or Standing(state=_state(result), description=result.headline)
    said = f"Simulated: {standing.description}" if result.simulated else standing.description
    return CommitStatus(
        context=status_context(result.root, target=target),
        state=standing.state,
        description=shortened(said, MOST_DESCRIPTION),
        url=url,
    )


def pending_status(root: str, *, url: str, target: str = "") -> CommitStatus:
    """Return the commit status of a root that is being judged."""
    return CommitStatus(
        context=status_context(root, target=target),
        state=CommitState.PENDING,
        description=RUNNING,
        url=url,
    )


def _state(result: RootResult) -> CommitState:
    match result.exit_code:
        case ExitCode.OK:
            return CommitState.SUCCESS
        case ExitCode.FAIL | ExitCode.INCONCLUSIVE:
            return CommitState.FAILURE
        case _:
            return CommitState.ERROR


def shortened(text: str, most: int) -> str:
    """Return a text on one line of at most so many characters, cut between words."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(".,;:") + "…"
