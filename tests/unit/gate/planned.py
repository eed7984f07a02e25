"""A small plan and its trials, for the tests of what is done with them."""

from collections.abc import Mapping

from evalgate.adapters.formats import FORMATS
from evalgate.gate.gathering import Question, gather
from evalgate.gate.planning import Plan, make_plan
from evalgate.gate.trials import planned_trials
from evalgate.model.trial import Arm, Trial, TrialStatus
from evalgate.simulator.fakes import MemoryRepository, text_tree

VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n## user\n{{question}}\n"
CASES = "cases: [{id: a, vars: {question: x}}, {id: c, vars: {question: y}}]\n"
BASE = {
    ".github/evalgate.yml": "run: {trials: 2}\n",
    "prompts/p/v1.md": VERSION,
    "prompts/p/live.yaml": "stable: v1\n",
    "evalsets/a.yaml": "prompts: [p]\ngraders: [{contains: x}]\n" + CASES,
}
CHANGE = BASE | {"prompts/p/v2.md": VERSION + "more\n"}


def plan(
    head: Mapping[str, str] = CHANGE, *, base: Mapping[str, str] = BASE, today: str = ""
) -> Plan:
    """Return the plan of a change."""
    repository = MemoryRepository(
        commits={"b": text_tree(base), "h": text_tree(head)},
        parents={"b": (), "h": ("b",)},
        refs={"HEAD": "h"},
    )
    question = Question(base="b", head="h", run_id="r", today=today)
    return make_plan(gather(question, repository, FORMATS), FORMATS)


def trials(of: Plan, status: TrialStatus = TrialStatus.GRADED) -> list[Trial]:
    """Return every trial of a plan, all with the same end."""
    return [planned.trial(status) for planned in planned_trials(of)]


def trial(case: str, *, status: TrialStatus = TrialStatus.GRADED, index: int = 0) -> Trial:
    """Return a trial of a case."""
    return Trial(
        prompt="p",
        version="v2",
        version_hash="h",
        evalset="a",
        arm=Arm.CANDIDATE,
        case=case,
        trial=index,
        status=status,
        passed=True if status is TrialStatus.GRADED else None,
    )


def work_tree(files: Mapping[str, str] = BASE) -> MemoryRepository:
    """Return a repository of which only the work tree is looked at."""
    return MemoryRepository(commits={}, parents={}, refs={}, work_tree=text_tree(files))
