"""Facts about the trials of a plan."""

from collections import Counter

from evalgate.adapters.formats import FORMATS
from evalgate.gate.gathering import Question, gather
from evalgate.gate.planning import Plan, make_plan
from evalgate.gate.trials import planned_trials, trials_by_matchup
from evalgate.model.trial import Arm
from evalgate.simulator.fakes import MemoryRepository, text_tree

VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n## user\n{{question}}\n"
CASES = "".join(f"  - {{id: c{number}, vars: {{question: x}}}}\n" for number in range(4))
BASE = {
    ".github/evalgate.yml": "run: {trials: 2}\n",
    "prompts/p/v1.md": VERSION,
    "prompts/p/live.yaml": "stable: v1\n",
    "evalsets/a.yaml": f"prompts: [p]\ngraders: [{{contains: x}}]\ncases:\n{CASES}",
    "evalsets/b.yaml": f"prompts: [p]\ngraders: [{{contains: y}}]\ncases:\n{CASES}",
}


def plan(**versions: str) -> Plan:
    head = BASE | {f"prompts/p/{name}.md": text for name, text in versions.items()}
    repository = MemoryRepository(
        commits={"b": text_tree(BASE), "h": text_tree(head)},
        parents={"b": (), "h": ("b",)},
        refs={"HEAD": "h"},
    )
    question = Question(base="b", head="h", run_id="r")
    return make_plan(gather(question, repository, FORMATS), FORMATS)


def test_candidates_share_the_trials_of_their_baseline_set_by_set() -> None:
    found = list(planned_trials(plan(v2=VERSION + "two\n", v3=VERSION + "three\n")))
    assert Counter((trial.evalset.name, trial.version.version) for trial in found) == {
        (evalset, version): 8 for evalset in ("a", "b") for version in ("v1", "v2", "v3")
    }
    keys = [(t.evalset.name, t.version.version, t.case.id, t.index) for t in found]
    assert len(set(keys)) == len(keys)


def test_a_shared_baseline_belongs_to_the_first_matchup_that_needs_it() -> None:
    by_matchup = [
        (matchup.candidate.version.version, Counter(trial.arm for trial in trials))
        for matchup, trials in trials_by_matchup(plan(v2=VERSION + "two\n", v3=VERSION + "3\n"))
        if matchup.evalset.name == "a"
    ]
    assert by_matchup == [
        ("v2", {Arm.BASELINE: 8, Arm.CANDIDATE: 8}),
        ("v3", {Arm.CANDIDATE: 8}),
    ]


def test_one_candidate_runs_both_arms_in_turn() -> None:
    arms = [trial.arm for trial in planned_trials(plan(v2=VERSION + "two\n"))]
    assert arms == [Arm.BASELINE, Arm.CANDIDATE] * 16
