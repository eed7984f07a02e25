"""Facts about what a worker remembers."""

from collections import Counter

from evalgate.model.scored import Block
from evalgate.model.spooled import SpoolPlace
from evalgate.monitoring.scoring.memory import BlocksByFile, Memory


def block(file: str, start: int, end: int) -> Block:
    return Block(ts=0.0, file=file, start=start, end=end, below=1.0, samples=1, due=1, usd=0.0)


def test_a_place_belongs_to_the_block_around_its_beginning() -> None:
    blocks = [block("b", 10, 20), block("a", 0, 10), block("b", 0, 10)]
    find = BlocksByFile(blocks)
    found = {n: find.of(SpoolPlace(file="b", start=n, end=n + 1)) for n in (0, 9, 10, 19, 20, 99)}
    assert found == {
        0: blocks[2], 9: blocks[2], 10: blocks[0], 19: blocks[0], 20: None, 99: None
    }  # fmt: skip
    assert find.of(SpoolPlace(file="c", start=0, end=1)) is None


def test_the_anchors_of_yesterday_are_forgotten() -> None:
    memory = Memory(
        done=set(), failed=Counter(), blocks=[], passes=[], today="2026-11-22", anchors=set()
    )
    memory.anchors_of("2026-11-22").add(("a", "c", "j"))
    assert memory.anchors_of("2026-11-22") == {("a", "c", "j")}
    assert memory.anchors_of("2026-11-23") == set()
