"""Reads the tracks of prompts with the real reader of records."""

from evalgate.adapters.records import read_record
from evalgate.errors import RepositoryError
from evalgate.gate.tracks import Tracks, read_tracks
from evalgate.model.policy import Policy
from evalgate.model.ports import Repository


def tracks(  # noqa: PLR0913 - which records are meant
    repository: Repository,
    policy: Policy,
    *,
    trusted: str | None,
    at: str | None,
    in_workflow: bool,
    last: int = 12,
) -> Tracks:
    """Return the tracks that a report tells; where git cannot answer, a note and none.

    Args:
        repository: where the records are.
        policy: says where.
        trusted: the commit that committed records come from; None is the work tree on its HEAD.
        at: the commit of the branch of records at which the run began, empty when there was none.
        in_workflow: whether only what origin had counts.
        last: how many points of a track are returned at most.
    """
    try:
        return read_tracks(
            repository,
            policy,
            read=read_record,
            trusted=trusted,
            at=at,
            in_workflow=in_workflow,
            last=last,
        )
    except RepositoryError as error:
        return Tracks(notes=(f"The past of the records cannot be read: {error}",))
