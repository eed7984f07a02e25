"""What is known of one prompt: what is live of it, and what is wrong with its files."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evalgate.errors import Problem
from evalgate.model.override import PromptOverride
from evalgate.model.prompt import PromptVersion
from evalgate.runtime.versions.live_prompt import LivePrompt, Pointed, outranked
from evalgate.runtime.versions.look import Look, Seen
from evalgate.runtime.versions.news import Notice, notice
from evalgate.runtime.versions.prompt_reading import PromptReading


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is known of one prompt; `live` is None where it was never whole."""

    live: LivePrompt | None = None
    pointed: Pointed | None = None
    override: PromptOverride | None = None
    seen: Seen | None = None
    problems: tuple[Problem, ...] = ()
    broken: Mapping[str, Notice] = field(default_factory=dict)
    is_unborn: bool = False

    @property
    def versions(self) -> dict[str, PromptVersion]:
        """The versions that are loaded."""
        held = (self.live, self.pointed)
        pairs = ((each.stable, each.canary) for each in held if each is not None)
        return {version.version: version for pair in pairs for version in pair if version}


def read_shown(prompt: str, look: Look, before: Shown, override: PromptOverride | None) -> Shown:
    """Read the state of a prompt; what cannot be followed leaves standing what was before."""
    reading = PromptReading(prompt=prompt, look=look, loaded=before.versions)
    pointed = reading.pointed()
    kept = before.pointed if pointed is None else pointed
    if pointed is None and kept is not None:
        reading.check(kept)
    named = None if override is None or override.version is None else override.version
    version = None if named is None else reading.version(named)
    live = None if kept is None else outranked(kept, override, version)
    if live is not None and before.live is not None and live.pointer == before.live.pointer:
        live = before.live
    return Shown(
        live=live,
        pointed=kept,
        override=override,
        problems=tuple(problem for each in reading.broken.values() for problem in each),
        broken={
            name: notice(problems, look.digest(name)) for name, problems in reading.broken.items()
        },
        is_unborn=reading.is_unborn,
    )
