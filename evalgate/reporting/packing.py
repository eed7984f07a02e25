"""Packs the data of a page: compressed, in letters that no page can take for markup.

The bytes depend on the data and on the version of zlib alone.
"""

import json
import zlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from evalgate.model.document import Data
from evalgate.reporting.page_data import Depth, case_data, in_chunks, list_data
from evalgate.reporting.story import Report

MOST_BYTES = 13_000_000
"""The most that the data of a page may weigh."""

CASES_IN_CHUNK = 40
"""How many cases are read together when one of them is opened."""

_DEPTHS = (
    Depth(flipped=20_000, other=20_000),
    Depth(flipped=20_000, other=2_000),
    Depth(flipped=8_000, other=600),
    Depth(flipped=2_000, other=200),
    Depth(flipped=300, other=50),
)
"""How much of the texts is told, fullest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """The data of a page; `chunks` hold the whole of so many cases each.

    `is_shortened` tells that texts were cut further so that the page stays of a size that opens.
    """

    list: str
    chunks: tuple[str, ...]
    is_shortened: bool = False

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.list) + sum(map(len, self.chunks))


def packed(report: Report, *, most: int = MOST_BYTES) -> Packed:
    """Return the data of a report's page, as fully as its size allows.

    Args:
        report: what to tell.
        most: bytes; where even the least depth has more, the cases are listed and not told.
    """
    listed = pack(list_data(report))
    for depth in _DEPTHS:
        chunks = _chunks(report, depth, most=most - len(listed))
        if chunks is not None:
            return Packed(list=listed, chunks=chunks, is_shortened=depth is not _DEPTHS[0])
    return Packed(list=listed, chunks=(), is_shortened=True)


def _chunks(report: Report, depth: Depth, *, most: int) -> tuple[str, ...] | None:
    """Return the whole of all cases; None as soon as they are too much."""
    chunks: list[str] = []
    size = 0
    for cases in in_chunks(case_data(report, depth), CASES_IN_CHUNK):
        chunks.append(pack(list(cases)))
        size += len(chunks[-1])
        if size > most:
            return None
    return tuple(chunks)


def pack(data: Data | Sequence[Data]) -> str:
    """Return data as JSON, compressed by zlib, in base64."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return b64encode(zlib.compress(text.encode("utf-8", "replace"), 6)).decode()
