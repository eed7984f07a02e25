"""Facts about the shelf over real files: swaps under load, links, forks, and what breaks."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from evalgate.errors import ConfigurationError, UsageError
from evalgate.model.call_ports import Event, EventKind
from evalgate.model.document import Document
from evalgate.model.reading import Section
from evalgate.model.serving import Serving, Timing
from evalgate.runtime.versions.look import MOST_BYTES
from evalgate.runtime.versions.shelf import LOOK_SECONDS, Shelf

pytestmark = pytest.mark.alone

VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n## user\n\n{0}: {{{{message}}}}\n"
BROKEN = EventKind.FILE_BROKEN
MENDED = EventKind.FILE_MENDED
MOVED = EventKind.POINTER_MOVED


def version(text: str) -> str:
    return VERSION.format(text)


def read_serving(document: Document) -> Serving:
    section = Section(document)
    deadline = section.number("deadline", 30.0, least=0.0, most=100.0)
    section.finish()
    return Serving(timing=Timing(deadline=deadline))


def put(path: Path, text: str) -> None:
    """Replace a file at once, as `evalgate switch` does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_text(text)
    new.replace(path)


class Time:
    """A monotonic clock that is moved by hand, and the true time of day, moved likewise."""

    def __init__(self) -> None:
        self.passed = 0.0

    def monotonic(self) -> float:
        return self.passed

    def now(self) -> float:
        return time.time() + self.passed

    def next_look(self) -> None:
        self.passed += LOOK_SECONDS


