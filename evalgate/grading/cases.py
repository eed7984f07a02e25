"""Reads the cases of an eval set, each with all graders that apply to it."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from evalgate.errors import Problem
from evalgate.grading.beside import Beside
from evalgate.grading.case_files import case_files
from evalgate.grading.defaults import Defaults, read_defaults, read_tool_results
from evalgate.grading.filling import fit
from evalgate.grading.graders import GraderReader, WrittenGrader, mappings
from evalgate.grading.json_text import canonical
from evalgate.model.content import Attachment
from evalgate.model.document import Data
from evalgate.model.evalset import CannedResult, Case, GraderSpec
from evalgate.model.reading import Section, describe

LONGEST_ID = 100

MOST_PROBLEMS = 1_000
"""Problems after which the reading of a set stops: nobody reads more."""

_KEYS = (
    "id",
    "vars",
    "expected",
    "reference",
    "tags",
    "cluster",
    "critical",
    "graders",
    "split",
    "tool_results",
)


def read_cases(
    root: Section, reader: GraderReader, *, pass_at: float, beside: Beside
) -> tuple[Case, ...]:
    """Return the cases of an eval set; what is wrong with them is noted.

    Args:
        root: the eval set.
        reader: reads the graders, of the set and of its cases.
        pass_at: the score that a trial must reach, which is part of a case's hash.
        beside: the files beside the set.
    """
    table = _Table(
        set_graders=reader.read(root),
        has_graders=bool(root.data.get("graders")),
        defaults=read_defaults(root),
        reader=reader,
        beside=beside,
        pass_at=pass_at,
    )
    if not root.data.get("cases"):
        root.note("cases" if "cases" in root.data else None, "expected at least one case")
        return ()
    cases = []
    for section in _sections(root, reader.problems, beside):
        cases.append(table.read(section))
        if len(reader.problems) >= MOST_PROBLEMS:
            root.note("cases", f"more than {MOST_PROBLEMS:,} problems: the rest was not read")
            break
    if not cases and not reader.problems:
        root.note("cases", f"expected at least one case in {describe(root.data['cases'])}")
    return tuple(cases)


def _sections(root: Section, problems: list[Problem], beside: Beside) -> Iterator[Section]:
    """Open each case, in the set itself or in the file that it names."""
    written = root.data["cases"]
    if not isinstance(written, str):
        yield from mappings(root, "cases")
        return
    lines = beside.lines(written)
    if isinstance(lines, str):
        root.note("cases", lines)
        return
    for line in lines:
        if isinstance(line, Problem):
            problems.append(line)
        elif isinstance(line.data, dict):
            yield Section(line, (), problems)
        else:
            message = f"expected a case as an object, got {describe(line.data)}"
            problems.append(Problem(path=line.path, line=line.line(()), message=message))


@dataclass(slots=True, kw_only=True)
class _Table:
    """What the cases of one set share, and the ids that are taken."""

    set_graders: Sequence[WrittenGrader]
    has_graders: bool
    defaults: Defaults
    reader: GraderReader
    beside: Beside
    pass_at: float
    lines: dict[str, int | None] = field(default_factory=dict)
    hashes: dict[int, str] = field(default_factory=dict)

    def read(self, section: Section) -> Case:
        """Read one case and note what is wrong with it."""
        section.allow(*_KEYS)
        variables = {**self.defaults.vars, **section.mapping("vars")}
        expected = section.data.get("expected")
        values = variables if expected is None else {**variables, "expected": expected}
        graders = (*self.set_graders, *self.reader.read(section))
        specs = fit(graders, values, case=section) if graders else ()
        results = tuple(read_tool_results(section)) or self.defaults.tool_results
        references = section.texts("reference")
        files = case_files(section, self.beside)
        name = _id(section)
        self._note_repeated(name, section)
        self._note_gradeless(specs, section)
        return Case(
            id=name,
            vars=variables,
            expected=expected,
            graders=specs,
            hash=self._hash(
                section,
                {"vars": variables, "expected": expected, "pass_at": self.pass_at},
                specs=specs,
                extras=_extras(references, results, files),
            ),
            tags=tuple(dict.fromkeys((*self.defaults.tags, *section.texts("tags")))),
            cluster=section.optional_text("cluster") or self.defaults.cluster,
            critical=section.flag("critical", default=self.defaults.critical),
            split=section.text("split", self.defaults.split),
            line=section.line,
            path="" if section.document.path == self.beside.evalset else section.document.path,
            references=references,
            tool_results=results,
            files=files,
        )

    def _note_repeated(self, name: str, section: Section) -> None:
        if name and name in self.lines:
            section.note("id", f"the id `{name}` is taken by the case on line {self.lines[name]}")
        self.lines.setdefault(name, section.line)

    def _note_gradeless(self, specs: Sequence[GraderSpec], section: Section) -> None:
        if not self.has_graders and not section.data.get("graders"):
            section.note(None, "the case has no graders, and the eval set has none for all cases")
        elif specs and not any(spec.weight for spec in specs):
            section.note(None, "all graders of the case have the weight 0")

    def _hash(
        self,
        section: Section,
        content: dict[str, Data],
        *,
        specs: Sequence[GraderSpec],
        extras: dict[str, Data],
    ) -> str:
        """Return a hash of all that shapes the answers of a case and their grades."""
        try:
            digest = hashlib.sha256(canonical({**content, **extras}).encode())
            for spec in specs:
                digest.update(self._written(spec).encode())
        except ValueError:
            section.note(None, "a number in this case is infinite or not a number")
            return ""
        return digest.hexdigest()

    def _written(self, spec: GraderSpec) -> str:
        # Graders of the set without placeholders are the same object in every case.
        shared = any(spec is grader.spec for grader in self.set_graders)
        if not shared:
            return canonical(_plain(spec))
        if id(spec) not in self.hashes:
            self.hashes[id(spec)] = canonical(_plain(spec))
        return self.hashes[id(spec)]


def _extras(
    references: Sequence[str], results: Sequence[CannedResult], files: dict[str, Attachment]
) -> dict[str, Data]:
    """Return what only some cases have; what is absent leaves no trace in the hash."""
    extras: dict[str, Data] = {}
    if references:
        extras["references"] = list(references)
    if results:
        extras["tool_results"] = [
            {
                "tool": result.tool,
                "input": dict(result.input),
                "content": result.content,
                "failed": result.failed,
            }
            for result in results
        ]
    if files:
        extras["files"] = {written: file.sha256 for written, file in files.items()}
    return extras


def _id(section: Section) -> str:
    name = section.required_text("id")
    if "/" in name or not name.isprintable() or name != name.strip():
        section.note("id", "an id has no slash, no control character and no blank at its ends")
    if len(name) > LONGEST_ID:
        section.note("id", f"an id has at most {LONGEST_ID} characters, this one has {len(name)}")
    return name


def _plain(spec: GraderSpec) -> Data:
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
