"""Reads what people said of answers: rows of labels, put together answer by answer."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from evalgate.errors import ConfigurationError, Problem
from evalgate.grading.calibration import criteria_of, label_from_criteria, required_rubrics
from evalgate.model.calibration import verdict_word
from evalgate.model.document import Document
from evalgate.model.evalset import Case, EvalSet
from evalgate.model.reading import Section, describe, suggestion

KEYS = ("evalset", "case", "answer", "human", "criterion", "judge", "rater", "note")
MOST_PROBLEMS = 1_000

_WORDS: Mapping[str, bool] = {
    "pass": True, "true": True, "1": True, "fail": False, "false": False, "0": False,
}  # fmt: skip
_DOUBT = ("cannot_tell", "cannot tell")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledAnswer:
    """One answer to a case, and what people said of it as a whole and by criterion.

    `human` is None when the labels of its criteria do not decide. `has_verdict` tells that the file
    states the judge's verdicts: `judge` and `judge_criteria`, None where it could not tell.
    """

    evalset: EvalSet
    case: Case
    answer: str
    human: bool | None
    criteria: Mapping[str, bool]
    has_verdict: bool = False
    judge: bool | None = None
    judge_criteria: Mapping[str, bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The labelled answers of all rows, and how many rows are not among them, by why."""

    answers: tuple[LabelledAnswer, ...]
    rows: int
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One row whose words are understood; an empty criterion stands for the whole answer."""

    path: str
    line: int | None
    case: str
    answer: str
    criterion: str
    rater: str
    human: bool
    has_verdict: bool
    judge: bool | None

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


UNLABELLED, DUPLICATE, OTHER_SET = "without a label", "told twice", "of other eval sets"
CORRECTED = "corrected later"


def read_labels(
    rows: Iterable[Document | Problem], sets: Mapping[str, EvalSet], *, evalset: str | None
) -> Labels:
    """Return the labelled answers of rows.

    Within a file a later row of a rater takes the place of an earlier one that says otherwise of
    the same answer.

    Args:
        rows: the rows of all files, one document each.
        sets: the eval sets that they may speak of.
        evalset: the set of the rows that name none; rows of other sets are left out then.

    Raises:
        ConfigurationError: with every row that is wrong, or contradicts another rater's.
    """
    reader = _Reader(sets=sets, only=evalset)
    for row in rows:
        if isinstance(row, Problem):
            reader.problems.append(row)
        else:
            reader.read(row)
    answers = tuple(reader.answers())
    problems = reader.problems
    if len(problems) > MOST_PROBLEMS:
        more = Problem(path=problems[0].path, message=f"{len(problems) - MOST_PROBLEMS:,} more")
        problems = [*problems[:MOST_PROBLEMS], more]
    if problems:
        raise ConfigurationError(problems)
    return Labels(answers=answers, rows=reader.rows, left_out=dict(reader.left_out))


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Reads row by row and notes every problem."""

    sets: Mapping[str, EvalSet]
    only: str | None
    rows: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    _cases: dict[str, dict[str, Case]] = field(default_factory=dict)
    _said: dict[tuple[str, ...], list[_Row]] = field(default_factory=dict)
    _found: dict[tuple[str, str, str], dict[str, _Row]] = field(default_factory=dict)

    def read(self, document: Document) -> None:
        self.rows += 1
        section = Section(document, (), self.problems)
        before = len(self.problems)
        section.allow(*KEYS)
        evalset = self._evalset(section)
        if evalset is None:
            return
        human, judge = _verdict(section, "human"), _verdict(section, "judge", doubt=True)
        if human is None and len(self.problems) == before:
            self.left_out[UNLABELLED] += 1  # such as one that nobody could tell: it may lack a case
            self._withdraw(evalset.name, section)
            return
        case = self._case(section, evalset)
        row = _Row(
            path=document.path,
            line=section.line,
            case="" if case is None else case.id,
            answer=section.required_text("answer"),
            criterion="" if case is None else _criterion(section, case),
            rater=str(section.data.get("rater") or "").strip(),
            human=human is True,
            has_verdict=section.data.get("judge") is not None,
            judge=judge,
        )
        if len(self.problems) > before:
            return
        self._hear(evalset.name, row)

    def answers(self) -> Iterator[LabelledAnswer]:
        """Yield the answers in the order of their first rows; what contradicts itself is noted."""
        for (evalset, *_), said in self._said.items():
            for row in said:
                self._enter(evalset, row)
        for (name, case_id, answer), rows in self._found.items():
            case = self._by_id(self.sets[name])[case_id]
            if len({row.has_verdict for row in rows.values()}) > 1:
                self._note(
                    next(row for row in rows.values() if not row.has_verdict),
                    "judge",
                    "other rows of this answer state the judge's verdict: state it in all or none",
                )
                continue
            labels = {row.criterion: row.human for row in rows.values() if row.criterion}
            judged = {row.criterion: row.judge for row in rows.values() if row.criterion}
            derived = label_from_criteria(case, labels) if labels else None
            whole = rows.get("")
            if whole is not None and derived is not None and derived is not whole.human:
                message = f"the labels of the criteria make this answer {verdict_word(derived)}"
                self._note(whole, "human", message)
                continue
            yield LabelledAnswer(
                evalset=self.sets[name],
                case=case,
                answer=answer,
                human=derived if whole is None else whole.human,
                criteria=labels,
                has_verdict=any(row.has_verdict for row in rows.values()),
                judge=_judged(case, judged) if whole is None else whole.judge,
                judge_criteria=judged,
            )

    def _hear(self, evalset: str, row: _Row) -> None:
        """Note a row, in place of what the same person has said otherwise before."""
        known = evalset, row.case, row.answer, row.criterion
        said = self._said.setdefault((*known, row.rater, row.path), [])
        if row.rater and said and said[-1].human is not row.human:
            self.left_out[CORRECTED] += len(said)
            said.clear()
        said.append(row)

    def _withdraw(self, evalset: str, section: Section) -> None:
        """Leave out what a person said of an answer before nobody could tell any more."""
        words = (section.data.get(key) for key in ("case", "answer", "criterion", "rater"))
        case, answer, criterion, rater = (str(each or "") for each in words)
        if rater := rater.strip():
            key = (evalset, case, answer, criterion, rater, section.document.path)
            self.left_out[CORRECTED] += len(self._said.pop(key, ()))

    def _enter(self, evalset: str, row: _Row) -> None:
        rows = self._found.setdefault((evalset, row.case, row.answer), {})
        earlier = rows.setdefault(row.criterion, row)
        if earlier is row:
            return
        if earlier.human is not row.human:
            self._note(row, "human", f"{earlier.place} says otherwise of the same answer")
        elif (earlier.has_verdict, earlier.judge) != (row.has_verdict, row.judge):
            self._note(row, "judge", f"{earlier.place} says otherwise of the same answer")
        else:
            self.left_out[DUPLICATE] += 1

    def _evalset(self, section: Section) -> EvalSet | None:
        """Return the set of a row; None when it is left out or wrong."""
        name = section.text("evalset") or self.only
        if not name:
            section.note(None, "the key `evalset` is missing: name the set, or give --evalset")
            return None
        if self.only is not None and name != self.only:
            self.left_out[OTHER_SET] += 1
            return None
        if name not in self.sets:
            section.note(
                "evalset", f"there is no eval set `{name[:60]}`{suggestion(name, self.sets)}"
            )
            return None
        return self.sets[name]

    def _case(self, section: Section, evalset: EvalSet) -> Case | None:
        name = str(section.data["case"]) if _is_number(section.data.get("case")) else ""
        name = name or section.required_text("case")
        if not name:
            return None
        cases = self._by_id(evalset)
        case = cases.get(name)
        if case is None:
            section.note(
                "case", f"{evalset.name} has no case `{name[:60]}`{suggestion(name, cases)}"
            )
        elif not required_rubrics(case):
            section.note(
                "case", f"`{name[:60]}` has no required rubric, so there is nothing to judge"
            )
            return None
        return case

    def _by_id(self, evalset: EvalSet) -> dict[str, Case]:
        if evalset.name not in self._cases:
            self._cases[evalset.name] = {case.id: case for case in evalset.cases}
        return self._cases[evalset.name]

    def _note(self, row: _Row, key: str, message: str) -> None:
        self.problems.append(Problem(path=row.path, line=row.line, key=key, message=message))


