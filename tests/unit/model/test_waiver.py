"""Facts about waivers."""

import pytest

from evalgate.model.waiver import Waiver


@pytest.mark.parametrize(
    ("today", "holds"),
    [("2027-01-30", True), ("2027-01-31", True), ("2027-02-01", False), ("", False)],
)
def test_a_waiver_holds_up_to_its_last_day_and_never_on_an_unknown_one(
    today: str, holds: bool
) -> None:
    waiver = Waiver(
        case="a", evalset="s", owner="o", reason="r", expires="2027-01-31", candidate="0" * 12
    )
    assert waiver.holds(today) is holds
