"""Facts about DuckDB as it is opened here: offline, bounded, locked, and leaving nothing behind."""

import gzip
import tempfile
from pathlib import Path

import pytest

from evalgate.adapters.log_database import BESIDE, LEAST_MEMORY, LogDatabase, open_database
from evalgate.errors import UsageError
from tests.unit.adapters.log_lines import call, nothing, sources, write


def setting(database: LogDatabase, name: str) -> object:
    ((value,),) = database.rows(f"SELECT current_setting('{name}')")
    return value


def test_no_extension_is_installed_or_loaded_by_itself() -> None:
    with open_database(tell=nothing) as database:
        assert setting(database, "autoinstall_known_extensions") is False
        assert setting(database, "autoload_known_extensions") is False
        assert setting(database, "threads") == 2
        with pytest.raises(UsageError):
            database.rows("SELECT * FROM read_parquet('https://127.0.0.1:1/x.parquet')")
        with pytest.raises(UsageError, match="configuration"):
            database.rows("SET autoload_known_extensions = true")


def test_what_overflows_goes_into_a_folder_that_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with open_database(tell=nothing, memory=LEAST_MEMORY) as database:
        (folder,) = tmp_path.iterdir()
        assert setting(database, "temp_directory") == str(folder)
        assert folder.stat().st_mode & 0o077 == 0
        database.rows(
            "CREATE TEMP TABLE big AS SELECT range AS a, hash(range) AS b FROM range(2e7::INT)"
        )
        assert list(folder.iterdir())
    assert list(tmp_path.iterdir()) == []


def test_the_memory_of_the_database_is_less_than_that_of_the_process() -> None:
    with open_database(tell=nothing, memory=LEAST_MEMORY) as database:
        limit = str(setting(database, "memory_limit"))
    assert float(limit.split()[0]) <= LEAST_MEMORY - BESIDE


def test_too_little_memory_says_what_to_do() -> None:
    with (
        open_database(tell=nothing, memory=LEAST_MEMORY) as database,
        pytest.raises(UsageError, match="raise --memory"),
    ):
        database.rows("SELECT length(string_agg(repeat('x', 1000), '')) FROM range(1000000)")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(call(1) * 20_000))
    found = sources(path)
    path.write_bytes(path.read_bytes()[:-500])
    with open_database(tell=nothing) as database, pytest.raises(UsageError, match=r"a\.jsonl\.gz"):
        database.read(found, "SELECT count(*) FROM read_json($json, ignore_errors = true)", {})


def test_parquet_that_is_no_log_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "x.parquet")
    with open_database(tell=nothing) as database:
        database.rows(f"COPY (SELECT 1 AS a) TO '{path}' (FORMAT parquet)")
        with pytest.raises(UsageError, match="holds no call log"):
            database.columns_of([path])
        assert database.made_of(Path(path)) == 0


def test_lines_are_counted_beside_the_query(tmp_path: Path) -> None:
    told: list[float] = []
    path = write(tmp_path, *(call(n) for n in range(50)), b"\n")
    with open_database(tell=told.append) as database:
        sql = "CREATE TEMP TABLE x AS SELECT * FROM read_json_objects($json)"
        assert database.read(sources(path), sql, {}).number == 51
    assert all(0 <= share <= 1 for share in told)
