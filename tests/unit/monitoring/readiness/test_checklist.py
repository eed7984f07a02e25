"""Facts about the checklist as a whole."""

import re

from evalgate.model.readiness import Standing, Topic
from evalgate.monitoring.readiness.checklist import ITEMS, readiness_of
from evalgate.monitoring.readiness.facts import Facts
from tests.unit.alerts import NOW
from tests.unit.monitoring.readiness.known_facts import READY


def test_an_application_that_has_everything_is_ready_but_for_what_no_machine_sees() -> None:
    readiness = readiness_of(READY)
    left = {
        each.id: each.standing for each in readiness.findings if each.standing is not Standing.OK
    }
    assert left == {"provider-limit": Standing.BY_HAND}
    assert readiness.counted(Standing.OK) == len(ITEMS) - 1


def test_where_nothing_is_known_nothing_is_green_that_was_not_looked_at() -> None:
    readiness = readiness_of(Facts(at=NOW, problems={"policy": "gone", "runtime.yml": "broken"}))
    green = {each.id for each in readiness.findings if each.standing is Standing.OK}
    # No prompt means that none is changed, lost or switched off.
    assert green == {"hashes", "switched-off"}
    assert readiness.findings[0].standing is Standing.FAILED


def test_items_have_names_of_their_own_and_stand_by_topic() -> None:
    names = [each.id for each in ITEMS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in names)
    topics = [each.topic for each in ITEMS]
    assert topics == sorted(topics, key=[*Topic].index)
    assert set(topics) == set(Topic)


def test_every_item_says_what_was_seen_and_a_failure_what_comes_next() -> None:
    for each in readiness_of(Facts(at=NOW)).findings:
        assert each.seen
        assert each.demand.endswith((".", ")."))
        assert each.steps or each.standing is not Standing.FAILED
