"""What a request asks, as rules can read it, and the luck of its trial in 0..1.

The luck depends on the trial and never on the prompt.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import PurePosixPath

from evalgate.model.chat import ChatRequest
from evalgate.model.content import Attachment, Block, Text, ToolResult, Turn

HASH_DIGITS = 12
"""How much of a file's SHA-256 stands for it where it has no name."""


def digest(*parts: str) -> str:
    """Return the SHA-256 of the parts, joined by colons, as hexadecimal digits."""
    return sha256(":".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def luck(seed: str, trial: str, name: str) -> float:
    """Return a number in [0, 1): the first 64 bits of SHA-256(`seed:trial:name`), over 2^64."""
    return int(digest(seed, trial, name)[:16], 16) / 2**64


def question_of(request: ChatRequest) -> str:
    """Return the last user turn with words or files, and the results of tools in it or since."""
    start = _asking(request.turns)
    return read_all(block for turn in request.turns[start:] for block in _user_blocks(turn))


def trial_of(request: ChatRequest) -> str:
    """Return the trial that a request names, or else the hash of its question.

    Results of tools have no part in that hash, so that all rounds of a conversation share luck.
    """
    if request.trial:
        return request.trial
    turns = request.turns[_asking(request.turns) :][:1]
    asked = (block for turn in turns for block in _user_blocks(turn))
    return digest(read_all(block for block in asked if not isinstance(block, ToolResult)))


def read_all(blocks: Iterable[Block]) -> str:
    """Return what can be read in blocks, each on lines of its own."""
    return "\n".join(text for text in map(readable, blocks) if text is not None)


def readable(block: Block) -> str | None:
    """Return a block as a rule can search it, or None when there is nothing to read in it.

    The wire carries no name for an image, so the start of its SHA-256 stands for it; a document has
    its title. Of the content, only that of plain text can be read.
    """
    match block:
        case Text():
            return block.text
        case ToolResult():
            return block.content
        case Attachment():
            return _described(block)
        case _:
            return None


def _asking(turns: Sequence[Turn]) -> int:
    """Return the index of the turn that asks; a turn of nothing but tool results does not."""
    users = [index for index, turn in enumerate(turns) if turn.role == "user"]
    asking = [index for index in users if any(map(_asks, turns[index].blocks))]
    return (asking or users or [len(turns)])[-1]


def _asks(block: Block) -> bool:
    return isinstance(block, Attachment) or (isinstance(block, Text) and bool(block.text.strip()))


def _user_blocks(turn: Turn) -> tuple[Block, ...]:
    return turn.blocks if turn.role == "user" else ()


def _described(file: Attachment) -> str:
    start = file.sha256[:HASH_DIGITS]
    if file.is_image:
        return f"[image: {start}]"
    label = f"[document: {PurePosixPath(file.name).name or start}]"
    plain = file.media_type.startswith("text/")
    return f"{label}\n{file.content.decode('utf-8', 'replace')}" if plain else label