class World:
    """A folder with one prompt, a shelf over it, and what the shelf told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "prompts"
        self.override = folder / "host/override.yml"
        self.time = Time()
        self.events: list[Event] = []
        for number in (1, 2, 3):
            put(self.folder / f"sum-up/v{number}.md", version(f"Way {number}"))
        self.point("stable: v1\n")

    def point(self, text: str) -> None:
        put(self.folder / "sum-up/live.yaml", text)

    def open(self) -> Shelf:
        return Shelf(
            self.folder,
            read_serving=read_serving,
            override=self.override,
            now=self.time.now,
            monotonic=self.time.monotonic,
            on_event=self.events.append,
        )

    def told(self) -> list[tuple[EventKind, str, str, str]]:
        """Return the events since the last time."""
        told = [(event.kind, event.subject, event.before, event.after) for event in self.events]
        self.messages = [event.message for event in self.events]
        self.events.clear()
        return told

    def until(self, seconds: float) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.time.now() + seconds))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def serves(shelf: Shelf) -> str:
    live = shelf.live("sum-up")
    text = live.stable.version + ("" if live.canary is None else f"+{live.canary.version}")
    body = live.stable.parts[0].template.source
    assert body.startswith(f"Way {live.stable.version[1:]}"), "a version with another's text"
    return text


# What is seen, and when


def test_a_move_is_seen_at_the_next_look_and_told_once(world: World) -> None:
    shelf = world.open()
    assert serves(shelf) == "v1"
    world.point("stable: v2\ncanary: {version: v3, percent: 5.25}\n")
    assert serves(shelf) == "v1"
    world.time.next_look()
    assert serves(shelf) == "v2+v3"
    world.time.next_look()
    assert serves(shelf) == "v2+v3"
    assert world.told() == [(MOVED, "sum-up", "v1", "v2+v3@5.25%")]


def test_a_move_is_seen_within_a_second_of_real_time(world: World) -> None:
    shelf = Shelf(world.folder, read_serving=read_serving, on_event=world.events.append)
    assert serves(shelf) == "v1"
    moved = time.monotonic()
    world.point("stable: v2\n")
    wait_until(lambda: serves(shelf) == "v2")
    assert time.monotonic() - moved < 1


def test_the_kill_switch_and_the_model_are_seen(world: World) -> None:
    shelf = world.open()
    first = shelf.live("sum-up").pointer
    world.point("stable: v1\nswitch: {disabled: true, model: claude-opus-5-5}\n")
    world.time.next_look()
    live = shelf.live("sum-up")
    assert (live.switch.disabled, live.switch.model) == (True, "claude-opus-5-5")
    assert live.pointer != first
    assert world.told() == [(MOVED, "sum-up", "v1", "v1 on claude-opus-5-5 disabled")]


def test_two_hosts_with_equal_files_say_the_same_pointer(tmp_path: Path) -> None:
    hosts = [World(tmp_path / name) for name in ("a", "b")]
    pointers = {host.open().live("sum-up").pointer for host in hosts}
    assert len(pointers) == 1
    assert all(len(pointer) == 12 for pointer in pointers)


def test_a_canary_without_a_salt_has_one_of_its_own(world: World) -> None:
    world.point("stable: v1\ncanary: {version: v2, percent: 5}\n")
    split = world.open().live("sum-up").split
    assert split is not None
    assert split.salt == "sum-up/v2"


def test_what_has_not_changed_stays_the_same_object(world: World) -> None:
    shelf = world.open()
    first = shelf.live("sum-up")
    world.point("# a remark\nstable: v1\n")
    world.time.next_look()
    assert shelf.live("sum-up") is first
    assert world.told() == []


def test_runtime_yml_is_seen_and_its_last_good_state_is_kept(world: World) -> None:
    shelf = world.open()
    assert shelf.serving == Serving()
    put(world.folder / "runtime.yml", "deadline: 5\n")
    world.time.next_look()
    assert shelf.serving.timing.deadline == 5
    for broken in ("deadline: [\n", "deadline: 5 5\n"):
        put(world.folder / "runtime.yml", broken)
        world.time.next_look()
        assert shelf.serving.timing.deadline == 5
    (world.folder / "runtime.yml").unlink()
    world.time.next_look()
    assert shelf.serving.timing.deadline == 5
    assert [each[:2] for each in world.told()] == [(BROKEN, "runtime.yml")] * 3
    put(world.folder / "runtime.yml", "deadline: 6\n")
    world.time.next_look()
    assert shelf.serving.timing.deadline == 6
    assert [each[:2] for each in world.told()] == [(MENDED, "runtime.yml")]


def test_a_prompt_that_is_added_later_is_found_on_use(world: World) -> None:
    shelf = world.open()
    with pytest.raises(UsageError, match="did you mean `sum-up`"):
        shelf.live("sum-upp")
    put(world.folder / "other/v1.md", version("Other"))
    put(world.folder / "other/live.yaml", "stable: v1\n")
    assert shelf.live("other").stable.version == "v1"
    assert shelf.prompts == ("other", "sum-up")


# What breaks


Break = Callable[[Path], None]
BREAKS: dict[str, Break] = {
    "not YAML": lambda path: put(path, "stable: ["),
    "an unknown key": lambda path: put(path, "stabel: v2\n"),
    "nothing stable": lambda path: put(path, "stable: null\n"),
    "an empty file": lambda path: put(path, ""),
    "no such version": lambda path: put(path, "stable: v9\n"),
    "no such canary": lambda path: put(path, "stable: v2\ncanary: {version: v9, percent: 5}\n"),
    "too fine a weight": lambda path: put(
        path, "stable: v2\ncanary: {version: v3, percent: 5.001}\n"
    ),
    "10 MB": lambda path: put(path, "stable: v2\n" + "#" * 10_000_000),
    "deleted": lambda path: path.unlink(),
}


def to_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def to_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def to_loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def to_bytes(path: Path) -> None:
    path.write_bytes(b"stable: \xff\n")


BREAKS |= {
    "bytes that are no text": to_bytes,
    "a folder": to_folder,
    "a pipe": to_pipe,
    "a link to itself": to_loop,
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_pointer_leaves_what_was_live_and_is_told_once(world: World, name: str) -> None:
    shelf = world.open()
    path = world.folder / "sum-up/live.yaml"
    BREAKS[name](path)
    for _ in range(8):
        world.time.next_look()
        assert serves(shelf) == "v1"
    assert world.told() == [(BROKEN, "sum-up/live.yaml", "", "")]
    if path.is_dir():
        path.rmdir()
    world.point("stable: v2\n")
    world.time.next_look()
    assert serves(shelf) == "v2"
    assert world.told() == [
        (MENDED, "sum-up/live.yaml", "", ""),
        (MOVED, "sum-up", "v1", "v2"),
    ]


def test_another_broken_state_is_told_again(world: World) -> None:
    shelf = world.open()
    for text in ("stable: [", "stable: [ ", "stable: v9\n"):
        world.point(text)
        world.time.next_look()
        assert serves(shelf) == "v1"
    assert world.told() == [(BROKEN, "sum-up/live.yaml", "", "")] * 3


def test_a_deleted_folder_leaves_what_was_live(world: World) -> None:
    shelf = world.open()
    aside = world.folder.with_name("aside")
    world.folder.rename(aside)
    world.time.next_look()
    assert serves(shelf) == "v1"
    assert (BROKEN, "sum-up/live.yaml", "", "") in world.told()
    aside.rename(world.folder)
    world.time.next_look()
    assert serves(shelf) == "v1"
    assert {each[0] for each in world.told()} == {MENDED}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_leaves_what_was_live(world: World) -> None:
    shelf = world.open()
    path = world.folder / "sum-up/live.yaml"
    path.chmod(0)
    world.time.next_look()
    assert serves(shelf) == "v1"
    assert world.told() == [(BROKEN, "sum-up/live.yaml", "", "")]
    path.chmod(0o600)
    world.time.next_look()
    assert world.told() == [(MENDED, "sum-up/live.yaml", "", "")]


def test_a_version_that_is_edited_in_place_serves_as_it_was_loaded(world: World) -> None:
    shelf = world.open()
    put(world.folder / "sum-up/v1.md", version("Another way"))
    world.time.next_look()
    assert serves(shelf) == "v1"
    assert world.told() == [(BROKEN, "sum-up/v1.md", "", "")]
    assert "a version may not change" in world.messages[0]
    world.point("stable: v1\nswitch: {disabled: true}\n")
    world.time.next_look()
    assert shelf.live("sum-up").switch.disabled
    assert shelf.live("sum-up").stable.parts[0].template.source.startswith("Way 1")


def test_a_live_version_that_is_deleted_goes_on_serving(world: World) -> None:
    shelf = world.open()
    (world.folder / "sum-up/v1.md").unlink()
    world.time.next_look()
    assert serves(shelf) == "v1"
    assert world.told() == [(BROKEN, "sum-up/v1.md", "", "")]


def test_a_new_version_that_cannot_be_parsed_moves_nothing(world: World) -> None:
    shelf = world.open()
    put(world.folder / "sum-up/v4.md", "no front matter")
    world.point("stable: v4\n")
    world.time.next_look()
    assert serves(shelf) == "v1"
    assert world.told() == [(BROKEN, "sum-up/v4.md", "", "")]
    put(world.folder / "sum-up/v4.md", version("Way 4"))
    world.time.next_look()
    assert serves(shelf) == "v4"


def test_an_include_that_comes_late_is_waited_for(world: World) -> None:
    shelf = world.open()
    text = version('Way 4 {% include "tone.v1.md" %}').replace("max", "template: jinja\nmax")
    put(world.folder / "sum-up/v4.md", text)
    world.point("stable: v4\n")
    world.time.next_look()
    assert serves(shelf) == "v1"
    put(world.folder / "_shared/tone.v1.md", "Be brief.")
    world.time.next_look()
    assert serves(shelf) == "v4"
    world.told()
    put(world.folder / "_shared/tone.v1.md", "Be rude.")
    world.time.next_look()
    filled = shelf.live("sum-up").stable.parts[0].template.fill({"message": "x"})
    assert filled == "Way 4 Be brief.: x"
    assert world.told() == [(BROKEN, "sum-up/v4.md", "", "")]


# How a process starts


def test_a_broken_folder_keeps_a_process_from_starting(world: World) -> None:
    put(world.folder / "other/live.yaml", "\nstable: v7\n")
    world.point("stabel: v1\n")
    with pytest.raises(ConfigurationError) as caught:
        world.open()
    lines = str(caught.value).splitlines()
    assert lines[0].startswith(f"{world.folder}/other/live.yaml:2: stable: names v7, but")
    assert lines[1].startswith(f"{world.folder}/sum-up/live.yaml:1: stabel: unknown key")


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_prompts_keeps_a_process_from_starting(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigurationError, match=name):
        Shelf(tmp_path / name, read_serving=read_serving, on_event=print)


def test_a_broken_runtime_yml_keeps_a_process_from_starting(world: World) -> None:
    put(world.folder / "runtime.yml", "deadline: no")
    with pytest.raises(ConfigurationError, match=r"runtime\.yml:1"):
        world.open()


def test_a_prompt_that_is_not_live_yet_is_no_obstacle(world: World) -> None:
    put(world.folder / "new/v1.md", version("New"))
    put(world.folder / "newer/live.yaml", "stable: null\n")
    shelf = world.open()
    assert world.told() == []
    with pytest.raises(UsageError, match="no prompt `new`"):
        shelf.live("new")
    with pytest.raises(UsageError, match="names no stable version"):
        shelf.live("newer")


def test_a_new_prompt_that_is_broken_is_an_error_until_a_look_finds_it_whole(world: World) -> None:
    shelf = world.open()
    put(world.folder / "new/live.yaml", "stable: v1\n")
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="names v1, but there is no file"):
            shelf.live("new")
    put(world.folder / "new/v1.md", version("New"))
    with pytest.raises(ConfigurationError):
        shelf.live("new")
    world.time.next_look()
    assert shelf.live("new").stable.version == "v1"
    assert [each[:2] for each in world.told()] == [
        (BROKEN, "new/live.yaml"),
        (MENDED, "new/live.yaml"),
    ]


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../prompts/sum-up", "_shared", "a\0b", "\ud800", "x" * 10_000]
)
def test_no_name_leads_out_of_the_folder(world: World, name: str) -> None:
    shelf = world.open()
    with pytest.raises(UsageError, match="there is no prompt"):
        shelf.live(name)


# The host's override


def test_an_override_outranks_the_pointer_until_its_second(world: World) -> None:
    world.point("stable: v1\ncanary: {version: v3, percent: 50}\n")
    shelf = world.open()
    pointer = shelf.live("sum-up").pointer
    put(
        world.override,
        f"prompts: {{sum-up: {{until: {world.until(60)}, version: v2, by: ann, why: tone}}}}\n",
    )
    world.time.next_look()
    assert serves(shelf) == "v2"
    assert shelf.live("sum-up").pointer != pointer
    assert world.told() == [(EventKind.OVERRIDE_BEGAN, "sum-up", "", "v2")]
    assert world.messages[0].endswith("by ann: tone")
    world.point("stable: v3\n")
    world.time.next_look()
    assert serves(shelf) == "v2"
    assert world.told() == [(MOVED, "sum-up", "v1+v3@50%", "v3")]
    assert world.messages == ["an override on this host outranks it"]
    ends = shelf.override.prompts["sum-up"].until
    world.time.passed += ends - world.time.now() - 0.2
    assert serves(shelf) == "v2"
    world.time.passed += ends - world.time.now() + 0.001  # less than until the next look
    assert serves(shelf) == "v3"
    assert shelf.override.prompts == {}
    assert world.told() == [(EventKind.OVERRIDE_ENDED, "sum-up", "v2", "")]


def test_a_broken_override_file_keeps_nothing_from_starting(world: World) -> None:
    put(world.override, "prompts: {sum-up: {version: v2}}\n")
    shelf = world.open()
    assert serves(shelf) == "v1"
    assert world.told() == [(BROKEN, "override.yml", "", "")]
    assert "`until` is missing" in world.messages[0]
    put(world.override, f"prompts: {{sum-up: {{until: {world.until(60)}, version: v2}}}}\n")
    world.time.next_look()
    assert serves(shelf) == "v2"
    put(world.override, "prompts: [")
    world.time.next_look()
    assert serves(shelf) == "v2"
    world.told()
    world.override.unlink()
    world.time.next_look()
    assert serves(shelf) == "v1"
    assert {each[0] for each in world.told()} == {MENDED, EventKind.OVERRIDE_ENDED}


def test_an_override_to_a_missing_version_still_disables(world: World) -> None:
    shelf = world.open()
    entry = f"{{until: {world.until(60)}, version: v9, switch: {{disabled: true}}}}"
    put(world.override, f"prompts: {{sum-up: {entry}}}\n")
    world.time.next_look()
    assert serves(shelf) == "v1"
    assert shelf.live("sum-up").switch.disabled
    assert (BROKEN, "sum-up/v9.md", "", "") in world.told()


def test_an_override_of_what_is_not_live_yet_is_no_obstacle(world: World) -> None:
    put(world.folder / "newer/live.yaml", "stable: null\n")
    put(world.override, f"prompts: {{newer: {{until: {world.until(60)}, version: v9}}}}\n")
    assert world.open().prompts == ("sum-up",)


def test_an_override_of_what_is_not_there_says_so(world: World) -> None:
    until = world.until(60)
    entries = f"prompts: {{sum-upp: {{until: {until}, version: v2}}}}\n"
    entries += f"routes: {{paris: {{until: {until}, state: open}}}}\n"
    put(world.override, entries)
    shelf = world.open()
    assert serves(shelf) == "v1"
    assert [each[1:] for each in world.told()] == [
        ("sum-upp", "", "v2"),
        ("route paris", "", "open"),
    ]
    assert all(message.startswith("it has no effect: ") for message in world.messages)


def test_what_a_look_at_one_prompt_finds_beside_it_reaches_the_others(world: World) -> None:
    put(world.folder / "other/v1.md", version("Other"))
    put(world.folder / "other/live.yaml", "stable: v1\n")
    shelf = world.open()
    world.time.next_look()
    shelf.live("other")
    entry = f"{{until: {world.until(60)}, switch: {{disabled: true}}}}"
    put(world.override, f"prompts: {{other: {entry}}}\n")
    world.time.passed += LOOK_SECONDS / 2
    assert not shelf.live("other").switch.disabled
    shelf.live("sum-up")
    assert shelf.live("other").switch.disabled


# What is loaded and what is not


def answer(program: str, folder: Path) -> str:
    """Return what a fresh interpreter prints that has opened a shelf over the folder."""
    start = (
        "import sys\nfrom pathlib import Path\nfrom evalgate.runtime.versions.shelf import Shelf\n"
    )
    command = (sys.executable, "-c", start + program, str(folder))
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_shelf_loads_nothing_heavy(world: World) -> None:
    heavy = {"anthropic", "jinja2", "openfeature", "pandas", "rich", "msgspec", "asyncio"}
    program = (
        "Shelf(Path(sys.argv[1]), read_serving=print, on_event=print).live('sum-up')\n"
        f"print({heavy} & set(sys.modules))"
    )
    assert answer(program, world.folder) == "set()\n"


def test_a_version_in_jinja_says_which_package_it_lacks(world: World) -> None:
    put(world.folder / "sum-up/v1.md", version("Way 1").replace("max", "template: jinja\nmax"))
    program = (
        "from evalgate.errors import ConfigurationError\n"
        "sys.modules['jinja2'] = None\n"
        "try: Shelf(Path(sys.argv[1]), read_serving=print, on_event=print)\n"
        "except ConfigurationError as error: print(error)"
    )
    assert "/sum-up/v1.md: `template: jinja` needs the extra `gate`" in answer(
        program, world.folder
    )


# Load, links and forks


def test_no_reader_ever_sees_a_mix_of_two_states(world: World) -> None:
    shelf = Shelf(
        world.folder,
        read_serving=read_serving,
        on_event=world.events.append,
        monotonic=ticking(),
    )
    writer = in_a_child(lambda: swap(world, times=500))
    stop = threading.Event()
    seen: set[tuple[str, str]] = set()
    readers = [threading.Thread(target=gather, args=(shelf, stop, seen)) for _ in range(4)]
    for reader in readers:
        reader.start()
    assert os.waitpid(writer, 0)[1] == 0
    world.point(CANARY)
    wait_until(lambda: len(seen) > 1)
    stop.set()
    for reader in readers:
        reader.join()
    assert seen == {("v1", "Way 1"), ("v2+v3", "Way 2, Way 3")}
    assert {event.kind for event in world.events} == {MOVED}


CANARY = "stable: v2\ncanary: {version: v3, percent: 5}\n"


def gather(shelf: Shelf, stop: threading.Event, seen: set[tuple[str, str]]) -> None:
    while not stop.is_set():
        live = shelf.live("sum-up")
        versions = [live.stable, *([live.canary] if live.canary else [])]
        sources = (each.parts[0].template.source.partition(":")[0] for each in versions)
        seen.add(("+".join(each.version for each in versions), ", ".join(sources)))


def swap(world: World, times: int) -> None:
    for _ in range(times):
        world.point(CANARY)
        time.sleep(0.0005)
        world.point("stable: v1\n")
        time.sleep(0.0005)


def in_a_child(work: Callable[[], None]) -> int:
    """Start the work in a forked process, and return its id."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return child


