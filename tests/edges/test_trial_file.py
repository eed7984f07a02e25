"""Facts about trials in a real file."""

import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.trial_file import TrialFile
from evalgate.errors import ConfigurationError, EvaluationError, UsageError
from evalgate.model.chat import Completion, Usage
from evalgate.model.content import ToolCall
from evalgate.model.ports import TrialLog
from evalgate.model.trial import Arm, Trial, TrialStatus


def trial(index: int, *, text: str = "Hi") -> Trial:
    return Trial(
        prompt="support",
        version="v2",
        version_hash="abc",
        evalset="support",
        arm=Arm.CANDIDATE,
        case="a",
        trial=index,
        status=TrialStatus.GRADED,
        passed=True,
        score=1.0,
        completion=Completion(
            text=text,
            model="m",
            stop_reason="end_turn",
            usage=Usage(input_tokens=1, output_tokens=1),
            latency_ms=1,
        ),
    )


def write(path: Path, *trials: Trial) -> None:
    with TrialFile(path) as file:
        log: TrialLog = file
        for each in trials:
            log.append(each)


def indices(file: TrialFile) -> list[int]:
    return [each.trial for each in file.read()]


def test_what_was_written_is_read_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "run" / "trials.jsonl"
    write(path, trial(0), trial(1))
    assert list(TrialFile(path).read()) == [trial(0), trial(1)]


