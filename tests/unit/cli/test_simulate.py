from argparse import ArgumentParser, Namespace
from pathlib import Path

import pytest

from evalgate.cli.simulate import _stated, add_arguments
from evalgate.simulator.limits import Limits

GUIDE = Path(__file__).parents[3] / "docs" / "simulator.md"


def parser() -> ArgumentParser:
    made = ArgumentParser(prog="simulate")
    add_arguments(made)
    return made


def parsed(*options: str) -> Namespace:
    return parser().parse_args(options)


def test_without_options_the_rule_files_have_the_word() -> None:
    stated = _stated(parsed())
    assert stated.limits == Limits()
    assert stated.batch_seconds is None
    assert not stated.speak_for("anything")


def test_every_option_states_its_number() -> None:
    stated = _stated(
        parsed(
            *("--requests-per-minute", "60", "--input-tokens-per-minute", "4000"),
            *("--output-tokens-per-minute", "800", "--burst", "0.1", "--batch-seconds", "0"),
        )
    )
    assert stated.limits == Limits(
        requests_per_minute=60,
        input_tokens_per_minute=4000,
        output_tokens_per_minute=800,
        burst=0.1,
    )
    assert stated.batch_seconds == 0.0


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--requests-per-minute", "0", "a whole number from 1 to 1,000,000,000"),
        ("--input-tokens-per-minute", "many", "a whole number from 1 to 1,000,000,000"),
        ("--output-tokens-per-minute", "1" * 5_000, "a whole number from 1 to 1,000,000,000"),
        ("--port", "65536", "a whole number from 0 to 65535"),
        ("--port", "-1", "a whole number from 0 to 65535"),
        ("--latency", "-1", "a number from 0 to 8.64e+07"),
        ("--latency", "nan", "a number from 0 to 8.64e+07"),
        ("--burst", "2", "a number from 0.001 to 1"),
        ("--burst", "nan", "a number from 0.001 to 1"),
        ("--batch-seconds", "soon", "a number from 0 to 86400"),
    ],
)
def test_a_number_out_of_its_range_is_an_error_that_names_the_range(
    option: str, value: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parsed(option, value)
    assert f"argument {option}: expected {expected}" in capsys.readouterr().err


def test_the_guide_lists_every_option() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    options = [each.option_strings[-1] for each in parser()._actions if each.dest != "help"]
    assert [option for option in options if f"| `{option} " not in guide] == []
