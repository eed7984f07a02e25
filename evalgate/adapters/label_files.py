"""Reads tables of labels: CSV with a header, or JSON lines; each row knows its line."""

import csv
import io
from collections.abc import Iterator
from pathlib import PurePath

from evalgate.adapters.files import read_json_lines
from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Data, Document

ENDINGS = (".csv", ".jsonl")
MAX_BYTES = 100_000_000
LONGEST_FIELD = 131_072
"""Characters of one field of a CSV file: where Python's own reader stops."""


def read_rows(path: str, content: bytes) -> Iterator[Document | Problem]:
    """Yield the rows of a table as documents, or what is wrong with them.

    Args:
        path: the file; its ending says what it holds.
        content: its bytes.

    Raises:
        ConfigurationError: when the file as a whole cannot be read.
    """
    ending = PurePath(path).suffix.lower()
    if ending not in ENDINGS:
        raise _refusal(path, f"expected a file that ends in {' or '.join(ENDINGS)}")
    if len(content) > MAX_BYTES:
        raise _refusal(path, f"the file is larger than {MAX_BYTES // 1_000_000} MB: split it")
    return _csv(path, content) if ending == ".csv" else read_json_lines(path, content)


def _csv(path: str, content: bytes) -> Iterator[Document | Problem]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refusal(path, "not UTF-8 text: save the file as UTF-8", line=line) from None
    # A field in quotes may hold line breaks of every kind.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Problem(path=path, line=line, message=f"not CSV: {_said(error)}")
            return
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = _header(path, cells, line)
        else:
            yield _row(path, header, cells, line=line)


def _header(path: str, cells: list[str], line: int) -> list[str]:
    names = [cell.strip() for cell in cells]
    if len(set(names)) < len(names) or not all(names):
        raise _refusal(path, "every column needs a name of its own in the first row", line=line)
    return names


def _row(path: str, header: list[str], cells: list[str], *, line: int) -> Document | Problem:
    if len(cells) > len(header):
        message = (
            f"{len(cells)} fields under {len(header)} columns: put texts with commas in quotes"
        )
        return Problem(path=path, line=line, message=message)
    # An empty field says nothing, as a key that is not there.
    data: dict[str, Data] = {
        name: cell for name, cell in zip(header, cells, strict=False) if cell.strip()
    }
    return Document(path=path, data=data, lines={(): line})


def _said(error: csv.Error) -> str:
    said = str(error)
    if "field larger" in said:
        return f"a field has more than {LONGEST_FIELD:,} characters, or a quote is not closed"
    return said


def _refusal(path: str, message: str, *, line: int | None = None) -> ConfigurationError:
    return ConfigurationError([Problem(path=path, line=line, message=message)])
