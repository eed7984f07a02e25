"""What two sequences have in common."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from evalgate.reporting.stretches import stretches

SEQUENCES = st.lists(st.sampled_from("abc"), max_size=20)


@given(SEQUENCES, SEQUENCES)
def test_both_sequences_are_made_of_stretches_that_take_turns(
    before: list[str], after: list[str]
) -> None:
    found = list(stretches(before, after))
    assert [item for each in found for item in before[each.before]] == before
    assert [item for each in found for item in after[each.after]] == after
    assert all(one.is_same is not other.is_same for one, other in pairwise(found))
    assert all((before[each.before] == after[each.after]) is each.is_same for each in found)


def test_as_much_is_the_same_as_can_be() -> None:
    found = list(stretches("abcd", "xbcy"))
    assert [(each.is_same, each.before, each.after) for each in found] == [
        (False, slice(0, 1), slice(0, 1)),
        (True, slice(1, 3), slice(1, 3)),
        (False, slice(3, 4), slice(3, 4)),
    ]
