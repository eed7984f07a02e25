"""Facts about the files of a run: all of them from one value, the same ones whenever written."""

import base64
import json
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evalgate.adapters.git_writing import commit_all
from tests.e2e.shop import Claude, make_shop, run, simulated_claude, version, write

LINES = re.compile(r'<tr class="is-(gone|added)">.*?<td class="text">(.*?)</td></tr>')
FILES = ("report.html", "comment.md", "summary.md", "verdict.json", "junit.xml")


@pytest.fixture(scope="module")
def claude() -> Iterator[Claude]:
    with simulated_claude() as server:
        yield server


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, claude: Claude) -> Path:
    """A shop with a record and a run of a version that breaks every case."""
    shop = make_shop(tmp_path_factory.mktemp("reports") / "shop", cases=20)
    recorded = run(shop, "record", "--trials", "2", server=claude)
    assert recorded.returncode == 0, recorded.stderr
    (shop / "prompts/p/v2.md").unlink()
    commit_all(shop, "a record")
    kept = shop / "reports/baselines/p.p.jsonl"
    for text in (kept.read_text() + "oops\n", kept.read_text()):
        kept.write_text(text)
        commit_all(shop, "broken, then mended")
    write(shop, {"prompts/p/v2.md": version("Be brief.")})
    done = run(shop, "gate", "--base", "main", "--out", "run", server=claude)
    assert done.returncode == 1, done.stderr
    return shop


def packed(html: str, id_: str) -> Any:
    found = re.search(rf'id="{id_}"[^>]*>([^<]*)<', html)
    assert found
    return json.loads(zlib.decompress(base64.b64decode(found[1])))


@pytest.mark.full
def test_rendering_again_gives_the_same_bytes_in_another_process(
    shop: Path, claude: Claude
) -> None:
    before = {name: (shop / "run" / name).read_bytes() for name in FILES}
    command = [sys.executable, "-m", "evalgate", "report", "run"]
    for seed in ("1", "2"):
        environment = {
            "PATH": "/usr/bin:/bin",
            "PYTHONHASHSEED": seed,
            "TZ": "Asia/Tokyo",
            "PYTHONPATH": os.pathsep.join(sys.path),
            # What a record says holds for where its answers came from.
            "ANTHROPIC_BASE_URL": claude.base_url,
        }
        for name in FILES:
            (shop / "run" / name).unlink()
        done = subprocess.run(command, cwd=shop, env=environment, capture_output=True, check=False)
        assert done.returncode == 1, done.stderr
        assert {name: (shop / "run" / name).read_bytes() for name in FILES} == before


def test_the_page_tells_the_prompts_lines_its_trend_and_every_case(shop: Path) -> None:
    html = (shop / "run/report.html").read_text("utf-8")
    assert LINES.findall(html) == [("gone", "Name the 30 days."), ("added", "Be brief.")]
    assert 'href="#trend"' in html
    assert "1 line of the records, past ones included, could not be read" in html
    (prompt,) = packed(html, "list")["prompts"]
    assert [row["outcome"] for row in prompt["cases"]] == ["regressed"] * 20
    first = packed(html, "chunk-0")[0]
    assert first["source"] == "- id: c0\n  vars:\n    question: number 0\n"
    assert first["history"][0][1:] == ["v1", "2 of 2 passed"]


def test_both_pass_rates_come_with_where_they_plausibly_lie(shop: Path) -> None:
    (prompt,) = json.loads((shop / "run/verdict.json").read_text())["prompts"]
    assert prompt["pass_rate"] == {"baseline": 1.0, "candidate": 0.0}
    least, most = prompt["pass_rate_bounds"]["baseline"]
    assert 0.8 < least < most == 1.0
    # The other arm is its mirror image.
    assert prompt["pass_rate_bounds"]["candidate"] == pytest.approx([0.0, 1 - least], abs=1e-6)


def test_the_command_of_a_case_in_the_page_runs_that_case(shop: Path, claude: Claude) -> None:
    html = (shop / "run/report.html").read_text("utf-8")
    command = packed(html, "chunk-0")[7]["command"]
    assert command.startswith("evalgate run --base ")
    done = run(shop, *command.split()[1:], "--out", "run-one", server=claude)
    assert done.returncode == 0, done.stderr
    lines = (shop / "run-one/trials.jsonl").read_text().splitlines()
    (case,) = {json.loads(line)["case"] for line in lines}
    rows = packed(html, "list")["prompts"][0]["cases"]
    assert [row["id"] for row in rows if row["place"] == 7] == [case]


def test_every_surface_begins_with_the_same_sentence(shop: Path) -> None:
    told = json.loads((shop / "run/verdict.json").read_text())["headline"]
    sentence = told.partition(": ")[2]
    for name in ("report.html", "comment.md", "summary.md"):
        text = (shop / "run" / name).read_text("utf-8")
        assert sentence in re.sub(r"\\|\u200b", "", text), name


def test_a_folder_with_nothing_to_decide_says_where_to_go_on(shop: Path, claude: Claude) -> None:
    done = run(shop, "record", "--trials", "3", "--out", "run-record", server=claude)
    assert done.returncode == 0, done.stderr
    refused = run(shop, "report", "run-record")
    assert refused.returncode == 2
    assert "`evalgate record run-record` keeps them" in refused.stderr
    write(shop, {"run-self/selftest.html": "x"})
    refused = run(shop, "report", "run-self")
    assert refused.returncode == 2
    assert "`evalgate view run-self` shows it" in refused.stderr
