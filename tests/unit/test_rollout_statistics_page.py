"""Facts about the page on rollouts' statistics: its tables are those of the simulation."""

import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.courses import Ending, ending, quality_alone
from benchmarks.rollouts import TABLES, WORLDS, rollout_row, worlds
from benchmarks.traffic import World
from evalgate.deciding.event_share import RATIOS
from evalgate.model.policy import RolloutRules
from evalgate.rollout.evidence import WEIGHTS

PAGE = (Path(__file__).parents[2] / "docs/rollout-statistics.md").read_text("utf-8")
RULES = RolloutRules()


def shown(name: str) -> list[tuple[str, ...]]:
    """Return the rows of a table of the page, its header first."""
    [text] = re.findall(f"^<!-- {name} -->\n(.*?)^<!-- /{name} -->$", PAGE, re.M | re.S)
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    return [tuple(cell.strip() for cell in row[1:-1].split("|")) for row in rows]


def rates(name: str) -> Iterator[tuple[float, float, float]]:
    """Yield of each row in percent how often each of the three ends came."""
    for row in shown(name)[2:]:
        first, second, third = (float(cell.split()[0]) for cell in row if re.search(r"–", cell))
        yield first, second, third


def test_the_tables_are_those_of_the_script_each_with_its_header_and_its_command() -> None:
    assert {name: shown(name)[0] for name in TABLES} == {
        name: table.header for name, table in TABLES.items()
    }
    assert re.findall(r"^<!-- (\w+) -->$", PAGE, re.M) == list(TABLES)
    assert re.findall(r"--only (\w+) --write`\n\n<!-- (\w+) -->", PAGE) == [
        (name, name) for name in TABLES
    ]


def test_each_table_has_as_many_rollouts_of_each_row_as_the_script_says() -> None:
    told = re.findall(r"^\*([\d,]+) rollouts of each row\.\*$", PAGE, re.M)
    assert told == [f"{table.runs:,}" for table in TABLES.values()]


def test_each_world_has_its_row() -> None:
    named = [(name, f"{world.units:,.0f}") for name, world in worlds()]
    assert [row[:2] for row in shown("rollouts")[2:]] == named


@pytest.mark.parametrize("name", TABLES)
def test_the_ends_of_a_row_are_all_rollouts(name: str) -> None:
    assert [sum(ends) for ends in rates(name)] == pytest.approx(
        [100.0] * (len(shown(name)) - 2), abs=0.11
    )


def at_most(chance: float, *, runs: int) -> float:
    """Return what a share that is no more than this may come to in a simulation, in percent."""
    return 100 * (chance + 2 * math.sqrt(chance * (1 - chance) / runs))


def test_a_version_that_is_no_worse_is_rolled_back_as_seldom_as_promised() -> None:
    most = {name: at_most(RULES.alpha, runs=table.runs) for name, table in TABLES.items()}
    named = [row[0] for row in shown("rollouts")[2:]]
    for what, (_, rolled_back, _) in zip(named, rates("rollouts"), strict=True):
        if what == "unchanged":
            assert rolled_back <= most["rollouts"]
    for row, (_, rolled_back, _) in zip(shown("quality")[2:], rates("quality"), strict=True):
        if row[1] == "0":
            assert rolled_back <= most["quality"]


def test_a_version_as_bad_as_the_limit_is_promoted_as_seldom_as_promised() -> None:
    most = at_most(1 / RULES.stages[-2].proof, runs=TABLES["quality"].runs)
    for row, (promoted, _, _) in zip(shown("quality")[2:], rates("quality"), strict=True):
        if row[1] == "5":
            assert promoted <= most


@pytest.mark.parametrize("name", ["three times as slow", "twice as dear"])
def test_a_few_rollouts_end_as_the_page_says(name: str) -> None:
    number = [row[0] for row in shown("rollouts")[2:]].index(name)
    told = list(rates("rollouts"))[number]
    few = rollout_row(name, WORLDS[name], [ending(WORLDS[name], seed) for seed in range(10)])
    assert [float(cell.split()[0]) for cell in few[2:5]] == pytest.approx(told, abs=1.0)


def test_a_seed_draws_one_course() -> None:
    world = WORLDS["twice as dear"]
    assert ending(world, 1) == ending(world, 1)
    assert ending(world, 1) != ending(world, 2)
    assert quality_alone(0.1, 0.1, share=0.5, seed=1) == quality_alone(0.1, 0.1, share=0.5, seed=1)


@pytest.mark.full
def test_looks_that_are_passed_over_change_nothing() -> None:
    def ends(world: World, seed: int, every_look: bool) -> Ending:
        return ending(world, seed, every_look=every_look)

    quick = [
        (WORLDS["10 points lost"], 3),
        (WORLDS["refusals 5 %, not 0.2"], 3),
        (WORLDS["errors 3 %, not 0.5"], 2),
    ]
    found = [[ends(*each, every_look=every) for every in (False, True)] for each in quick]
    assert [sparse for sparse, _ in found] == [every for _, every in found]
    assert {sparse.how for sparse, _ in found} == {"rolled back"}


def test_the_page_states_the_weights_the_ratios_and_the_proofs_that_the_code_has() -> None:
    listed = ", ".join(f"{ratio:g}" for ratio in RATIOS)
    assert f"θ = {listed}" in PAGE
    assert sorted(WEIGHTS.values()) == [1 / 16] * 4 + [3 / 4]
    assert "3/4 E(quality) + 1/16" in PAGE
    proofs = ", ".join(f"{stage.proof:g}" for stage in RULES.stages[:-1])
    assert f"reaches {proofs}" in PAGE
