"""Tests for evalgate.cli.action_moves."""

from pathlib import Path

import pytest

from evalgate.cli.action_moves import promote
from evalgate.cli.action_task import Task
from evalgate.cli.environment import Environment
from evalgate.cli.workflow import Inputs, Workflow
from evalgate.errors import UsageError
from evalgate.model.event import Event


def test_simulated_answers_give_no_version_traffic(tmp_path: Path) -> None:
    task = Task(
        event=Event(name="workflow_dispatch", branch="main", default_branch="main"),
        workflow=Workflow(),
        inputs=Inputs(prompt="p", version="v2", percent="5", simulate="true"),
        environment=Environment(),
        folder=tmp_path,
    )
    with pytest.raises(UsageError, match="simulated answers are no reason"):
        promote(task)
