"""Facts about `docs/delivery-engines.md`: what it shows is what the server says and takes."""

import json
import re
from argparse import ArgumentParser
from pathlib import Path

import pytest

from evalgate.adapters.readings import STALE_AFTER
from evalgate.adapters.verdict_server import MOST_AT_ONCE, MOST_BYTES, PATIENCE
from evalgate.cli.serve_verdict import PORT, add_arguments
from evalgate.cli.verdict_token import TOKEN
from evalgate.model.milestone import Phase
from evalgate.model.rollout import Lack, Outcome, RolloutReport
from evalgate.rollout.verdict_answer import answer
from evalgate.rollout.verdict_question import Hook, Question
from tests.unit.engines.argo import metric_of
from tests.unit.engines.manifests import documents
from tests.unit.rollout.known_rollouts import STARTED, known_rollout

TEXT = (Path(__file__).parents[2] / "docs/delivery-engines.md").read_text("utf-8")


def rows(title: str) -> list[list[str]]:
    """Return the cells of the first table under a heading."""
    _, found, rest = TEXT.partition(f"\n## {title}\n")
    assert found, title
    table = rest.partition("|---")[2].partition("\n")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]


def test_the_document_that_is_shown_is_one_that_is_sent() -> None:
    shown = re.search(r"^\{\"schema\".*?\}\]\}$", TEXT, re.M | re.S)
    assert shown is not None
    message = "61 of 100 units of the canary arm are scored"
    lack = Lack(code="units_canary", message=message, until=STARTED + 7_200)
    report = known_rollout(lacks=(lack,))
    sent = answer(Question(prompt="support-reply"), report).document
    assert json.loads(shown[0]) == sent
    assert list(json.loads(shown[0])) == list(sent)


@pytest.mark.parametrize(
    ("report", "version", "row"),
    [
        (known_rollout(Outcome.ADVANCE), "", 0),
        (known_rollout(Outcome.HOLD), "v4", 1),
        (known_rollout(Outcome.ADVANCE, Phase.HELD), "", 1),
        (known_rollout(Outcome.ADVANCE, Phase.PREFLIGHT), "", 1),
        (known_rollout(Outcome.ROLL_BACK), "v4", 2),
        (known_rollout(Outcome.HOLD, Phase.PROMOTED), "v4", 3),
        (known_rollout(Outcome.HOLD, Phase.ROLLED_BACK), "", 3),
        (None, "", 3),
        (known_rollout(Outcome.HOLD, Phase.ROLLED_BACK), "v4", 4),
        (known_rollout(Outcome.ADVANCE), "v5", 5),
        (None, "v4", 5),
    ],
)
def test_the_table_of_verdicts_says_what_the_code_does(
    report: RolloutReport | None, version: str, row: int
) -> None:
    told = answer(Question(prompt="p", version=version), report)
    idle = str(told.document["idle"]).lower()
    assert rows("What is answered")[row][1:] == [
        str(told.status),
        f"`{told.document['verdict']}`",
        idle,
    ]


def test_every_hook_is_told() -> None:
    listed = re.findall(r"^\| `([a-z-]+)`(?:, `([a-z-]+)`)? \| .* \| .* \|$", TEXT, re.M)
    named = {word for row in listed for word in row if word}
    assert set(Hook) - {Hook.VERDICT} <= named


def test_every_option_is_told_with_its_default() -> None:
    parser = ArgumentParser()
    add_arguments(parser)
    table = "\n".join("|".join(row) for row in rows("Running the server"))
    for action in parser._actions:
        if action.dest != "help":
            assert f"`{action.option_strings[0]}" in table, action.dest
    assert f"default {PORT}" in table
    assert f"default {parser.get_default('every'):g}" in table
    assert f"default {parser.get_default('host')}" in table


def test_the_numbers_are_those_of_the_code() -> None:
    assert STALE_AFTER == 3
    assert "three times `--every`" in TEXT
    assert f"lasts {PATIENCE:g} seconds at most, {MOST_AT_ONCE} are answered at once" in TEXT
    assert f"a body has at most {MOST_BYTES:,} bytes" in TEXT
    assert f"`{TOKEN}` names a token" in TEXT
    gate = metric_of(documents("argo/analysis-template.yaml")[0], {"prompt": "p"})
    assert f"after {gate.limit('consecutiveErrorLimit')} times in a row, 15 minutes" in TEXT
    assert gate.limit("inconclusiveLimit") == 24 * 60
