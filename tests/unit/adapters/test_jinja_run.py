"""Facts about one filling of a Jinja template: what it finds, writes and may spend."""

import pytest

from evalgate.adapters.jinja_run import (
    CHARACTERS_PER_STEP,
    MAX_OUTPUT,
    MAX_STEPS,
    Missing,
    Run,
    Unfit,
)


def test_the_innermost_value_of_a_name_is_found_and_the_case_s_last() -> None:
    run = Run({"a": 1, "b": 2})
    run.scopes += [{"a": 3}, {"a": 4}]
    assert (run.find("a"), run.find("b")) == (4, 2)
    assert run.find("c") == Missing("`c` was not set on the way here")


def test_steps_run_out() -> None:
    run = Run({})
    run.spend(MAX_STEPS)
    with pytest.raises(Unfit, match="more than 250,000 steps"):
        run.spend()


def test_long_texts_take_more_steps() -> None:
    run = Run({})
    run.spend(MAX_STEPS - 2)
    run.spend_text(CHARACTERS_PER_STEP)
    with pytest.raises(Unfit):
        run.spend_text(0)


def test_a_value_is_counted_with_all_that_is_in_it() -> None:
    run = Run({})
    run.spend(MAX_STEPS - 7)
    run.walk({"a": [1, 2], "b": None})  # itself, 2 keys, the list, 2 numbers, null
    with pytest.raises(Unfit):
        run.spend()


def test_what_is_written_is_bounded() -> None:
    run = Run({})
    run.write("a" * (MAX_OUTPUT - 4))
    run.write(True)
    assert run.text.endswith("aatrue")
    with pytest.raises(Unfit, match="writes more than"):
        run.write(1)
