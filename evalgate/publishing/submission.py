"""What a run without a key hands to the trusted side: one file, `submission.json`.

Whoever opens a pull request from a fork can write it at will, so it is read like any other input
of a stranger: bounded in size, held against a schema, then read again field by field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evalgate.adapters.trial_lines import decode, encode
from evalgate.errors import ConfigurationError, Problem
from evalgate.grading.schema import violation
from evalgate.model.document import Data, Document
from evalgate.model.reading import Section
from evalgate.model.trial import Arm, Trial, TrialStatus

ARTIFACT = "evalgate-submission"
"""The name of the artifact that holds it."""

FILE = "submission.json"
SCHEMA = "submission/1"
SCHEMA_FILE = "submission.schema.json"

MOST_TRIALS = 10_000
"""The most trials of a root; the others are left out, and have to be run again."""

MOST_TEXT = 4_000_000
"""The most characters of answers and reasons that a submission holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """The graded trials of a run that called nothing, by root; `head` and `base` are commits."""

    run_id: str
    head: str
    base: str
    roots: Mapping[str, tuple[Trial, ...]] = field(default_factory=dict)


def submission_document(submission: Submission) -> dict[str, Data]:
    """Return the content of `submission.json`, without ungraded trials and what is too much."""
    roots: dict[str, Data] = {}
    room = MOST_TEXT
    for root, trials in submission.roots.items():
        told: list[Data] = []
        for trial in trials:
            room -= _length(trial)
            if trial.status is TrialStatus.GRADED and room >= 0 and len(told) < MOST_TRIALS:
                told.append(encode(trial))
        roots[root] = {"trials": told}
    return {
        "schema": SCHEMA,
        "run_id": submission.run_id,
        "head": submission.head,
        "base": submission.base,
        "roots": roots,
    }


def read_submission(document: Document, schema: Mapping[str, Data]) -> Submission:
    """Read `submission.json`, which may be anybody's work.

    Args:
        document: the parsed file, bounded in size and depth by whoever parsed it.
        schema: the content of `submission.schema.json`.

    Raises:
        ConfigurationError: when it is none.
    """
    wrong = violation(schema, document.data)
    if wrong is not None:
        message = f"this is no submission of evalgate: {wrong}"
        raise ConfigurationError([Problem(path=document.path, message=message)])
    section = Section(document)
    roots = section.section("roots")
    return Submission(
        run_id=section.text("run_id"),
        head=section.text("head"),
        base=section.text("base"),
        roots={root: _trials(document, root, roots.section(root)) for root in roots.data},
    )


def _trials(document: Document, root: str, section: Section) -> tuple[Trial, ...]:
    lines = section.data.get("trials")
    return tuple(
        decode(
            Document(path=f"{document.path}: {root}[{place}]", data=line, lines={}),
            arm=Arm.CANDIDATE,
        )
        for place, line in enumerate(lines if isinstance(lines, Sequence) else ())
    )


def _length(trial: Trial) -> int:
    said = len(trial.completion.text) if trial.completion else 0
    return said + sum(len(grade.reason) for grade in trial.grades)
