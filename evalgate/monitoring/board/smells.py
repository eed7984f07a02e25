"""How many answers of each prompt smell, held against a baseline or against the time before."""

from collections.abc import Iterator, Mapping, Sequence

from evalgate.model.board import SmellRate
from evalgate.model.smell_baseline import SmellBaseline
from evalgate.model.traffic import Place, Tally

FEWEST_BEFORE = 100
"""Answers of the time before that there must be to compare with."""


def smell_rates(
    places: Mapping[Place, Tally],
    before: Mapping[Place, Tally],
    baselines: Sequence[SmellBaseline] = (),
) -> tuple[SmellRate, ...]:
    """Return the rate of each smell of each prompt, the most frequent first.

    Args:
        places: the calls that are shown, by place.
        before: those of the time before, which are compared with where a prompt has no baseline.
        baselines: of prompts, as files keep them.
    """
    now, past = _by_prompt(places), _by_prompt(before)
    files = {each.prompt: each for each in baselines}
    found = [
        rate
        for prompt, tally in now.items()
        for rate in _rates(prompt, tally, past.get(prompt, Tally()), files.get(prompt))
    ]
    return tuple(sorted(found, key=lambda each: (-each.found, each.prompt, each.smell)))


def _by_prompt(places: Mapping[Place, Tally]) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {}
    for place, tally in places.items():
        tallies.setdefault(place.prompt, Tally()).add(tally)
    return tallies


def _rates(
    prompt: str, now: Tally, past: Tally, baseline: SmellBaseline | None
) -> Iterator[SmellRate]:
    known = {smell.value: number for smell, number in baseline.found.items()} if baseline else {}
    source, told, of = "", dict(past.smells), past.calls - past.failed
    if baseline is not None:
        source, told, of = "the baseline", known, baseline.count.of
    elif of >= FEWEST_BEFORE:
        source = "the time before"
    answered = now.calls - now.failed
    for smell in sorted(now.smells.keys() | {name for name in told if source and told[name]}):
        yield SmellRate(
            prompt=prompt,
            smell=smell,
            found=now.smells.get(smell, 0),
            of=answered,
            before=told.get(smell, 0) / of if source and of else None,
            source=source,
        )
