"""Texts of others on the terminal."""

from hypothesis import given
from hypothesis import strategies as st

from evalgate.reporting.terminal_text import in_lines, safe

TRAPS = st.text(st.sampled_from("a:#[\n\t \x1b\u202e\u200b]") | st.characters(), max_size=30)


@given(TRAPS)
def test_no_text_can_act(text: str) -> None:
    for shown in (safe(text).plain, in_lines(text).plain):
        assert not {"\x1b", "\u202e"} & set(shown)
        assert "::" not in shown
        assert "##[" not in shown
    assert "\n" not in safe(text).plain


def test_lines_stay_lines_and_markup_stays_text() -> None:
    assert in_lines("a\n\n  [red]b[/red]").plain == "a\n\n  [red]b[/red]"
    assert safe(" a  [b]\n", "bold").plain == "a [b]"
    assert safe("long", limit=3).plain == "lo…"
