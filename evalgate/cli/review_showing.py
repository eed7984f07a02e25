"""What a reviewer is shown of a sampled call; nothing in it may act on the terminal."""

from collections.abc import Iterator, Mapping

from evalgate.grading.transcript import tool_call_line, transcript
from evalgate.model.document import Data
from evalgate.model.sample import Sample
from evalgate.monitoring.scoring.measuring import messages
from evalgate.reporting.instants import utc
from evalgate.reporting.visible import visible

KEYS = "p pass, f fail, u unsure, s skip, b back, q quit; a note may follow: f names no window"

SCHEMA = "review/1"


def shown(
    sample: Sample,
    scores: Mapping[str, float | None],
    *,
    place: str,
    is_blind: bool,
    with_system: bool,
) -> Iterator[str]:
    """Yield what is shown of a call.

    Args:
        sample: the call.
        scores: what judge and checks said of it.
        place: which one of how many it is.
        is_blind: show neither scores nor smells, so that they sway nobody.
        with_system: show what the assistant was told, too.
    """
    yield f"── {place} · {visible(sample.prompt)} · {utc(sample.ts)} · {visible(sample.request_id)}"
    if with_system and sample.request.system:
        yield from _part("instructions", sample.request.system)
    yield from _part("conversation", transcript(messages(sample.request.turns)))
    yield from _part("answer", sample.text)
    for call in sample.tool_calls:
        yield from _part("calls the tool", tool_call_line(call))
    if sample.stop_reason not in ("end_turn", None):
        yield f"ended with {visible(sample.stop_reason or '')}"
    if not is_blind:
        if sample.smell:
            yield f"smells: {visible(', '.join(sample.smell))}"
        told = ", ".join(f"{visible(name)} {_score(each)}" for name, each in sorted(scores.items()))
        yield f"scores: {told or 'none yet'}"
    yield ""


def worksheet_row(sample: Sample, *, name: str, criterion: str) -> dict[str, Data]:
    """Return a line for people who label elsewhere: they fill in `human`, and perhaps `note`."""
    return {
        "schema": SCHEMA,
        "request_id": sample.request_id,
        "case": name,
        "criterion": criterion,
        "conversation": transcript(messages(sample.request.turns)),
        "answer": sample.text,
        "human": "",
        "note": "",
    }


def _part(name: str, text: str) -> Iterator[str]:
    yield f"{name}:"
    yield from (f"  {visible(line)}" for line in text.splitlines() or [""])


def _score(score: float | None) -> str:
    return "–" if score is None else f"{score:.2f}".rstrip("0").rstrip(".")
