"""The event that started a workflow, as far as it decides what evalgate does."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of GitHub Actions; what an event of its name does not have is empty or 0.

    `head` is the full id of the commit that is judged, `number` the pull request's. `is_foreign`
    tells that the event comes from a fork or from Dependabot, so that its run has no secrets.
    `base_ref` is the branch to merge into and `base` the commit of a merge queue to merge onto.
    `branch` is the branch that was pushed to, and `default_branch` the repository's. `run` is the
    run that a `workflow_run` tells of, `source` what had started that one, and `head_branch` is
    its `owner:branch`. `deleted` tells that a push deleted its branch.
    """

    name: str
    head: str = ""
    number: int = 0
    is_foreign: bool = False
    base_ref: str = ""
    base: str = ""
    branch: str = ""
    default_branch: str = ""
    run: int = 0
    source: str = ""
    head_branch: str = ""
    deleted: bool = False


class Activity(StrEnum):
    """What evalgate does about an event.

    `gate` judges a change with a key, `screen` without one, and `relay` publishes, where there is a
    token for it, what a screening came to. `judge_fork` judges an approved pull request of a fork.
    `promote` moves a live pointer, `rollout` takes a version on or back by the evidence from
    production, `record` keeps trials of stable versions, `nothing` is to be
    done about a branch that is gone.
    """

    GATE = "gate"
    SCREEN = "screen"
    RELAY = "relay"
    JUDGE_FORK = "judge-fork"
    PROMOTE = "promote"
    ROLLOUT = "rollout"
    RECORD = "record"
    NOTHING = "nothing"
