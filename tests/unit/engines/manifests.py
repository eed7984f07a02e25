"""The manifests for delivery engines as they come with evalgate, read and addressed."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from evalgate.model.document import Data
from evalgate.model.rollout import RolloutReport
from evalgate.model.served_verdict import ServedAnswer
from evalgate.rollout.verdict_answer import answer, no_such_prompt
from evalgate.rollout.verdict_question import read_question

ENGINES = Path(__file__).parents[3] / "evalgate/engines"
FILES = sorted(path.relative_to(ENGINES).as_posix() for path in ENGINES.rglob("*.yaml"))

Manifest = dict[str, Data]


def documents(name: str) -> Sequence[Manifest]:
    """Return the documents of a file of manifests."""
    return list(yaml.safe_load_all((ENGINES / name).read_text("utf-8")))


def reached(data: Data, *path: str | int) -> Data:
    """Return what stands at a place of a document."""
    for key in path:
        match data, key:
            case (dict(), str()) | (list(), int()):
                data = data[key]  # type: ignore[index]
            case _:
                raise KeyError(path)
    return data


def served(method: str, url: str, report: RolloutReport | None) -> ServedAnswer:
    """Return what the server says to a request, while it knows a report of `support-reply`."""
    parts = urlsplit(url)
    question = read_question(method, f"{parts.path}?{parts.query}")
    if isinstance(question, ServedAnswer):
        return question
    return answer(question, report) if question.prompt == "support-reply" else no_such_prompt()
