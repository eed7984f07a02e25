"""Facts about `evalgate switch`, the whole command: live pointer and override of a host."""

import subprocess
from pathlib import Path

import pytest

from evalgate.adapters.files import read_yaml
from evalgate.model.override import Override
from evalgate.model.prompt import Switch
from evalgate.prompts.override_file import read_override
from tests.e2e.prompt_shop import LIVE, evalgate, make_prompts, pointer

HOST = ("--on-host", "--for", "2h")


def override(path: Path) -> Override:
    return read_override(read_yaml("override.yml", path.read_bytes()))


def on_host(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    file = str(folder / "override.yml")
    return evalgate(folder, "switch", "p", *words, EVALGATE_OVERRIDE=file)


def test_version_kill_switch_and_model_move_together(tmp_path: Path) -> None:
    make_prompts(tmp_path)
    done = evalgate(tmp_path, "switch", "p", "v1", "--disable", "--model", "claude-haiku-5-5")
    assert done.returncode == 0, done.stderr
    live = pointer(tmp_path)
    assert (live.stable, live.switch) == ("v1", Switch(disabled=True, model="claude-haiku-5-5"))
    assert live.history[-1].switch == live.switch
    assert len(live.history) == 4


def written(folder: Path) -> tuple[int, int]:
    """Return which file of the disk the pointer is, and when it was last written, in ns."""
    found = (folder / LIVE).stat()
    return found.st_ino, found.st_mtime_ns


def test_the_same_again_writes_nothing(tmp_path: Path) -> None:
    make_prompts(tmp_path)
    before = written(tmp_path)
    done = evalgate(tmp_path, "switch", "p", "v3")
    assert done.stdout.startswith("Nothing to do, since it is so already: v3 of p gets all")
    assert written(tmp_path) == before


def test_the_kill_switch_works_though_no_version_can_be_read(tmp_path: Path) -> None:
    make_prompts(tmp_path)
    for number in range(1, 5):
        (tmp_path / f"prompts/p/v{number}.md").write_bytes(b"\xff")
    assert evalgate(tmp_path, "switch", "p", "--disable").returncode == 0
    assert pointer(tmp_path).switch.disabled


def test_a_model_whose_price_is_not_known_is_warned_of(tmp_path: Path) -> None:
    done = evalgate(make_prompts(tmp_path), "switch", "p", "--model", "claude-next-9")
    assert done.returncode == 0
    assert "The price of claude-next-9 is not known here" in done.stderr
    assert "which the gate does not test" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "say what to switch"),
        (("v4",), "`evalgate promote p v4 --percent 5`"),
        (("v4", "--ungated", "--reason", "fire"), "say who answers"),
        (("--model", "gpt-9"), "expected the id of a Claude model"),
        (("v1", "--for", "2h"), "go with --on-host"),
        (("v1", "--on-host"), "nothing says where the override file of this host is"),
        (("v1", "--on-host", "--override", "o.yml"), "an override must end"),
        (("v1", *HOST, "--end", "--override", "o.yml"), "takes back all"),
        (("v1", "--on-host", "--for", "8d", "--override", "o.yml"), "at most 7d"),
        (("v1", *HOST, "--override", "none/o.yml"), "cannot write none/o.yml"),
    ],
)
def test_what_cannot_be_done_is_an_error_and_nothing_is_written(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    before = (make_prompts(tmp_path) / LIVE).read_bytes()
    done = evalgate(tmp_path, "switch", "p", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert (tmp_path / LIVE).read_bytes() == before
    assert not (tmp_path / "o.yml").exists()


def test_a_version_without_a_gate_is_written_down_as_such(tmp_path: Path) -> None:
    make_prompts(tmp_path)
    words = ("v4", "--ungated", "--reason", "v1 to v3 leak", "--by", "Ann")
    done = evalgate(tmp_path, "switch", "p", *words)
    assert done.returncode == 0, done.stderr
    assert "v4 has not passed the gate" in done.stderr
    assert pointer(tmp_path).history[-1].why == "ungated: v1 to v3 leak"


def test_what_is_broken_is_an_error_that_names_the_way_out(tmp_path: Path) -> None:
    make_prompts(tmp_path, live="stable: [\n")
    done = evalgate(tmp_path, "switch", "p", "--disable")
    assert done.returncode == 2
    assert f"{LIVE}: nothing was written: mend it" in done.stderr
    done = on_host(tmp_path, "--disable", *HOST)
    assert done.returncode == 0, done.stderr
    assert override(tmp_path / "override.yml").prompts["p"].switch == Switch(disabled=True)


def test_a_host_serves_something_else_until_an_instant_and_ends_it(tmp_path: Path) -> None:
    before = (make_prompts(tmp_path) / LIVE).read_bytes()
    done = on_host(tmp_path, "v1", "--reason", "drill", *HOST)
    assert done.returncode == 0, done.stderr
    assert "this host serves p v1 to everybody." in done.stdout
    assert on_host(tmp_path, "--model", "claude-haiku-5-5", *HOST).returncode == 0
    made = override(tmp_path / "override.yml").prompts["p"]
    assert (made.version, made.switch, made.by) == ("v1", Switch(model="claude-haiku-5-5"), "ann")
    assert on_host(tmp_path, "--on-host", "--end").returncode == 0
    assert override(tmp_path / "override.yml").prompts == {}
    assert (tmp_path / LIVE).read_bytes() == before


def test_who_moves_what_this_host_overrides_is_told_so(tmp_path: Path) -> None:
    make_prompts(tmp_path)
    assert on_host(tmp_path, "v1", *HOST).returncode == 0
    done = on_host(tmp_path, "v2")
    assert (done.returncode, pointer(tmp_path).stable) == (0, "v2")
    assert "This host does not follow: until 20" in done.stderr
    assert "`evalgate switch p --on-host --end`" in done.stderr
    assert evalgate(tmp_path, "rollback", "p").stderr == ""


def test_an_override_file_that_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    make_prompts(tmp_path)
    (tmp_path / "override.yml").write_text("prompts: [")
    assert on_host(tmp_path, "v1", *HOST).returncode == 2
    assert (tmp_path / "override.yml").read_text() == "prompts: ["


def test_a_dry_run_on_a_host_writes_nothing(tmp_path: Path) -> None:
    done = on_host(make_prompts(tmp_path), "v1", "--dry-run", *HOST)
    assert "+    version: v1" in done.stdout.splitlines()
    assert not (tmp_path / "override.yml").exists()


def test_of_many_at_once_each_is_done_or_told(tmp_path: Path) -> None:
    make_prompts(tmp_path)
    file = str(tmp_path / "prompts")
    program = f"""
import threading, io, contextlib
from evalgate.cli.main import main
codes = []
def move(version):
    codes.append(main(["switch", "p", version, "--folder", {file!r}, "--by", version]))
threads = [threading.Thread(target=move, args=(f"v{{n % 3 + 1}}",)) for n in range(12)]
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    for thread in threads: thread.start()
    for thread in threads: thread.join()
print(codes.count(0), codes.count(2))
"""
    done = evalgate(tmp_path, program=program)
    good, told = map(int, done.stdout.split())
    assert good + told == 12
    assert good >= 1
    live = pointer(tmp_path)
    assert live.history[-1].stable == live.stable
    assert len(live.history) - 3 <= good
