"""An eval set: golden cases and the graders that judge the answers to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evalgate.model.content import Attachment
from evalgate.model.document import Data


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One statement of a rubric that the judge finds true, false, or cannot tell."""

    text: str
    required: bool = True
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GraderSpec:
    """How one aspect of an answer is graded, as written in the eval set.

    `kind` is the grader's key (`contains`, `rubric`, …) and `argument` its value, with schema files
    already read. A rubric carries its statements in `criteria` instead.
    """

    kind: str
    name: str
    argument: Data = None
    criteria: tuple[Criterion, ...] = ()
    negated: bool = False
    required: bool = True
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedResult:
    """What a tool gives back in a case, in place of the tool itself.

    It answers a call of `tool` whose arguments hold all of `input`.
    """

    tool: str
    content: str
    input: Mapping[str, Data] = field(default_factory=dict)
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One input with its expectations.

    `graders` are those that apply to it, defaults included. `hash` covers all that shapes its
    grade, so that equal hashes at base and head mean the same case. `references` are whole answers
    that are right. `files` holds what its variables attach, by the path written there. `path` is
    the file that it stands in, unless that is the eval set's own. `written` is what stands there,
    aliases and merge keys resolved, and defaults and the set's graders left out.
    """

    id: str
    vars: Mapping[str, Data]
    expected: Data
    graders: tuple[GraderSpec, ...]
    hash: str
    tags: tuple[str, ...] = ()
    cluster: str | None = None
    critical: bool = False
    split: str = ""
    line: int | None = None
    path: str = ""
    references: tuple[str, ...] = ()
    tool_results: tuple[CannedResult, ...] = ()
    files: Mapping[str, Attachment] = field(default_factory=dict)
    written: Mapping[str, Data] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalSet:
    """One file `evalsets/<name>.yaml`. `trials` is None when the policy's number applies."""

    name: str
    path: str
    prompts: tuple[str, ...]
    cases: tuple[Case, ...]
    trials: int | None = None
    pass_at: float = 1.0
