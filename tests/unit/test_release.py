"""Facts about what stands against a release, and about its notes."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from evalgate import __version__
from upkeep.release import CHANGELOG, notes, problems

TEXT = """\
# Changelog

## [Unreleased]

## [1.2.0] - 2026-11-21

### Added

- A thing.

## [1.1.0]

- Another.

## [1.0.0] - 2026-01-02
"""


def found(version: str, *, package: str | None = None, tags: Sequence[str] = ()) -> list[str]:
    return list(problems(version, package=package or version, changelog=TEXT, tags=tags))


def test_a_version_that_package_and_changelog_name_may_be_released() -> None:
    assert found("1.2.0", tags=["v1.1.9", "v1", "v0.9.10"]) == []


@pytest.mark.parametrize(
    "version",
    [
        "",
        "1.2",
        "v1.2.0",
        "1.2.0rc1",
        "01.2.0",
        "1.2.0\n",
        "1.2.0;id",
        "\N{FULLWIDTH DIGIT ONE}.2.0",
        "9" * 7 + ".0.0",
    ],
)
def test_what_is_no_version_is_refused_before_all_else(version: str) -> None:
    (problem,) = found(version)
    assert "is no version: expected three numbers such as 0.2.0" in problem
    assert "\n" not in problem


def test_the_package_must_say_the_same_version() -> None:
    (problem,) = found("1.2.0", package="1.1.0")
    assert problem.startswith("evalgate.__version__ is 1.1.0: set it to 1.2.0")


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("1.3.0", "has no heading `## [1.3.0] - YYYY-MM-DD`"),
        ("1.1.0", "says of 1.1.0 no day"),
        ("1.0.0", "says nothing about 1.0.0"),
    ],
)
def test_the_changelog_must_tell_of_it(version: str, said: str) -> None:
    (problem,) = found(version)
    assert said in problem


def test_a_version_older_than_a_release_is_refused_and_its_own_tag_is_not() -> None:
    assert found("1.2.0", tags=["v1.2.0"]) == []
    assert found("1.2.0", tags=["v1.10.0"]) == ["v1.10.0 is released already, and 1.2.0 is older"]


def test_the_notes_are_those_of_the_version_alone() -> None:
    assert notes("1.2.0", TEXT) == "### Added\n\n- A thing."
    assert notes("1.1.0", TEXT) == "- Another."
    assert notes("1.0.0", TEXT) == notes("2.0.0", TEXT) == ""


def test_the_changelog_of_this_project_can_be_read() -> None:
    text = CHANGELOG.read_text("utf-8")
    assert len(notes("Unreleased", text)) > 1000
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)


def test_the_workflow_runs_what_is_here() -> None:
    workflow = (Path(__file__).parents[2] / ".github/workflows/release.yml").read_text("utf-8")
    for command in ("upkeep.release check", "upkeep.release notes", ".ci/release", ".ci/was-green"):
        assert command in workflow
