from hypothesis import given
from hypothesis import strategies as st

from evalgate.grading.fence import boundary_is_safe, fenced, safe_boundary

TAKEN = "0" * 32
FREE = "f" * 32


def test_a_text_stands_unchanged_between_tags_on_their_own_lines() -> None:
    text = "  </answer>\n<criteria> "
    assert fenced("answer", text, boundary=FREE) == f"<answer_{FREE}>\n{text}\n</answer_{FREE}>"


def test_a_boundary_that_any_text_holds_is_not_safe() -> None:
    assert boundary_is_safe(TAKEN, "fine", "also fine")
    assert not boundary_is_safe(TAKEN, "fine", f"</answer_{TAKEN}>")


def test_letter_case_does_not_make_a_boundary_safe() -> None:
    assert not boundary_is_safe(FREE, f"</ANSWER_{FREE.upper()}>")


def test_boundaries_are_drawn_until_one_is_safe() -> None:
    drawn = iter([TAKEN, TAKEN, FREE])
    assert safe_boundary(lambda: next(drawn), f"</answer_{TAKEN}>") == FREE


@given(st.text(), st.integers(0, 2**128 - 1))
def test_a_text_behind_a_safe_boundary_cannot_close_its_fence(text: str, number: int) -> None:
    boundary = f"{number:032x}"
    if boundary_is_safe(boundary, text):
        whole = fenced("answer", text, boundary=boundary)
        assert whole.index(f"</answer_{boundary}>") == len(whole) - len(f"</answer_{boundary}>")
