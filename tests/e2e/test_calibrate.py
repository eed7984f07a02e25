"""Facts about calibrating the judge, from labels to the verdict of a gate."""

import csv
import json
import subprocess
from pathlib import Path

import pytest

from tests.e2e.shop import RULES, make_shop, run, simulated_claude, trials, verdict, write

SEES_BAD, SEES_GOOD = 0.9, 0.85
NOISY = RULES + f"judge_errors: {{sensitivity: {SEES_BAD}, specificity: {SEES_GOOD}}}\n"
CONFUSED = RULES + "judge_errors: {sensitivity: 0.55, specificity: 0.55}\n"
DRIFTED = RULES + "judge_errors: {sensitivity: 0.6, specificity: 0.6}\n"
GOOD, BAD = "You have 30 days to return number {}.", "Return number {} whenever you like."
POLICY = "gate: {{max_drop: 10}}\nrun: {{trials: 2, concurrency: 8, attempts: 3}}\n{}"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make_shop(tmp_path / "shop", cases=60, policy=POLICY.format(""))


def label(folder: Path, *, number: int = 300) -> None:
    """Write labels: two answers in three are good, and there are five to each case."""
    with (folder / "labels.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["evalset", "case", "answer", "human"])
        for each in range(number):
            good = each % 3 != 0
            text = (GOOD if good else BAD).format(each)
            table.writerow(["p", f"c{each % 60}", text, "pass" if good else "fail"])


def calibrate(shop: Path, rules: str = NOISY, *, number: int = 300) -> dict[str, object]:
    """Calibrate and commit what that finds, in front of the change."""
    label(shop, number=number)
    with simulated_claude(rules=rules) as claude:
        done = run(shop, "calibrate", "labels.csv", "--no-cache", server=claude)
    assert done.returncode == 0, done.stderr
    for words in (("add", "-f", "reports/calibrations"), ("commit", "-qm", "calibrate")):
        author = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(("git", *author, *words), cwd=shop, check=True)
    found: dict[str, object] = json.loads((shop / "reports/calibrations/p.json").read_text())
    return found


def gate(shop: Path, rules: str = NOISY) -> tuple[int, list[dict[str, object]], list[str]]:
    with simulated_claude(rules=rules) as claude:
        done = run(shop, "gate", "--no-cache", "--out", "run", server=claude)
    found = verdict(shop / "run")
    prompts, notes = found["prompts"], found["notes"]
    assert isinstance(prompts, list)
    assert isinstance(notes, list)
    return done.returncode, prompts, notes


def codes(prompt: dict[str, object]) -> list[str]:
    reasons = prompt["reasons"]
    assert isinstance(reasons, list)
    return [reason["code"] for reason in reasons]


def test_the_known_errors_of_a_judge_are_found_again(shop: Path) -> None:
    agreement = calibrate(shop)["agreement"]
    assert isinstance(agreement, dict)
    # The simulator's sensitivity is that a bad answer is caught.
    for name, truth in (("sensitivity", SEES_GOOD), ("specificity", SEES_BAD), ("youden", 0.75)):
        assert agreement[name]["low"] < truth < agreement[name]["high"]


def test_the_gate_measures_its_limit_on_the_judges_scale(shop: Path) -> None:
    low = calibrate(shop)["youden_low"]
    assert isinstance(low, float)
    code, [prompt], notes = gate(shop)
    assert (code, prompt["verdict"], notes) == (0, "pass", [])
    assert prompt["max_drop"] == pytest.approx(0.1 * low, abs=1e-6)
    assert codes(prompt)[-1] == "judge_scale"
    page = (shop / "run/report.html").read_text()
    assert "on the judge&#39;s scale" in page
    assert "on the judge" in (shop / "run/comment.md").read_text()


def test_a_judge_that_is_little_better_than_a_coin_only_advises(shop: Path) -> None:
    calibrate(shop, CONFUSED)
    code, [prompt], notes = gate(shop, CONFUSED)
    assert (code, prompt["verdict"], codes(prompt)[0]) == (0, "not_applicable", "judge_unproven")
    assert notes == ["p on p is not gated: its judge is not proven, so its verdict only advises."]


def test_a_demand_in_the_policy_holds_back_a_judge_without_calibration(tmp_path: Path) -> None:
    demand = POLICY.format("judge: {min_agreement: 0.5}\n")
    code, [prompt], _ = gate(make_shop(tmp_path / "shop", cases=60, policy=demand))
    assert (code, codes(prompt)[0]) == (0, "judge_unproven")


def test_without_a_calibration_a_note_says_so(shop: Path) -> None:
    _, [prompt], notes = gate(shop)
    assert (prompt["judge"], prompt["max_drop"]) == (None, 0.1)
    assert [note for note in notes if "not calibrated on p" in note] == notes


@pytest.mark.full
def test_a_calibration_of_another_judge_does_not_count(shop: Path) -> None:
    calibrate(shop)
    write(shop, {".github/evalgate.yml": POLICY.format("judge: {effort: high}\n")})
    subprocess.run(
        ("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qam", "judge"),
        cwd=shop,
        check=True,
    )
    _, [prompt], notes = gate(shop)
    assert (prompt["judge"], prompt["max_drop"]) == (None, 0.1)
    assert [note for note in notes if "of another judge" in note] == notes


def test_a_changed_judge_is_tried_on_the_labelled_answers(shop: Path) -> None:
    calibrate(shop)
    write(shop, {".github/evalgate.yml": POLICY.format("judge: {effort: high}\n")})
    code, [prompt, judge], _ = gate(shop)
    assert (code, judge["name"], judge["evalset"], judge["verdict"]) == (0, "judge", "p", "pass")
    assert judge["why"] == ["judge.effort changes from low to high"]
    ledger = judge["ledger"]
    assert isinstance(ledger, dict)
    assert ledger["candidate"]["graded"] == ledger["baseline"]["graded"] == 300
    assert judge["cost_usd"] != 0
    own = [trial for trial in trials(shop / "run") if trial["prompt"] == "judge"]
    assert sum(trial["reused"] == "record" for trial in own) == 300
    assert prompt["max_drop"] != 0.1


@pytest.mark.full
def test_a_changed_judge_that_agrees_less_with_people_fails(shop: Path) -> None:
    calibrate(shop)
    write(shop, {".github/evalgate.yml": POLICY.format("judge: {effort: high}\n")})
    code, [_, judge], _ = gate(shop, DRIFTED)
    assert (code, judge["verdict"], codes(judge)) == (1, "fail", ["regression", "judge_tried"])


@pytest.mark.full
def test_a_report_on_a_judge_says_whom_people_contradict(shop: Path) -> None:
    calibrate(shop)
    write(shop, {".github/evalgate.yml": POLICY.format("judge: {effort: high}\n")})
    gate(shop, DRIFTED)
    comment = (shop / "run/comment.md").read_text()
    assert "People say fail, the judge says pass." in comment
    assert "Read the verdicts of the judge that turned wrong" in comment
    assert "mend the prompt" not in comment


def test_a_cost_limit_ends_a_calibration_and_nothing_is_written(shop: Path) -> None:
    label(shop)
    with simulated_claude(rules=NOISY) as claude:
        done = run(shop, "calibrate", "labels.csv", "--max-cost", "0.1", server=claude)
        assert sum(claude.bill) <= 0.1
    assert done.returncode == 4
    assert "limit" in done.stderr
    assert not (shop / "reports/calibrations").exists()


def test_verdicts_of_the_judge_that_were_paid_for_are_not_paid_for_again(shop: Path) -> None:
    label(shop, number=40)
    words = ("calibrate", "labels.csv", "--cache", "answers.sqlite")
    with simulated_claude(rules=NOISY) as claude:
        first = run(shop, *words, "--json", server=claude)
        again = run(shop, *words, "--json", server=claude)
        assert claude.calls == 40
    assert json.loads(first.stdout) == json.loads(again.stdout)
    assert json.loads(first.stdout)["schema"] == "calibration/1"


def test_a_document_holds_no_command_for_a_workflows_runner(shop: Path) -> None:
    rows = "evalset,case,answer,human,judge\np,c0,##[error]stop,pass,fail\n"
    (shop / "labels.csv").write_text(rows)
    done = run(shop, "calibrate", "labels.csv", "--json")
    assert done.returncode == 0, done.stderr
    assert "##[" not in done.stdout
    assert json.loads(done.stdout)["anchors"][0]["answer"] == "##[error]stop"


def test_where_answers_stand_for_no_day_no_verdict_is_kept(shop: Path) -> None:
    label(shop, number=4)
    write(shop, {".github/evalgate.yml": "run: {cache_days: 0}\n"})
    words = ("calibrate", "labels.csv", "--cache", "answers.sqlite", "--max-cost", "0")
    with simulated_claude(rules=NOISY) as claude:
        done = run(shop, *words, server=claude)
    assert done.returncode == 4
    assert "nothing was kept" in done.stderr
    assert not (shop / "answers.sqlite").exists()


def test_simulated_verdicts_are_written_only_where_that_is_asked_for(shop: Path) -> None:
    label(shop, number=40)
    (shop / "rules.yaml").write_text(NOISY)
    words = ("calibrate", "labels.csv", "--simulate", "--rules", "rules.yaml")
    done = run(shop, *words)
    assert (done.returncode, "nothing was written" in done.stdout) == (0, True)
    assert not (shop / "reports/calibrations").exists()
    elsewhere = run(shop, *words, "--out", "elsewhere")
    assert elsewhere.returncode == 0
    assert "once it is on the base branch" not in elsewhere.stdout
    assert json.loads((shop / "elsewhere/p.json").read_text())["simulated"] is True


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name files with labels, or --anchors"),
        (("labels.csv", "--anchors"), "name files with labels, or --anchors"),
        (("--anchors",), "there is no calibration in reports/calibrations"),
        (("labels.csv", "--evalset", "q"), "there is no eval set `q` (known: p)"),
        (("labels.txt",), "expected a file that ends in .csv or .jsonl"),
        (("absent.csv",), "cannot read absent.csv"),
    ],
)
def test_a_wrong_command_says_what_is_wrong(shop: Path, words: tuple[str, ...], said: str) -> None:
    label(shop, number=3)
    (shop / "labels.txt").write_text("x")
    done = run(shop, "calibrate", *words)
    assert done.returncode == 2
    assert said in done.stderr
