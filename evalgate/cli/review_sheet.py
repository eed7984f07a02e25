"""Sheets of answers that are labelled elsewhere: written, and read back."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from evalgate.adapters.files import read_json_lines
from evalgate.adapters.swap import read_file
from evalgate.cli.review_session import Session
from evalgate.cli.review_showing import SCHEMA, worksheet_row
from evalgate.errors import ConfigurationError, Problem, UsageError
from evalgate.model.document import Data
from evalgate.model.sample import Sample
from evalgate.monitoring.scoring.reviewing import Decision, Word, case_name, read_decision


def decisions_of(session: Session, path: Path) -> Iterator[tuple[Sample, Decision]]:
    """Yield what a sheet says of the answers that have no label yet.

    Raises:
        UsageError: there is no such file.
        ConfigurationError: with every line that is wrong.
    """
    content = read_file(path)
    if content is None:
        raise UsageError(f"--import: there is no {path}")
    waiting = {each.request_id: each for each in session.candidates}
    rows = list(_rows(path, content, criterion=session.criterion))
    for name, decision in rows:
        candidate = waiting.get(name)
        sample = None if candidate is None else session.spool.sample(candidate.place)
        if sample is not None:
            yield sample, decision


def _rows(path: Path, content: bytes, *, criterion: str) -> Iterable[tuple[str, Decision]]:
    problems: list[Problem] = []
    found: dict[str, Decision] = {}
    for line in read_json_lines(str(path), content):
        if isinstance(line, Problem):
            problems.append(line)
            continue
        data: Mapping[str, Data] = line.data if isinstance(line.data, dict) else {}
        name, human, note = (str(data.get(key) or "") for key in ("request_id", "human", "note"))
        if data.get("schema") != SCHEMA or not name or data.get("criterion") != criterion:
            message = f"expected a line of a sheet ({SCHEMA}) by `{criterion}`, as --export has it"
            problems.append(Problem(path=str(path), line=line.line(()), message=message))
        elif human.strip():
            decision = read_decision(human)
            if decision is None or decision.word not in (Word.PASS, Word.FAIL, Word.UNSURE):
                message = "expected pass, fail or unsure, or nothing"
                problems.append(
                    Problem(path=str(path), line=line.line(()), key="human", message=message)
                )
            else:
                found[name] = Decision(word=decision.word, note=" ".join(note.split()))
    if problems:
        raise ConfigurationError(problems)
    return found.items()


def write_sheet(session: Session, path: Path) -> int:
    """Write a sheet, and return how many answers it has.

    It holds what users said, so that it is its owner's alone.

    Raises:
        UsageError: the file is there already, or cannot be written.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    written = 0
    try:
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
            for candidate in session.candidates:
                sample = session.spool.sample(candidate.place)
                if sample is not None:
                    name = case_name(sample.request_id, session.criterion)
                    row = worksheet_row(sample, name=name, criterion=session.criterion)
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
                    written += 1
    except FileExistsError:
        raise UsageError(f"--export: {path} is there already: name a new file") from None
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "a text in it is no Unicode"
        raise UsageError(f"--export: cannot write {path}: {reason}") from error
    return written
