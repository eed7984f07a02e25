"""What a report tells besides verdict and trials: the prompt's files, its track, its settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from evalgate.model.change import FileChange
from evalgate.model.evalset import Case
from evalgate.model.track import Track
from evalgate.model.verdict import PromptVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What is known of the prompts of a run.

    `files` are those that a candidate changes, by prompt and version; `track_notes` say what the
    `tracks` lack. `source_of` writes a case as it stands in an eval set. `policy` is the path that
    a command has to name, None where there is but one policy. `command` asks the same question
    again, and `settings` are what its answer depends on besides.
    """

    files: Mapping[tuple[str, str], tuple[FileChange, ...]] = field(default_factory=dict)
    tracks: tuple[Track, ...] = ()
    track_notes: tuple[str, ...] = ()
    source_of: Callable[[Case], str] = lambda _: ""
    policy: str | None = None
    command: str = ""
    settings: tuple[tuple[str, str], ...] = ()

    def files_of(self, verdict: PromptVerdict) -> tuple[FileChange, ...]:
        """Return the files that a candidate changes."""
        version = verdict.candidate.version if verdict.candidate else ""
        return self.files.get((verdict.name, version), ())

    def track_of(self, verdict: PromptVerdict) -> Track | None:
        """Return the track of a prompt on an eval set, if there is one."""
        place = (verdict.name, verdict.evalset)
        return next((each for each in self.tracks if (each.prompt, each.evalset) == place), None)


NOTHING_KNOWN = Background()
