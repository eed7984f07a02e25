"""Facts about the German example: its prompt, its documents, and the rules that simulate it."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from evalgate.adapters.formats import FORMATS
from evalgate.grading.answer import Answer
from evalgate.grading.evalset import read_evalset
from evalgate.grading.trial import Judging, grade_answer, outcome
from evalgate.model.chat import CallFailure, ChatRequest, Completion
from evalgate.model.document import Data, Document
from evalgate.model.evalset import Case
from evalgate.model.policy import JudgeSettings
from evalgate.model.prompt import PromptVersion
from evalgate.prompts.live import read_live
from evalgate.prompts.render import render
from evalgate.prompts.version import read_version
from evalgate.simulator.draw import question_of
from evalgate.simulator.fakes import RuleModel
from evalgate.simulator.rules import Behaviour, Rules, read_rules

ROOT = Path(__file__).parents[2]
PROMPT = "rechnung-auslesen"
SCHEMA = "evalsets/rechnung.schema.json"
TRIALS = 2
CENT = Decimal("0.01")
TOPICS = {
    "grundfall",
    "betrag",
    "datum",
    "frist",
    "skonto",
    "saetze",
    "kleinunternehmer",
    "reverse-charge",
    "steuerfrei",
    "kleinbetrag",
    "gutschrift",
    "storno",
    "anzahlung",
    "fehlend",
    "kopf",
    "waehrung",
    "widerspruch",
    "anweisung",
    "keine-rechnung",
}
KINDS = {"de", "at", "ch", "zweisprachig", "ocr", "knapp"}

OPENING = "Du liest im Belegeingang der Buchhaltungskanzlei Silberdistel die Daten von Rechnungen"
OPENING_REWORDED = "Deine Aufgabe in der Buchhaltungskanzlei Silberdistel: Lies die Angaben"
AMOUNTS = (
    "- Beträge sind Zahlen mit Dezimalpunkt und ohne Tausendertrennung: aus"
    ' "1.234,50" wie aus "1\'234.50" wird 1234.50.\n'
)
TERM = (
    " Eine Frist in Tagen oder Wochen zählst du in Kalendertagen ab dem Rechnungsdatum;"
    ' "sofort" und "bei Erhalt" meinen das Rechnungsdatum selbst.'
)
RATES = (
    "- steuern hat je Steuersatz einen Eintrag mit satz in Prozent und betrag, den höchsten Satz"
    " zuerst; ein Satz von 0 % bekommt keinen Eintrag.\n"
)

TERM_IN_DAYS = re.compile(r"(\d+) Tagen?\b(?! (?:mit )?[\d,]+ % Skonto)")
DISCOUNT_IN_DAYS = re.compile(r"(\d+) Tagen? (?:mit )?(\d+(?:,\d+)?) % Skonto")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """What a faultless answer says about a document, as far as it can be computed with."""

    netto: Decimal | None
    taxes: tuple[tuple[Decimal, Decimal | None], ...]
    brutto: Decimal | None
    dated: date | None
    due: date | None
    discount: tuple[Decimal, date] | None


def document(path: str) -> Document:
    content = (ROOT / path).read_bytes()
    return FORMATS.read_yaml(path, content)


def version(name: str, old: str = "", new: str = "") -> PromptVersion:
    path = f"prompts/{PROMPT}/{name}.md"
    text = (ROOT / path).read_text("utf-8")
    assert not old or text.count(old) == 1
    content = text.replace(old, new) if old else text
    return read_version(PROMPT, path, content=content.encode(), parser=FORMATS)


EVALSET = read_evalset(
    document("evalsets/rechnungen.yaml"),
    name="rechnungen",
    tree={SCHEMA: (ROOT / SCHEMA).read_bytes()},
    parser=FORMATS,
)
RULES = read_rules(document(f"evalgate/simulator/rulebooks/{PROMPT}.yaml"))
VERSIONS = (version("v1"), version("v2"))
CASES = EVALSET.cases


def request(asked: PromptVersion, case: Case, trial: int) -> ChatRequest:
    return replace(render(asked, case), trial=f"{case.id}/{trial}")


def with_luck(rules: Rules, *, bad: Iterable[Behaviour] = ()) -> Rules:
    """Return the rules with the given fragments bad in every trial, and all others good."""
    names = {each.name for each in bad}

    def fixed(each: Behaviour) -> Behaviour:
        chance = 0.0 if each.name in names else 1.0
        return replace(each, chance_with=chance, chance_without=chance)

    return replace(rules, behaviours=tuple(map(fixed, rules.behaviours)))


def governed() -> list[Behaviour]:
    return [each for each in RULES.behaviours if each.needs]


def asking_for(fragment: Behaviour) -> list[Case]:
    return [
        case for case in CASES if fragment.applies_to(question_of(request(VERSIONS[1], case, 0)))
    ]


FAULTLESS = with_luck(RULES)


async def no_judge(request: ChatRequest) -> Completion | CallFailure:
    raise AssertionError(f"no case asks a judge, but one was asked: {request}")


JUDGING = Judging(judge=no_judge, settings=JudgeSettings(), draw_boundary=lambda: "0" * 32)


async def answer(asked: PromptVersion, rules: Rules, case: Case, *, trial: int = 0) -> Completion:
    reply = await RuleModel([rules]).send(request(asked, case, trial), within=1)
    assert isinstance(reply, Completion)
    return reply


async def passes(asked: PromptVersion, rules: Rules, case: Case, *, trial: int = 0) -> bool | None:
    completion = await answer(asked, rules, case, trial=trial)
    grades = await grade_answer(
        case, Answer(completion=completion), trial=f"{case.id}/{trial}", judging=JUDGING
    )
    return outcome(grades, pass_at=EVALSET.pass_at).passed


async def passed(asked: PromptVersion, rules: Rules) -> dict[tuple[str, int], bool | None]:
    """Return for each trial whether it passed; None when it could not be graded."""
    return {
        (case.id, trial): await passes(asked, rules, case, trial=trial)
        for case in CASES
        for trial in range(TRIALS)
    }


async def pass_rate(asked: PromptVersion) -> float:
    outcomes = await passed(asked, RULES)
    assert None not in outcomes.values()
    return round(sum(map(bool, outcomes.values())) / len(outcomes), 3)


def decimal(value: Data) -> Decimal | None:
    assert value is None or isinstance(value, int | Decimal)
    return None if value is None else Decimal(value)


def day(value: Data) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None


async def extract(case: Case) -> Extract:
    completion = await answer(VERSIONS[1], FAULTLESS, case)
    data = json.loads(completion.text, parse_float=Decimal)
    discount = data["skonto"]
    return Extract(
        netto=decimal(data["netto"]),
        taxes=tuple((Decimal(tax["satz"]), decimal(tax["betrag"])) for tax in data["steuern"]),
        brutto=decimal(data["brutto"]),
        dated=day(data["rechnungsdatum"]),
        due=day(data["faellig_am"]),
        discount=discount and (Decimal(discount["prozent"]), date.fromisoformat(discount["bis"])),
    )


def test_the_live_pointer_says_v2_after_v1() -> None:
    pointer = read_live(PROMPT, document(f"prompts/{PROMPT}/live.yaml"))
    assert pointer.stable == "v2"
    assert [move.stable for move in pointer.history] == ["v1", "v2"]


def test_both_versions_ask_for_the_same_shape() -> None:
    assert VERSIONS[0].output_schema == VERSIONS[1].output_schema
    assert VERSIONS[0].inputs == VERSIONS[1].inputs == ("beleg",)


def test_the_set_asks_for_every_field_of_the_version_s_shape() -> None:
    graded = document(SCHEMA).data
    asked = VERSIONS[1].output_schema
    assert isinstance(graded, dict)
    assert asked
    assert graded["required"] == asked["required"]
    assert isinstance(graded["properties"], dict)
    assert isinstance(asked["properties"], dict)
    assert graded["properties"].keys() == asked["properties"].keys()


def test_the_set_has_at_least_60_cases_for_the_prompt() -> None:
    assert EVALSET.prompts == (PROMPT,)
    assert len(CASES) >= 60
    assert {frozenset(case.vars) for case in CASES} == {frozenset(["beleg"])}


def test_the_cases_come_from_at_least_50_suppliers_and_some_share_one() -> None:
    clusters = [case.cluster or case.id for case in CASES]
    assert 50 <= len(set(clusters)) < len(CASES)


def test_every_case_is_tagged_with_a_topic_and_no_unknown_word() -> None:
    assert {tag for case in CASES for tag in case.tags} == TOPICS | KINDS
    assert [case.id for case in CASES if not TOPICS & {*case.tags}] == []


def test_critical_cases_guard_the_amount_to_pay() -> None:
    critical = [case for case in CASES if case.critical]
    assert 8 <= len(critical) <= 14
    amounts = ("$.zahlbetrag", "$.brutto")
    blind = [
        case.id
        for case in critical
        if not any(path in str(spec.argument) for spec in case.graders for path in amounts)
    ]
    assert blind == []


def test_no_two_documents_share_most_of_their_words() -> None:
    words = {case.id: set(re.findall(r"\w+", str(case.vars["beleg"]).lower())) for case in CASES}
    alike = [
        (first, second)
        for first, second in combinations(words, 2)
        if len(words[first] & words[second]) > 0.45 * len(words[first] | words[second])
    ]
    assert alike == []


def test_every_fragment_of_the_rules_is_an_answer_to_some_case() -> None:
    questions = [question_of(request(VERSIONS[1], case, 0)) for case in CASES]
    unasked = [each.name for each in RULES.behaviours if not any(map(each.applies_to, questions))]
    assert unasked == []


def test_every_instruction_that_the_rules_look_for_stands_in_v2() -> None:
    system = request(VERSIONS[1], CASES[0], 0).system
    missing = [
        each.name for each in RULES.behaviours if each.needs and not each.needs.search(system)
    ]
    assert missing == []


def test_v1_lacks_the_terms_of_payment_and_the_documents_that_are_no_invoices() -> None:
    system = request(VERSIONS[0], CASES[0], 0).system
    missing = {each.needs.pattern for each in RULES.behaviours if each.needs} - {
        each.needs.pattern for each in RULES.behaviours if each.needs and each.needs.search(system)
    }
    assert missing == {
        "(?i)mahnungen, .*keine_rechnung",
        r"(?i)sofort\b.*Rechnungsdatum",
        "(?i)Frist in Tagen|Kalendertage",
    }


def test_only_the_rules_of_this_prompt_speak_for_it() -> None:
    system = request(VERSIONS[1], CASES[0], 0).system
    books = sorted((ROOT / "evalgate/simulator/rulebooks").glob("*.yaml"))
    read = {path.stem: read_rules(document(str(path.relative_to(ROOT)))) for path in books}
    assert [name for name, rules in read.items() if rules.speak_for(system)] == [PROMPT]


async def test_net_amount_and_taxes_make_the_gross_amount_except_where_the_document_errs() -> None:
    wrong = []
    for case in CASES:
        facts = await extract(case)
        taxes = [amount for _, amount in facts.taxes if amount is not None]
        if facts.netto is None or facts.brutto is None or len(taxes) < len(facts.taxes):
            continue
        if facts.netto + sum(taxes) != facts.brutto:
            wrong.append(case.id)
    assert wrong == ["widerspruch-summe", "widerspruch-rappenrundung"]


async def test_a_single_tax_is_its_rate_of_the_net_amount_to_the_cent() -> None:
    wrong = []
    for case in CASES:
        facts = await extract(case)
        for rate, amount in facts.taxes[:1] if len(facts.taxes) == 1 else ():
            if facts.netto is None or amount is None:
                continue
            if abs(facts.netto * rate / 100 - amount) > CENT:
                wrong.append(case.id)
    assert wrong == ["saetze-porto-null"]  # the rate of 0 % has a net amount of its own


async def test_due_dates_are_the_printed_term_after_the_invoice_date() -> None:
    counted = 0
    for case in CASES:
        facts = await extract(case)
        terms = TERM_IN_DAYS.findall(str(case.vars["beleg"]))
        if "frist" not in case.tags or not terms or facts.dated is None:
            continue
        assert (case.id, facts.due) == (case.id, facts.dated + timedelta(days=int(terms[0])))
        counted += 1
    assert counted >= 14


async def test_the_discount_is_the_highest_one_counted_from_the_invoice_date() -> None:
    counted = 0
    for case in CASES:
        tiers = [
            (Decimal(percent.replace(",", ".")), int(days))
            for days, percent in DISCOUNT_IN_DAYS.findall(str(case.vars["beleg"]))
        ]
        facts = await extract(case)
        if not tiers or facts.dated is None:
            continue
        percent, days = max(tiers)
        assert facts.discount == (percent, facts.dated + timedelta(days=days))
        counted += 1
    assert counted >= 3


async def test_a_faultless_answer_passes_every_case() -> None:
    outcomes = await passed(VERSIONS[1], FAULTLESS)
    assert [trial for trial, good in outcomes.items() if not good] == []


async def test_the_references_are_faultless_answers_in_other_white_space() -> None:
    held = [case for case in CASES if case.references]
    assert len(held) == 3
    for case in held:
        completion = await answer(VERSIONS[1], FAULTLESS, case)
        assert [json.loads(text) for text in case.references] == [json.loads(completion.text)]


async def test_an_answer_that_ignores_every_instruction_fails_every_case() -> None:
    outcomes = await passed(VERSIONS[1], with_luck(RULES, bad=governed()))
    assert [trial for trial, good in outcomes.items() if good is not False] == []


@pytest.mark.parametrize("fragment", governed(), ids=lambda fragment: fragment.name)
async def test_a_single_bad_fragment_fails_some_case(fragment: Behaviour) -> None:
    rules = with_luck(RULES, bad=[fragment])
    for case in asking_for(fragment):
        if await passes(VERSIONS[1], rules, case) is False:
            return
    pytest.fail(f"no case notices that `{fragment.name}` went wrong")


@pytest.mark.parametrize("name", ["gross amount", "gross amount above a thousand"])
async def test_an_amount_with_the_point_in_the_wrong_place_fails_every_case(name: str) -> None:
    fragment = next(each for each in RULES.behaviours if each.name == name)
    rules = with_luck(RULES, bad=[fragment])
    unharmed = [
        case.id
        for case in asking_for(fragment)
        if await passes(VERSIONS[1], rules, case) is not False
    ]
    assert unharmed == []


async def test_pass_rates_follow_the_instructions() -> None:
    rates = {
        "v1": await pass_rate(VERSIONS[0]),
        "v2": await pass_rate(VERSIONS[1]),
        "v2 without the line on amounts": await pass_rate(version("v2", AMOUNTS)),
        "v2 without terms of payment": await pass_rate(version("v2", TERM)),
        "v2 without the line on tax rates": await pass_rate(version("v2", RATES)),
    }
    assert rates == snapshot(
        {
            "v1": 0.865,
            "v2": 0.959,
            "v2 without the line on amounts": 0.459,
            "v2 without terms of payment": 0.912,
            "v2 without the line on tax rates": 0.841,
        }
    )


async def test_a_reworded_opening_changes_no_trial() -> None:
    before = await passed(VERSIONS[1], RULES)
    after = await passed(version("v2", OPENING, OPENING_REWORDED), RULES)
    assert before == after
