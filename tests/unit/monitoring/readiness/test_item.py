"""Facts about an item of the checklist."""

from evalgate.model.readiness import Standing, Topic
from evalgate.monitoring.readiness.item import Item, failed, listed, with_policy, with_serving
from tests.unit.monitoring.readiness.known_facts import POLICY, READY, SERVING


def test_a_finding_says_what_the_item_asks_for_and_what_its_check_saw() -> None:
    item = Item(
        id="x",
        topic=Topic.LOG,
        title="X",
        demand="Y.",
        check=lambda _: failed("seen", "one", "two"),
    )
    found = item.found(READY)
    assert (found.id, found.topic, found.title, found.demand) == ("x", Topic.LOG, "X", "Y.")
    assert (found.standing, found.seen, found.steps) == (Standing.FAILED, "seen", ("one", "two"))


def test_a_check_gets_the_file_that_it_needs() -> None:
    seen: list[object] = []

    def look(*given: object) -> object:
        seen.extend(given[1:])
        return failed("x")

    with_serving(look)(READY)  # type: ignore[arg-type]
    with_policy(look)(READY)  # type: ignore[arg-type]
    assert seen == [SERVING, POLICY]


def test_of_many_names_the_first_few_are_told() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed([*"abcdefgh"]) == "a, b, c, d, e and 3 more"
