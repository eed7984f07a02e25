"""Facts about `evalgate smell`: what it reads, refuses and ends with."""

import json
from contextlib import chdir
from pathlib import Path

import pytest

from evalgate.cli.main import main

ANSWER = "You can return it within thirty days of its delivery."
SCHEMA = """\
---
model: claude-haiku-5-5
max_tokens: 50
output_schema: {type: object, required: [reply]}
---
## user

Sum up: {{message}}
"""


def write(path: Path, *texts: str | None, prompt: str = "") -> Path:
    lines = (
        json.dumps({"completion": None} if text is None else {"text": text, "prompt": prompt})
        for text in texts
    )
    path.write_text("\n".join(lines), "utf-8")
    return path


def smell(*words: str | Path) -> int:
    return main(["smell", *map(str, words)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "prompts/sum-up").mkdir(parents=True)
    (tmp_path / "prompts/sum-up/v1.md").write_text(SCHEMA)
    (tmp_path / "prompts/sum-up/live.yaml").write_text("stable: v1\n")
    return tmp_path


def test_answers_are_told_and_no_baseline_decides_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert smell(write(tmp_path / "a.jsonl", ANSWER, "", None), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["responses"], told["passed"], told["without_answer"]) == (2, 1, 1)
    assert told["smells"] == {"empty": 1}
    assert told["worst"] == [{"file": str(tmp_path / "a.jsonl"), "line": 2, "smells": ["empty"]}]
    assert told["drop"] is None


def test_a_drop_ends_with_1_and_machines_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = write(tmp_path / "good.jsonl", *[ANSWER] * 100)
    bad = write(tmp_path / "bad.jsonl", *[ANSWER] * 80, *[""] * 20)
    assert smell(good, "--baseline", tmp_path / "b.json", "--write", "--json") == 0
    assert json.loads(capsys.readouterr().out)["passed"] == 100
    assert smell(bad, "--baseline", tmp_path / "b.json", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["drop"]["course"], told["exit_code"]) == ("fell", 1)
    assert told["drop"]["estimate"] == pytest.approx(0.2)
    assert told["baseline"]["responses"] == 100
    assert smell(good, "--baseline", tmp_path / "b.json") == 0
    assert smell(bad, "--baseline", tmp_path / "b.json", "--drop", "40") == 0


def test_later_answers_are_held_to_the_rules_of_the_baseline(tmp_path: Path) -> None:
    good = write(tmp_path / "good.jsonl", *[ANSWER] * 100)
    short = write(tmp_path / "short.jsonl", *["Yes."] * 100)
    assert smell(good, "--baseline", tmp_path / "b.json", "--write") == 0
    assert smell(short) == 0
    assert smell(short, "--baseline", tmp_path / "b.json") == 1


def test_the_baseline_is_held_to_its_own_rules(tmp_path: Path) -> None:
    long = "".join(f"Parcel {number} is late. " for number in range(60))
    told = write(tmp_path / "a.jsonl", *[ANSWER] * 100, long)
    assert smell(told, "--baseline", tmp_path / "b.json", "--write") == 0
    kept = json.loads((tmp_path / "b.json").read_text())
    assert (kept["responses"], kept["passed"], kept["smells"]) == (101, 100, {"too_long": 1})


def test_a_prompt_brings_its_schema_and_leaves_others_out(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = write(folder / "a.jsonl", '{"reply": "a"}', "{}", "no", prompt="sum-up")
    other = write(folder / "b.jsonl", "no", prompt="other")
    with chdir(folder):
        assert smell(told, other, "--prompt", "sum-up", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["smells"] == {"not_json": 1, "schema": 1}
    assert (found["responses"], found["of_other_prompts"]) == (3, 1)


def test_a_baseline_remembers_its_prompt(folder: Path) -> None:
    good = write(folder / "a.jsonl", *['{"reply": "a"}'] * 50, prompt="sum-up")
    with chdir(folder):
        assert smell(good, "--prompt", "sum-up", "--baseline", "b.json", "--write") == 0
        bad = write(folder / "b.jsonl", *['{"repli": "a"}'] * 50, prompt="sum-up")
        assert smell(bad, "--baseline", "b.json") == 1
        assert smell(bad, "--baseline", "b.json", "--prompt", "other") == 2


def test_wrong_lines_are_left_out_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.jsonl").write_text(f'{{"text": "{ANSWER}"}}\n{{"tex\n')
    assert smell(tmp_path / "a.jsonl") == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("1 answer, 1 unreadable\n")
    assert "a.jsonl:2: expected one JSON object" in shown.err


@pytest.mark.parametrize(
    ("content", "words", "ending"),
    [
        ("{", (), (2, "expected one JSON object")),
        ("", (), (4, "there is no answer to smell")),
        ('{"completion": null}', (), (4, "there is no answer to smell")),
        ('{"text": "a"}', ("--write",), (2, "--write needs --baseline FILE")),
        ('{"text": "a"}', ("--baseline", "no.json"), (2, "there is no baseline to read")),
        ('{"text": "a"}', ("--prompt", "none"), (2, "there is no prompt `none`")),
        (
            '{"text": "a", "prompt": "p"}\n{"text": "a", "prompt": "q"}',
            ("--baseline", "b.json", "--write"),
            (2, "of several prompts: name one of `p`, `q` with --prompt"),
        ),
    ],
)
def test_what_cannot_be_done_says_why(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    *,
    content: str,
    words: tuple[str, ...],
    ending: tuple[int, str],
) -> None:
    (folder / "a.jsonl").write_text(content)
    with chdir(folder):
        code = smell("a.jsonl", *words)
    assert code == ending[0]
    assert ending[1] in capsys.readouterr().err
    assert not (folder / "b.json").exists()


def test_an_unknown_script_in_a_baseline_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = write(tmp_path / "good.jsonl", *[ANSWER] * 10)
    assert smell(good, "--baseline", tmp_path / "b.json", "--write") == 0
    (tmp_path / "b.json").write_text((tmp_path / "b.json").read_text().replace("Latin", "Latein"))
    assert smell(good, "--baseline", tmp_path / "b.json") == 2
    assert "rules.scripts" in capsys.readouterr().err


@pytest.mark.parametrize("drop", ["0", "-1", "100", "x", "nan"])
def test_a_drop_is_a_number_of_points(tmp_path: Path, drop: str) -> None:
    with pytest.raises(SystemExit) as ended:
        smell(write(tmp_path / "a.jsonl", ANSWER), f"--drop={drop}")
    assert ended.value.code == 2


def test_names_of_files_steer_no_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = write(tmp_path / "a\x1b[31m.jsonl", "")
    second = write(tmp_path / "b.jsonl", "")
    assert smell(first, second) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_a_prompts_answers_are_held_to_the_rules_of_runtime_yml(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = write(folder / "a.jsonl", '{"other": 1}')

    def passed() -> int:
        with chdir(folder):
            assert smell(answers, "--prompt", "sum-up", "--json") == 0
        told: dict[str, int] = json.loads(capsys.readouterr().out)
        return told["passed"]

    assert passed() == 0, "the schema demands `reply`"
    (folder / "prompts/runtime.yml").write_text("smell: {sum-up: {ignore: [schema]}}\n")
    assert passed() == 1
    (folder / "prompts/runtime.yml").write_text("smell: {sum-up: {length: [100, 200]}}\n")
    assert passed() == 0
