"""Facts about the guides: what their examples print is what stands on the pages."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.e2e.guide_pages import INDEX, PAGES, Guide, alike, play, read_guide

SHOP = read_guide(INDEX.read_text("utf-8"))
GUIDES = {path.stem: read_guide(path.read_text("utf-8")) for path in PAGES}
AT_ONCE = 3
"""Guides wait more than they work, so that several go on side by side."""

Running = Mapping[str, Future[list[str]]]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folders = {name: tmp_path_factory.mktemp(name) for name in GUIDES}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            name: pool.submit(play, SHOP, guide, folders[name]) for name, guide in GUIDES.items()
        }
        pool.shutdown(cancel_futures=True)


def differs(guide: Guide, printed: list[str]) -> bool:
    pairs = zip(printed, guide.steps, strict=True)
    return not all(alike(each, page=step.printed) for each, step in pairs)


@pytest.mark.alone
@pytest.mark.parametrize(("name", "guide"), GUIDES.items(), ids=GUIDES)
def test_a_guide_prints_what_stands_on_its_page(
    name: str, guide: Guide, running: Running, tmp_path: Path
) -> None:
    printed = running[name].result()
    if differs(guide, printed):
        # On a busy machine half a second may be too short for an answer: alone it is not.
        printed = play(SHOP, guide, tmp_path)
    assert not differs(guide, printed), "\n".join((f"docs/guides/{name}.md now prints", *printed))


def test_every_guide_runs_something() -> None:
    assert len(GUIDES) == 20
    assert [name for name, guide in GUIDES.items() if not guide.steps] == []


PAGE = """# A guide
```yaml
# prompts/runtime.yml
schema: runtime/1
```
```sh
# in order
first
```
```text
it took 510 ms on 2026-11-22
```
```sh
second
```
"""


def test_a_page_is_read_as_files_and_commands_with_what_they_print() -> None:
    guide = read_guide(PAGE)
    assert guide.files == {"prompts/runtime.yml": "schema: runtime/1\n"}
    assert [step.commands for step in guide.steps] == ["# in order\nfirst\n", "second\n"]
    assert [step.printed for step in guide.steps] == ["it took 510 ms on 2026-11-22\n", ""]


@pytest.mark.parametrize(
    ("printed", "is_alike"),
    [
        ("it took 900 ms on 2027-01-01", True),
        ("it took 3 ms on 2027-01-01\n\n", True),
        ("it took 5100 ms on 2026-11-22", False),
        ("it took 510 s on 2026-11-22", False),
        ("it took 510 ms on 2026-11-22 twice", False),
        ("", False),
    ],
)
def test_outputs_may_differ_in_moments_and_in_nothing_else(printed: str, is_alike: bool) -> None:
    assert alike(printed, page="it took 510 ms on 2026-11-22\n") is is_alike


def test_ids_stand_for_each_other_but_not_for_words() -> None:
    page = "request 01a200b4-735f-79d1-add7-c645c321579b"
    assert alike("request 01a200b5-c7d9-7e2e-96bf-919c23cf7efc", page=page)
    assert not alike("request none", page=page)
