"""Names what was asked, and by what it was graded: equal keys mean that an old result stands."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from json import JSONEncoder

from evalgate import __version__
from evalgate.model.chat import ChatRequest
from evalgate.model.content import Attachment
from evalgate.model.evalset import CannedResult, Case
from evalgate.model.policy import JudgeSettings

FENCE = "\0"
"""What stands in a key in place of the random marker of a request; JSON itself never has it."""

KEY_LENGTH = 32


def answer_key(request: ChatRequest, *, origin: str) -> str:
    """Return the key of the answer to a request: all that shapes it, and which sample it is.

    Not part of it are on whose behalf it is asked, and whether the provider caches its prefix. The
    order of keys counts, since a model sees it.

    Args:
        request: what is asked.
        origin: names the server, the provider and the version of its API.
    """
    asked = (
        origin,
        request.model,
        request.max_tokens,
        request.effort,
        request.sample,
        request.system,
        request.turns,
        request.tools,
        request.output_schema,
    )
    text = _WRITER.encode(asked)
    return _digest(text.replace(request.fence, FENCE) if request.fence else text)


def asked_key(key: str, results: Sequence[CannedResult]) -> str:
    """Return the key of a whole conversation, from the key of its first answer."""
    return _digest(_WRITER.encode((key, results))) if results else key


def grading_key(case: Case, *, judge: JudgeSettings, origin: str, code: str) -> str:
    """Return the key of how the answers to a case are graded.

    Args:
        case: its hash covers its graders and all that they compare with.
        judge: the judge's settings.
        origin: where the judge is reached.
        code: the hash of the Python graders; empty without any.
    """
    # What is demanded of the judge shapes no grade.
    graded_by = ("JudgeSettings", judge.model, judge.effort, judge.max_tokens, judge.votes)
    by = (__version__, case.hash, (*graded_by, judge.route), origin, code)
    return _digest(_WRITER.encode(by))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH]


def _plain(value: object) -> object:
    if isinstance(value, Attachment):
        return [value.name, value.media_type, hashlib.sha256(value.content).hexdigest()]
    if isinstance(value, Mapping):
        return dict(value)
    if is_dataclass(value):
        return [type(value).__name__, *(getattr(value, field.name) for field in fields(value))]
    raise TypeError(f"{type(value).__name__} has no place in a request")


_WRITER = JSONEncoder(separators=(",", ":"), default=_plain)
