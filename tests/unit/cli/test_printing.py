"""Facts about printing; that a closed pipe costs no verdict is a fact about `evalgate compare`."""

import json

import pytest

from evalgate.cli.printing import as_json, as_one_line, print_json, to_standard_output


def test_a_printed_document_holds_no_command_for_a_runner_and_reads_as_its_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = as_json({"case": "##[error] é"})
    print_json(text)
    printed = capsys.readouterr().out
    assert "##[" in text
    assert "##[" not in printed
    assert printed.endswith("}\n")
    assert json.loads(printed) == json.loads(text)


def test_a_document_on_one_line_is_the_same_one() -> None:
    line = as_one_line({"a": ["é"], "b": None})
    assert line == '{"a": ["é"], "b": null}\n'


def test_only_a_closed_pipe_is_passed_over() -> None:
    def fail() -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk is full"):
        to_standard_output(fail)
