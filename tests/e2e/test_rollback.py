"""Facts about `evalgate rollback`, the whole command."""

import json
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import pytest

from evalgate.adapters.git_process import check
from evalgate.adapters.git_writing import commit_all, create_repository
from evalgate.model.prompt import Switch
from tests.e2e.prompt_shop import HISTORY, LIVE, evalgate, make_prompts, pointer

HEAVY = ("anthropic", "aiohttp", "asyncio", "jinja2", "msgspec", "regex", "rich", "vl_convert")
COMMAND = "import sys; from evalgate.cli.main import main; sys.exit(main())"
LOADED = f"""
import sys
from evalgate.cli.main import main
code = main(sys.argv[1:])
sys.stderr.write(" ".join(name for name in {HEAVY} if name in sys.modules))
sys.exit(code)
"""


def test_a_rollback_is_one_command_that_says_what_is_next(tmp_path: Path) -> None:
    done = evalgate(make_prompts(tmp_path), "rollback", "p", "--reason", "it's wrong")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "v2 of p gets all of the traffic again.",
        f"{LIVE} is written: processes that watch this folder follow it within a second.",
        "Make the same move in the repository that is deployed from, or the next deploy brings v3"
        " back.",
    ]
    move = pointer(tmp_path).history[-1]
    assert (move.stable, move.by, move.why) == ("v2", "ann", "rollback from v3: it's wrong")
    assert (tmp_path / LIVE).read_text().startswith("# ours\nstable: v2\n")


def test_in_a_repository_the_commands_for_the_commit_can_be_pasted(tmp_path: Path) -> None:
    create_repository(tmp_path, "main")
    check(tmp_path, "config", "user.name", "Bo")
    check(tmp_path, "config", "user.email", "bo@example.com")
    commit_all(make_prompts(tmp_path), "first")
    done = evalgate(tmp_path, "rollback", "p")
    [command] = [line for line in done.stdout.splitlines() if line.startswith("  git add")]
    pasted = command.removesuffix(" && git push")
    subprocess.run(pasted, shell=True, cwd=tmp_path, check=True, capture_output=True)  # noqa: S602
    assert check(tmp_path, "status", "--porcelain") == b""
    assert check(tmp_path, "log", "-1", "--format=%s") == b"Roll p back to v2\n"
    assert pointer(tmp_path).history[-1].by == "Bo"


def test_from_elsewhere_the_commands_name_the_repository(tmp_path: Path) -> None:
    create_repository(tmp_path / "repo", "main")
    make_prompts(tmp_path / "repo")
    done = evalgate(tmp_path, "rollback", "p", "--folder", "repo/prompts")
    root = (tmp_path / "repo").resolve()
    assert f"  git -C {root} add {root}/{LIVE} && git -C {root} commit" in done.stdout


def test_a_rollback_loads_nothing_heavy_and_needs_no_git(tmp_path: Path) -> None:
    nothing = tmp_path / "empty"
    nothing.mkdir()
    done = evalgate(make_prompts(tmp_path), "rollback", "p", program=LOADED, PATH=str(nothing))
    assert (done.returncode, done.stderr) == (0, "")
    assert pointer(tmp_path).stable == "v2"


@pytest.mark.alone
def test_a_rollback_takes_little_longer_than_an_interpreter_takes_to_start(tmp_path: Path) -> None:
    make_prompts(tmp_path)
    times, bare = [], []  # loading the SDK takes forty times as long as the bare start
    for words in (("rollback", "p"), ("switch", "p", "v3")) * 3:
        start = perf_counter()
        assert evalgate(tmp_path, *words, program=COMMAND).returncode == 0
        times.append(perf_counter() - start)
        start = perf_counter()
        subprocess.run([sys.executable, "-c", "import argparse, yaml"], check=True)
        bare.append(perf_counter() - start)
    assert min(times) < 10 * min(bare)


def test_a_dry_run_shows_the_difference_and_writes_nothing(tmp_path: Path) -> None:
    before = (make_prompts(tmp_path) / LIVE).read_bytes()
    done = evalgate(tmp_path, "rollback", "p", "--dry-run")
    assert {"-stable: v3", "+stable: v2"} <= set(done.stdout.splitlines())
    assert (tmp_path / LIVE).read_bytes() == before


def test_machines_are_told_what_was_done(tmp_path: Path) -> None:
    make_prompts(tmp_path, live=f"stable: v3\ncanary: {{version: v4, percent: 5}}\n{HISTORY}")
    told = json.loads(evalgate(tmp_path, "rollback", "p", "--json").stdout)
    assert (told["written"], told["before"]["canary"]["version"]) == (True, "v4")
    assert told["after"] == {"stable": "v3", "canary": None, "disabled": False, "model": None}


def test_a_model_rolls_back_as_a_version_does(tmp_path: Path) -> None:
    make_prompts(tmp_path)
    assert evalgate(tmp_path, "switch", "p", "--model", "claude-haiku-5-5").returncode == 0
    assert pointer(tmp_path).switch == Switch(model="claude-haiku-5-5")
    assert evalgate(tmp_path, "rollback", "p", "--model").returncode == 0
    assert pointer(tmp_path).switch == Switch()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pp",), "there is no prompt `pp` in prompts (did you mean `p`?)"),
        (("p", "--to", "v4"), "v4 of `p` was never stable (in the history: v1, v2, v3)"),
        (("p", "--model"), "there is no model to roll back to"),
        (("p", "--folder", "none"), "cannot read the prompts in none"),
    ],
)
def test_what_cannot_be_done_is_an_error_and_nothing_is_written(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    before = (make_prompts(tmp_path) / LIVE).read_bytes()
    done = evalgate(tmp_path, "rollback", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert (tmp_path / LIVE).read_bytes() == before


def test_a_version_that_cannot_be_read_is_not_gone_back_to(tmp_path: Path) -> None:
    before = (make_prompts(tmp_path) / LIVE).read_bytes()
    (tmp_path / "prompts/p/v2.md").write_text("no front matter")
    done = evalgate(tmp_path, "rollback", "p")
    assert done.returncode == 2
    assert "v2 cannot be served: nothing was written" in done.stderr
    assert (tmp_path / LIVE).read_bytes() == before
    assert evalgate(tmp_path, "rollback", "p", "--to", "v1").returncode == 0
