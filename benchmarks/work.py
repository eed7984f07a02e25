"""The work that every benchmark has done: questions to answer, and one rubric to judge them by."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from evalgate.adapters.git_writing import commit_all, create_repository

MODEL = "claude-haiku-5-5"
JUDGE = "claude-sonnet-5-5"
SYSTEM = "You answer customers of an online shop in plain sentences. Items go back within 30 days."
CRITERION = "States that items can be returned within 30 days"

ENVIRONMENT: Mapping[str, str] = {
    "ANTHROPIC_API_KEY": "benchmark",
    "ANTHROPIC_AUTH_TOKEN": "",
    "GITHUB_ACTIONS": "",
}

_PROMPT = f"""\
---
model: {MODEL}
max_tokens: 512
inputs: [question]
---
## system

{SYSTEM}

## user

{{{{question}}}}
"""


def question(number: int) -> str:
    """Return what a customer asks, about 300 characters."""
    complaint = "My kettle came with a dent in the lid and I should like to send it back. "
    return f"{complaint * 3}What is the window for that, please? This is letter {number}."


def write_repository(
    folder: Path, *, cases: int, concurrency: int, trials: int = 1, baseline: bool = False
) -> None:
    """Make a repository whose work tree adds a version, and perhaps the whole prompt, to main.

    Args:
        folder: where; it is empty.
        cases: how many cases the eval set has.
        concurrency: the policy's `concurrency`.
        trials: trials of each case in each arm.
        baseline: whether main has a version to compare with; without, the pass rate decides.
    """
    create_repository(folder, "main")
    policy = (
        f"gate: {{min_pass_rate: 0.5}}\njudge: {{model: {JUDGE}}}\n"
        f"run: {{trials: {trials}, concurrency: {concurrency}}}\n"
    )
    _write(folder, ".github/evalgate.yml", [policy])
    if baseline:
        _write_set(folder, cases)
        _write_prompt(folder, "v1", _PROMPT)
    commit_all(folder, "main")
    if baseline:
        _write_prompt(folder, "v2", _PROMPT.replace("plain", "short"))
    else:
        _write_set(folder, cases)
        _write_prompt(folder, "v1", _PROMPT)


def _write_prompt(folder: Path, version: str, text: str) -> None:
    _write(folder, f"prompts/returns/{version}.md", [text])
    _write(folder, "prompts/returns/live.yaml", [f"stable: {version}\n"])


def _write_set(folder: Path, cases: int) -> None:
    _write(folder, "evalsets/returns.yaml", [_evalset()])
    _write(folder, "evalsets/returns.jsonl", (f"{_case(number)}\n" for number in range(cases)))


def _evalset() -> str:
    graders = json.dumps([{"rubric": CRITERION}])
    return f"prompts: [returns]\ngraders: {graders}\ncases: returns.jsonl\n"


def _case(number: int) -> str:
    return json.dumps({"id": f"letter-{number}", "vars": {"question": question(number)}})


def _write(folder: Path, path: str, texts: Iterable[str]) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    with (folder / path).open("w", encoding="utf-8") as file:
        file.writelines(texts)


def environment(url: str) -> dict[str, str]:
    """Return what processes are to have set, so that they call the server at an address."""
    paths = [str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH", "")]
    return {
        **ENVIRONMENT,
        "ANTHROPIC_BASE_URL": url,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }
