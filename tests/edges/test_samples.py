"""Facts about reading the spool, in real folders."""

import json
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.samples import SpooledSamples, find_sample, read_samples
from evalgate.adapters.spool_folder import SpoolFolder
from evalgate.adapters.spool_lines import line_of
from evalgate.errors import UsageError
from evalgate.model.content import Attachment, Opaque, Text, ToolCall, ToolResult
from evalgate.model.sample import Sample
from evalgate.model.spooled import Glance, SpoolPlace
from tests.edges.samples import make_sample

NOON = 1_795_305_600.0
FILE = "samples-2026-11-22.jsonl"


def spooled(folder: Path, *lines: bytes) -> Path:
    spool = SpoolFolder(folder, days=7)
    for line in lines:
        spool.add(line, now=NOON)
    spool.close()
    return folder


def test_what_was_written_is_read(tmp_path: Path) -> None:
    samples = [make_sample(request_id=f"r{n}", text=f"Answer {n} ✓\u2028\n") for n in range(3)]
    spooled(tmp_path, *map(line_of, samples))
    read = list(read_samples(tmp_path))
    assert read == [_as_kept(each) for each in samples]


def _as_kept(sample: Sample) -> Sample:
    """Return a sample without what the spool does not keep."""
    return replace(sample, request=replace(sample.request, max_tokens=0))


def test_a_line_of_every_kind_of_block_is_written_again_as_it_was(tmp_path: Path) -> None:
    content = (
        Text(text="See here"),
        Attachment(name="a.png", media_type="image/png", sha256="ab", content=b"x"),
        ToolCall(id="t1", name="find", input={"deep": [{"a": None, "b": 1.5}]}),
        ToolResult(call="t1", content="found", failed=True),
        Opaque(data={"type": "thinking"}),
    )
    sample = replace(
        make_sample(content=content),
        tool_calls=(ToolCall(id="t2", name="send", input={}),),
        stop_reason=None,
        smell=("empty",),
    )
    line = line_of(sample)
    spooled(tmp_path, line)
    assert [line_of(each) for each in read_samples(tmp_path)] == [line]


def test_what_is_no_sample_is_counted_and_stops_nothing(tmp_path: Path) -> None:
    good = line_of(make_sample())
    lines = (
        b"{\n",
        b"[]\n",
        b'{"schema":"sample/2"}\n',
        b"\n",
        b"\xff\n",
        good.replace(b"0.1", b"7"),
    )
    spooled(tmp_path, *lines, good)
    left_out: Counter[str] = Counter()
    assert len(list(read_samples(tmp_path, left_out=left_out))) == 1
    assert left_out == {"unreadable": 5}


@pytest.mark.parametrize("ts", ["1e300", "-1", "253402300800"])
def test_a_time_that_no_calendar_has_is_no_sample(tmp_path: Path, ts: str) -> None:
    line = {**json.loads(line_of(make_sample())), "ts": json.loads(ts)}
    spooled(tmp_path, f"{json.dumps(line)}\n".encode())
    left_out: Counter[str] = Counter()
    assert list(read_samples(tmp_path, left_out=left_out)) == []
    assert left_out == {"unreadable": 1}


def test_a_line_that_is_being_written_is_left_to_the_next_look(tmp_path: Path) -> None:
    line = line_of(make_sample())
    spooled(tmp_path, line)
    with (tmp_path / FILE).open("ab") as file:
        file.write(line[:50])
        file.flush()
        spool = SpooledSamples(tmp_path)
        [first] = spool.glances(FILE, 0)
        assert isinstance(first, Glance)
        assert first.place == SpoolPlace(file=FILE, start=0, end=len(line))
        file.write(line[50:])
    [second] = spool.glances(FILE, first.place.end)
    assert isinstance(second, Glance)
    assert spool.sample(second.place) == spool.sample(first.place)


def test_a_place_that_has_gone_has_no_sample(tmp_path: Path) -> None:
    spool = SpooledSamples(spooled(tmp_path, line_of(make_sample())))
    [glance] = spool.glances(FILE, 0)
    assert isinstance(glance, Glance)
    (tmp_path / FILE).unlink()
    assert spool.sample(glance.place) is None
    assert list(spool.glances(FILE, 0)) == []


def test_one_call_is_found_by_its_id(tmp_path: Path) -> None:
    spooled(tmp_path, *(line_of(make_sample(request_id=f"r{n}")) for n in range(5)))
    found = find_sample(tmp_path, "r3")
    assert found is not None
    assert found.request_id == "r3"
    assert find_sample(tmp_path, "r9") is None


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    spooled(tmp_path, line_of(make_sample()))
    (tmp_path / FILE).chmod(mode)
    with pytest.raises(UsageError, match=r"others may read it: run `chmod go-rwx"):
        list(read_samples(tmp_path))


def test_a_folder_that_others_may_open_is_refused(tmp_path: Path) -> None:
    spooled(tmp_path, line_of(make_sample())).chmod(0o750)
    with pytest.raises(UsageError, match="chmod go-rwx"):
        SpooledSamples(tmp_path).files()


@pytest.mark.parametrize("kind", ["soft", "hard", "pipe"])
def test_a_file_that_is_a_link_or_a_pipe_is_refused(tmp_path: Path, kind: str) -> None:
    spool, other = tmp_path / "spool", tmp_path / "other"
    spool.mkdir(mode=0o700)
    other.write_bytes(line_of(make_sample()))
    other.chmod(0o600)
    make = {
        "soft": lambda: (spool / FILE).symlink_to(other),
        "hard": lambda: (spool / FILE).hardlink_to(other),
        "pipe": lambda: os.mkfifo(spool / FILE, 0o600),
    }
    make[kind]()
    with pytest.raises(UsageError, match="spool"):
        list(read_samples(spool))


def test_a_folder_that_is_a_link_or_missing_is_refused(tmp_path: Path) -> None:
    real, link = spooled(tmp_path / "real", line_of(make_sample())), tmp_path / "link"
    link.symlink_to(real)
    with pytest.raises(UsageError, match="it is a link"):
        list(read_samples(link))
    with pytest.raises(UsageError, match="No such file"):
        list(read_samples(tmp_path / "none"))


def test_other_files_of_the_folder_are_left_alone(tmp_path: Path) -> None:
    spooled(tmp_path, line_of(make_sample()))
    (tmp_path / "notes.jsonl").write_text("{}")
    assert SpooledSamples(tmp_path).files() == [FILE]
