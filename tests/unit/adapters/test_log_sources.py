"""Facts about which files of a log are read: every line once, and none that cannot matter."""

import gzip
import os
import shutil
from pathlib import Path

import pytest

from evalgate.adapters.log_sources import (
    LONGEST,
    Form,
    LogFile,
    day_of,
    find_sources,
    form_of,
    lines_of,
    mark_of,
)
from evalgate.errors import UsageError
from evalgate.model.log_question import Selection
from tests.unit.adapters.log_lines import EVENT, NOON, TORN, call, sources, write

DAY = 86_400.0


def names(*paths: Path, where: Selection | None = None) -> list[str]:
    return [file.path.name for file in sources(*paths, where=where).files]


def test_of_a_folder_the_calls_are_read_and_what_was_compacted(tmp_path: Path) -> None:
    for name in ("calls-2026-11-20.jsonl", "calls-2026-11-21.jsonl.gz", "scores-1.jsonl", "x.txt"):
        write(tmp_path, gzip.compress(call(1)) if name.endswith("gz") else call(2), name=name)
    write(tmp_path / "day=2026-11-19", b"PAR1", name="calls-2026-11-19.0123456789abcdef.parquet")
    write(tmp_path / "host-b", call(3))
    assert names(tmp_path) == [
        "calls-2026-11-20.jsonl",
        "calls-2026-11-21.jsonl.gz",
        "calls-2026-11-19.0123456789abcdef.parquet",
    ]


def test_a_folder_without_such_names_is_read_as_a_whole(tmp_path: Path) -> None:
    write(tmp_path, call(1), name="app.jsonl")
    write(tmp_path, call(2), name=".hidden.jsonl")
    assert names(tmp_path) == ["app.jsonl"]


def test_a_file_that_is_named_twice_or_linked_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path, call(1))
    (tmp_path / "calls-link.jsonl").symlink_to(path)
    (tmp_path / "calls-hard.jsonl").hardlink_to(path)
    assert len(names(path, tmp_path, path)) == 1


def test_what_is_compressed_or_compacted_beside_its_source_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path, call(1), call(2))
    mark = mark_of(LogFile(path=path, form=Form.PLAIN, bytes=0))
    (tmp_path / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    write(tmp_path / "day=2026-11-21", b"PAR1", name=f"calls-2026-11-21.{mark}.parquet")
    size = path.stat().st_size
    whole = find_sources([tmp_path], Selection(), extent=lambda _: size)
    assert [file.form for file in whole.files] == [Form.PARQUET]
    assert whole.repeated == 2
    grown = find_sources([tmp_path], Selection(), extent=lambda _: size - 1)
    assert [file.form for file in grown.files] == [Form.PLAIN]
    assert [file.form for file in sources(tmp_path).files] == [Form.PLAIN]


def test_files_of_hosts_with_one_name_are_different_files(tmp_path: Path) -> None:
    paths = [write(tmp_path / host, EVENT, call(number)) for number, host in enumerate("ab")]
    assert len(sources(*paths).files) == 2
    shutil.copy(paths[0], tmp_path / "calls-copy.jsonl")
    assert len(sources(*paths, tmp_path).files) == 3


def test_a_file_of_a_day_on_which_no_call_can_have_ended_is_passed_over(tmp_path: Path) -> None:
    for day in range(18, 26):
        write(tmp_path, call(day), name=f"calls-2026-11-{day}.jsonl")
    write(tmp_path, call(1), name="calls-other.jsonl")
    where = Selection(since=int(NOON * 1e6), until=int((NOON + DAY) * 1e6))
    told = sources(tmp_path, where=where)
    assert [file.path.name[6:16] for file in told.files] == [
        "2026-11-21",
        "2026-11-22",
        "2026-11-23",
        "other.json",
    ]
    assert told.other_days == 5


def test_an_empty_file_is_not_read(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, call(1), name="calls-b.jsonl")
    told = sources(tmp_path)
    assert (len(told.files), told.repeated) == (1, 0)


@pytest.mark.parametrize("name", ["none", "empty"])
def test_what_is_not_there_is_told_with_what_was_expected(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=rf"{name}: there is no .*expected a call log"):
        sources(tmp_path / name)


def test_the_mark_goes_to_the_first_call_so_that_a_file_may_grow(tmp_path: Path) -> None:
    path = write(tmp_path, EVENT, TORN, call(1))
    file = LogFile(path=path, form=Form.PLAIN, bytes=0)
    before = mark_of(file)
    path.write_bytes(path.read_bytes() + call(2))
    assert mark_of(file) == before
    path.write_bytes(EVENT + TORN + call(2))
    assert mark_of(file) != before


def test_a_compressed_file_that_was_cut_off_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a b.jsonl.gz"
    path.write_bytes(gzip.compress(call(1))[:-12])
    (file,) = sources(path).files
    with pytest.raises(
        UsageError, match=r"a b\.jsonl\.gz: the compressed file ends too e"
    ) as caught:
        list(lines_of(file))
    assert f"`gzip -dc '{path}' > 'a b-part.jsonl'`" in str(caught.value)


def test_a_compressed_file_that_was_cut_off_has_the_mark_of_the_whole_one(tmp_path: Path) -> None:
    path = write(tmp_path, gzip.compress(b"".join(map(call, range(2_000)))), name="a.jsonl.gz")
    (whole,) = sources(path).files
    path.write_bytes(path.read_bytes()[:2_000])
    (cut,) = sources(path).files
    assert cut.mark == whole.mark


@pytest.mark.parametrize(
    "content",
    [b"{}\n", gzip.compress(b"{}\n" * 90)[:10] + b"\xff" * 90],
    ids=["no gzip", "damaged"],
)
def test_what_is_no_gzip_or_damaged_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path, content, name="a.jsonl.gz")
    with pytest.raises(UsageError, match=r"damaged, or no gzip: copy it anew, or leave it out"):
        sources(path)


def test_a_form_that_only_duckdb_reads_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, b"x", name="a.jsonl.zst")
    (file,) = sources(path).files
    with pytest.raises(UsageError, match="only DuckDB reads"):
        list(lines_of(file))


def test_of_a_line_that_is_too_long_the_beginning_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, b"x" * (LONGEST + 5), b"\n", call(1))
    first, second = lines_of(LogFile(path=path, form=Form.PLAIN, bytes=0))
    assert (len(first), second) == (LONGEST, call(1))


def test_the_day_and_the_form_are_those_of_the_name() -> None:
    assert str(day_of(Path("calls-2026-11-21.jsonl.gz"))) == "2026-11-21"
    assert day_of(Path("calls-2026-13-21.jsonl")) is None
    assert day_of(Path("calls.jsonl")) is None
    assert [form_of(Path(f"x{form}")) for form in Form] == list(Form)
    assert form_of(Path("calls.log")) is Form.PLAIN


def test_a_pipe_is_refused_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    with pytest.raises(UsageError, match="it is no file but a pipe or a device"):
        sources(tmp_path / "pipe.jsonl")
