"""The rule file of the simulator: which instruction makes which answer succeed, and how often."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from evalgate.model.document import Data, Document
from evalgate.model.reading import Section, suggestion
from evalgate.model.writable import MOST_LEVELS, is_writable
from evalgate.simulator.fault_rules import LONGEST_WAIT, Fault, read_fault
from evalgate.simulator.limits import LEAST_BURST, MOST_PER_MINUTE, Limits
from evalgate.simulator.patterns import read_pattern

SCHEMA = "simulator-rules/1"
PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)\}")
"""What a sentence writes where a named group of a pattern goes; other braces stay as they are."""

_EVERYTHING = re.compile("")
_KEYS = (
    *("schema", "seed", "prompts", "behaviours", "extract", "judge", "judge_errors"),
    *("faults", "limits", "batches"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedCall:
    """The call of a tool; texts in `input` may name groups of patterns, as sentences do."""

    tool: str
    input: Mapping[str, Data] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """One sentence of an answer, or one call of a tool, and the chance that it comes out right.

    `when` and `unless` are searched in the question, `needs` in the system prompt: it stands for
    the instruction. A pattern of None puts no condition. `says` comes, or the tool is called, with
    the probability `chance_with` where the instruction is found and `chance_without` where it is
    not; else `otherwise` comes.
    """

    name: str
    says: str = ""
    calls: WantedCall | None = None
    otherwise: str = ""
    when: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    needs: re.Pattern[str] | None = None
    chance_with: float = 1.0
    chance_without: float = 0.0

    def applies_to(self, question: str) -> bool:
        """Whether this sentence or call, good or bad, belongs in the answer to a question."""
        asked = self.when is None or self.when.search(question) is not None
        return asked and (self.unless is None or self.unless.search(question) is None)

    def chance_under(self, system: str) -> float:
        """Return the probability of the good outcome under a system prompt."""
        instructed = self.needs is None or self.needs.search(system) is not None
        return self.chance_with if instructed else self.chance_without


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeRule:
    """How the criteria that match `criterion` are decided, by patterns searched in the answer.

    `fails` is looked for first. Without `passes`, an answer passes unless it fails.
    """

    criterion: re.Pattern[str]
    passes: re.Pattern[str] | None = None
    fails: re.Pattern[str] | None = None
    reason_passed: str = ""
    reason_failed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeErrors:
    """How reliable the judge is, where a rule says what is right.

    `sensitivity` is the probability that a criterion which is not met is reported as `fail`, and
    `specificity` the probability that one which is met is reported as `pass`.
    """

    sensitivity: float = 1.0
    specificity: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One rule file. `prompts` is searched in the system prompt of a request.

    `limits` and `batch_seconds`, how long batches take, belong to the whole server; what is None
    there is left to other files.
    """

    path: str
    seed: str = ""
    prompts: re.Pattern[str] = _EVERYTHING
    behaviours: tuple[Behaviour, ...] = ()
    extract: tuple[re.Pattern[str], ...] = ()
    judge: tuple[JudgeRule, ...] = ()
    judge_errors: JudgeErrors = JudgeErrors()
    faults: tuple[Fault, ...] = ()
    limits: Limits = field(default_factory=Limits)
    batch_seconds: float | None = None

    def speak_for(self, system: str) -> bool:
        """Whether these rules say how a prompt with this system text answers."""
        return bool(self.behaviours) and self.prompts.search(system) is not None


def read_rules(document: Document) -> Rules:
    """Read a rule file.

    Raises:
        ConfigurationError: with every problem of the file.
    """
    section = Section(document)
    section.allow(*_KEYS)
    schema = section.required_text("schema")
    if schema not in {"", SCHEMA}:
        section.note("schema", f"expected `{SCHEMA}`, got `{schema}`")
    extract = tuple(_read_extract(section.section("extract")))
    groups = {name for pattern in extract for name in pattern.groupindex}
    rules = Rules(
        path=document.path,
        seed=section.text("seed"),
        prompts=read_pattern(section, "prompts") or _EVERYTHING,
        behaviours=tuple(_read_behaviours(section.sections("behaviours"), groups)),
        extract=extract,
        judge=tuple(_read_judge_rule(item) for item in section.sections("judge")),
        judge_errors=_read_judge_errors(section.section("judge_errors")),
        faults=tuple(read_fault(item) for item in section.sections("faults")),
        limits=_read_limits(section.section("limits")),
        batch_seconds=_read_batch_seconds(section.section("batches")),
    )
    section.finish()
    return rules