def ticking() -> Callable[[], float]:
    """Return a clock by which every moment is time for a look."""
    moments = iter(range(10**9))
    return lambda: float(next(moments))


RELEASES = ("..2026_11_21", "..2026_11_22")


def mount(folder: Path) -> None:
    """Lay a ConfigMap out as the kubelet does: two releases that have no version in common."""
    for name, stable in zip(RELEASES, ("v1", "v2"), strict=True):
        put(folder / name / f"sum-up/{stable}.md", version(f"Way {stable[1:]}"))
        put(folder / name / "sum-up/live.yaml", f"stable: {stable}\n")
    link(folder, RELEASES[0])
    (folder / "sum-up").symlink_to("..data/sum-up")


def link(folder: Path, release: str) -> None:
    (folder / "..new").symlink_to(release)
    (folder / "..new").replace(folder / "..data")


def test_a_config_map_is_swapped_as_a_whole(tmp_path: Path) -> None:
    mount(tmp_path)
    clock, events = Time(), list[Event]()
    shelf = Shelf(
        tmp_path,
        read_serving=read_serving,
        monotonic=clock.monotonic,
        now=clock.now,
        on_event=events.append,
    )
    assert serves(shelf) == "v1"
    link(tmp_path, RELEASES[1])
    clock.next_look()
    assert serves(shelf) == "v2"
    assert [(each.kind, each.before, each.after) for each in events] == [(MOVED, "v1", "v2")]


