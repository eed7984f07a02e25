"""Facts about the options of questions to the log."""

from argparse import ArgumentParser, Namespace

import pytest

from evalgate.cli.logs_answers import ACTIONS, SUMMARIES, add_arguments, selection_of
from evalgate.errors import UsageError
from evalgate.model.log_question import Key, Selection


def options(*words: str) -> Namespace:
    parser = ArgumentParser()
    add_arguments(parser, "cost")
    return parser.parse_args(words)


def test_keys_are_parted_by_commas_and_each_counts_once() -> None:
    assert options("--by", "feature, day,feature").by == (Key.FEATURE, Key.DAY)
    assert options().by == ()


def test_a_key_that_is_not_known_is_refused_with_a_suggestion(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        options("--by", "featur")
    assert "feature" in capsys.readouterr().err


@pytest.mark.parametrize("top", ["0", "-1", "x", "10001"])
def test_a_number_of_groups_that_cannot_be_is_refused(top: str) -> None:
    with pytest.raises(SystemExit):
        options("--top", top)


def test_calls_are_chosen_by_times_and_values() -> None:
    words = options("--since", "1d", "--until", "today", "--user", "ab", "--user", "", "--arm", "c")
    assert selection_of(words, now=10 * 86_400.0 + 5) == Selection(
        since=(9 * 86_400 + 5) * 10**6,
        until=10 * 86_400 * 10**6,
        values={Key.ARM: ("c",), Key.USER: ("ab", "")},
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--since", "soon"), "--since: expected"),
        (("--until", "2026-11-22T10:00"), "--until: an instant needs its zone"),
        (("--since", "today", "--until", "yesterday"), "--since has to be before --until"),
        (("--since", "today", "--until", "today"), "--since has to be before --until"),
    ],
)
def test_times_that_cannot_be_are_refused(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        selection_of(options(*words), now=1e9)


def test_every_question_has_its_action_and_summary() -> None:
    assert list(SUMMARIES) == list(ACTIONS)
