"""One trial as one JSON object, the way it stands on a line of `trials.jsonl`."""

import json
from json import JSONDecodeError

from evalgate.adapters.completions import MOST, encode_completion, read_completion
from evalgate.errors import ConfigurationError, Problem
from evalgate.model.chat import Completion
from evalgate.model.document import Data, Document
from evalgate.model.reading import Section, describe
from evalgate.model.trial import Arm, Grade, Trial, TrialError, TrialStatus

SCHEMA = "trial/1"


def parse(path: str, line: bytes, *, number: int, hint: str = "") -> Document:
    """Return what a line holds, whoever wrote it.

    Args:
        path: of the file, for messages.
        line: of the file.
        number: of the line, from 1.
        hint: what else to say of a line that is no JSON.

    Raises:
        ConfigurationError: the line cannot be read.
    """
    try:
        data: Data = json.loads(line.decode("utf-8-sig"))
    except RecursionError as error:
        message = "expected a trial as one JSON object, got values that are nested too deeply"
        raise ConfigurationError([Problem(path=path, line=number, message=message)]) from error
    except ValueError as error:
        column = f" from column {error.colno}" if isinstance(error, JSONDecodeError) else ""
        message = f"expected a trial as one JSON object, got a line that is no JSON{column}{hint}"
        raise ConfigurationError([Problem(path=path, line=number, message=message)]) from error
    return Document(path=path, data=data, lines={(): number})


def encode(trial: Trial) -> dict[str, Data]:
    """Return the object that `decode` reads back as an equal trial, but for the answer's blocks.

    Blocks are there to go on with a conversation, and a stored trial is over.
    """
    return {
        "schema": SCHEMA,
        "prompt": trial.prompt,
        "version": trial.version,
        "version_hash": trial.version_hash,
        "evalset": trial.evalset,
        "arm": trial.arm.value,
        "case": trial.case,
        "trial": trial.trial,
        "status": trial.status.value,
        "passed": trial.passed,
        "score": trial.score,
        "grades": [_grade(grade) for grade in trial.grades],
        "completion": _completion(trial.completion),
        "error": None if trial.error is None else _error(trial.error),
        "cost_usd": trial.cost_usd,
        "calls": trial.calls,
        "judge_cost_usd": trial.judge_cost_usd,
        "booked_usd": trial.booked_usd,
        "reused": trial.reused,
        "asked": trial.asked,
        "grading": trial.grading,
        "tags": list(trial.tags),
        "cluster": trial.cluster,
        "weight": trial.weight,
        **({"purpose": trial.purpose} if trial.purpose else {}),
    }


def decode(document: Document, *, arm: Arm) -> Trial:
    """Return the trial that a line holds, or raise ConfigurationError with all that is wrong.

    A line may come from elsewhere: it needs `case`, `trial`, and `passed` or `score`, and keys that
    are not known here are left alone.

    Args:
        document: the parsed line.
        arm: the arm of a line that names none.
    """
    section = Section(document)
    if section.text("schema", SCHEMA) != SCHEMA:
        section.note("schema", f"expected `{SCHEMA}`, got {describe(section.data['schema'])}")
    passed, score = _optional_flag(section, "passed"), _share(section, "score")
    status = section.choice("status", TrialStatus.GRADED)
    if status is TrialStatus.GRADED and passed is None and score is None:
        section.note(None, "a graded trial needs `passed` or `score`")
    if section.data.get("trial") is None:
        section.note(None, "the key `trial` is missing: the number of the trial, from 0")
    trial = Trial(
        prompt=section.text("prompt"),
        version=section.text("version"),
        version_hash=section.text("version_hash"),
        evalset=section.text("evalset"),
        arm=section.choice("arm", arm),
        case=section.required_text("case"),
        trial=_count(section, "trial"),
        status=status,
        passed=passed,
        score=score,
        grades=tuple(_read_grade(each) for each in section.sections("grades")),
        completion=_read_completion(section),
        error=_read_error(section),
        cost_usd=_amount(section, "cost_usd"),
        calls=_count(section, "calls"),
        judge_cost_usd=_amount(section, "judge_cost_usd"),
        booked_usd=_amount(section, "booked_usd") or 0.0,
        reused=section.text("reused"),
        asked=section.text("asked"),
        grading=section.text("grading"),
        tags=section.texts("tags"),
        cluster=section.optional_text("cluster"),
        weight=section.number("weight", 1.0, least=0, most=MOST),
        purpose=section.text("purpose"),
    )
    section.finish()
    return trial


def _grade(grade: Grade) -> dict[str, Data]:
    return {
        "grader": grade.grader,
        "passed": grade.passed,
        "score": grade.score,
        "reason": grade.reason,
        "cause": grade.cause,
        "required": grade.required,
        "weight": grade.weight,
    }


def _read_grade(section: Section) -> Grade:
    return Grade(
        grader=section.text("grader"),
        passed=_optional_flag(section, "passed"),
        score=_share(section, "score"),
        reason=section.text("reason"),
        cause=section.optional_text("cause"),
        required=section.flag("required", default=True),
        weight=section.number("weight", 1.0, least=0, most=MOST),
    )


def _completion(completion: Completion | None) -> Data:
    return None if completion is None else encode_completion(completion, with_blocks=False)


def _read_completion(trial: Section) -> Completion | None:
    if trial.data.get("completion") is None:
        return None
    return read_completion(trial.section("completion"), with_blocks=False)


def _error(error: TrialError) -> dict[str, Data]:
    return {"kind": error.kind, "message": error.message}


def _read_error(trial: Section) -> TrialError | None:
    if trial.data.get("error") is None:
        return None
    section = trial.section("error")
    return TrialError(kind=section.required_text("kind"), message=section.text("message"))


def _optional_flag(section: Section, key: str) -> bool | None:
    return None if section.data.get(key) is None else section.flag(key, default=False)


def _share(section: Section, key: str) -> float | None:
    return None if section.data.get(key) is None else section.number(key, 0.0, least=0.0, most=1.0)


def _amount(section: Section, key: str) -> float | None:
    return None if section.data.get(key) is None else section.number(key, 0.0, least=0, most=MOST)


def _count(section: Section, key: str) -> int:
    return section.integer(key, 0, least=0, most=MOST)
