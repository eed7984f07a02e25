"""Reads trials from lines of JSON, whoever wrote them: no more of each than a comparison needs."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Annotated

from msgspec import Meta, MsgspecError, Struct
from msgspec.json import Decoder

from evalgate.adapters.completions import MOST
from evalgate.adapters.trial_lines import SCHEMA, parse
from evalgate.model.document import Document
from evalgate.model.reading import Section, describe
from evalgate.model.told import NOWHERE, Origin, ToldTrial
from evalgate.model.trial import CHECK, CONFIRMATION, Arm, TrialStatus

_Count = Annotated[int, Meta(ge=0, le=MOST)]
_Share = Annotated[float, Meta(ge=0, le=1)]
_Amount = Annotated[float, Meta(ge=0, le=MOST)]
_Word = Annotated[str, Meta(pattern=r"\S")]


class _Error(Struct):
    kind: _Word


class PlainLine(Struct):
    """A line as it usually is; any other is read with care, for the message."""

    case: _Word
    trial: _Count
    passed: bool | None = None
    score: _Share | None = None
    schema: str = SCHEMA
    status: TrialStatus = TrialStatus.GRADED
    error: _Error | None = None
    arm: Arm | None = None
    purpose: str | None = None
    tags: tuple[str, ...] = ()
    cluster: str | None = None
    weight: _Amount | None = None
    prompt: str = ""
    version: str = ""
    version_hash: str = ""
    evalset: str = ""


_DECODER = Decoder(PlainLine)
_HINT = "; a table needs a name that ends in .csv"


class Teller:
    """Turns lines into trials; lines of one origin share it."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._origin = NOWHERE

    def told(self, read: PlainLine, line: int) -> ToldTrial | None:
        """Return the trial of a usual line, or None for one that must be read with care."""
        graded = read.status is TrialStatus.GRADED
        if (graded and read.passed is None and read.score is None) or read.schema != SCHEMA:
            return None
        return ToldTrial(
            line=line,
            case=read.case,
            trial=read.trial,
            status=read.status,
            outcome=_outcome(read.passed, read.score) if graded else None,
            error_kind=read.error.kind if read.error else "",
            arm=read.arm,
            origin=self._same(
                prompt=read.prompt,
                version=read.version,
                version_hash=read.version_hash,
                evalset=read.evalset,
            ),
            confirmation=read.purpose == CONFIRMATION,
            check=read.purpose == CHECK,
            tags=read.tags,
            cluster=read.cluster,
            weight=read.weight,
        )

    def told_with_care(self, document: Document, line: int) -> ToldTrial:
        """Return the trial of any line.

        Raises:
            ConfigurationError: with all that is wrong with the line.
        """
        section = Section(document)
        section.finish()  # of what is no mapping at all, nothing more is to be said
        trial = _told(section, line)
        origin = self._same(
            prompt=section.text("prompt"),
            version=section.text("version"),
            version_hash=section.text("version_hash"),
            evalset=section.text("evalset"),
        )
        section.finish()
        return replace(trial, origin=origin)

    def _same(self, *, prompt: str, version: str, version_hash: str, evalset: str) -> Origin:
        known = self._origin
        if (known.prompt, known.version, known.version_hash, known.evalset) != (
            prompt,
            version,
            version_hash,
            evalset,
        ):
            self._origin = Origin(
                prompt=prompt, version=version, version_hash=version_hash, evalset=evalset
            )
        return self._origin


def read_told_lines(path: str, lines: Iterable[bytes]) -> Iterator[ToldTrial]:
    """Yield the trials of lines of JSON; empty lines are passed over.

    Args:
        path: of the file, for messages.
        lines: its lines.

    Raises:
        ConfigurationError: a line is no trial; names the file, the line and the key.
    """
    teller = Teller()
    for number, line in enumerate(lines, start=1):
        try:
            read: PlainLine | None = _DECODER.decode(line)
        except (MsgspecError, UnicodeDecodeError, RecursionError):
            read = None
            if not line.strip():
                continue
        told = None if read is None else teller.told(read, number)
        yield told or teller.told_with_care(parse(path, line, number=number, hint=_HINT), number)


def _told(section: Section, line: int) -> ToldTrial:
    passed = None
    if section.data.get("passed") is not None:
        passed = section.flag("passed", default=False)
    score = _number(section, "score", most=1)
    status = section.choice("status", TrialStatus.GRADED)
    graded = status is TrialStatus.GRADED
    if graded and passed is None and score is None:
        section.note(None, "a graded trial needs `passed` or `score`")
    if section.data.get("trial") is None:
        section.note(None, "the key `trial` is missing: the number of the trial, from 0")
    if section.text("schema", SCHEMA) != SCHEMA:
        section.note("schema", f"expected `{SCHEMA}`, got {describe(section.data['schema'])}")
    has_arm, purpose = section.data.get("arm") is not None, section.text("purpose")
    return ToldTrial(
        line=line,
        case=section.required_text("case"),
        trial=section.integer("trial", 0, least=0, most=MOST),
        status=status,
        outcome=_outcome(passed, score) if graded else None,
        error_kind=section.section("error").text("kind"),
        arm=section.choice("arm", Arm.BASELINE) if has_arm else None,
        confirmation=purpose == CONFIRMATION,
        check=purpose == CHECK,
        tags=section.texts("tags"),
        cluster=section.optional_text("cluster"),
        weight=_number(section, "weight", most=MOST),
    )


def _number(section: Section, key: str, *, most: float) -> float | None:
    if section.data.get(key) is None:
        return None
    return section.number(key, 0.0, least=0.0, most=most)


def _outcome(passed: bool | None, score: float | None) -> float | None:
    """Return 1 or 0 by `passed`, else the score."""
    if passed is None:
        return score
    return 1.0 if passed else 0.0
