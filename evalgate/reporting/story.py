"""What a report tells: the verdict with the cases, answers and grades that a reader needs to see.

Every output of this package is written from a `Report`. Its texts are as long as they may be, but
otherwise as they came: each output makes them visible and escapes them in its own way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evalgate.model.change import FileChange
from evalgate.model.track import Track
from evalgate.model.trial import Arm, Grade
from evalgate.model.verdict import Latency, PromptVerdict, Reason, RunVerdict
from evalgate.reporting.visible import Excerpt


class Outcome(StrEnum):
    """What became of a case in the comparison.

    A case that fails without a baseline to compare with is `failing`; an `unchanged` one may pass
    or fail in both arms. A `waived` one counts neither way.
    """

    REGRESSED = "regressed"
    FAILING = "failing"
    FIXED = "fixed"
    UNCHANGED = "unchanged"
    ERRORED = "errored"
    SKIPPED = "skipped"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmOutcome:
    """The graded outcomes in 0..1 of one case in one arm, and how many trials have none."""

    outcomes: tuple[float, ...] = ()
    errored: int = 0
    skipped: int = 0

    @property
    def mean(self) -> float | None:
        """The mean outcome; None when nothing was graded."""
        return sum(self.outcomes) / len(self.outcomes) if self.outcomes else None


class Mark(StrEnum):
    """What is special about a case, whatever became of it.

    A `flaky` one fails now and then in the baseline; an `ungraded` one has a trial or a grader
    that gave no grade; `new` and `edited` say what the change did to the case.
    """

    CRITICAL = "critical"
    FLAKY = "flaky"
    UNGRADED = "ungraded"
    NEW = "new"
    EDITED = "edited"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOutcome:
    """One case of a set, in numbers only.

    `failing` names the graders that found fault with the candidate in any trial.
    """

    case: str
    outcome: Outcome
    tags: tuple[str, ...]
    arms: Mapping[Arm, ArmOutcome]
    marks: frozenset[Mark] = frozenset()
    failing: tuple[str, ...] = ()

    @property
    def critical(self) -> bool:
        """Whether the case is critical."""
        return Mark.CRITICAL in self.marks

    @property
    def flaky(self) -> bool:
        """Whether the case fails now and then in the baseline."""
        return Mark.FLAKY in self.marks


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmStory:
    """The trial that shows best what one arm did on a case; `trial` is its index from 0."""

    version: str
    trial: int
    answer: Excerpt
    stop_reason: str
    grades: tuple[Grade, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialStory:
    """One trial in short; `trial` is its index from 0.

    `outcome` is in 0..1, None without a grade, and `why` then says why. The answer is told of cases
    that flipped.
    """

    trial: int
    outcome: float | None
    why: str = ""
    latency_ms: int | None = None
    cost_usd: float | None = None
    reused: str = ""
    confirms: bool = False
    answer: Excerpt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStory:
    """One case with its input, what was expected, and what each arm answered.

    `source` is the case as it stands in its eval set, in YAML, and `command` runs it again.
    """

    result: CaseOutcome
    cluster: str | None
    variables: tuple[tuple[str, Excerpt], ...]
    expected: Excerpt | None
    arms: Mapping[Arm, ArmStory]
    trials: Mapping[Arm, tuple[TrialStory, ...]] = field(default_factory=dict)
    source: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmFigures:
    """What the answers of one arm took: tokens by kind, time, and US dollars of this run.

    `answers` counts those that are summed up here, `reused` those of them that needed no call now:
    their tokens and times are those of the call that once brought them. `cost_usd` is None when it
    is not known.
    """

    answers: int = 0
    reused: int = 0
    cost_usd: float | None = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    latency_ms: Latency | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorStory:
    """One trial that was not graded, and why."""

    case: str
    arm: Arm
    trial: int
    kind: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stories:
    """The cases of one kind that are told, and how many there are in all."""

    told: tuple[CaseStory, ...] = ()
    total: int = 0

    @property
    def untold(self) -> int:
        """How many cases of the kind are not told."""
        return self.total - len(self.told)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptStory:
    """All that is told about one candidate on one eval set.

    `cases` are those that can be told with their answers: all of them, unless the set is very
    large. `errors` are the first trials without a grade; `error_kinds` and `skip_kinds` count all.
    `models` are those that answered. `files` are those of the prompt that the change touches, and
    `track` is what the records say of the prompt on this set.
    """

    verdict: PromptVerdict
    headline: str
    next_steps: tuple[str, ...]
    results: tuple[CaseOutcome, ...] = ()
    cases: tuple[CaseStory, ...] = ()
    regressed: Stories = Stories()
    failing: Stories = Stories()
    fixed: Stories = Stories()
    waived: Stories = Stories()
    errors: tuple[ErrorStory, ...] = ()
    error_kinds: Mapping[str, int] = field(default_factory=dict)
    skip_kinds: Mapping[str, int] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    figures: Mapping[Arm, ArmFigures] = field(default_factory=dict)
    files: tuple[FileChange, ...] = ()
    track: Track | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """What a reader has to know before everything else, and the command that it names, if any."""

    text: str
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run, told: a sentence, what follows from it, and the evidence prompt by prompt.

    `command` asks the same question again; `settings` are what its answer depends on besides, as
    name and value. `tracks` are those of every prompt that is on record, and `track_notes` say
    what they lack.
    """

    run: RunVerdict
    headline: str
    consequence: str
    next_steps: tuple[str, ...]
    prompts: tuple[PromptStory, ...]
    banner: Banner | None = None
    command: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    tracks: tuple[Track, ...] = ()
    track_notes: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The run's own reasons: those that none of its prompts gives, unless the headline does."""
        given = {reason for story in self.prompts for reason in story.verdict.reasons}
        own = tuple(reason for reason in self.run.reasons if reason not in given)
        told = len(own) == 1 and own[0].message.rstrip(".") in self.headline
        return () if told else own


def first_complaint(story: CaseStory) -> str:
    """Return why the candidate's answer fails, in the words that say most; empty when it passes."""
    candidate = story.arms.get(Arm.CANDIDATE)
    failed = [grade for grade in candidate.grades if grade.passed is False] if candidate else []
    return max((grade.reason for grade in failed), key=len, default="")


def complaint_of(story: CaseStory) -> str:
    """Return why the candidate's answer fails, or else why a trial of it has no grade."""
    lost = (trial.why for trial in story.trials.get(Arm.CANDIDATE, ()) if trial.why)
    return first_complaint(story) or next(lost, "")
