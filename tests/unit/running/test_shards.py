"""Facts about dividing cases among jobs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.running.shards import MOST_SHARDS, Shard, cases_of_shard, read_shard

names = st.text(st.characters(codec=None), min_size=1, max_size=5)
durations = st.dictionaries(names, st.floats(0, 1e6), max_size=40)


def test_a_shard_is_read_and_written_alike() -> None:
    shard = read_shard("2/4")
    assert shard == Shard(index=2, of=4)
    assert str(shard) == "2/4"


@pytest.mark.parametrize(
    "text",
    ["", "1", "0/4", "5/4", "1/0", "-1/4", "1/4 ", "1/4\n", "01/4", "1/257", "a/b", "1/4/4", "٢/٤"],
)
def test_what_names_no_shard_is_none(text: str) -> None:
    assert read_shard(text) is None


def test_the_most_shards_can_be_named() -> None:
    assert read_shard(f"{MOST_SHARDS}/{MOST_SHARDS}") is not None


def split(cases: list[str], of: int, seconds: dict[str, float]) -> list[frozenset[str]]:
    return [
        cases_of_shard(cases, Shard(index=index, of=of), seconds=seconds)
        for index in range(1, of + 1)
    ]


@given(seconds=durations, more=st.lists(names, max_size=20), of=st.integers(1, 12))
def test_every_case_is_in_exactly_one_shard(
    seconds: dict[str, float], more: list[str], of: int
) -> None:
    cases = sorted({*seconds, *more})
    found = [case for shard in split(cases, of, seconds) for case in shard]
    assert sorted(found) == cases


def test_no_case_is_lost_to_rounding() -> None:
    for name in "abcdefgh":
        seconds = {f"{name}-{number}": 1e-12 if number % 7 else 1e8 for number in range(99)}
        assert [sum(map(len, split([*seconds], of, seconds))) for of in (1, 3, 8)] == [99] * 3


def test_a_case_may_have_any_name() -> None:
    assert split(["\ud800", ""], 1, {}) == [frozenset({"\ud800", ""})]


@given(seconds=durations.filter(bool), of=st.integers(1, 12))
def test_shards_take_the_same_time_but_for_the_largest_case(
    seconds: dict[str, float], of: int
) -> None:
    weights = {case: max(each, 1e-9) for case, each in seconds.items()}
    fair, largest = sum(weights.values()) / of, max(weights.values())
    for shard in split([*seconds], of, seconds):
        own = sum(weights[case] for case in shard)
        assert abs(own - fair) <= largest * (1 + 1e-6) + 1e-6


@given(seconds=durations, of=st.integers(1, 8))
def test_the_order_of_the_cases_changes_nothing(seconds: dict[str, float], of: int) -> None:
    cases = [*seconds]
    backwards = dict(reversed(seconds.items()))
    assert split(cases, of, seconds) == split(cases[::-1] + cases, of, backwards)


def test_a_case_without_a_past_counts_as_the_mean() -> None:
    cases = [f"case-{number}" for number in range(100)]
    assert split(cases, 4, {"case-1": 5.0, "gone": 5.0}) == split(cases, 4, {})


def test_a_slow_case_is_balanced_by_many_fast_ones() -> None:
    seconds = {f"case-{number}": 1.0 for number in range(99)} | {"slow": 99.0}
    sizes = sorted(map(len, split([*seconds], 2, seconds)))
    assert sizes[0] < 51
    assert sum(sizes) == 100


def test_neighbours_by_name_are_spread() -> None:
    cases = [f"case-{number:03}" for number in range(100)]
    first = split(cases, 2, {})[0]
    assert 10 < len(first & set(cases[:50])) < 40
