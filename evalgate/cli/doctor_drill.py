"""Times a kill switch and a rollback on a copy of the prompts, as a process would follow them."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.prompt_folder import read_prompt_folder
from evalgate.adapters.swap import swap
from evalgate.errors import EvalgateError
from evalgate.monitoring.readiness.facts import Drill
from evalgate.prompts.library import LIVE, Prompt, read_prompts
from evalgate.prompts.past import good_versions
from evalgate.prompts.pointer_text import pointer_text
from evalgate.rollout.hand_move import HandMove, read_signature
from evalgate.rollout.overriding import instant
from evalgate.rollout.rolling_back import Rollback, rolled_back
from evalgate.rollout.switching import Switching, switched
from evalgate.runtime.settings import read_serving
from evalgate.runtime.versions.live_prompt import LivePrompt
from evalgate.runtime.versions.shelf import Shelf

PATIENCE = 10.0
"""Seconds after which a move was not followed."""

_PAUSE = 0.02


def drilled(prompts: Path) -> Drill:
    """Return how soon a process follows a switch and a rollback of the first prompt that can.

    Args:
        prompts: the folder, which is copied and left alone.
    """
    with TemporaryDirectory(prefix="evalgate-drill-") as place:
        copy = Path(place) / "prompts"
        try:
            shutil.copytree(prompts, copy)
            return _drilled(copy)
        except OSError as error:
            why = f"the prompts cannot be copied: {error.strerror or error}"
        except EvalgateError as error:
            why = " ".join(str(error).replace(str(copy), str(prompts)).split("\n"))
    return Drill(prompt="", failure=why)


def _drilled(folder: Path) -> Drill:
    shelf = Shelf(folder, read_serving=read_serving, on_event=lambda _: None)
    names = shelf.prompts
    if not names:
        return Drill(prompt="", failure="no prompt has a stable version")
    # One that can be rolled back tells more.
    name = next((each for each in names if _good(folder, each)), names[0])
    off = _moved(folder, name, lambda prompt: switched(prompt, Switching(disabled=True), _BY))
    followed = _followed(shelf, name, off, lambda live: live.switch.disabled)
    back = None
    good = _good(folder, name)
    if good and followed is not None:
        begun = _moved(folder, name, lambda prompt: rolled_back(prompt, Rollback(to=good[0]), _BY))
        back = _followed(shelf, name, begun, lambda live: live.stable.version == good[0])
    failure = "" if followed is not None and (back is not None or not good) else _LATE
    return Drill(prompt=name, switched=followed, rolled_back=back, failure=failure)


_LATE = f"the move was not followed within {PATIENCE:g} s"
_BY = read_signature(at=instant(0.0), by="evalgate doctor", why="drill", is_named=True)


def _good(folder: Path, name: str) -> tuple[str, ...]:
    pointer = _read(folder, name).live
    return () if pointer is None else good_versions(pointer)


def _read(folder: Path, name: str) -> Prompt:
    return read_prompts(read_prompt_folder(folder, name), str(folder), FORMATS)[name]


def _moved(folder: Path, name: str, move_of: Callable[[Prompt], HandMove]) -> float:
    """Make a move, and return when it was begun."""
    path = folder / name / LIVE
    before = path.read_bytes()
    begun = time.monotonic()
    move = move_of(_read(folder, name))
    text = pointer_text(move.pointer, before=before.decode("utf-8", "replace"))
    swap(path, before, text.encode())
    return begun


def _followed(
    shelf: Shelf, name: str, begun: float, is_done: Callable[[LivePrompt], bool]
) -> float | None:
    """Return the seconds until a process sees a move; None when it does not."""
    while time.monotonic() < begun + PATIENCE:
        if is_done(shelf.live(name)):
            return time.monotonic() - begun
        time.sleep(_PAUSE)
    return None
