"""Facts about what a run without a key hands in: all that is read back is what may be there."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.errors import ConfigurationError
from evalgate.model.chat import Completion, Usage
from evalgate.model.document import Data, Document
from evalgate.model.trial import Arm, Grade, Trial, TrialError, TrialStatus
from evalgate.publishing.submission import (
    MOST_TEXT,
    MOST_TRIALS,
    Submission,
    read_submission,
    submission_document,
)

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "evalgate/schemas/submission.schema.json").read_text("utf-8"))
ANSWER = Completion(
    text="Hi",
    model="claude-haiku-5-5",
    stop_reason="end_turn",
    usage=Usage(input_tokens=1, output_tokens=1),
    latency_ms=5,
)
TRIAL = Trial(
    prompt="p",
    version="v2",
    version_hash="h",
    evalset="p",
    arm=Arm.CANDIDATE,
    case="c1",
    trial=0,
    status=TrialStatus.GRADED,
    passed=True,
    score=1.0,
    grades=(Grade(grader="contains", passed=True, score=1.0, reason="It does."),),
    completion=ANSWER,
    reused="record",
    asked="0" * 32,
    grading="1" * 32,
    tags=("refund",),
)
SKIPPED = replace(
    TRIAL,
    status=TrialStatus.SKIPPED,
    passed=None,
    score=None,
    error=TrialError(kind="call_needed", message=""),
)


def submission(*trials: Trial) -> Submission:
    return Submission(run_id="r-1", head="a" * 40, base="b" * 40, roots={"main": trials})


def read(data: Data) -> Submission:
    return read_submission(Document(path="submission.json", data=data, lines={}), SCHEMA)


def document(*trials: Trial) -> dict[str, Data]:
    data: dict[str, Data] = json.loads(json.dumps(submission_document(submission(*trials))))
    return data


def test_what_was_handed_in_is_read_back() -> None:
    assert read(document(TRIAL)) == submission(TRIAL)


def test_a_trial_without_a_grade_is_not_handed_in() -> None:
    assert read(document(SKIPPED, TRIAL)).roots == {"main": (TRIAL,)}


def test_a_submission_without_roots_is_one() -> None:
    assert read(document() | {"roots": {}}).roots == {}


def test_more_trials_than_a_submission_takes_are_left_out() -> None:
    trials = [TRIAL] * (MOST_TRIALS + 1)
    roots = submission_document(submission(*trials))["roots"]
    assert isinstance(roots, dict)
    assert isinstance(roots["main"], dict)
    told = roots["main"]["trials"]
    assert isinstance(told, list)
    assert len(told) == MOST_TRIALS


def test_answers_that_are_too_long_together_are_left_out() -> None:
    long = replace(TRIAL, completion=replace(ANSWER, text="x" * (MOST_TEXT // 2)))
    assert len(read(document(long, long)).roots["main"]) == 1


def trial_of(data: dict[str, Data]) -> dict[str, Data]:
    roots = data["roots"]
    assert isinstance(roots, dict)
    assert isinstance(roots["main"], dict)
    trials = roots["main"]["trials"]
    assert isinstance(trials, list)
    assert isinstance(trials[0], dict)
    return trials[0]


EDITS: dict[str, Callable[[dict[str, Data]], object]] = {
    "no schema": lambda data: data.pop("schema"),
    "another schema": lambda data: data.update(schema="submission/2"),
    "an unknown key": lambda data: data.update(number=7),
    "a short commit": lambda data: data.update(head="a" * 39),
    "a commit with a line break": lambda data: data.update(head="a" * 40 + "\n"),
    "a ref in place of a commit": lambda data: data.update(base="refs/heads/main"),
    "a run id that leads elsewhere": lambda data: data.update(run_id="../x"),
    "a root that leads elsewhere": lambda data: data.update(roots={"../x": {"trials": []}}),
    "too many roots": lambda data: data.update(
        roots={str(number): {"trials": []} for number in range(51)}
    ),
    "roots that are a list": lambda data: data.update(roots=[]),
    "a trial that is none": lambda data: data.update(roots={"main": {"trials": [1]}}),
    "a trial that was skipped": lambda data: trial_of(data).update(status="skipped"),
    "a trial with an error": lambda data: trial_of(data).update(
        error={"kind": "x", "message": "y"}
    ),
    "a trial without a case": lambda data: trial_of(data).pop("case"),
    "a trial without an outcome": lambda data: trial_of(data).update(passed=None, score=None),
    "a trial of an unknown arm": lambda data: trial_of(data).update(arm="both"),
    "a score of 2": lambda data: trial_of(data).update(score=2),
    "a negative index": lambda data: trial_of(data).update(trial=-1),
    "an unknown key of a trial": lambda data: trial_of(data).update(html="<script>"),
    "a grade that is none": lambda data: trial_of(data).update(grades=["pass"]),
    "an answer that is a text": lambda data: trial_of(data).update(completion="Hi"),
    "an answer that is a number": lambda data: trial_of(data).update(completion={"text": 5}),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_anything_else_is_refused(edit: Callable[[dict[str, Data]], object]) -> None:
    data = document(TRIAL)
    edit(data)
    with pytest.raises(ConfigurationError):
        read(data)


@pytest.mark.parametrize("data", [None, [], "submission", 1, {}])
def test_what_is_no_submission_at_all_is_refused(data: Data) -> None:
    with pytest.raises(ConfigurationError, match="this is no submission of evalgate"):
        read(data)
