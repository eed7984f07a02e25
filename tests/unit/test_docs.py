"""Facts about the documents: what they state is what the code does."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from evalgate.adapters.files import read_yaml
from evalgate.cli.main import VERBS
from evalgate.errors import ExitCode
from evalgate.gate.policy import read_policy
from evalgate.grading.graders import KINDS
from evalgate.grading.language import LANGUAGES
from evalgate.model.monitoring import MonitorRules
from evalgate.model.policy import Policy, RolloutRules

ROOT = Path(__file__).parents[2]
DOCUMENTS = [f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))]
AT_THE_TOP = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")
GUIDES = [f"guides/{path.name}" for path in sorted((ROOT / "docs/guides").glob("*.md"))]


def policy_table() -> dict[str, str]:
    rows = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|", (ROOT / "docs/policy.md").read_text(), re.M)
    return dict(rows)


def test_the_policy_table_lists_every_key() -> None:
    policy = Policy()
    keys = {
        f"{section}.{field.name}"
        for section in ("paths", "judge", "gate", "run", "baseline", "promotion")
        for field in fields(getattr(policy, section))
    }
    keys |= {f"rollout.{field.name}" for field in fields(RolloutRules)}
    keys |= {"rollout.units", "rollout.bake_minutes"}
    keys |= {f"monitor.{field.name}" for field in fields(MonitorRules)}
    assert set(policy_table()) == keys | {"schema"}


def test_a_policy_written_from_the_table_is_the_default_policy() -> None:
    lines: dict[str, list[str]] = {}
    for key, default in policy_table().items():
        section, _, name = key.rpartition(".")
        lines.setdefault(section, []).append(f"{'  ' if section else ''}{name}: {default}")
    text = "\n".join(
        line
        for section, body in lines.items()
        for line in ([f"{section}:", *body] if section else body)
    )
    read = read_policy(read_yaml("docs/policy.md", text.encode()), b"")
    assert read == read_policy(read_yaml("docs/policy.md", b"rollout: {}"), b"")


def test_the_stages_that_the_policy_page_shows_are_read() -> None:
    page = (ROOT / "docs/policy.md").read_text("utf-8")
    shown = re.findall(r"```yaml\n(rollout:.*?)```", page, re.S)
    read = [read_policy(read_yaml("docs/policy.md", text.encode()), b"") for text in shown]
    stages = [policy.rollout.stages for policy in read if policy.rollout]
    assert [[stage.percent for stage in each] for each in stages] == [[1, 10, 50, 100]]


@pytest.mark.parametrize("name", [*AT_THE_TOP, *DOCUMENTS, *(f"docs/{name}" for name in GUIDES)])
def test_every_link_to_a_file_leads_somewhere(name: str) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)(?:#[^)]*)?\)", (ROOT / name).read_text())
    assert [link for link in links if not ((ROOT / name).parent / link).exists()] == []


def test_every_remark_of_the_check_is_documented() -> None:
    rows = re.findall(r"^\| `(\w+)` \| \w+ \|", (ROOT / "docs/checking.md").read_text(), re.M)
    sources = "".join(path.read_text() for path in (ROOT / "evalgate/checking").glob("*.py"))
    named = re.findall(r'(?:code=|Severity\.\w+, |same else )"(\w+)"', sources)
    assert set(rows) == set(named)


def test_every_document_is_reached_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [name for name in DOCUMENTS if f"({name})" not in readme] == []


def test_every_guide_is_reached_from_their_index() -> None:
    index = (ROOT / "docs/guides.md").read_text()
    assert GUIDES
    assert [name for name in GUIDES if f"({name})" not in index] == []


UNTYPED = ("simulate", "action", "publish")
"""Verbs that no page tells a reader to type: the last two are run by the Action."""


def test_the_readme_names_every_exit_code_and_verb_that_a_user_types() -> None:
    readme = (ROOT / "README.md").read_text()
    assert all(re.search(rf"\b{code.value}\b", readme) for code in ExitCode)
    assert all(f"evalgate {verb}" in readme for verb in VERBS if verb not in UNTYPED)


def test_the_readme_is_one_page() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 110


def test_the_table_of_graders_lists_every_kind() -> None:
    text = (ROOT / "docs/graders.md").read_text()
    rows = re.findall(r"^\| (`[^|]+) \| [^|]+ \| [^|]+ \|$", text, re.M)
    named = {word for row in rows for word in re.findall(r"`(\w+)`", row)}
    assert named == set(KINDS)


def test_the_table_of_languages_lists_every_code() -> None:
    text = (ROOT / "docs/graders.md").read_text()
    listed = re.search(r"by their script: ([a-z\s]+)\.", text)
    assert listed is not None
    assert tuple(listed[1].split()) == LANGUAGES


def test_no_workflow_for_forks_checks_out_or_runs_what_a_pull_request_holds() -> None:
    text = (ROOT / "docs/forks.md").read_text()
    workflows = [
        yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", text, re.M | re.S)
    ]
    steps = [step for flow in workflows for job in flow["jobs"].values() for step in job["steps"]]
    checkouts = [step["with"] for step in steps if step["uses"].startswith("actions/checkout@")]
    assert checkouts == [{"fetch-depth": 0, "persist-credentials": False}] * len(workflows)
    assert len(workflows) == 3
    assert not any("run" in step for step in steps)
    assert [flow["permissions"] for flow in workflows] == [{}] * 3
