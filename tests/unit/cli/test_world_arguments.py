"""Facts about the options that say who answers a run."""

from argparse import ArgumentParser, Namespace

import pytest

from evalgate.cli.world_arguments import add_world_arguments, world_words


def options(*words: str) -> Namespace:
    parser = ArgumentParser()
    add_world_arguments(parser)
    return parser.parse_args(words)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--simulate",),
        ("--simulate", "--rules", "a.yaml", "--rules", "b c.yaml"),
        ("--max-cost", "0"),
        ("--max-cost", "2.5", "--no-cache"),
        ("--cache", "x.sqlite"),
    ],
)
def test_the_words_of_a_run_are_said_again(words: tuple[str, ...]) -> None:
    assert world_words(options(*words)) == words
    assert options(*world_words(options(*words))) == options(*words)


def test_rules_alone_mean_the_simulator() -> None:
    assert world_words(options("--rules", "a.yaml")) == ("--simulate", "--rules", "a.yaml")


@pytest.mark.parametrize("limit", ["nan", "inf", "-inf", "-0.01", "free", ""])
def test_a_limit_that_would_limit_nothing_is_no_limit(
    limit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        options(f"--max-cost={limit}")
    assert f"expected US dollars such as 2.50, got `{limit}`" in capsys.readouterr().err
