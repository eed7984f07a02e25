"""What every case of an eval set has unless it says otherwise."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from evalgate.model.document import Data
from evalgate.model.evalset import CannedResult
from evalgate.model.reading import Section

KEYS = ("vars", "tags", "cluster", "critical", "split", "tool_results")
"""The keys of a case that can have a default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """The values of the key `defaults` of an eval set."""

    vars: Mapping[str, Data] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    cluster: str | None = None
    critical: bool = False
    split: str = ""
    tool_results: tuple[CannedResult, ...] = ()


def read_defaults(root: Section) -> Defaults:
    """Read the defaults of an eval set; what is wrong with them is noted."""
    section = root.section("defaults")
    section.allow(*KEYS)
    return Defaults(
        vars=section.mapping("vars"),
        tags=section.texts("tags"),
        cluster=section.optional_text("cluster"),
        critical=section.flag("critical", default=False),
        split=section.text("split"),
        tool_results=tuple(read_tool_results(section)),
    )


def read_tool_results(section: Section) -> Iterator[CannedResult]:
    """Yield what tools give back, in the order in which they are tried."""
    for entry in section.sections("tool_results"):
        entry.allow("tool", "input", "content", "failed")
        content = entry.data.get("content")
        failed = entry.flag("failed", default=False)
        if "content" not in entry.data:
            entry.note(None, "the key `content` is missing: what the tool gives back")
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        if failed and (content is None or not text.strip()):
            entry.note("content", "expected a message: a tool that fails says why")
        yield CannedResult(
            tool=entry.required_text("tool"),
            content="" if content is None else text,
            input=entry.mapping("input"),
            failed=failed,
        )