def _read_behaviours(items: Iterable[Section], groups: Iterable[str]) -> Iterator[Behaviour]:
    names: set[str] = set()
    for item in items:
        behaviour = _read_behaviour(item)
        if behaviour.name and behaviour.name in names:
            item.note("name", f"`{behaviour.name}` is taken: equal names draw equal luck")
        names.add(behaviour.name)
        own = () if behaviour.when is None else behaviour.when.groupindex
        for key in ("says", "calls", "otherwise"):
            _check_placeholders(item, key, {*groups, *own})
        yield behaviour


def _read_behaviour(section: Section) -> Behaviour:
    section.allow(
        "name", "when", "unless", "needs", "with", "without", "says", "calls", "otherwise"
    )
    calls = _read_call(section)
    return Behaviour(
        name=section.required_text("name"),
        says=section.required_text("says") if calls is None else section.text("says"),
        calls=calls,
        otherwise=section.text("otherwise"),
        when=read_pattern(section, "when"),
        unless=read_pattern(section, "unless"),
        needs=read_pattern(section, "needs"),
        chance_with=section.number("with", 1.0, least=0, most=1),
        chance_without=section.number("without", 0.0, least=0, most=1),
    )


def _read_call(behaviour: Section) -> WantedCall | None:
    if behaviour.data.get("calls") is None:
        return None
    if behaviour.data.get("says") is not None:
        behaviour.note("calls", "a behaviour either `says` or `calls`: write two of them")
    section = behaviour.section("calls")
    section.allow("tool", "input")
    given = section.mapping("input")
    if not is_writable(given):
        message = f"expected finite numbers and at most {MOST_LEVELS} levels"
        section.note("input", message)
    return WantedCall(tool=section.required_text("tool"), input=given)


def _check_placeholders(section: Section, key: str, groups: set[str]) -> None:
    for name in _placeholders(section.data.get(key)):
        if name not in groups:
            known = suggestion(name, groups) if groups else ""
            section.note(key, f"no pattern of `when` or `extract` has a group `{name}`{known}")


def _placeholders(value: Data) -> list[str]:
    """Return the names in a text, or in the texts of a call's input."""
    if isinstance(value, str):
        return PLACEHOLDER.findall(value)
    items: Iterable[Data] = ()
    if isinstance(value, dict | list):
        items = value.values() if isinstance(value, dict) else value
    return [name for item in items for name in _placeholders(item)]


def _read_extract(section: Section) -> Iterator[re.Pattern[str]]:
    for name in section.data:
        pattern = read_pattern(section, name)
        if pattern is None:
            continue
        if name not in pattern.groupindex:
            section.note(name, f"expected a pattern with the group `(?P<{name}>…)`")
        yield pattern


def _read_judge_rule(section: Section) -> JudgeRule:
    section.allow("criterion", "passes", "fails", "reason_pass", "reason_fail")
    section.required_text("criterion")
    if "passes" not in section.data and "fails" not in section.data:
        section.note(None, "expected `passes`, `fails` or both")
    return JudgeRule(
        criterion=read_pattern(section, "criterion") or _EVERYTHING,
        passes=read_pattern(section, "passes"),
        fails=read_pattern(section, "fails"),
        reason_passed=section.text("reason_pass"),
        reason_failed=section.text("reason_fail"),
    )


def _read_judge_errors(section: Section) -> JudgeErrors:
    section.allow("sensitivity", "specificity")
    return JudgeErrors(
        sensitivity=section.number("sensitivity", 1.0, least=0, most=1),
        specificity=section.number("specificity", 1.0, least=0, most=1),
    )


def _read_limits(section: Section) -> Limits:
    rates = ("requests_per_minute", "input_tokens_per_minute", "output_tokens_per_minute")
    section.allow(*rates, "burst")
    requests, given, made = (
        section.integer(key, 0, least=1, most=MOST_PER_MINUTE) or None for key in rates
    )
    return Limits(
        requests_per_minute=requests,
        input_tokens_per_minute=given,
        output_tokens_per_minute=made,
        burst=section.number("burst", 0.0, least=LEAST_BURST, most=1) or None,
    )


def _read_batch_seconds(section: Section) -> float | None:
    section.allow("seconds")
    seconds = section.number("seconds", -1.0, least=0, most=LONGEST_WAIT)
    return None if seconds < 0 else seconds
