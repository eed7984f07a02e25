"""Facts about counting lines: as many as a reader meets, whatever the last one ends with."""

import gzip
from pathlib import Path

import pytest

from evalgate.adapters.log_counting import LineCounter, Lines
from evalgate.adapters.log_sources import Form, LogFile, LogSources
from tests.unit.adapters.log_lines import write


def counter(path: Path, form: Form = Form.PLAIN) -> LineCounter:
    return LineCounter(LogSources(files=(LogFile(path=path, form=form, bytes=1),)))


@pytest.mark.parametrize(
    ("text", "number"),
    [(b"", 0), (b"\n", 1), (b"a", 1), (b"a\n", 1), (b"a\n\nb", 3), (b"x" * 3_000_000 + b"\n ", 2)],
)
def test_lines_are_counted_with_the_one_that_has_no_end(
    tmp_path: Path, text: bytes, number: int
) -> None:
    path = write(tmp_path, text)
    assert counter(path).count() == Lines(number=number)
    path.write_bytes(gzip.compress(text))
    assert counter(path, Form.GZIP).count() == Lines(number=number)


def test_lines_that_a_form_hides_are_said_to_be_unknown(tmp_path: Path) -> None:
    path = write(tmp_path, b"x")
    assert counter(path, Form.ZSTD).count() == Lines(number=0, is_known=False)
    assert counter(path, Form.PARQUET).count() == Lines()


def test_a_file_that_grows_is_noticed(tmp_path: Path) -> None:
    path = write(tmp_path, b"a\n")
    counting = counter(path)
    assert counting.growing() == 0
    path.write_bytes(b"a\nb\n")
    assert counting.growing() == 1


def test_counting_can_be_stopped(tmp_path: Path) -> None:
    counting = counter(write(tmp_path, b"a\n" * 5_000_000))
    counting.stop()
    assert counting.count().number < 5_000_000
