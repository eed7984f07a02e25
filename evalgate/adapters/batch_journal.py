"""The batches of a run, as lines of a file: what was to be handed in, its id, and what is over."""

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from evalgate.errors import ConfigurationError, EvaluationError, Problem
from evalgate.model.document import Data, Document
from evalgate.model.ports import Batch
from evalgate.model.reading import Section


class BatchJournalFile:
    """A file in the run folder, as `evalgate.model.ports.BatchJournal` asks for it.

    Every line adds to what is known of one batch. A last line that was cut off by a kill is left
    out.
    """

    def __init__(self, path: Path) -> None:
        """Name the file and read it, if it is there.

        Raises:
            ConfigurationError: when a line of it is none of ours.
            EvaluationError: when the file cannot be read, or a cut line not be removed.
        """
        self._path = path
        self._batches: list[Batch] = []
        for number, line in enumerate(self._whole_lines().splitlines(), start=1):
            self._read(line, number)

    def batches(self) -> Sequence[Batch]:
        """Return all batches of the run so far, oldest first."""
        return tuple(self._batches)

    def intend(self, keys: Sequence[str]) -> Batch:
        """Note that a batch is about to be handed in, and return it."""
        batch = Batch(number=len(self._batches), keys=tuple(keys))
        self._write({"batch": batch.number, "keys": list(batch.keys)})
        self._batches.append(batch)
        return batch

    def submitted(self, batch: Batch, identity: str) -> Batch:
        """Note the id of a batch, and return the batch with it."""
        self._write({"batch": batch.number, "id": identity})
        self._batches[batch.number] = replace(batch, id=identity)
        return self._batches[batch.number]

    def end(self, batch: Batch) -> None:
        """Note that a batch is done with."""
        self._write({"batch": batch.number, "is_over": True})
        self._batches[batch.number] = replace(batch, is_over=True)

    def _whole_lines(self) -> bytes:
        try:
            content = self._path.read_bytes() if self._path.exists() else b""
            whole = content[: content.rfind(b"\n") + 1]
            if len(whole) < len(content):
                os.truncate(self._path, len(whole))
        except OSError as error:
            raise self._unusable(error) from error
        return whole

    def _write(self, data: dict[str, Data]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as out:
                out.write(json.dumps(data).encode() + b"\n")
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> EvaluationError:
        return EvaluationError(f"{self._path}: batches cannot be noted here: {error.strerror}")

    def _read(self, line: bytes, number: int) -> None:
        section = Section(self._parsed(line, number))
        place = section.integer("batch", 0, least=0, most=len(self._batches))
        if place == len(self._batches):
            self._batches.append(Batch(number=place, keys=section.texts("keys")))
        else:
            known = self._batches[place]
            identity = section.text("id", known.id)
            is_over = section.flag("is_over", default=known.is_over)
            self._batches[place] = replace(known, id=identity, is_over=is_over)
        section.finish()

    def _parsed(self, line: bytes, number: int) -> Document:
        try:
            data: Data = json.loads(line)
        except (ValueError, RecursionError) as error:
            problem = Problem(path=str(self._path), line=number, message="expected a JSON object")
            raise ConfigurationError([problem]) from error
        return Document(path=str(self._path), data=data, lines={(): number})
