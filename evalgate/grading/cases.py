"""Reads the cases of an eval set, each with all graders that apply to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from evalgate.errors import Problem
from evalgate.grading.beside import Beside
from evalgate.grading.case_hash import CaseHasher, Substance
from evalgate.grading.defaults import Defaults, inherit, read_defaults
from evalgate.grading.filling import fit
from evalgate.grading.graders import GraderReader, WrittenGrader, mappings
from evalgate.model.evalset import Case, GraderSpec
from evalgate.model.reading import Section, describe

LONGEST_ID = 100

MOST_PROBLEMS = 1_000
"""Problems after which the reading of a set stops: nobody reads more."""

MOST_CASES = 500_000

MOST_FILLED = 1_000_000
"""Graders of all cases that have placeholders: each case gets a copy of its own."""

MOST_CHARACTERS = 1_000_000_000
"""Characters of all cases, with defaults and placeholders filled in."""

KEYS = (
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

    Reading stops after `MOST_PROBLEMS` or `MOST_CASES`, and when small files stand for more than
    `MOST_CHARACTERS`, as aliases, defaults and placeholders can make them.

    Args:
        root: the eval set.
        reader: reads the graders, of the set and of its cases.
        pass_at: the score that a trial must reach, which is part of a case's hash.
        beside: the files beside the set.
    """
    graders = reader.read(root)
    table = _Table(
        set_graders=graders,
        has_graders=bool(root.data.get("graders")),
        defaults=read_defaults(root, beside),
        reader=reader,
        beside=beside,
        pass_at=pass_at,
        hasher=CaseHasher(shared=[grader.spec for grader in graders]),
    )
    if not root.data.get("cases"):
        root.note("cases" if "cases" in root.data else None, "expected at least one case")
        return ()
    cases = tuple(_cases(root, table))
    if not cases and not reader.problems:
        root.note("cases", f"expected at least one case in {describe(root.data['cases'])}")
    return cases


def _cases(root: Section, table: "_Table") -> Iterator[Case]:
    problems = table.reader.problems
    for section in _sections(root, problems, table.beside):
        if section is not None:
            yield table.read(section)
        if len(problems) >= MOST_PROBLEMS:
            del problems[MOST_PROBLEMS:]
            root.note("cases", f"{MOST_PROBLEMS:,} problems or more: the rest was not read")
            return
        fault = table.excess()
        if fault:
            root.note("cases", fault)
            return


def _sections(root: Section, problems: list[Problem], beside: Beside) -> Iterator[Section | None]:
    """Open each case, in the set itself or in the file that it names; None is one that is wrong."""
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
            yield None
        elif isinstance(line.data, dict):
            yield Section(line, (), problems)
        else:
            message = f"expected a case as an object, got {describe(line.data)}"
            problems.append(Problem(path=line.path, line=line.line(()), message=message))
            yield None


@dataclass(slots=True, kw_only=True)
class _Table:
    """What the cases of one set share, and the ids that are taken."""

    set_graders: Sequence[WrittenGrader]
    has_graders: bool
    defaults: Defaults
    reader: GraderReader
    beside: Beside
    pass_at: float
    hasher: CaseHasher
    lines: dict[str, int | None] = field(default_factory=dict)
    filled: int = 0

    def read(self, section: Section) -> Case:
        """Read one case and note what is wrong with it."""
        section.allow(*KEYS)
        name = _id(section)
        self._note_repeated(name, section)
        traits = inherit(section, self.defaults, self.beside)
        substance = Substance(
            vars=traits.vars,
            expected=section.data.get("expected"),
            pass_at=self.pass_at,
            references=_references(section),
            tool_results=traits.tool_results,
            files=traits.files,
        )
        specs = self._graders(section, substance)
        return Case(
            id=name,
            vars=traits.vars,
            expected=substance.expected,
            graders=specs,
            hash=self.hasher.hash(substance, specs),
            tags=traits.tags,
            cluster=traits.cluster,
            critical=traits.critical,
            split=traits.split,
            line=section.line,
            path="" if section.document.path == self.beside.evalset else section.document.path,
            references=tuple(substance.references),
            tool_results=traits.tool_results,
            files=traits.files,
            written=section.data,
        )

    def excess(self) -> str | None:
        """Say why no more cases are read, if so."""
        if self.hasher.characters > MOST_CHARACTERS:
            size = f"{MOST_CHARACTERS / 1e6:,g} MB"
            return f"with defaults filled in, the cases hold more than {size} of text"
        if self.filled > MOST_FILLED:
            return (
                f"the cases fill more than {MOST_FILLED:,} graders with their values: split the set"
            )
        if len(self.lines) > MOST_CASES:
            return f"more than {MOST_CASES:,} cases: split the set"
        return None

    def _graders(self, section: Section, substance: Substance) -> tuple[GraderSpec, ...]:
        """Return the graders of the set and of the case, filled with what the case says."""
        values = dict(substance.vars)
        if substance.expected is not None:
            values["expected"] = substance.expected
        graders = (*self.set_graders, *self.reader.read(section))
        self.filled += sum(bool(grader.names) for grader in graders)
        specs = fit(graders, values, case=section)
        if not self.has_graders and not section.data.get("graders"):
            section.note(None, "the case has no graders, and the eval set has none for all cases")
        elif specs and not any(spec.weight for spec in specs):
            section.note(None, "all graders of the case have the weight 0")
        return specs

    def _note_repeated(self, name: str, section: Section) -> None:
        if name and name in self.lines:
            taken = f"the id {describe(name)} is taken by the case on line {self.lines[name]}"
            section.note("id", taken)
        self.lines.setdefault(name, section.line)


def _id(section: Section) -> str:
    name = section.required_text("id")
    if "/" in name or not name.isprintable() or (name.strip() and name != name.strip()):
        section.note("id", "an id has no slash, no control character and no blank at its ends")
    if len(name) > LONGEST_ID:
        section.note("id", f"an id has at most {LONGEST_ID} characters, this one has {len(name)}")
    return name


def _references(section: Section) -> tuple[str, ...]:
    references = section.texts("reference")
    if not all(text.strip() for text in references):
        section.note("reference", "expected whole answers, got an empty one")
    return references
