"""Tells cases apart: a hash over all that shapes the answers to a case and their grades."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from json import JSONEncoder

from evalgate.model.content import Attachment
from evalgate.model.document import Data
from evalgate.model.evalset import CannedResult, GraderSpec

# Equal values give equal texts; a JSON encoder of one's own is made once, not once per value.
_WRITER = JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Substance:
    """What of a case shapes its answers and their grades, besides its graders.

    What only some cases have leaves no trace in the hash where it is absent.
    """

    vars: Mapping[str, Data]
    expected: Data
    pass_at: float
    references: Sequence[str] = ()
    tool_results: Sequence[CannedResult] = ()
    files: Mapping[str, Attachment] = field(default_factory=dict)

    def data(self) -> dict[str, Data]:
        """Return the substance as JSON data."""
        data: dict[str, Data] = {
            "vars": dict(self.vars),
            "expected": self.expected,
            "pass_at": float(self.pass_at),
        }
        if self.references:
            data["references"] = list(self.references)
        if self.tool_results:
            data["tool_results"] = [_result(result) for result in self.tool_results]
        if self.files:
            data["files"] = {written: file.sha256 for written, file in self.files.items()}
        return data


@dataclass(slots=True, kw_only=True)
class CaseHasher:
    """Hashes the cases of one set; graders that all cases share are written once.

    `characters` counts what has been written so far: aliases, defaults and placeholders can make a
    small file stand for a very large set.
    """

    shared: Iterable[GraderSpec]
    characters: int = 0
    _written: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # The set holds these objects for as long as it is read, so their ids stay their own.
        self._written = {id(spec): _WRITER.encode(_demand(spec)) for spec in self.shared}

    def hash(self, substance: Substance, graders: Iterable[GraderSpec]) -> str:
        """Return the hash of a case in hexadecimal digits."""
        texts = [_WRITER.encode(substance.data())]
        texts += [self._written.get(id(spec)) or _WRITER.encode(_demand(spec)) for spec in graders]
        text = "".join(texts)
        self.characters += len(text)
        return hashlib.sha256(text.encode()).hexdigest()


def _result(result: CannedResult) -> Data:
    return {
        "tool": result.tool,
        "input": dict(result.input),
        "content": result.content,
        "failed": result.failed,
    }


def _demand(spec: GraderSpec) -> Data:
    """Return what a grader demands; its name may change without changing any grade."""
    return {
        "kind": spec.kind,
        "argument": spec.argument,
        "criteria": [
            {"text": criterion.text, "required": criterion.required, "weight": criterion.weight}
            for criterion in spec.criteria
        ],
        "negated": spec.negated,
        "required": spec.required,
        "weight": spec.weight,
    }
