"""Facts about showing what a plan will take."""

from io import StringIO

from inline_snapshot import snapshot
from rich.console import Console

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.prices import PriceTable
from evalgate.cli.plan_table import show_plan
from evalgate.gate.estimating import estimate_plan
from evalgate.gate.gathering import Question, gather
from evalgate.gate.planning import make_plan
from evalgate.simulator.fakes import MemoryRepository, text_tree

VERSION = "---\nmodel: {model}\nmax_tokens: 500\n---\n## user\n{{{{question}}}} {extra}\n"
CASES = "".join(f"  - {{id: c{number}, vars: {{question: x}}}}\n" for number in range(40))
STABLE = VERSION.format(model="claude-haiku-5-5", extra="")
BASE = {
    ".github/evalgate.yml": "",
    "prompts/p/v1.md": STABLE,
    "prompts/p/live.yaml": "stable: v1\n",
    "evalsets/a.yaml": (
        f"prompts: [p]\ngraders: [{{contains: x}}, {{rubric: is polite}}]\ncases:\n{CASES}"
    ),
}


def shown(head: dict[str, str], *, policy: str = "", width: int = 80) -> str:
    base = BASE | {".github/evalgate.yml": policy}
    repository = MemoryRepository(
        commits={"b": text_tree(base), "h": text_tree(base | head)},
        parents={"b": (), "h": ("b",)},
        refs={"HEAD": "h"},
    )
    question = Question(base="b", head="h", run_id="r")
    plan = make_plan(gather(question, repository, FORMATS), FORMATS)
    out = StringIO()
    console = Console(file=out, width=width, highlight=False, markup=False)
    show_plan(plan, estimate_plan(plan, PriceTable()), console)
    return out.getvalue()


def candidate(model: str = "claude-haiku-5-5") -> dict[str, str]:
    return {"prompts/p/v2.md": VERSION.format(model=model, extra="please")}


def test_a_plan_fits_eighty_columns() -> None:
    assert shown(candidate()) == snapshot("""\
p  v1 → v2  on a
  40 cases: 40 same; 240 trials: 120 baseline, 120 candidate
            calls  tokens in  tokens out  expected  at most
  answers     240        480      30,000   $0.0150  $0.0620
  judge       240    139,440      96,000     $1.24    $6.56
  together    480    139,920     126,000     $1.25    $6.62

run     240 trials, 480 calls
cost    about $1.25, at most $6.62
time    about 3 min, decided by the calls in flight
        rate limits unknown: the policy states none (`run.requests_per_minute`, …)
""")


def test_a_long_run_is_warned_of() -> None:
    policy = "run: {requests_per_minute: 10, job_minutes: 20}\n"
    text = shown(candidate(), policy=policy)
    assert text.partition("time ")[2] == snapshot("""\
   about 24 min, decided by the limit of requests per minute of claude-haiku-5-5

Warnings
  - The run takes about 24 min, decided by the limit of requests per minute of claude-haiku-5-5; that is longer than the 20 minutes of the job (`run.job_minutes`): run it with `--engine batches`, ask for higher limits, or plan fewer trials.
""")


def test_an_unknown_price_is_never_zero() -> None:
    text = shown(candidate("claude-next"))
    assert text.partition("\n\n")[2] == snapshot("""\
run     240 trials, 480 calls
cost    unknown
time    about 3 min, decided by the calls in flight
        rate limits unknown: the policy states none (`run.requests_per_minute`, …)

Warnings
  - No price is known for claude-next: what the run costs is unknown.
""")


def test_nothing_to_run_is_said_with_findings_and_notes() -> None:
    edited = {"prompts/p/v1.md": STABLE + "more", "prompts/p/notes.txt": "x"}
    assert shown(edited) == snapshot("""\
There is nothing to run.

Findings
  - fail: v1 is published and may not change: undo the edit and add v2 instead (`prompts/p/v2.md`).

Notes
  - prompts/p/notes.txt changed, but is neither a version (`v<N>.md`) nor `live.yaml`: it was not tested.
""")


def test_names_cannot_act_in_a_terminal_or_a_build_log() -> None:
    text = shown(candidate() | {"prompts/p/::error::\x1b[31m.txt": "x"})
    assert "\x1b" not in text
    assert "::error" not in text