def _criterion(section: Section, case: Case) -> str:
    """Return the criterion that a row names, as the rubric words it; empty when it names none."""
    written = " ".join(section.text("criterion").split())
    if not written:
        return ""
    known = {" ".join(text.split()): text for text in criteria_of(case)}
    if written in known:
        return known[written]
    message = f"`{case.id}` has no criterion {describe(written)}{suggestion(written, known)}"
    section.note("criterion", message)
    return ""


def _verdict(section: Section, key: str, *, doubt: bool = False) -> bool | None:
    """Return what a row says; None when it says nothing, or that it cannot be told."""
    value = section.data.get(key)
    if value is None:
        return None
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold() if isinstance(value, str | int) else ""
    if word in _WORDS:
        return _WORDS[word]
    if not (doubt and word in _DOUBT):
        words = ("pass", "fail", *(_DOUBT[:1] if doubt else ()))
        hint = suggestion(word, words) if word else ""
        section.note(key, f"expected {' or '.join(words)}, got {describe(value)}{hint}")
    return None


def _judged(case: Case, criteria: Mapping[str, bool | None]) -> bool | None:
    """Return what the judge's verdicts on criteria amount to."""
    told = {text: holds for text, holds in criteria.items() if holds is not None}
    return label_from_criteria(case, told)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
