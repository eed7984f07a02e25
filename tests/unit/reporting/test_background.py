"""What is known of a prompt besides its verdict and trials."""

from collections.abc import Callable
from dataclasses import replace

from evalgate.model.change import FileChange
from evalgate.model.track import Track
from evalgate.model.verdict import PromptVerdict
from evalgate.reporting.background import NOTHING_KNOWN, Background

Builder = Callable[..., PromptVerdict]


def test_files_are_those_of_the_candidate(a_verdict: Builder) -> None:
    change = FileChange(path="prompts/support/v4.md", before=None, after="x")
    known = Background(files={("support", "v4"): (change,), ("support", "v3"): ()})
    assert known.files_of(a_verdict()) == (change,)
    assert known.files_of(a_verdict(baseline=None)) == (change,)
    assert known.files_of(a_verdict(candidate=None)) == ()
    assert known.files_of(replace(a_verdict(), name="other")) == ()


def test_a_track_is_that_of_the_prompt_on_the_set(a_verdict: Builder) -> None:
    tracks = [
        Track(prompt=prompt, evalset=evalset, points=())
        for prompt, evalset in (
            ("support", "angry"),
            ("letters", "letters"),
            ("support", "letters"),
        )
    ]
    assert Background(tracks=tuple(tracks)).track_of(a_verdict()) is tracks[-1]
    assert Background(tracks=tuple(tracks[:-1])).track_of(a_verdict()) is None
    assert NOTHING_KNOWN.track_of(a_verdict()) is None
