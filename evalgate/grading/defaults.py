"""What every case of an eval set has unless it says otherwise."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from sys import intern

from evalgate.grading.beside import Beside
from evalgate.grading.case_files import attached, read_files
from evalgate.grading.graders import mappings
from evalgate.model.content import Attachment
from evalgate.model.document import Data
from evalgate.model.evalset import CannedResult
from evalgate.model.reading import Section, describe

KEYS = ("vars", "tags", "cluster", "critical", "split", "tool_results")
"""The keys of a case that can have a default."""

LONGEST_LABEL = 100
"""Characters of a tag, a cluster or a split."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """The values of the key `defaults` of an eval set, and the files that its variables attach."""

    vars: Mapping[str, Data] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    cluster: str | None = None
    critical: bool = False
    split: str = ""
    tool_results: tuple[CannedResult, ...] = ()
    files: Mapping[str, Attachment] = field(default_factory=dict)


def read_defaults(root: Section, beside: Beside) -> Defaults:
    """Read the defaults of an eval set; what is wrong with them is noted."""
    section = root.section("defaults")
    section.allow(*KEYS)
    return inherit(section, Defaults(), beside)


def inherit(section: Section, defaults: Defaults, beside: Beside) -> Defaults:
    """Return what a section says, and what the defaults say where it is silent.

    Variables are joined by name and tags as lists; any other key replaces the default.
    """
    variables = section.mapping("vars")
    cluster, split = _label(section, "cluster"), _label(section, "split")
    files: Mapping[str, Attachment] = read_files(section, beside)
    if defaults.files:
        kept = {name: value for name, value in defaults.vars.items() if name not in variables}
        files = {**attached(kept, defaults.files), **files}
    results = section.data.get("tool_results")
    return Defaults(
        # Mostly there are no defaults, and what is written needs no copy.
        vars={**defaults.vars, **variables} if defaults.vars else variables,
        tags=tuple(dict.fromkeys((*defaults.tags, *_tags(section)))),
        cluster=defaults.cluster if cluster is None else cluster,
        critical=section.flag("critical", default=defaults.critical),
        split=defaults.split if split is None else split,
        tool_results=defaults.tool_results if results is None else tuple(_tool_results(section)),
        files=files,
    )


def _tags(section: Section) -> Iterator[str]:
    for tag in section.texts("tags"):
        fault = _label_fault(tag)
        if fault:
            section.note("tags", fault)
        yield intern(tag)


def _label(section: Section, key: str) -> str | None:
    text = section.optional_text(key)
    if text is None or not isinstance(section.data[key], str):
        return None
    fault = _label_fault(text)
    if fault:
        section.note(key, fault)
    return intern(text)


def _label_fault(text: str) -> str | None:
    if 0 < len(text) <= LONGEST_LABEL and text == text.strip():
        return None
    wanted = f"expected 1 to {LONGEST_LABEL} characters without a blank at either end"
    return f"{wanted}, got {describe(text or None)}"


def _tool_results(section: Section) -> Iterator[CannedResult]:
    """Yield what tools give back, in the order in which they are tried."""
    for entry in mappings(section, "tool_results"):
        entry.allow("tool", "input", "content", "failed")
        content = entry.data.get("content")
        if "content" not in entry.data:
            entry.note(None, "the key `content` is missing: what the tool gives back")
        text = content if isinstance(content, str) else _json_text(content)
        failed = entry.flag("failed", default=False)
        if failed and not text.strip():
            entry.note("content", "expected a message: a tool that fails says why")
        yield CannedResult(
            tool=entry.required_text("tool"),
            content=text,
            input=entry.mapping("input"),
            failed=failed,
        )


def _json_text(content: Data) -> str:
    return "" if content is None else json.dumps(content, ensure_ascii=False)
