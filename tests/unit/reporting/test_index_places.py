"""Facts about addresses and times on the index."""

from datetime import UTC, datetime
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.served_paths import asked_path
from evalgate.reporting.index_places import Link, files_of, page_of, when_of
from tests.unit.reporting.found_reports import WRITTEN, folder


def test_an_address_leads_to_its_file_whatever_its_name() -> None:
    link = Link.to('a "b"/c?d#é', "x y.md")
    assert link.address == "/a%20%22b%22/c%3Fd%23%C3%A9/x%20y.md"
    assert Link.to("", "a.md").address == "/a.md"
    assert Link.to("", "\udcff.md").address == "/%FF.md"


@given(st.text("abc /?#%&é\u202e:", min_size=1).filter(lambda name: name.strip("/")))
def test_the_server_reads_an_address_back(name: str) -> None:
    parts = asked_path(Link.to("run", name).address)
    clean = all(part and not part.startswith(".") for part in name.split("/"))
    assert parts == (("run", *name.split("/")) if clean else None)
    assert unquote(Link.to("run", name).address) == f"/run/{name}"


def test_an_entry_leads_to_its_page_or_else_to_the_next_best() -> None:
    names: tuple[str, ...] = ("comment.md", "report.html", "summary.md", "verdict.json")
    told = []
    for gone in ("", "report.html", "summary.md", "comment.md", "verdict.json"):
        names = tuple(name for name in names if name != gone)
        page = page_of(folder("run", *names))
        told.append(page and page.name)
    assert told == ["report.html", "summary.md", "comment.md", "verdict.json", None]


def test_all_files_are_linked_and_the_one_to_read_stands_first() -> None:
    links = files_of(folder("run", "a.md", "b.xml", "report.html", "verdict.json"))
    assert [link.name for link in links] == ["report.html", "a.md", "b.xml", "verdict.json"]


def test_a_run_is_from_when_its_id_says() -> None:
    when = when_of("20261121-202518-c2e2", changed=WRITTEN)
    assert (when.moment, when.of_file) == (datetime(2026, 11, 21, 20, 25, 18, tzinfo=UTC), False)
    assert when.text == "21 Nov 2026, 20:25 UTC"
    assert when.machine == "2026-11-21T20:25:18+00:00"


def test_a_demo_is_from_when_its_folder_says() -> None:
    when = when_of("demo-harmless", "demo-20261121-202518-c2e2", changed=WRITTEN)
    assert when.moment.hour == 20


def test_a_name_without_a_time_leaves_that_of_the_file() -> None:
    for name in ("", "nightly", "20261399-250000-aaaa", "x20261121-202518", "20261121-2025189"):
        when = when_of(name, changed=WRITTEN)
        assert (when.text, when.of_file) == ("2 Jan 2026, 03:04 UTC", True)
