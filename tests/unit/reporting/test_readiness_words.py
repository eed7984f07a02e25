"""Facts about the words that reports of the checklist share."""

from dataclasses import replace

import pytest

from evalgate.model.readiness import Readiness, Standing, Topic
from evalgate.reporting.readiness_words import by_topic, headline, summary
from tests.unit.alerts import NOW
from tests.unit.reporting.findings import FAILED, OK, READINESS


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (Standing.FAILED, "Not ready for production"),
        (Standing.WARNING, "Ready, with warnings"),
        (Standing.BY_HAND, "Ready as far as a machine can see"),
        (Standing.NOT_APPLICABLE, "Ready for production"),
    ],
)
def test_the_worst_item_makes_the_headline(standing: Standing, said: str) -> None:
    readiness = Readiness(at=NOW, findings=(OK, replace(FAILED, standing=standing)))
    assert headline(readiness) == said


def test_items_are_counted_and_grouped() -> None:
    assert summary(READINESS) == "2 items: 1 ok, 1 failed"
    assert [topic for topic, _ in by_topic(READINESS)] == [Topic.CALLS, Topic.PEOPLE]
