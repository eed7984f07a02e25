"""Which trials become the record of the stable versions, and which records are out of date."""

from collections.abc import Iterable, Mapping

from evalgate.model.trial import CHECK, Trial, TrialStatus

Place = tuple[str, str]
"""A prompt and an eval set."""


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


def _place(trial: Trial) -> Place:
    return trial.prompt, trial.evalset
