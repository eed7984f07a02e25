"""Facts about the pages on alarms and error budgets: their figures are those of the code."""

import re
from pathlib import Path

import pytest

from benchmarks.alarms import KINDS, TABLES, first_alarms
from evalgate.deciding.anchor_shift import LEVEL
from evalgate.deciding.cumulative_sum import TUNED_FOR
from evalgate.deciding.moving_window import Promise, Spread, window_for
from evalgate.model.alarm import Urgency
from evalgate.model.monitoring import AlarmRules
from evalgate.monitoring.alarms.burning import FEWEST_BAD, PAIRS, REACHABLE
from evalgate.monitoring.alarms.judge_alarms import PART
from evalgate.monitoring.alarms.quality import MOSTLY
from evalgate.monitoring.alarms.quality_budget import LONG, MULTIPLES, SHORT
from evalgate.monitoring.alarms.silence import PATIENCE
from evalgate.monitoring.alarms.watching import DRIFTS, WHOLE

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "alarms.md").read_text("utf-8")
BUDGETS = (DOCS / "error-budgets.md").read_text("utf-8")
RULES = AlarmRules()


def shown(name: str) -> list[tuple[str, ...]]:
    """Return the rows of a table of the page, its header first and without the line below it."""
    [text] = re.findall(f"^<!-- {name} -->\n(.*?)^<!-- /{name} -->$", PAGE, re.M | re.S)
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    told = [tuple(cell.strip() for cell in row[1:-1].split("|")) for row in rows]
    return [row for row in told if not row[0].startswith("---")]


def test_the_tables_are_those_of_the_script_each_with_its_command() -> None:
    assert {name: shown(name)[0] for name in TABLES} == {
        name: table.header for name, table in TABLES.items()
    }
    assert re.findall(r"--only ([\w-]+) --write`\n\n<!-- ([\w-]+) -->", PAGE) == [
        (name, name) for name in TABLES
    ]
    told = re.findall(r"^\*([\d,]+) streams of each row\.\*$", PAGE, re.M)
    assert told == [f"{table.runs:,}" for table in TABLES.values()]
    for name in TABLES:
        assert {row[0] for row in shown(name)[1:]} == set(KINDS)


def test_no_kind_of_scores_alarms_more_often_than_promised() -> None:
    for row in shown("false-alarms")[1:]:
        pages, tickets = (
            float(low) for cell in row[3:] for low in re.findall(r"\(([\d.]+)–", cell)
        )
        assert pages <= 100 * RULES.false_alarms * WHOLE
        assert tickets <= 110 * DRIFTS


def test_a_stream_of_the_benchmark_is_watched_as_production_is() -> None:
    window, page, ticket = first_alarms("grades, deviation .11", 2_000, 0.1, 1)
    assert 90 < window < 115
    assert page is not None
    assert page < window
    assert ticket is not None


def test_the_windows_in_the_text_are_those_of_the_formula() -> None:
    [(grades, passes)] = re.findall(
        r"about (\d+) scores for grades with a deviation of \.11 and about (\d+) for passes", PAGE
    )
    sure = Promise(RULES.false_alarms)
    plain = Spread(lost=0.2, sd=0.11, skew=0.0, n=1e9, is_binary=False, worth=1.0)
    binary = Spread(lost=0.1, sd=0.3, skew=0.0, n=1e9, is_binary=True, worth=1.0)
    assert window_for(plain, 0.05, promise=sure, fewest=30) == pytest.approx(int(grades), abs=5)
    assert window_for(binary, 0.05, promise=sure, fewest=30) == pytest.approx(int(passes), abs=20)


@pytest.mark.parametrize(
    "said",
    [
        f"`max_drop` ({100 * RULES.max_drop:g} points)",
        f"`false_alarms` ({RULES.false_alarms:.0%}".replace("%", " %"),
        f"about as rare as {100 * DRIFTS:g} % in 10,000",
        f"k is {TUNED_FOR / 2:g} · `max_drop`",
        f"at most .{f'{LEVEL:.4f}'[2:]} by chance",
        f"Where the shares explain {100 * MOSTLY:g} %",
        f"When {RULES.fewest} calls were sampled more than {PATIENCE / 3600:g} hours ago",
    ],
)
def test_the_figures_of_the_text_are_those_of_the_code(said: str) -> None:
    assert said in PAGE


def test_the_shares_that_the_text_writes_out_are_those_of_the_code() -> None:
    assert (PART, WHOLE, REACHABLE) == (0.25, 0.5, 0.8)
    assert "A clear move of a quarter of `max_drop`" in PAGE
    assert "Half is for the whole prompt" in PAGE
    assert "four fifths" in BUDGETS


def test_the_windows_of_error_budgets_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| ([\w ]+) \| ([\d.]+) \| [^|]+ \| (\w+) \|$", BUDGETS, re.M)
    assert rows == [(each.name, f"{each.multiple:g}", each.urgency.value) for each in PAIRS]
    assert f"`fewest` calls ({RULES.fewest}) and {FEWEST_BAD} bad ones" in BUDGETS
    assert (
        f"of {LONG} and {SHORT} scores, with a burn of {MULTIPLES[Urgency.PAGE]:g} for" in BUDGETS
    )
    assert f"and {MULTIPLES[Urgency.TICKET]:g} for a ticket" in BUDGETS
