"""Which changes of eval sets the base has accepted, and what that lifts.

An acceptance is about two contents, the one that the base has and the one that takes its place. So
a further edit voids it, and an old one cannot bring an old set back.
"""

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from evalgate.gate.evalsets import EvalSets, Sets
from evalgate.gate.gathering import POLICY_PATH, Sources, at_the_base
from evalgate.gate.waivers import is_day
from evalgate.model.acceptance import REMOVED, Acceptance
from evalgate.model.change import Finding
from evalgate.model.document import Data, Document, Tree
from evalgate.model.evalset import EvalSet
from evalgate.model.ports import Parser
from evalgate.model.reading import Section
from evalgate.model.revision import WORK_TREE
from evalgate.model.verdict import Reason

SCHEMA = "accepted/1"
SET_CHANGED = "set_changed"
LIFTED = frozenset({"critical_case_changed", "protected_slice_gone", "evalset_removed"})
"""Codes of the findings that an acceptance answers, besides `set_changed`."""

_KEYS = ("content", "replaces", "by", "at", "reason")
_CONTENT = re.compile(rf"[0-9a-f]{{64}}|{REMOVED}")
_REPLACED = re.compile(rf"(unreadable )?[0-9a-f]{{64}}|{REMOVED}")
_TOLD = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptances:
    """The acceptances in force, by eval set, and what a reader should know of these and others."""

    in_force: Mapping[str, Acceptance] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


NOTHING_ACCEPTED = Acceptances()


def acceptances_of(sources: Sources, sets: EvalSets, parser: Parser) -> Acceptances:
    """Return what the base has accepted of a change; a policy that only the head has accepts none.

    Args:
        sources: what the repository says.
        sets: all eval sets with all their cases, whatever splits are run.
        parser: reads the files of acceptances.

    Raises:
        ConfigurationError: when one for a set that the change touches is wrong.
    """
    in_force: dict[str, Acceptance] = {}
    notes: list[str] = []
    for path, content in sorted(sources.acceptances.items()):
        name = set_name(path)
        if path != acceptance_path(sources.policy.paths.acceptances, name):
            continue
        replaces, becomes = contents_of(name, sources, sets)
        if replaces == becomes or sources.bootstrap:
            continue
        with at_the_base():
            listed = read_acceptances(parser.read_yaml(path, content))
        found = matching(listed, replaces=replaces, content=becomes)
        if found is not None:
            in_force[name] = found
            notes.append(_told(found, f"{sources.policy.paths.evalsets}/{name}"))
        else:
            notes += _void(listed, name, replaces=replaces, content=becomes)
    return Acceptances(in_force=in_force, notes=tuple(notes))


def matching(listed: Iterable[Acceptance], *, replaces: str, content: str) -> Acceptance | None:
    """Return the newest acceptance of exactly this change, if there is one."""
    alike = [each for each in listed if (each.replaces, each.content) == (replaces, content)]
    return alike[-1] if alike else None


def still_held(
    findings: Iterable[Finding], accepted: Acceptances, sources: Sources, *, sets: EvalSets
) -> Iterator[Finding]:
    """Yield the findings that no acceptance answers; those that one could say how to get it."""
    for finding in findings:
        name = set_name(finding.path)
        if finding.reason.code not in LIFTED or not is_changed(name, sources, sets):
            yield finding
        elif name not in accepted.in_force:
            yield replace(finding, reason=with_command(finding.reason, name, sources))


def is_changed(name: str, sources: Sources, sets: EvalSets) -> bool:
    """Return whether there is anything to accept: a renamed prompt can lose a set that stays."""
    replaces, content = contents_of(name, sources, sets)
    return replaces != content


def with_command(reason: Reason, evalset: str, sources: Sources) -> Reason:
    """Return a reason that names the command by which a maintainer accepts a set."""
    if sources.bootstrap:
        return reason
    head = "BRANCH" if sources.head == WORK_TREE else sources.head[:12]
    words = ["evalgate", "accept", evalset, "--head", head, "--reason", "TEXT"]
    if sources.policy.path != POLICY_PATH:
        words += ["--policy", sources.policy.path]
    message = f"{reason.message.rstrip('.')}; a maintainer accepts it by `{shlex.join(words)}`."
    return replace(reason, message=message)


