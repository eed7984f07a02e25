"""Facts about docs/monitor.md: what it states is what the code does."""

import re
import shlex
from argparse import ArgumentParser
from pathlib import Path

from evalgate.adapters.traffic_counts import FINE, MOST_PLACES, MOST_USERS
from evalgate.cli.monitor import EXIT_CODES, add_arguments
from evalgate.cli.monitor_loop import EVERY
from evalgate.reporting.monitor_metrics import MOST_SERIES, metrics_text
from evalgate.reporting.monitor_words import WORDS
from tests.unit.reporting.boards import fallen
from tests.unit.reporting.expositions import parse

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "monitor.md").read_text("utf-8")
COMMANDS = re.findall(r"^evalgate monitor.*$", PAGE, re.M)


def parser() -> ArgumentParser:
    made = ArgumentParser()
    add_arguments(made)
    return made


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table whose first row begins so."""
    table = PAGE.partition(f"| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_every_command_of_the_page_is_understood() -> None:
    assert len(COMMANDS) == 5
    for command in COMMANDS:
        parser().parse_args(shlex.split(command, comments=True)[2:])


def test_every_option_is_on_the_page_and_no_other() -> None:
    known = {
        max(action.option_strings, key=len)
        for action in parser()._actions
        if action.option_strings and action.dest != "help"
    }
    told = {name for row in rows("option") for name in re.findall(r"`(--[a-z-]+)", row[0])}
    assert told == known


def test_each_standing_ends_as_the_page_says() -> None:
    told = {row[0]: int(row[2]) for row in rows("standing")}
    assert told == {WORDS[standing]: int(code) for standing, code in EXIT_CODES.items()}


def test_every_metric_is_on_the_page_with_its_type() -> None:
    told = {row[0].strip("`"): row[1] for row in rows("metric")}
    assert told == {name: each.kind for name, each in parse(metrics_text(fallen())).items()}


def test_labels_are_those_of_the_metrics() -> None:
    found = parse(metrics_text(fallen()))
    for name, _, labels, *_ in rows("metric"):
        named = set(re.findall(r"`([a-z_]+)`", labels.split(":")[0]))
        own = {label for _, told in found[name.strip("`")].samples for label, _ in told} - {"le"}
        assert named <= own
        assert named == own or "the place" in labels or "what it is about" in labels


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    for number, words in (
        (f"{FINE / 3600:.0f} hours", "Minutes are kept for"),
        (f"{MOST_PLACES:,} places", "Of more than"),
        (f"{MOST_USERS:,} in an hour", "users beyond"),
        (f"{MOST_SERIES} places", "Of more than"),
        (f"(default: {EVERY:g})", "look so often"),
    ):
        assert f"{words} {number}" in PAGE


def test_the_picture_is_small_enough_for_a_page() -> None:
    assert (DOCS / "monitor.png").stat().st_size < 300_000
