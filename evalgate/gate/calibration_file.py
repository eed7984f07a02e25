"""Writes and reads calibrations: one document `calibration/1` per eval set."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict

from evalgate.deciding.agreement import Confusion
from evalgate.deciding.judge_measures import Measure, agreement_of, confusion, measures
from evalgate.model.calibration import (
    Anchor,
    Calibration,
    CriterionCounts,
    JudgePrint,
    verdict_word,
)
from evalgate.model.document import Data, Document
from evalgate.model.reading import Section, describe

SCHEMA = "calibration/1"
SUFFIX = ".json"
MOST = 10**9


def counts_of(calibration: Calibration) -> Confusion:
    """Return what people and the judge said of the anchors."""
    return confusion((anchor.human, anchor.judge) for anchor in calibration.anchors)


def calibration_document(calibration: Calibration) -> dict[str, Data]:
    """Return the content of the file; the numbers in it follow from the anchors."""
    counts = counts_of(calibration)
    return {
        "schema": SCHEMA,
        "evalset": calibration.evalset,
        "judge": {**asdict(calibration.judge)},
        "simulated": calibration.simulated,
        "counts": _counts(counts),
        "ungraded": dict(sorted(calibration.ungraded.items())),
        "agreement": _agreement(counts),
        "youden_low": _rounded(agreement_of(counts).low) if calibration.anchors else None,
        "criteria": [
            {"criterion": text, **asdict(each)} for text, each in calibration.criteria.items()
        ],
        "cases": dict(sorted(calibration.asked.items())),
        "anchors": [_anchor(anchor) for anchor in calibration.anchors],
    }


def read_calibration(document: Document) -> Calibration:
    """Read the file of one eval set.

    Numbers that follow from the anchors are not read: they are counted anew.

    Raises:
        ConfigurationError: with every problem found in it.
    """
    section = Section(document)
    if section.text("schema") != SCHEMA:
        section.note("schema", f"expected `{SCHEMA}`: write the file with evalgate calibrate")
    asked = {case: _text(value) for case, value in section.mapping("cases").items()}
    calibration = Calibration(
        evalset=section.required_text("evalset"),
        judge=_judge(section.section("judge")),
        asked=asked,
        anchors=tuple(_read_anchor(each, asked) for each in section.sections("anchors")),
        criteria={
            each.required_text("criterion"): _criterion(each)
            for each in section.sections("criteria")
        },
        ungraded={
            cause: number
            for cause, number in section.mapping("ungraded").items()
            if isinstance(number, int)
        },
        simulated=section.flag("simulated", default=False),
        path=document.path,
    )
    section.finish()
    return calibration


def answer_hash(answer: str) -> str:
    """Return what stands for an answer beside it, so that an edit is found out."""
    return hashlib.sha256(answer.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _counts(counts: Confusion) -> Data:
    return {
        "true_pass": counts.true_pass,
        "false_fail": counts.false_fail,
        "false_pass": counts.false_pass,
        "true_fail": counts.true_fail,
    }


def _anchor(anchor: Anchor) -> Data:
    return {
        "case": anchor.case,
        "human": verdict_word(anchor.human),
        "judge": verdict_word(anchor.judge),
        "answer_hash": answer_hash(anchor.answer),
        "answer": anchor.answer,
    }


def _read_anchor(section: Section, asked: Mapping[str, str]) -> Anchor:
    case, answer = section.required_text("case"), section.required_text("answer")
    if case and not asked.get(case):
        section.note("case", f"`cases` has no {describe(case)}")
    if answer and section.text("answer_hash") != answer_hash(answer):
        section.note("answer_hash", "the answer was edited: calibrate anew")
    return Anchor(
        case=case,
        answer=answer,
        human=_said(section, "human"),
        judge=_said(section, "judge"),
    )


def _judge(section: Section) -> JudgePrint:
    return JudgePrint(
        model=section.required_text("model"),
        effort=section.optional_text("effort"),
        max_tokens=section.integer("max_tokens", 0, least=1, most=MOST),
        votes=section.integer("votes", 0, least=1, most=99),
    )


def _criterion(section: Section) -> CriterionCounts:
    def number(key: str) -> int:
        return section.integer(key, 0, least=0, most=MOST)

    return CriterionCounts(
        pass_pass=number("pass_pass"),
        pass_fail=number("pass_fail"),
        fail_pass=number("fail_pass"),
        fail_fail=number("fail_fail"),
    )


def _said(section: Section, key: str) -> bool:
    word = section.word(key, ("pass", "fail"))
    if section.data.get(key) is None:
        section.note(None, f"the key `{key}` is missing")
    return word == "pass"


def _text(value: Data) -> str:
    return value if isinstance(value, str) else ""


def _agreement(counts: Confusion) -> Data:
    return {
        name: None if each is None else _measure(each) for name, each in measures(counts).items()
    }


def _measure(measure: Measure) -> Data:
    return {
        "value": _rounded(measure.value),
        "low": _rounded(measure.low),
        "high": _rounded(measure.high),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
