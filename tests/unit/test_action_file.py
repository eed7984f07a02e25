"""Facts about `action.yml`: its inputs, its outputs, and what its scripts may do."""

import os
import re
import subprocess
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from evalgate.cli.publication import PURSE, STORE
from evalgate.cli.workflow import PREFIX, Inputs
from evalgate.publishing.submission import ARTIFACT

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "action.yml").read_text("utf-8")
ACTION: Mapping[str, Any] = yaml.safe_load(TEXT)
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SCRIPTS = [step for step in STEPS if "run" in step]

OTHERWISE_NAMED = {
    "EVALGATE_API_KEY": "anthropic-api-key",
    "EVALGATE_BASE_URL": "anthropic-base-url",
    "EVALGATE_TOKEN": "github-token",
}
"""Variables that are not named like their inputs: they hold secrets, or go on under other names."""

PUBLISHING = {"comment", "comment-author", "check-run"}
"""Inputs that say how a result is shown, and nothing about how it is found."""


def variable_of(name: str) -> str:
    """Return the variable that an input is handed over by."""
    other = {name: variable for variable, name in OTHERWISE_NAMED.items()}
    return other.get(name, PREFIX + name.upper().replace("-", "_"))


def mapped() -> dict[str, list[dict[str, Any]]]:
    """Return the steps that get an input in their environment, by input."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in ACTION["inputs"]}
    for step in SCRIPTS:
        for variable, value in step.get("env", {}).items():
            name = re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", str(value))
            if name:
                assert variable == variable_of(name[1]), (step["name"], variable)
                found[name[1]].append(step)
    return found


def handed_to_others() -> set[str]:
    """Return the inputs that a step hands to an action of others."""
    given = (str(value) for step in STEPS for value in step.get("with", {}).values())
    return {name for value in given for name in re.findall(r"inputs\.([\w-]+)", value)}


def read_by_evalgate() -> set[str]:
    """Return the inputs that `evalgate action` and `evalgate publish` read, and those of `Workflow`."""
    return {each.name.replace("_", "-") for each in fields(Inputs)} | {"github-token"}


@pytest.mark.parametrize("name", ACTION["inputs"])
def test_every_input_is_mapped_through_the_environment_and_read(name: str) -> None:
    steps = mapped()[name]
    if not steps or name in handed_to_others():
        assert name in handed_to_others(), "no step gets it"
        return
    variable = variable_of(name)
    by_script = any(f"${variable}" in step["run"] for step in steps)
    passed_on = any("-m evalgate " in step["run"] for step in steps)
    assert by_script or (passed_on and name in read_by_evalgate())


def given_to(verb: str) -> set[str]:
    """Return the inputs that the step gets which runs a verb of evalgate."""
    (step,) = (step for step in SCRIPTS if f"-m evalgate {verb}" in step["run"])
    return {name for name, steps in mapped().items() if step in steps}


def test_the_steps_that_judge_and_publish_get_what_their_verbs_read() -> None:
    assert given_to("publish") == PUBLISHING | {"github-token", "shard", "policy", "base"}
    passed_on = {"anthropic-api-key", "anthropic-base-url"}
    assert given_to("action") == (read_by_evalgate() | passed_on) - PUBLISHING


def test_the_publishing_step_has_no_key() -> None:
    assert "ANTHROPIC" not in TEXT.partition("name: Publish")[2]


def test_what_was_found_is_kept_and_shown_however_judging_ended() -> None:
    by_name = {step["name"]: step for step in STEPS}
    assert by_name["Publish"]["if"] == "always()"
    for name in ("Keep the reports", "Hand over to the trusted side"):
        assert by_name[name]["if"].startswith("${{ always() && "), name
    lenient = [name for name, step in by_name.items() if step.get("continue-on-error")]
    assert lenient == ["Keep the reports"], "without the reports the verdict stands"


def test_stored_answers_and_purses_are_no_part_of_the_artifact() -> None:
    (path,) = (step["with"]["path"] for step in STEPS if step["name"] == "Keep the reports")
    assert "!${{ steps.judge.outputs.folder }}/**/*.sqlite*" in path
    assert all(".sqlite" in name for name in (STORE, PURSE))


def test_the_trusted_side_looks_for_the_artifact_that_is_handed_over() -> None:
    (handed,) = (step["with"] for step in STEPS if "submission" in step.get("if", ""))
    assert handed["name"] == ARTIFACT


@pytest.mark.parametrize(
    ("code", "job", "ended"),
    [("0", "success", 0), ("3", "success", 3), ("", "failure", 70), ("", "cancelled", 130)],
)
@pytest.mark.parametrize("published", ["true", "false"])
def test_the_job_ends_by_the_code_of_judging_whatever_becomes_of_publishing(
    code: str, job: str, ended: int, published: str
) -> None:
    (script,) = (step["run"] for step in SCRIPTS if step["name"] == "Publish")
    names = ("EVALGATE_FOLDER", "EVALGATE_REPORT_URL", "RUNNER_TEMP")
    variables = dict.fromkeys(names, "") | {"EVALGATE_CODE": code, "EVALGATE_JOB": job}
    done = subprocess.run(
        ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script),
        env={"PATH": os.environ["PATH"], **variables, "EVALGATE_BIN": published},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ended
    assert ("::warning" in done.stdout) == (published == "false")


def test_everything_that_evalgate_reads_is_an_input() -> None:
    assert read_by_evalgate() - set(ACTION["inputs"]) == set()


def test_no_script_reads_what_only_other_kinds_of_actions_get() -> None:
    assert "INPUT_" not in TEXT


def test_an_input_is_used_in_conditions_and_mappings_only() -> None:
    for step in SCRIPTS:
        assert "${{" not in step["run"], step["name"]


def test_scripts_change_no_later_step() -> None:
    for step in SCRIPTS:
        assert not re.search(r"GITHUB_ENV|GITHUB_PATH", step["run"]), step["name"]


def test_scripts_stop_at_what_is_not_set() -> None:
    for step in SCRIPTS:
        assert step["shell"] == "bash"
        assert re.match(r"set -e?uo pipefail\n", step["run"]), step["name"]


def test_python_runs_apart_from_the_checkout() -> None:
    runs = re.findall(r'"\$(?:EVALGATE_PYTHON|EVALGATE_BIN|python)" (-\S+)', TEXT)
    assert len(runs) >= 6
    assert set(runs) == {"-I"}


def test_packages_come_from_the_lock_of_the_action_with_hashes() -> None:
    (install,) = (step["run"] for step in SCRIPTS if "pip install" in step["run"])
    assert "--require-hashes" in install
    assert "--only-binary :all:" in install
    assert '--requirement "$EVALGATE_SOURCE/requirements/gate.lock"' in install


def test_the_descriptions_are_sentences() -> None:
    for name, each in (ACTION["inputs"] | ACTION["outputs"]).items():
        assert re.fullmatch(r"[A-Z'].*\.", " ".join(each["description"].split())), name


def test_the_outputs_are_those_that_are_promised() -> None:
    wanted = {
        "verdict",
        "outcome",
        "pass-rate",
        "delta",
        "report-path",
        "report-folder",
        "comment-url",
        "cost",
    }
    assert set(ACTION["outputs"]) == wanted


def test_every_output_comes_from_a_step_that_is_there() -> None:
    known = {step["id"] for step in STEPS if "id" in step}
    for name, each in ACTION["outputs"].items():
        found = re.fullmatch(r"\$\{\{ steps\.(\w+)\.outputs\.[\w-]+ \}\}", each["value"])
        assert found, name
        assert found[1] in known, name


def test_the_python_that_is_asked_for_is_the_one_that_the_package_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    least = project["requires-python"].removeprefix(">=")
    assert f"Python ({least} or newer)" in ACTION["inputs"]["python"]["description"]
    assert f"sys.version_info < ({least.replace('.', ', ')})" in TEXT
