"""Facts about `evalgate compare`."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from evalgate.cli.main import main
from tests.unit.cli.shops import evalgate


def lines(outcomes: Iterable[bool]) -> str:
    return "".join(
        json.dumps({"case": f"c{index}", "trial": 0, "passed": passed}) + "\n"
        for index, passed in enumerate(outcomes)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "old.jsonl": lines([True] * 100),
        "same.jsonl": lines([True] * 100),
        "worse.jsonl": lines([False] * 20 + [True] * 80),
        "slightly.jsonl": lines([False] * 3 + [True] * 97),
        "seven.jsonl": lines([False] * 7 + [True] * 93),
        "table.csv": "case,trial,score\n" + "".join(f"c{index},0,1.0\n" for index in range(100)),
        "policy.yml": "gate: {max_drop: 30, on_inconclusive: warn}\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def printed(
    folder: Path, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, dict[str, object]]:
    code = evalgate(folder, "compare", *words, "--json")
    return code, json.loads(capsys.readouterr().out)


def verdicts(document: dict[str, object]) -> list[str]:
    comparisons = document["comparisons"]
    assert isinstance(comparisons, list)
    return [comparison["verdict"] for comparison in comparisons]


@pytest.mark.parametrize(
    ("candidate", "code", "word"),
    [
        ("same.jsonl", 0, "✓ Passed"),
        ("table.csv", 0, "✓ Passed"),
        ("worse.jsonl", 1, "✗ Blocked"),
        ("slightly.jsonl", 3, "? Undecided"),
    ],
)
def test_a_pair_of_files_gets_a_verdict(
    folder: Path, capsys: pytest.CaptureFixture[str], *, candidate: str, code: int, word: str
) -> None:
    assert evalgate(folder, "compare", "old.jsonl", candidate) == code
    assert capsys.readouterr().out.startswith(word)


def test_of_ten_pairs_each_gets_its_verdict_and_the_worst_counts(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    after = ["same.jsonl"] * 8 + ["slightly.jsonl", "worse.jsonl"]
    words = [word for name in after for word in ("old.jsonl", name)]
    code, document = printed(folder, capsys, *words)
    assert (code, document["exit_code"], document["verdict"]) == (1, 1, "fail")
    assert verdicts(document) == ["pass"] * 8 + ["inconclusive", "fail"]
    code, document = printed(folder, capsys, *words[:-2])
    assert (code, document["verdict"]) == (3, "inconclusive")
    evalgate(folder, "compare", *words)
    assert capsys.readouterr().out.endswith("10 comparisons: 8 passed, 1 undecided, 1 blocked\n")


def test_options_and_policy_set_the_rules_and_options_go_first(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = ("old.jsonl", "worse.jsonl")
    assert evalgate(folder, "compare", *files) == 1
    assert evalgate(folder, "compare", *files, "--max-drop", "30") == 0
    assert evalgate(folder, "compare", *files, "--policy", "policy.yml") == 0
    assert evalgate(folder, "compare", *files, "--policy", "policy.yml", "--max-drop", "10") == 1
    assert evalgate(folder, "compare", "old.jsonl", "seven.jsonl") == 1
    beyond = ("--fail-when", "beyond_limit")
    assert evalgate(folder, "compare", "old.jsonl", "seven.jsonl", *beyond) == 3
    assert evalgate(folder, "compare", *files, "--max-drop", "30", "--min-pass-rate", "0.9") == 1
    assert evalgate(folder, "compare", "old.jsonl", "slightly.jsonl", "--alpha", "0.2") == 1
    assert evalgate(folder, "compare", "old.jsonl", "slightly.jsonl", "--policy", "policy.yml") == 0
    capsys.readouterr()
    _, document = printed(folder, capsys, *files, "--estimand", "suite", "--alpha", "0.1")
    comparisons = document["comparisons"]
    assert isinstance(comparisons, list)
    assert {key: comparisons[0][key] for key in ("estimand", "alpha", "max_drop", "files")} == {
        "estimand": "suite",
        "alpha": 0.1,
        "max_drop": 0.05,
        "files": list(files),
    }


def test_what_no_option_says_is_as_the_policy_has_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = ("old.jsonl", "seven.jsonl")
    (folder / "policy.yml").write_text("gate: {fail_when: beyond_limit}\n")
    assert evalgate(folder, "compare", *files, "--policy", "policy.yml") == 3
    (folder / "policy.yml").write_text("gate: {alpha: 0.1, estimand: suite, min_pass_rate: 0.95}\n")
    capsys.readouterr()
    _, document = printed(folder, capsys, *files, "--policy", "policy.yml")
    [comparison] = document["comparisons"] if isinstance(document["comparisons"], list) else []
    assert (comparison["alpha"], comparison["estimand"]) == (0.1, "suite")
    assert "min_pass_rate" in [reason["code"] for reason in comparison["reasons"]]


def test_a_document_holds_no_command_for_a_workflows_runner(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prompt = "##[error]stop"
    line = json.dumps({"case": "a", "trial": 0, "passed": True, "prompt": prompt})
    (folder / "hostile.jsonl").write_text(line + "\n")
    evalgate(folder, "compare", "hostile.jsonl", "hostile.jsonl", "--json")
    told = capsys.readouterr().out
    assert "##[" not in told
    assert json.loads(told)["comparisons"][0]["name"] == prompt


def test_an_inconclusive_verdict_ends_as_the_policy_says(folder: Path) -> None:
    (folder / "policy.yml").write_text("gate: {on_inconclusive: warn}\n")
    files = ("old.jsonl", "slightly.jsonl")
    assert evalgate(folder, "compare", *files) == 3
    assert evalgate(folder, "compare", *files, "--policy", "policy.yml") == 0


def test_what_is_wrong_on_the_command_line_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (
        ("old.jsonl",),
        ("old.jsonl", "same.jsonl", "--max-drop", "0.05", "--min-pass-rate", "90"),
        ("old.jsonl", "same.jsonl", "--alpha", "nan"),
        ("old.jsonl", "same.jsonl", "--policy", "nowhere.yml"),
        ("old.jsonl", "same.jsonl", "--policy", "old.jsonl"),
    ):
        assert evalgate(folder, "compare", *words) == 2
    assert capsys.readouterr().err == snapshot("""\
evalgate: expected files in pairs, baseline and candidate, got 1: of a run's own trials, which hold both, give the file twice (`old.jsonl old.jsonl`)
evalgate: --max-drop: is in points, not a fraction: did you mean 5?
evalgate: --min-pass-rate: is a fraction between 0 and 1: did you mean 0.9?
evalgate: --alpha: expected a number from 0.001 to 0.2, got the number nan
evalgate: nowhere.yml: the policy cannot be read: No such file or directory
evalgate: old.jsonl:2: not YAML: did not find expected <document start>
""")


def test_what_is_wrong_with_any_file_is_said_once_and_nothing_is_decided(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bad.jsonl").write_text(f'{lines([True])}{{"case": "c1", "trial": 0}}\n')
    (folder / "empty.csv").write_text("case,trial,score\n")
    words = ("old.jsonl", "same.jsonl", "bad.jsonl", "same.jsonl", "bad.jsonl", "worse.jsonl")
    assert evalgate(folder, "compare", *words, "old.jsonl", "empty.csv") == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == snapshot(
        (
            "",
            """\
evalgate: bad.jsonl:2: a graded trial needs `passed` or `score`
evalgate: empty.csv: expected at least one trial, got none
""",
        )
    )


def test_a_verb_without_files_is_a_usage_error() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["compare"])
    assert ended.value.code == 2
