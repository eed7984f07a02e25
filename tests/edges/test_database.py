"""Facts about SQLite files of our own."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.database import Layout, open_database, transaction
from evalgate.errors import UsageError

LAYOUT = Layout(
    mark=7,
    version=1,
    table="CREATE TABLE things (name TEXT) STRICT",
    holds="things",
    remedy="choose another file",
)


def refusal(path: Path, layout: Layout = LAYOUT) -> str:
    with pytest.raises(UsageError) as caught:
        open_database(path, layout)
    return str(caught.value).replace(str(path.parent), "…")


def make(path: Path) -> None:
    open_database(path, LAYOUT).close()


def test_a_file_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "a" / "cache" / "things.sqlite"
    with closing(open_database(path, LAYOUT)) as connection:
        connection.execute("INSERT INTO things VALUES ('a')")
        modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
        assert modes.pop("things.sqlite") == 0o600
        assert set(modes.values()) == {0o600}  # the companions, which hold words too
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["things.sqlite"]


def test_what_was_written_is_there_at_the_next_opening(tmp_path: Path) -> None:
    path = tmp_path / "what? 100 %#.sqlite"
    with closing(open_database(path, LAYOUT)) as connection:
        connection.execute("INSERT INTO things VALUES ('a')")
    with closing(open_database(path, LAYOUT)) as connection:
        assert connection.execute("SELECT name FROM things").fetchall() == [("a",)]
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "things.sqlite"
    with closing(open_database(path, LAYOUT)) as one, closing(open_database(path, LAYOUT)) as two:
        with transaction(one):
            one.execute("INSERT INTO things VALUES ('a')")
            assert two.execute("SELECT count(*) FROM things").fetchone() == (0,)
        assert two.execute("SELECT count(*) FROM things").fetchone() == (1,)


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "things.sqlite", LAYOUT)) as connection:
        with suppress(ZeroDivisionError), transaction(connection):
            connection.execute("INSERT INTO things VALUES ('a')")
            raise ZeroDivisionError
        assert connection.execute("SELECT count(*) FROM things").fetchone() == (0,)
        assert not connection.in_transaction


def test_a_link_is_refused_wherever_it_stands(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    assert refusal(link / "a.sqlite").startswith("… is a link")
    make(real / "a.sqlite")
    (real / "b.sqlite").symlink_to(real / "a.sqlite")
    assert refusal(real / "b.sqlite").startswith("…/b.sqlite is a link, which is not followed")
    (real / "a.sqlite-wal").symlink_to(tmp_path / "elsewhere")
    assert refusal(real / "a.sqlite").startswith("…/a.sqlite-wal is a link")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"x" * 5000])
def test_a_file_that_is_no_database_is_refused_and_stays_as_it_is(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "things.sqlite"
    path.write_bytes(content)
    said = refusal(path)
    assert said.startswith("…/things.sqlite: ")
    assert said.endswith("; choose another file")
    assert path.read_bytes() == content


def test_a_database_of_something_else_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "things.sqlite"
    with closing(sqlite3.connect(path)) as foreign:
        foreign.execute(LAYOUT.table)
        foreign.commit()
    before = path.read_bytes()
    assert refusal(path) == (
        "…/things.sqlite: expected a file of things as evalgate makes it, got another one;"
        " choose another file"
    )
    assert path.read_bytes() == before


def test_a_file_with_a_trigger_of_someone_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "things.sqlite"
    make(path)
    with closing(sqlite3.connect(path)) as foreign:
        foreign.execute(
            "CREATE TRIGGER t AFTER INSERT ON things BEGIN DELETE FROM things WHERE 1; END"
        )
    assert "got another one" in refusal(path)


def test_a_file_of_a_newer_evalgate_is_refused_with_both_numbers(tmp_path: Path) -> None:
    path = tmp_path / "things.sqlite"
    open_database(path, replace(LAYOUT, version=2, table="CREATE TABLE other (a)")).close()
    assert refusal(path) == (
        "…/things.sqlite: a newer evalgate wrote this: its layout is number 2, and this one knows"
        " 1; update evalgate, or choose another file"
    )


def test_a_place_where_nothing_can_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.sqlite").mkdir()
    assert refusal(tmp_path / "file" / "things.sqlite").startswith(
        "…/things.sqlite: things cannot be kept here: "
    )
    assert refusal(tmp_path / "folder.sqlite").endswith("; choose another file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_that_is_read_only_is_named(tmp_path: Path, *, exists: bool) -> None:
    path = tmp_path / "cache" / "things.sqlite"
    make(path)
    path.chmod(0o400)
    if not exists:
        path.unlink()
    path.parent.chmod(0o500)
    said = refusal(path)
    path.parent.chmod(0o700)
    assert said.startswith("…/things.sqlite: things cannot be kept here: ")
    assert said.endswith("; choose another file")


OPENING = """
import sys
from pathlib import Path
from evalgate.adapters.database import Layout, open_database
layout = Layout(mark=7, version=1, table=sys.argv[2], holds="things", remedy="")
connection = open_database(Path(sys.argv[1]), layout)
for each in range(200):
    connection.execute("INSERT INTO things VALUES (?)", (str(each),))
"""


def test_processes_that_start_together_share_one_file(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "things.sqlite"
    command = (sys.executable, "-c", OPENING, str(path), LAYOUT.table)
    running = [subprocess.Popen(command) for _ in range(3)]
    assert [each.wait() for each in running] == [0, 0, 0]
    with closing(open_database(path, LAYOUT)) as connection:
        assert connection.execute("SELECT count(*) FROM things").fetchone() == (600,)
