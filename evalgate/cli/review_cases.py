"""Puts reviewed calls of production into an eval set, as golden cases."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evalgate.adapters.files import write_yaml
from evalgate.adapters.folder_tree import read_tree
from evalgate.adapters.formats import FORMATS
from evalgate.adapters.swap import read_file, swap
from evalgate.errors import ConfigurationError, UsageError
from evalgate.gate.evalsets import read_sets
from evalgate.model.document import Data
from evalgate.model.evalset import EvalSet
from evalgate.model.policy import Policy
from evalgate.model.prompt import PromptVersion
from evalgate.model.sample import Sample
from evalgate.monitoring.incidents.case_text import with_case
from evalgate.monitoring.incidents.drafting import drafted_case
from evalgate.monitoring.scoring.built_in import RUBRICS
from evalgate.monitoring.scoring.reviewing import case_name
from evalgate.prompts.library import Prompt, read_prompts

TAG = "production"
"""The tag of cases that come from production."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """The cases that were put in, and what is to be said of them and of the others."""

    names: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDesk:
    """Where cases go: an eval set, below the root that the policy's paths begin at."""

    policy: Policy
    root: Path
    prompts: Path
    evalset: EvalSet

    def add(self, samples: Iterable[Sample], *, criterion: str) -> Added:
        """Put a case for each call into the eval set that has none yet; all or none is written.

        Args:
            samples: the calls.
            criterion: whose graders are the cases'.

        Raises:
            UsageError: the set cannot be written, or its cases stand in no list.
            ConfigurationError: the set could not be read with the cases.
        """
        known = {case.id for case in self.evalset.cases}
        library = self._library()
        drafts: dict[str, Mapping[str, Data]] = {}
        remarks: list[str] = []
        for sample in samples:
            name = case_name(sample.request_id, criterion)
            if name in known or name in drafts:
                continue
            version = self._version(library, sample)
            if version is None:
                gone = f"{sample.prompt} {sample.version} has gone"
                remarks.append(f"{name}: not added: {gone}, so its variables cannot be read")
                continue
            graders = graders_of(self.policy, criterion)
            draft = drafted_case(sample, version, name=name, graders=graders, tags=[TAG])
            if draft.missing:
                listed = ", ".join(f"`{each}`" for each in draft.missing)
                remarks.append(f"{name}: not added: {listed} cannot be read off the request")
                continue
            drafts[name] = draft.case
            remarks += [f"{name}: {each}" for each in draft.remarks]
        if drafts:
            self._write(list(drafts.values()))
        return Added(names=tuple(drafts), remarks=tuple(dict.fromkeys(remarks)))

    def _library(self) -> Mapping[str, Prompt]:
        folder = self.policy.paths.prompts
        return read_prompts(read_tree(self.prompts, named=folder), folder, FORMATS)

    def _version(self, library: Mapping[str, Prompt], sample: Sample) -> PromptVersion | None:
        prompt = library.get(sample.prompt)
        if prompt is None or sample.version not in prompt.versions:
            return None
        return prompt.read(sample.version, FORMATS)

    def _write(self, cases: Sequence[Mapping[str, Data]]) -> None:
        path = self.root / self.evalset.path
        before = read_file(path)
        text = (before or b"").decode("utf-8-sig")
        data = FORMATS.read_yaml(str(path), before or b"").data
        listed = data.get("cases") if isinstance(data, dict) else None
        if isinstance(listed, str):
            path = path.parent / listed
            before = read_file(path)
            after = _with_lines(before or b"", cases)
        else:
            for case in cases:
                text = with_case(text, write_yaml([dict(case)]))
            after = text.encode()
        self._check(path, after)
        swap(path, before, after)

    def _check(self, path: Path, after: bytes) -> None:
        """Refuse a set that could not be read any more."""
        folder = self.policy.paths.evalsets
        tree = dict(read_tree(self.root / folder, named=folder))
        tree[path.relative_to(self.root).as_posix()] = after
        sets, problems = read_sets(tree, folder, FORMATS)
        if self.evalset.name not in sets:
            raise ConfigurationError(problems)


def evalset_of(policy: Policy, root: Path, name: str) -> EvalSet:
    """Return the eval set of a name.

    Raises:
        UsageError: there is none.
        ConfigurationError: it cannot be read.
    """
    folder = policy.paths.evalsets
    sets, problems = read_sets(read_tree(root / folder, named=folder), folder, FORMATS)
    if name in sets:
        return sets[name]
    if problems:
        raise ConfigurationError(problems)
    known = ", ".join(sorted(sets)) or "none"
    raise UsageError(
        f"--to-case: there is no eval set `{name}` in {root / folder} (known: {known})"
    )


def graders_of(policy: Policy, criterion: str) -> Sequence[Data]:
    """Return the graders of a criterion, as an eval set has them."""
    told = next((each for each in policy.monitor.scoring.criteria if each.name == criterion), None)
    if told is not None and told.graders:
        return told.graders
    built_in = RUBRICS.get(criterion)
    return [] if built_in is None else [{"rubric": built_in.rubric, "name": criterion}]


def _with_lines(before: bytes, cases: Sequence[Mapping[str, Data]]) -> bytes:
    lines = [json.dumps(case, ensure_ascii=False).encode() + b"\n" for case in cases]
    is_ended = not before or before.endswith(b"\n")
    return b"".join([before, b"" if is_ended else b"\n", *lines])
