"""The luck of a trial: a number in 0..1 that depends on the trial and never on the prompt."""

from hashlib import sha256

from evalgate.model.chat import ChatRequest


def digest(*parts: str) -> str:
    """Return the SHA-256 of the parts, joined by colons, as hexadecimal digits."""
    return sha256(":".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def luck(seed: str, trial: str, name: str) -> float:
    """Return a number in [0, 1): the first 64 bits of SHA-256(`seed:trial:name`), over 2^64."""
    return int(digest(seed, trial, name)[:16], 16) / 2**64


def question_of(request: ChatRequest) -> str:
    """Return the text of the last user turn."""
    return next((turn.text for turn in reversed(request.turns) if turn.role == "user"), "")


def trial_of(request: ChatRequest) -> str:
    """Return the trial that a request names, or the hash of its question when it names none."""
    return request.trial or digest(question_of(request))
