"""The page of an incident needs nothing else, and no text in it can become markup."""

import re
from html.parser import HTMLParser

from evalgate.model.incident import Status
from evalgate.monitoring.incidents.opening import Known, opened_from
from evalgate.reporting.incident_page import incident_page
from tests.unit.monitoring.incidents.records import AT, an_incident
from tests.unit.monitoring.incidents.streams import alarm
from tests.unit.reporting.incidents import closed, evil


class Seen(HTMLParser):
    """The tags, the ids and the texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.text = ""
        self.handlers = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.handlers |= any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_tells_all_of_it_and_loads_nothing() -> None:
    page = incident_page(an_incident())
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    seen = Seen(page)
    for said in ("Roll back from v2 to v1", "Did the judge move", "31 users", "team", "History"):
        assert said in seen.text
    assert len(seen.ids) == len(set(seen.ids))


def test_hostile_texts_stay_texts() -> None:
    page = incident_page(evil())
    seen = Seen(page)
    assert "img" not in seen.tags
    assert not seen.handlers
    assert seen.tags.count("script") == 1
    assert "onerror=alert(1)" in seen.text


def test_an_incident_without_anything_known_has_a_page() -> None:
    assert "Sev" in incident_page(opened_from(alarm(), Known(), at=AT)).title()


def test_the_end_is_told_and_nothing_is_next() -> None:
    page = incident_page(closed())
    assert "v2 lost a sentence" in page
    assert "What to do next" not in page
    assert closed().status is Status.CLOSED


def test_the_same_incident_gives_the_same_bytes() -> None:
    assert incident_page(an_incident()) == incident_page(an_incident())
