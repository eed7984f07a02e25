"""Facts about what calls show to have changed."""

from evalgate.adapters.traffic_changes import MOST_VALUES, PROVIDER, Served

HOUR = 3600.0
START = 1_795_305_600.0
PROMPT = "prompt", "p"


def told(served: Served) -> list[tuple[float, str, str]]:
    return [((each.ts - START) / HOUR, each.before, each.after) for each in served.changes()]


def note(served: Served, value: str, *hours: float) -> None:
    for hour in hours:
        served.note(PROMPT, value, ts=START + hour * HOUR)


def test_the_first_value_is_no_change_and_a_second_one_is() -> None:
    served = Served()
    note(served, "v1", 0, 1, 2)
    assert told(served) == []
    note(served, "v2", 2.1)
    assert told(served) == [(2.1, "v1", "v2")]


def test_old_and_new_side_by_side_are_one_change() -> None:
    served = Served()
    note(served, "v1", *(0.1 * each for each in range(40)))
    note(served, "v2", *(2 + 0.1 * each for each in range(40)))
    assert told(served) == [(2.0, "v1", "v2")]


def test_going_back_is_a_change_too() -> None:
    served = Served()
    note(served, "v1", 0, 1, 6, 7)
    note(served, "v2", 2, 3, 4, 5)
    assert [(before, after) for _, before, after in told(served)] == [("v1", "v2"), ("v2", "v1")]


def test_a_night_without_traffic_is_no_change() -> None:
    served = Served()
    note(served, "v1", 0, 1, 14, 15)
    note(served, "v2", 0.5, 1, 14, 15)
    assert len(told(served)) == 1


def test_the_order_in_which_lines_come_is_of_no_matter() -> None:
    served, backwards = Served(), Served()
    moments = [("v1", 0), ("v1", 1), ("v2", 2), ("v2", 2.05), ("v1", 9)]
    for value, hour in moments:
        note(served, value, hour)
    for value, hour in reversed(moments):
        note(backwards, value, hour)
    assert served.changes() == backwards.changes()


def test_a_provider_has_changed_when_most_calls_go_elsewhere() -> None:
    served = Served()
    subject = PROVIDER, "p"
    for slot in range(12):
        served.note(subject, "direct", ts=START + 600 * slot, calls=80 if slot < 8 else 20)
        served.note(subject, "bedrock", ts=START + 600 * slot, calls=20 if slot < 8 else 80)
    assert told(served) == [(8 / 6, "direct", "bedrock")]


def test_a_few_calls_say_nothing_of_where_calls_go() -> None:
    served = Served()
    subject = PROVIDER, "p"
    served.note(subject, "direct", ts=START, calls=100)
    served.note(subject, "bedrock", ts=START + 2 * HOUR, calls=5)
    assert told(served) == []


def test_what_is_forgotten_is_the_beginning_again() -> None:
    served = Served()
    note(served, "v1", 0)
    note(served, "v2", 5)
    served.forget(START + 4 * HOUR)
    assert told(served) == []


def test_values_that_never_repeat_do_not_grow_without_end() -> None:
    served = Served()
    for number in range(3 * MOST_VALUES):
        note(served, f"r{number}", number / 10)
    assert len(told(served)) < MOST_VALUES
