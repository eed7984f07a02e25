"""Facts about what a maintainer reads before accepting the change of a set."""

from evalgate.cli.accept_table import change_lines
from evalgate.gate.accepting import SetChange
from evalgate.model.policy import Policy


def change(**numbers: tuple[str, ...]) -> SetChange:
    return SetChange(
        evalset="replies",
        policy=Policy(),
        codes=("set_changed",),
        before=1200,
        edited=numbers.get("edited", ()),
        deleted=numbers.get("deleted", ()),
        weakened=numbers.get("weakened", ()),
        slices={"vip": (12, 3)} if "deleted" in numbers else {},
        replaces="a" * 64,
        content="b" * 64,
    )


def test_each_kind_of_change_has_a_line_with_its_number_and_names() -> None:
    many = tuple(f"c{number}" for number in range(25))
    first, *rows = change_lines(change(edited=("a",), deleted=many, weakened=("hot",)))
    assert first == "replies: 1,200 cases at the base (set_changed)"
    assert rows[0] == "  edited          1  a"
    assert rows[1].startswith("  deleted        25  c0, c1, ")
    assert rows[1].endswith(", c19 and 5 more")
    assert rows[2:] == ["  critical        1  hot", "  protected       1  vip 12 → 3"]


def test_what_does_not_change_has_no_line() -> None:
    assert len(list(change_lines(change()))) == 1