def test_a_trial_is_one_line_whatever_its_text_holds(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    text = "line\nbreak\u2028 and half a pair \ud83d and größe"
    write(path, trial(0, text=text), trial(1, text="größe"))
    assert len(path.read_bytes().splitlines()) == 2
    assert "größe" in path.read_text(encoding="utf-8").splitlines()[-1]
    first = next(TrialFile(path).read())
    assert first.completion is not None
    assert first.completion.text == text


def test_tool_calls_survive_whatever_their_arguments_hold(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    plain = trial(0)
    assert plain.completion is not None
    call = ToolCall(id="t1", name="größe\ud83d", input={"a\n": [1, None, {"b": "\u2028\udc00"}]})
    calling = replace(plain, completion=replace(plain.completion, tool_calls=(call,)))
    write(path, calling, plain)
    assert len(path.read_bytes().splitlines()) == 2
    assert list(TrialFile(path).read()) == [calling, plain]


def test_a_file_that_is_not_there_holds_no_trials(tmp_path: Path) -> None:
    assert indices(TrialFile(tmp_path / "none.jsonl")) == []


def test_a_trial_can_be_read_while_the_file_is_still_open(tmp_path: Path) -> None:
    with TrialFile(tmp_path / "trials.jsonl") as file:
        file.append(trial(0))
        assert indices(file) == [0]
        file.append(trial(1))
        assert indices(file) == [0, 1]


def test_a_second_run_adds_to_the_file(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    write(path, trial(0))
    write(path, trial(1))
    assert indices(TrialFile(path)) == [0, 1]


@pytest.mark.parametrize("kept", [1, 10, 21, 40, -2])
def test_a_last_line_that_was_cut_off_is_left_out_and_said(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "trials.jsonl"
    write(path, trial(0), trial(1))
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + second[:kept])
    file = TrialFile(path)
    assert indices(file) == [0]
    assert file.notice == f"{path}:2: the last line was cut off and is left out"


def test_adding_after_a_cut_removes_the_cut_line(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    write(path, trial(0), trial(1))
    path.write_bytes(path.read_bytes()[:-30])
    write(path, trial(2))
    file = TrialFile(path)
    assert indices(file) == [0, 2]
    assert file.notice is None


def test_a_whole_last_line_without_its_end_counts_and_is_ended_before_adding(
    tmp_path: Path,
) -> None:
    path = tmp_path / "trials.jsonl"
    write(path, trial(0))
    path.write_bytes(path.read_bytes()[:-1])
    assert indices(TrialFile(path)) == [0]
    write(path, trial(1))
    assert indices(TrialFile(path)) == [0, 1]


def test_a_bad_line_that_no_kill_explains_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    path.write_text('{"case": "a", "trial": 0, "passed": true}\n\n{"case": "b", trial: 1}')
    with pytest.raises(ConfigurationError) as caught:
        indices(TrialFile(path))
    assert str(caught.value).replace(str(path), "trials.jsonl") == (
        "trials.jsonl:3: expected a trial as one JSON object, got a line that is no JSON"
        " from column 15"
    )


def test_a_line_that_is_nested_too_deeply_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    deep = "[" * 100_000 + "]" * 100_000
    path.write_text('{"case": "a", "trial": 0, "passed": true, "other": ' + deep + "}\n")
    with pytest.raises(ConfigurationError) as caught:
        indices(TrialFile(path))
    assert str(caught.value).replace(str(path), "trials.jsonl") == (
        "trials.jsonl:1: expected a trial as one JSON object, got values that are nested too deeply"
    )


def test_a_cut_line_in_the_middle_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    write(path, trial(0), trial(1))
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first[:-9] + b"\n" + second)
    with pytest.raises(ConfigurationError, match=r"trials.jsonl:1: expected a trial"):
        indices(TrialFile(path))


def test_a_line_that_is_json_but_no_trial_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    path.write_text(json.dumps({"case": "a", "trial": 0}))
    with pytest.raises(ConfigurationError, match=r"trials.jsonl:1: a graded trial needs"):
        indices(TrialFile(path))


def test_lines_without_an_arm_are_the_candidates(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    path.write_text('{"case": "a", "trial": 0, "score": 0.5}\n')
    assert [each.arm for each in TrialFile(path).read()] == [Arm.CANDIDATE]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file where a folder is needed")
    with pytest.raises(EvaluationError, match=r"reports.*cannot be written here: "):
        TrialFile(tmp_path / "reports" / "trials.jsonl").append(trial(0))


KILLED = """
import os, signal, sys
from pathlib import Path
from evalgate.adapters.trial_file import TrialFile
from evalgate.adapters.trial_lines import decode
from evalgate.model.document import Document
from evalgate.model.trial import Arm
line = {"case": "a", "trial": 0, "passed": True}
trial = decode(Document(path="", data=line, lines={}), arm=Arm.CANDIDATE)
TrialFile(Path(sys.argv[1])).append(trial)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_trial_survives_a_kill_right_after_it_was_added(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert indices(TrialFile(path)) == [0]


def test_only_what_is_wanted_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    write(path, *map(trial, range(5)))
    TrialFile(path).keep_only(lambda each: each.trial % 2 == 0)
    assert list(TrialFile(path).read()) == [trial(0), trial(2), trial(4)]
    assert [each.name for each in tmp_path.iterdir()] == ["trials.jsonl"]


def test_what_is_kept_can_be_added_to_without_the_line_that_was_cut(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    write(path, trial(0), trial(1))
    path.write_bytes(path.read_bytes()[:-20])
    file = TrialFile(path)
    file.keep_only(lambda _: True)
    with file:
        file.append(trial(2))
    assert indices(TrialFile(path)) == [0, 2]


def test_keeping_all_changes_no_byte(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    write(path, trial(0), trial(1, text="Grüße \ud800"))
    before = path.read_bytes()
    TrialFile(path).keep_only(lambda _: True)
    assert path.read_bytes() == before


def test_a_file_that_is_not_there_has_nothing_to_keep(tmp_path: Path) -> None:
    TrialFile(tmp_path / "trials.jsonl").keep_only(lambda _: True)
    assert list(tmp_path.iterdir()) == []


def test_a_file_with_a_line_that_is_no_trial_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    write(path, trial(0))
    path.write_bytes(path.read_bytes() + b"{}\n")
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match=r"trials\.jsonl:2: "):
        TrialFile(path).keep_only(lambda _: False)
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [
        ("trials.jsonl", before)
    ]


def test_a_link_is_not_shortened(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere.jsonl", trial(0))
    (tmp_path / "trials.jsonl").symlink_to(tmp_path / "elsewhere.jsonl")
    with pytest.raises(UsageError, match="is a link"):
        TrialFile(tmp_path / "trials.jsonl").keep_only(lambda _: False)
    assert indices(TrialFile(tmp_path / "elsewhere.jsonl")) == [0]


def test_what_cannot_be_read_as_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "trials.jsonl").mkdir()
    with pytest.raises(UsageError, match="trials cannot be read here: Is a directory"):
        list(TrialFile(tmp_path / "trials.jsonl").read())
