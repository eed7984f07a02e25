"""What can be told of a comparison before its first trial."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """What a planned comparison can decide. Rates and drops are fractions.

    `estimand` is what the verdict will speak about. `units` is the number of independent units that
    will be compared, `needed_units` the smallest that can prove the limit, None when no number
    does; `unit` is what they are called. `provable_limit` is the smallest limit that so many units
    can prove. `smallest_detectable_drop` is found four times in five; None below two units.
    `chance_of_pass` is that of a change that does no harm. `recorded` is the number of trials per
    case on record. `trials_per_case` counts those still to be run, of both arms together, as
    expected where trials follow on others, and `most_trials_per_case` at most.
    `first_trials_per_case` are those of the first look at all cases. `rate` and `correlation` are
    the pass rate of a case and the correlation between its trials that all this supposes, and
    `redrawn` the share of cases that such a change answers anew; `is_known` tells that the first
    two come from the record.
    """

    estimand: str
    max_drop: float
    cases: int
    unit: str
    units: int
    needed_units: int | None
    provable_limit: float
    smallest_detectable_drop: float | None
    chance_of_pass: float
    recorded: int
    first_trials_per_case: float
    trials_per_case: float
    most_trials_per_case: float
    rate: float
    correlation: float
    redrawn: float
    is_known: bool

    @property
    def is_possible(self) -> bool:
        """Whether any result can prove the limit."""
        return self.needed_units is not None and self.units >= self.needed_units
