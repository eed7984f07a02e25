"""Facts about `docs/smell.md`: its tables are complete, and its walk-through prints what it says."""

import json
import re
import shlex
import shutil
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import replace
from math import exp, lgamma, log
from pathlib import Path

import pytest
import yaml

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.spool import MOST_LINE_BYTES, TOLD_EVERY
from evalgate.adapters.spool_lines import line_of
from evalgate.cli.main import main
from evalgate.cli.smell import DROP, add_arguments
from evalgate.deciding.smell_drop import Course, drop_of
from evalgate.grading.evalset import read_evalset
from evalgate.model.chat import Completion
from evalgate.model.sample import Stratum
from evalgate.model.serving import Mark
from evalgate.model.smell import Smell
from evalgate.model.smell_baseline import PassCount
from evalgate.prompts.render import render
from evalgate.prompts.version import read_version
from evalgate.runtime.smelling.smell import LOOKED_AT, MOST_CHARACTERS
from evalgate.simulator.fakes import RuleModel
from evalgate.simulator.rules import read_rules
from tests.edges.samples import make_sample

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/smell.md").read_text("utf-8")
PROMPT = "support-reply"


def rows(heading: str) -> list[str]:
    """Return the first word of each row of the table under a heading."""
    table = PAGE.partition(f"| {heading} |")[2].partition("\n\n")[0]
    return re.findall(r"^\| `([^` ]+)[^`]*` \|", table, re.M)


def consoles() -> Iterator[tuple[list[str], str]]:
    """Yield each command of the walk-through with what it prints."""
    for block in re.findall(r"^```console\n(.*?)^```", PAGE, re.M | re.S):
        for command, printed in re.findall(r"^\$ evalgate (.*)\n((?:(?!\$ ).*\n)*)", block, re.M):
            yield shlex.split(command), printed


async def answers() -> list[Completion]:
    """Return a hundred answers of the example's first version, as the simulator gives them."""
    path, place = "evalsets/support-replies.yaml", f"prompts/{PROMPT}/v1.md"
    rulebook = f"evalgate/simulator/rulebooks/{PROMPT}.yaml"
    evalset = read_evalset(
        FORMATS.read_yaml(path, (ROOT / path).read_bytes()),
        name="support-replies",
        tree={},
        parser=FORMATS,
    )
    version = read_version(PROMPT, place, content=(ROOT / place).read_bytes(), parser=FORMATS)
    model = RuleModel([read_rules(FORMATS.read_yaml(rulebook, (ROOT / rulebook).read_bytes()))])
    told = []
    for number in range(100):
        case = evalset.cases[number % len(evalset.cases)]
        request = replace(render(version, case), trial=f"{case.id}/{number}")
        answer = await model.send(request, within=1)
        assert isinstance(answer, Completion)
        told.append(answer)
    return told


def write(path: Path, told: list[tuple[str, str]]) -> None:
    lines = (
        json.dumps({"prompt": PROMPT, "text": text, "stop_reason": why}) + "\n"
        for text, why in told
    )
    path.write_text("".join(lines), "utf-8")


async def test_the_walk_through_prints_what_the_page_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In November every ninth answer is cut off: as if `max_tokens` had been lowered."""
    told = [(answer.text, answer.stop_reason) for answer in await answers()]
    told[41], told[77] = ("", "end_turn"), ("Best regards,\n[Your Name]", "end_turn")
    cut = [
        (text[:60], "max_tokens") if number % 9 == 0 else (text, why)
        for number, (text, why) in enumerate(told)
    ]
    shutil.copytree(ROOT / "prompts", tmp_path / "prompts")
    write(tmp_path / "october.jsonl", told)
    write(tmp_path / "november.jsonl", cut)
    write(tmp_path / "today.jsonl", cut[:9])
    codes, printed, expected = [], [], []
    with chdir(tmp_path):
        for words, shown in consoles():
            codes.append(main(words))
            printed.append(capsys.readouterr().out)
            expected.append(shown)
    assert printed == expected
    assert codes == [0, 1, 3]


def test_what_the_walk_through_offers_for_runtime_yml_is_yaml() -> None:
    text = PAGE.partition("# for runtime.yml\n")[2].partition("```")[0]
    rules = yaml.safe_load(text)["smell"][PROMPT]
    assert list(rules) == ["length", "scripts"]


def test_every_smell_is_documented_in_its_order() -> None:
    assert rows("smell | found when") == list(Smell)


def test_every_stratum_and_mark_is_documented() -> None:
    assert rows("stratum | holds") == list(Stratum)
    assert all(f"`{mark}`" in PAGE for mark in Mark)


def test_every_option_is_documented() -> None:
    parser = ArgumentParser(add_help=False)
    add_arguments(parser)
    assert set(rows("option | meaning")) == {
        *re.findall(r"--[a-z]+", parser.format_usage()),
        "FILE",
    }


def test_every_course_is_documented() -> None:
    assert rows("course | when") == list(Course)


def test_every_key_of_a_sampled_call_is_documented() -> None:
    line = json.loads(line_of(make_sample()))
    told = re.search(r"A line holds (.+?)\.\n", PAGE, re.S)
    assert told is not None
    assert re.findall(r"`(\w+)`", told[1]) == list(line)[1:]


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"first and the last {LOOKED_AT:,} characters" in PAGE
    assert f"more than {MOST_CHARACTERS:,} characters" in PAGE
    assert f"longer than {MOST_LINE_BYTES / 1e6:g} MB" in PAGE
    assert f"once in {TOLD_EVERY:g} seconds" in PAGE
    assert f"| `--drop POINTS` | the drop that is too much; {DROP:g}" in PAGE


def test_the_table_of_chances_is_true() -> None:
    """Each row: true rates before and now, answers on both sides, and how often what is said."""
    table = PAGE.partition("| before → now |")[2].partition("\n\n")[0]
    found = re.findall(
        r"^\| (\d+)% → (\d+)% \| (\d+) \| (\d+)% \| (\d+)% \| (\d+)% \|", table, re.M
    )
    assert len(found) == 4
    for before, now, of, *said in found:
        chances = courses(float(before) / 100, float(now) / 100, int(of))
        told = [round(100 * chances[course]) for course in Course]
        assert told == [int(each) for each in said], (before, now, of, told)


def courses(before: float, now: float, of: int) -> dict[Course, float]:
    """Return the exact chance of each conclusion."""
    chances = dict.fromkeys(Course, 0.0)
    lasts = list(binomial(now, of))
    for was, first in binomial(before, of):
        for passed, last in lasts:
            drop = drop_of(
                PassCount(passed=was, of=of), PassCount(passed=passed, of=of), limit=0.05
            )
            chances[drop.course] += first * last
    return chances


def binomial(rate: float, of: int) -> Iterator[tuple[int, float]]:
    """Yield the counts that matter with their chances."""
    for passed in range(of + 1):
        ways = lgamma(of + 1) - lgamma(passed + 1) - lgamma(of - passed + 1)
        chance = exp(ways + passed * log(rate) + (of - passed) * log(1 - rate))
        if chance > 1e-6:
            yield passed, chance
