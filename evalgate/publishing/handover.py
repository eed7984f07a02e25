"""What the step that judges leaves for the step that publishes: `publication.json`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evalgate.model.document import Data, Document
from evalgate.model.event import Event
from evalgate.model.github import CommitState
from evalgate.model.reading import Section

FILE = "publication.json"
SCHEMA = "publication/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a commit status says where the verdict alone does not: a screening, for example."""

    state: CommitState
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Where the results of a run belong, and in which folders they lie.

    `commit` is the one that was judged, empty when none waits to hear of it, and `number` its pull
    request, 0 for none. `folders` are the run folders by root, relative to the file's own. `target`
    is the branch that it was judged against, where that is not the default one. `standings` are by
    root, too; without one, the verdict is what a status says. `comments` tells whether the pull
    request gets a comment.
    """

    commit: str
    number: int = 0
    folders: Mapping[str, str] = field(default_factory=dict)
    target: str = ""
    standings: Mapping[str, Standing] = field(default_factory=dict)
    comments: bool = True


def handover_of(event: Event, *, base: str) -> Handover:
    """Return where the results of a change belong; `base` is what it is judged against if given."""
    target = "" if base else target_of(event.base_ref, default_branch=event.default_branch)
    return Handover(commit=event.head, number=event.number, target=target)


def target_of(base_ref: str, *, default_branch: str) -> str:
    """Return the branch that the name of a commit status has to tell; empty for the default one."""
    return "" if base_ref == default_branch else base_ref


NOTHING_OWED = Handover(commit="")
"""Left by what no commit waits for: one shard of a run, or a promotion."""


def handover_document(handover: Handover) -> dict[str, Data]:
    """Return the content of `publication.json`."""
    standings: dict[str, Data] = {
        root: {"state": standing.state.value, "description": standing.description}
        for root, standing in handover.standings.items()
    }
    return {
        "schema": SCHEMA,
        "commit": handover.commit,
        "number": handover.number,
        "folders": dict(handover.folders),
        "target": handover.target,
        "standings": standings,
        "comments": handover.comments,
    }


def read_handover(document: Document) -> Handover:
    """Read `publication.json`, which this version of evalgate has written in the same job.

    Raises:
        ConfigurationError: when it is not that.
    """
    section = Section(document)
    section.allow("schema", "commit", "number", "folders", "target", "standings", "comments")
    if section.text("schema") != SCHEMA:
        section.note("schema", f"expected {SCHEMA}")
    standings = section.section("standings")
    handover = Handover(
        commit=section.text("commit"),
        number=section.integer("number", 0, least=0, most=2**53),
        folders={name: str(folder) for name, folder in section.mapping("folders").items()},
        target=section.text("target"),
        standings={root: _standing(standings.section(root)) for root in standings.data},
        comments=section.flag("comments", default=True),
    )
    section.finish()
    return handover


def _standing(section: Section) -> Standing:
    return Standing(
        state=section.choice("state", CommitState.ERROR), description=section.text("description")
    )
