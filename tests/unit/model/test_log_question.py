"""Facts about questions to the log."""

from evalgate.model.log_question import CHOICES, TIMES, Key, LogQuestion


def test_calls_are_chosen_by_all_keys_but_the_times() -> None:
    assert set(CHOICES) | set(TIMES) == set(Key)
    assert not set(CHOICES) & set(TIMES)


def test_a_time_among_the_keys_makes_the_order_that_of_time() -> None:
    assert LogQuestion(by=(Key.FEATURE, Key.DAY)).is_in_order_of_time
    assert not LogQuestion(by=(Key.FEATURE,)).is_in_order_of_time
