"""Facts about `evalgate serve-verdict`, the whole command over a real rollout with real evidence."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from evalgate.cli.main import main
from evalgate.rollout.overriding import instant
from tests.e2e.rollout_shop import Rates, Traffic, make_rollout_shop

pytestmark = pytest.mark.slow

QUICK = "rollout: {full_after_hours: 1, bake_minutes: 10}\n"
WORDS = ("--calls", "logs", "--scores", "scores", "--folder", "prompts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A process that serves verdicts, and where."""

    process: subprocess.Popen[str]
    address: str

    def ask(self, path: str, method: str = "GET", token: str = "") -> tuple[int, dict[str, object]]:
        """Return status and document."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(self.address + path, method=method, headers=headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def soon(self, path: str, **wanted: object) -> None:
        """Wait until the document of a path says this."""
        until, told = time.monotonic() + 20, self.ask(path)[1]
        while {name: told.get(name) for name in wanted} != wanted:
            assert time.monotonic() < until, told
            time.sleep(0.1)
            told = self.ask(path)[1]


@contextmanager
def serving(folder: Path, *words: str, **variables: str) -> Iterator[Served]:
    process = subprocess.Popen(
        [sys.executable, "-m", "evalgate", "serve-verdict", "--port", "0", *WORDS, *words],
        cwd=folder,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://[\d.:]+", process.stdout.readline())
        assert found, process.communicate()
        yield Served(process=process, address=found[0])
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("USER", "bo")
    return make_rollout_shop(tmp_path, policy=QUICK)


BETTER = Rates(short=0.02, failed=0.0, refused=0.0, slower=0.5, dearer=0.5)
WORSE = Rates(short=0.4)


def rollout(action: str, *words: str, at: float) -> int:
    return main(["rollout", action, "p", *words, "--by=ann", f"--as-of={instant(at)}"])


def under_way(shop: Path, rates: Rates = BETTER) -> Traffic:
    """Begin a rollout two hours ago, with traffic since then."""
    began = time.time() - 2 * 3600
    assert rollout("start", "v2", at=began) == 0
    traffic = Traffic(root=shop, canary=rates, seed=2)
    traffic.serve(began, hours=2, per_hour=6000)
    return traffic


def test_a_rollout_passes_until_somebody_advances_and_is_undecided_after_that(shop: Path) -> None:
    traffic = under_way(shop)
    with serving(shop, "--every", "1") as served:
        status, told = served.ask("/verdict/p?version=v2")
        assert (status, told["verdict"], told["percent"], told["to"]) == (200, "pass", 5, 25)
        assert told["offline_verdict"] == "run-1"
        assert served.ask("/flagger/p/confirm-promotion", "POST")[0] == 200
        assert served.ask("/flagger/p/rollback", "POST")[0] == 403
        assert served.ask("/flagger/p/confirm-promotion?version=v3", "POST")[0] == 403
        assert rollout("advance", *traffic.words, at=time.time()) == 0
        served.soon("/verdict/p", verdict="inconclusive", percent=25)
        assert served.ask("/flagger/p/confirm-promotion", "POST")[0] == 403
        assert served.ask("/verdict/other")[0] == 404


def test_harm_is_a_fail_and_stays_one_for_who_carries_the_version(shop: Path) -> None:
    under_way(shop, WORSE)
    with serving(shop, "--every", "1") as served:
        assert served.ask("/verdict/p")[1]["verdict"] == "fail"
        assert served.ask("/flagger/p/rollback", "POST")[0] == 200
        assert rollout("rollback", at=time.time()) == 0
        served.soon("/verdict/p", verdict="inconclusive", idle=True, phase="rolled_back")
        assert served.ask("/flagger/p/rollback", "POST")[0] == 403
        assert served.ask("/verdict/p?version=v2")[1]["verdict"] == "fail"
        assert served.ask("/flagger/p/rollback?version=v2", "POST")[0] == 200
        assert served.ask("/flagger/p/confirm-rollout?idle=go", "POST")[0] == 200


def test_before_any_rollout_there_is_nothing_to_pass(shop: Path) -> None:
    (shop / "logs").mkdir()
    (shop / "scores").mkdir()
    with serving(shop) as served:
        status, told = served.ask("/verdict/p")
        assert (status, told["verdict"], told["idle"]) == (200, "inconclusive", True)


@pytest.mark.parametrize("broken", ["prompts/p/live.yaml", ".github/evalgate.yml"])
def test_what_cannot_be_read_is_no_verdict_and_names_the_file(shop: Path, broken: str) -> None:
    under_way(shop)
    (shop / broken).write_text("rollout: [")
    with serving(shop) as served:
        status, told = served.ask("/verdict/p")
        assert (status, "verdict" in told) == (503, False)
        assert broken in str(told["error"])
        assert served.ask("/flagger/p/rollback", "POST")[0] == 503
        assert served.ask("/healthz")[0] == 200


def test_a_call_log_that_is_gone_is_no_verdict(shop: Path) -> None:
    under_way(shop)
    shutil.rmtree(shop / "logs")
    with serving(shop) as served:
        status, told = served.ask("/verdict/p")
        assert status == 503
        assert "logs" in str(told["error"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_it_is_asked_to(shop: Path, number: signal.Signals) -> None:
    with serving(shop, EVALGATE_VERDICT_TOKEN="open-sesame") as served:  # noqa: S106
        assert served.ask("/verdict/p")[0] == 401
        assert served.ask("/verdict/p", token="open-sesame")[0] == 200  # noqa: S106
        served.process.send_signal(number)
        _, said = served.process.communicate(timeout=20)
        assert served.process.returncode == 0
    assert said.endswith("evalgate: verdicts are served no more\n")
    assert "open-sesame" not in said


@pytest.mark.parametrize(
    ("words", "variables", "said"),
    [
        (["--folder", "none"], {}, "there is no none: name that of the prompts by --folder"),
        (["--host", "192.0.2.1"], {}, "cannot listen on 192.0.2.1, port 0"),
        ([], {"EVALGATE_VERDICT_TOKEN": ""}, "EVALGATE_VERDICT_TOKEN is set, and expected are"),
    ],
)
def test_what_cannot_be_served_is_an_error_at_once(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    variables: dict[str, str],
    said: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert main(["serve-verdict", *WORDS, "--port", "0", *words]) == 2
    assert said in capsys.readouterr().err


def test_without_a_call_log_nothing_is_served(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve-verdict", "--port", "0"]) == 2
    assert "name the call log by --calls PATH" in capsys.readouterr().err


@pytest.mark.parametrize("every", ["0", "0.9", "3601", "nan", "soon"])
def test_a_time_that_is_none_is_refused(every: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["serve-verdict", "--every", every])
    assert "expected seconds from 1 to 3600" in capsys.readouterr().err


def test_who_serves_everybody_without_a_token_is_told(shop: Path) -> None:
    with serving(shop, "--host", "0.0.0.0") as served:  # noqa: S104
        served.process.send_signal(signal.SIGTERM)
        _, said = served.process.communicate(timeout=20)
    assert "whoever reaches 0.0.0.0 can ask: set EVALGATE_VERDICT_TOKEN" in said
