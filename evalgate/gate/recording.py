"""Which trials become the record of the stable versions, and which records are out of date."""

from collections.abc import Iterable, Mapping

from evalgate.gate.looks import FEWEST_RECORDED
from evalgate.model.policy import Policy
from evalgate.model.trial import CHECK, Trial, TrialStatus

Place = tuple[str, str]
"""A prompt and an eval set."""


def usual_number(policy: Policy) -> int:
    """Return how many trials per case a push records, as the policy says.

    Unless it says otherwise, a record costs what one arm of a gate without it does, so that it is
    paid back by the first change; but no less than is of use.
    """
    wanted = policy.baseline.trials or max(FEWEST_RECORDED, policy.run.trials)
    return min(wanted, policy.run.record_trials)


def recorded(
    past: Iterable[Trial],
    fresh: Iterable[Trial],
    *,
    stable: Mapping[str, str],
    instead: bool = False,
) -> dict[Place, list[Trial]]:
    """Return the trials to keep, by prompt and eval set, in the order of cases and trials.

    Kept are graded trials of versions that are stable now, in either arm; of several that were
    asked the same, the fresh one.

    Args:
        past: the trials that are on record.
        fresh: the trials of new runs.
        stable: the hash of each prompt's stable version.
        instead: whether past trials are dropped of each prompt and set that has a fresh one.
    """
    by_key: dict[str, Trial] = {}
    new = tuple(fresh)
    renewed = {_place(trial) for trial in new} if instead else set()
    for trial in (*(each for each in past if _place(each) not in renewed), *new):
        is_stable = trial.version_hash == stable.get(trial.prompt)
        is_graded = trial.asked and trial.status is TrialStatus.GRADED
        if is_stable and is_graded and trial.purpose != CHECK:
            by_key[trial.asked] = trial
    places: dict[Place, list[Trial]] = {}
    for trial in sorted(by_key.values(), key=lambda each: (each.case, each.trial)):
        places.setdefault(_place(trial), []).append(trial)
    return places


def joined(
    past: Iterable[Trial], fresh: Iterable[Trial], *, stable: Mapping[str, str], is_latest: bool
) -> list[Trial] | None:
    """Return what a file of records holds together with fresh trials; None when nothing changes.

    Several runs may record at once, and of those only the one for the latest commit knows what is
    out of date: the others add what is not there and leave everything else as it is.

    Args:
        past: the trials of the file.
        fresh: graded trials of versions that are stable.
        stable: the hash of each prompt's stable version.
        is_latest: whether these are the stable versions of the latest commit.
    """
    before = {trial.asked: trial for trial in past}
    after = {
        asked: trial
        for asked, trial in before.items()
        if not is_latest or trial.version_hash == stable.get(trial.prompt, trial.version_hash)
    }
    for trial in fresh:
        known = after.get(trial.asked)
        if known is None or (is_latest and known.grading != trial.grading):
            after[trial.asked] = trial
    return None if after == before else sorted(after.values(), key=_order)


def _place(trial: Trial) -> Place:
    return trial.prompt, trial.evalset


def _order(trial: Trial) -> tuple[str, str, str, int, str]:
    return trial.prompt, trial.evalset, trial.case, trial.trial, trial.asked
