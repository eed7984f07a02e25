"""Facts about `docs/history.md` and the format it names: they list what there is."""

import re
from argparse import ArgumentParser
from pathlib import Path

from evalgate.adapters.git_history import MOST_WALKED
from evalgate.cli.history import LAST, LAST_SINCE, add_arguments
from evalgate.deciding.bounds import Difference, sample
from evalgate.deciding.rate_bounds import rate_bounds
from evalgate.gate.tracks import MOST_BYTES, MOST_REVISIONS
from evalgate.model.track import Turn
from evalgate.reporting.history_file import history_csv

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/history.md").read_text("utf-8")


def rows(heading: str) -> set[str]:
    """Return the first word of each row of the table under a heading."""
    table = PAGE.partition(f"| {heading} | meaning |\n")[2].partition("\n\n")[0]
    return set(re.findall(r"^\| `([^` ]+)[^`]*` \|", table, re.M))


def test_every_option_is_documented() -> None:
    parser = ArgumentParser(add_help=False)
    add_arguments(parser)
    usage = parser.format_usage()
    assert rows("option") == {*re.findall(r"--[a-z]+", usage), "PROMPT"}


def test_every_turn_is_documented() -> None:
    assert rows("changed") == set(Turn)


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"{LAST} unless told otherwise; {LAST_SINCE} with" in PAGE
    assert (
        f"{MOST_WALKED:,} commits of the branch are looked at, and of a record {MOST_REVISIONS:,} states"
        in PAGE
    )
    assert f"{MOST_BYTES // 2**20} MB are read" in PAGE
    low, high = rate_bounds(sample([Difference(value=1.0)] * 20), 0.05)
    assert f"20 of 20 give {low:.1%}".replace("%", " %") in PAGE
    assert high == 1.0


def test_every_column_is_documented() -> None:
    text = " ".join((ROOT / "docs/formats.md").read_text("utf-8").split())
    columns = ", ".join(history_csv([]).strip().split(","))
    assert f"`{columns}`" in text