def test_a_swap_in_the_middle_of_a_look_breaks_nothing(tmp_path: Path) -> None:
    mount(tmp_path)
    events: list[Event] = []
    shelf = Shelf(tmp_path, read_serving=read_serving, monotonic=ticking(), on_event=events.append)
    writer = in_a_child(lambda: swap_links(tmp_path, times=300))
    while os.waitpid(writer, os.WNOHANG) == (0, 0):
        serves(shelf)
    assert {event.kind for event in events} == {MOVED}


def swap_links(folder: Path, times: int) -> None:
    for number in range(times):
        link(folder, RELEASES[(number + 1) % 2])
        time.sleep(0.002 if number % 2 else 0.003)


def test_a_change_in_the_same_tick_of_the_clock_is_seen(world: World) -> None:
    shelf = world.open()
    path = world.folder / "sum-up/live.yaml"
    before = path.stat()
    # The same inode, size and times, as far as anybody can tell but from the content.
    path.write_text("stable: v2\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    world.time.next_look()
    assert serves(shelf) == "v2"


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_forked_child_sees_the_change_though_a_thread_was_looking(world: World) -> None:
    shelf = Shelf(world.folder, read_serving=read_serving, on_event=world.events.append)
    shelf._guard[1].acquire()  # as a thread that looks at the very moment of the fork
    child = in_a_child(lambda: wait_until(lambda: serves(shelf) == "v2"))
    world.point("stable: v2\n")
    assert os.waitpid(child, 0)[1] == 0


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_what_is_served_while_another_thread_looks_is_the_last_state(world: World) -> None:
    shelf = world.open()
    world.point("stable: v2\n")
    world.time.next_look()
    with shelf._guard[1]:
        assert serves(shelf) == "v1"
    assert serves(shelf) == "v2"


def test_a_file_up_to_the_limit_is_read(world: World) -> None:
    text = "stable: v2\n"
    world.point(text + "#" * (MOST_BYTES - len(text)))
    assert serves(world.open()) == "v2"