def contents_of(name: str, sources: Sources, sets: EvalSets) -> tuple[str, str]:
    """Return what stands for a set as the base has it and as the head has it."""
    base, head = sets.base.get(name), sets.head.get(name)
    if base is not None and base is head:  # read once, since its files are the same
        return REMOVED, REMOVED
    folder = sources.policy.paths.evalsets
    return _content_at(name, sets.base, sources.trees.base, folder=folder), _content(head)


def content_of(evalset: EvalSet) -> str:
    """Return the hash of all of a set that a verdict or a finding looks at, now or later.

    Where a case stands does not count, nor which file it stands in.
    """
    cases: list[Data] = [
        [case.id, case.hash, case.critical, case.split, case.cluster, [*sorted(case.tags)]]
        for case in sorted(evalset.cases, key=lambda each: each.id)
    ]
    whole: Data = [[*sorted(evalset.prompts)], float(evalset.pass_at), evalset.trials, cases]
    return sha256(json.dumps(whole, separators=(",", ":")).encode()).hexdigest()


def acceptance_path(folder: str, evalset: str) -> str:
    """Return the file with the acceptances of a set."""
    return f"{folder}/{evalset}.yaml"


def set_name(path: str) -> str:
    """Return the name of the set that a file is about."""
    return path.rpartition("/")[2].rpartition(".")[0]


def read_acceptances(document: Document) -> tuple[Acceptance, ...]:
    """Read the acceptances of one set, newest last.

    Raises:
        ConfigurationError: with every problem found in them.
    """
    if document.data is None:
        document = replace(document, data={})
    section = Section(document)
    section.allow("schema", "accepted")
    if section.text("schema") != SCHEMA:
        section.note("schema", f"expected {SCHEMA}")
    listed = tuple(map(_acceptance, section.sections("accepted")))
    section.finish()
    return listed


def acceptances_text(listed: Iterable[Acceptance]) -> str:
    """Return the text of the file with the acceptances of one set."""
    lines = [f"schema: {SCHEMA}", "accepted:"]
    for each in listed:
        values = {key: json.dumps(getattr(each, key), ensure_ascii=False) for key in _KEYS}
        first, *others = (f"{key}: {value}" for key, value in values.items())
        lines += [f"  - {first}", *(f"    {line}" for line in others)]
    return "\n".join(lines) + "\n"


def _acceptance(section: Section) -> Acceptance:
    section.allow(*_KEYS)
    at = section.required_text("at")
    if at.strip() and not is_day(at):
        section.note("at", "expected a day such as `2027-01-31`")
    return Acceptance(
        content=_hash(section, "content", _CONTENT),
        replaces=_hash(section, "replaces", _REPLACED),
        by=section.required_text("by"),
        at=at,
        reason=section.required_text("reason"),
    )


def _hash(section: Section, key: str, expected: re.Pattern[str]) -> str:
    written = section.required_text(key)
    if written.strip() and expected.fullmatch(written) is None:
        section.note(key, "expected what `evalgate accept` writes: do not edit it by hand")
    return written


def _content(evalset: EvalSet | None) -> str:
    return REMOVED if evalset is None else content_of(evalset)


def _content_at(name: str, sets: Sets, tree: Tree, *, folder: str) -> str:
    """Return what stands for a set, or for the bytes of one that cannot be read."""
    for path in (f"{folder}/{name}.yaml", f"{folder}/{name}.yml"):
        if name not in sets and path in tree:
            return f"unreadable {sha256(tree[path]).hexdigest()}"
    return _content(sets.get(name))


def _told(each: Acceptance, evalset: str) -> str:
    what = "that it is removed" if each.content == REMOVED else "its change"
    why = " ".join(each.reason.split())
    why = why if len(why) <= _TOLD else f"{why[: _TOLD - 1]}…"
    return f"{evalset}: {each.by[:_TOLD]} accepted {what} on {each.at}: {why.rstrip('.')}."


def _void(listed: Iterable[Acceptance], name: str, *, replaces: str, content: str) -> Iterator[str]:
    """Yield why the newest acceptance that comes close is not in force."""
    for each in reversed(tuple(listed)):
        by = each.by[:_TOLD]
        if each.replaces == replaces:
            yield f"{name} differs from what {by} accepted on {each.at}, so that does not count."
            return
        if each.content == content:
            yield (
                f"{name} is as {by} accepted it on {each.at}, but the base has another set by now."
            )
            return
