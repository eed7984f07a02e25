"""Facts about the statistician's page: its tables are generated, its sizes and laws are tested."""

import json
import math
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.worlds import World, drawn_rates
from evalgate.deciding.bounds import (
    Difference,
    Sample,
    lower_bound,
    mean_and_error,
    sample,
    smallest_set,
    upper_bound,
)
from evalgate.deciding.looks import FEWEST_UNITS, HALF_FROM, planned_looks
from evalgate.model.policy import GateRules, RunSettings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/statistics.md").read_text("utf-8")
ALPHA = GateRules().alpha
ROUNDS = RunSettings().most_trials
LEVELS = [ALPHA, planned_looks(HALF_FROM, rounds=ROUNDS, alpha=ALPHA)[-1].level]


def drawn(values: list[float]) -> Sample:
    return sample([Difference(value=value) for value in values])


def test_the_tables_are_those_of_the_script_each_with_its_header() -> None:
    program = (
        "import json\n"
        "from benchmarks.error_rates import TABLES\n"
        "print(json.dumps({name: header for name, (header, _) in TABLES.items()}))\n"
    )
    command = (sys.executable, "-c", program)
    said = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    wanted = {name: f"| {' | '.join(header)} |" for name, header in json.loads(said).items()}
    found = re.findall(r"^<!-- (\w+) -->\n([^\n]*)\n.*?^<!-- /\1 -->$", PAGE, re.M | re.S)
    assert dict(found) == wanted
    assert len(found) == len(re.findall(r"^<!-- \w+ -->$", PAGE, re.M))


def test_each_table_names_the_command_that_makes_it() -> None:
    marks = re.findall(r"--only (\w+) --write`\n\n<!-- (\w+) -->", PAGE)
    assert [name for name, _ in marks] == [mark for _, mark in marks]
    assert len(marks) == len(re.findall(r"^<!-- \w+ -->$", PAGE, re.M))


def test_every_law_names_a_test() -> None:
    rows = re.findall(r"^\| .* \| (`test_.*) \|$", PAGE, re.M)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "tests/unit").rglob("test_*.py"))
    assert len(named) > len(rows) > 9
    assert [name for name in sorted(named) if f"def {name}(" not in sources] == []


def test_the_levels_are_those_of_the_plan() -> None:
    rows = re.findall(r"^\| [^|]+ \| (\d\.\d\d) % \| (?:(\d\.\d\d) %|–) \|$", PAGE, re.M)
    large, small = zip(*rows, strict=True)
    for told, units in ((large, HALF_FROM), (filter(None, small), FEWEST_UNITS)):
        looks = planned_looks(units, rounds=ROUNDS, alpha=ALPHA)
        assert list(told) == [f"{100 * look.level:.2f}" for look in looks]


def test_the_smallest_sets_are_those_of_the_engine() -> None:
    [told] = re.findall(r"ever passes: ([^.]+)\.", " ".join(PAGE.split()))
    sizes = re.findall(r"(\d+)(?: cases)? for (\d+)", told)
    assert [(smallest_set(int(limit) / 100, ALPHA), limit) for _, limit in sizes] == [
        (int(cases), limit) for cases, limit in sizes
    ]
    assert len(sizes) == 5


@settings(deadline=None)
@given(
    lost=st.integers(0, 25),
    won=st.integers(0, 25),
    same=st.integers(0, 400),
    level=st.sampled_from(LEVELS),
)
def test_the_lower_bound_is_about_half_a_case_from_the_mirrored_upper_one_at_most(
    lost: int, won: int, same: int, level: float
) -> None:
    values = [-1.0] * lost + [1.0] * won + [0.0] * max(same, 60 - lost - won)
    of, mirrored = drawn(values), drawn([-value for value in values])
    gap = -upper_bound(mirrored, level) - lower_bound(of, level)
    # A tenth more where most cases flip: L also divides by half a case less.
    assert abs(gap) <= 1.1 * (1 + abs(of.mean)) / (2 * len(values))


def test_where_cases_flip_the_mirrored_bounds_differ_by_nearly_half_a_case() -> None:
    values = [-1.0] * 10 + [1.0] * 10 + [0.0] * 80
    gap = -upper_bound(drawn(values), ALPHA) - lower_bound(drawn(values), ALPHA)
    assert 0.004 < gap <= 0.005


@pytest.mark.parametrize(("cases", "percent"), [(60, 0.8), (200, 0.25)])
def test_clusters_of_one_widen_the_error_by_a_known_factor(cases: int, percent: float) -> None:
    values = [-1.0, 0.5, *[0.0] * (cases - 2)]
    plain = drawn(values)
    named = sample([Difference(value=each, cluster=f"c{i}") for i, each in enumerate(values)])
    for halves, size in (((-1.0,), cases + 0.5), ((-1.0, 1.0), cases + 1.0)):
        factor = mean_and_error(named, halves)[1] / mean_and_error(plain, halves)[1]
        assert factor == pytest.approx(math.sqrt(size / (size - 1)))
        assert 100 * (factor - 1) == pytest.approx(percent, rel=0.05)


@settings(deadline=None)
@given(
    rest=st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), max_size=30),
    fraction=st.floats(0, 1),
    same=st.integers(60, 300),
)
def test_an_improving_fraction_lowers_the_bound_by_a_known_part_of_a_case_at_most(
    rest: list[float], fraction: float, same: int
) -> None:
    others = [*rest, *[0.0] * same]
    before, after = drawn([fraction, *others]), drawn([1.0, *others])
    for level, most in zip(LEVELS, (0.1, 0.27), strict=True):
        lowered = lower_bound(before, level) - lower_bound(after, level)
        assert lowered <= most / (len(others) + 1)


@pytest.mark.parametrize("diffuse", [False, True])
def test_a_drift_of_both_arms_leaves_the_drop_as_large_as_the_table_says(diffuse: bool) -> None:
    world = World(cases=20_000, drop=0.05, drift=0.2, diffuse=diffuse)
    rates = drawn_rates(world, random.Random("drift"))  # noqa: S311 - repeatable draws, no secret
    kept = 1 - world.drift / world.pass_rate
    drop = kept * sum(before - after for before, after in rates) / len(rates)
    assert drop == pytest.approx(world.drop, abs=0.006)
