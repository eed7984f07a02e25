"""Facts about `runtime.yml` and the override file, looked at again and again."""

from hashlib import sha256
from math import inf
from pathlib import Path

import pytest

from evalgate.errors import ConfigurationError
from evalgate.model.document import Document
from evalgate.model.override import Override
from evalgate.model.reading import Section
from evalgate.model.serving import Serving, Timing
from evalgate.runtime.versions.surroundings import GONE, RUNTIME, Around

LATER = 4_000_000_000.0
"""Long after the files of a test have changed."""


def read_serving(document: Document) -> Serving:
    section = Section(document)
    deadline = section.number("deadline", 30.0, least=0.0, most=100.0)
    section.finish()
    return Serving(timing=Timing(deadline=deadline))


@pytest.fixture
def around(tmp_path: Path) -> Around:
    return Around(root=str(tmp_path), override=tmp_path / "host.yml", read_serving=read_serving)


def override(tmp_path: Path, *entries: str) -> None:
    (tmp_path / "host.yml").write_text("prompts:\n" + "".join(f"  {each}\n" for each in entries))


def test_without_files_everything_is_as_everywhere(around: Around) -> None:
    found = around.first(LATER)
    assert found.serving_file.value == Serving()
    assert found.override == Override()
    assert found.until == inf
    assert found.broken == {}


def test_without_a_place_for_an_override_there_is_none(tmp_path: Path) -> None:
    around = Around(root=str(tmp_path), override=None, read_serving=read_serving)
    assert around.first(LATER).override_file is None


def test_nothing_new_is_the_very_same_value_settled_or_not(around: Around, tmp_path: Path) -> None:
    (tmp_path / RUNTIME).write_text("deadline: 5\n")
    override(tmp_path, "a: {until: 2100-01-01T00:00:00Z, version: v2}")
    for now in ((tmp_path / "host.yml").stat().st_mtime, 3_900_000_000.0):
        found = around.first(now)
        assert around.again(found, now) is found


def test_an_equal_value_from_another_file_is_the_very_same(around: Around, tmp_path: Path) -> None:
    (tmp_path / RUNTIME).write_text("deadline: 5\n")
    found = around.first(LATER)
    (tmp_path / RUNTIME).write_text("deadline: 5.0\n")
    after = around.again(found, LATER)
    assert after.serving_file.seen != found.serving_file.seen
    assert after.serving_file.value is found.serving_file.value


def test_what_has_expired_is_not_in_force(around: Around, tmp_path: Path) -> None:
    override(
        tmp_path,
        "a: {until: 2100-01-01T00:00:00Z, version: v2}",
        "b: {until: 2100-01-01T00:01:00Z, version: v2}",
    )
    start = 4_102_444_800.0
    before = around.first(start - 0.001)
    assert before.override.prompts.keys() == {"a", "b"}
    assert before.until == start
    after = around.again(before, start)
    assert after.override.prompts.keys() == {"b"}
    assert after.until == start + 60
    assert around.again(after, start + 60).override.prompts == {}


def test_a_file_that_is_gone_is_told_and_its_default_is_not_taken(
    around: Around, tmp_path: Path
) -> None:
    (tmp_path / RUNTIME).write_text("deadline: 5\n")
    found = around.first(LATER)
    (tmp_path / RUNTIME).unlink()
    for _ in range(2):
        found = around.again(found, LATER)
        assert found.serving_file.value.timing.deadline == 5
        assert found.broken == {RUNTIME: (f"{tmp_path}/{RUNTIME}: {GONE}", "")}


def test_an_override_file_that_is_gone_overrides_nothing(around: Around, tmp_path: Path) -> None:
    override(tmp_path, "a: {until: 2100-01-01T00:00:00Z, version: v2}")
    found = around.first(LATER)
    assert found.override.prompts
    (tmp_path / "host.yml").unlink()
    found = around.again(found, LATER)
    assert found.override == Override()
    assert found.broken == {}


def test_a_broken_override_file_leaves_what_it_said_until_that_expires(
    around: Around, tmp_path: Path
) -> None:
    override(tmp_path, "a: {until: 2100-01-01T00:00:00Z, version: v2}")
    found = around.first(LATER)
    override(tmp_path, "a: {version: v2}")
    found = around.again(found, LATER)
    assert found.override.prompts.keys() == {"a"}
    assert found.broken.keys() == {"host.yml"}
    assert around.again(found, 4_102_444_800.0).override.prompts == {}


def test_a_broken_runtime_yml_is_an_error_at_first(around: Around, tmp_path: Path) -> None:
    (tmp_path / RUNTIME).write_text("\ndeadline: soon\n")
    with pytest.raises(ConfigurationError, match=r"runtime\.yml:2: deadline: expected a number"):
        around.first(LATER)


def test_the_mark_is_that_of_the_content_that_serves(around: Around, tmp_path: Path) -> None:
    assert around.first(LATER).serving_file.mark == ""
    (tmp_path / RUNTIME).write_text("deadline: 5\n")
    found = around.first(LATER)
    assert found.serving_file.mark == sha256(b"deadline: 5\n").hexdigest()[:12]
    (tmp_path / RUNTIME).write_text("deadline: [\n")
    broken = around.again(found, LATER)
    assert broken.serving_file.problems
    assert broken.serving_file.mark == found.serving_file.mark
    (tmp_path / RUNTIME).write_text("deadline: 6\n")
    assert around.again(broken, LATER).serving_file.mark != found.serving_file.mark
