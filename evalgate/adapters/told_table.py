"""Reads trials from a table in CSV: one per row, under a header with the same names as in JSON."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import MsgspecError, convert

from evalgate.adapters.told_lines import PlainLine, Teller
from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Data, Document
from evalgate.model.reading import suggestion
from evalgate.model.told import ToldTrial

COLUMNS = (
    "case",
    "trial",
    "passed",
    "score",
    "status",
    "arm",
    "purpose",
    "tags",
    "cluster",
    "weight",
    "prompt",
    "version",
    "version_hash",
    "evalset",
)
"""The columns that are read; others are left alone."""

_TAGS_APART = ";"
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_FLAGS: Mapping[str, bool] = {"true": True, "1": True, "false": False, "0": False}


def read_told_table(path: str, lines: Iterable[bytes]) -> Iterator[ToldTrial]:
    """Yield the trials of a table; empty rows are passed over.

    Args:
        path: of the file, for messages.
        lines: its lines, the header first.

    Raises:
        ConfigurationError: the header or a row is wrong; names the file, the line and the column.
    """
    teller = Teller()
    rows = _rows(path, lines)
    header: list[str] = []
    for number, row in rows:
        if not header:
            header = [name.strip() for name in row]
            _check_header(path, header, number=number)
            continue
        if len(row) != len(header):
            message = f"expected {len(header):,} cells, as the header has, got {len(row):,}"
            raise ConfigurationError([Problem(path=path, line=number, message=message)])
        cells = {name: cell for name, cell in zip(header, row, strict=True) if cell.strip()}
        read = _plain(cells)
        told = None if read is None else teller.told(read, number)
        yield told or teller.told_with_care(_document(path, cells, number=number), number)


def _rows(path: str, lines: Iterable[bytes]) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that holds something with the number of the line on which it starts."""
    reader = csv.reader(_texts(path, lines), strict=True)
    started = 1
    try:
        for row in reader:
            if row:
                yield started, row
            started = reader.line_num + 1
    except csv.Error as error:
        problem = Problem(path=path, line=started, message=f"expected a row of CSV: {error}")
        raise ConfigurationError([problem]) from error


def _texts(path: str, lines: Iterable[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            problem = Problem(path=path, line=number, message="expected text in UTF-8")
            raise ConfigurationError([problem]) from error
        yield text.removeprefix("\ufeff") if number == 1 else text


def _check_header(path: str, header: Sequence[str], *, number: int) -> None:
    wrong = [
        f"the column `{name}` is missing{suggestion(name, header)}"
        for name in ("case", "trial")
        if name not in header
    ]
    if not {"passed", "score"} & set(header):
        wrong.append("a column `passed` or `score` is missing")
    wrong += [f"there are two columns `{name}`" for name in COLUMNS if header.count(name) > 1]
    if wrong:
        raise ConfigurationError(
            Problem(path=path, line=number, message=message) for message in wrong
        )


def _plain(cells: dict[str, str]) -> PlainLine | None:
    plain: dict[str, str | list[str]] = {name: cells[name] for name in COLUMNS if name in cells}
    if "tags" in cells:
        plain["tags"] = _tags(cells["tags"])
    try:
        return convert(plain, PlainLine, strict=False)
    except MsgspecError:
        return None


def _document(path: str, cells: dict[str, str], *, number: int) -> Document:
    data: dict[str, Data] = {name: cells[name] for name in COLUMNS if name in cells}
    if "passed" in cells:
        data["passed"] = _FLAGS.get(cells["passed"].strip().lower(), cells["passed"])
    for name in ("trial", "score", "weight"):
        if name in cells:
            data[name] = _number(cells[name])
    if "tags" in cells:
        data["tags"] = list[Data](_tags(cells["tags"]))
    return Document(path=path, data=data, lines={(): number})


def _tags(cell: str) -> list[str]:
    return [tag.strip() for tag in cell.split(_TAGS_APART) if tag.strip()]


def _number(cell: str) -> Data:
    """Return the number in a cell, or the cell as it stands for the message."""
    if _WHOLE.fullmatch(cell.strip()):
        return int(cell)
    try:
        return float(cell)
    except ValueError:
        return cell
