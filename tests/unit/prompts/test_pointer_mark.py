"""Facts about the mark of a state of a prompt's files."""

from evalgate.model.override import PromptOverride
from evalgate.model.prompt import Canary, Switch
from evalgate.prompts.pointer_mark import MARK_LENGTH, pointer_mark, salt_in_force

STABLE, NEXT = ("v3", "3" * 64), ("v4", "4" * 64)
SPLIT = Canary(version="v4", percent=5.25, salt="s")


def test_a_mark_stays_what_it_is_or_old_lines_of_the_log_are_of_no_state() -> None:
    assert pointer_mark("p", STABLE, switch=Switch()) == "dfcf98aead69"
    assert pointer_mark("p", STABLE, canary=NEXT, split=SPLIT, switch=Switch()) == "5d6bfbe9b0e7"


def test_marks_differ_where_anything_differs_that_serves() -> None:
    off = Switch(disabled=True)
    marks = [
        pointer_mark("p", STABLE, switch=Switch()),
        pointer_mark("q", STABLE, switch=Switch()),
        pointer_mark("p", NEXT, switch=Switch()),
        pointer_mark("p", STABLE, switch=off),
        pointer_mark("p", STABLE, switch=Switch(model="m")),
        pointer_mark("p", STABLE, canary=NEXT, split=SPLIT, switch=Switch()),
        pointer_mark("p", STABLE, canary=("v4", "5" * 64), split=SPLIT, switch=Switch()),
        pointer_mark(
            "p", STABLE, canary=NEXT, split=Canary(version="v4", percent=5.25), switch=Switch()
        ),
        pointer_mark("p", STABLE, switch=Switch(), override=PromptOverride(until=9)),
    ]
    assert len(set(marks)) == len(marks)
    assert {len(mark) for mark in marks} == {MARK_LENGTH}


def test_a_canary_without_a_salt_has_one_of_its_own() -> None:
    assert salt_in_force("p", SPLIT) == "s"
    assert salt_in_force("p", Canary(version="v4", percent=5.0)) == "p/v4"
