"""The answers that the judge scores every day, so that it shows when the judge has changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evalgate.errors import ConfigurationError, Problem
from evalgate.grading.messages import is_conversation
from evalgate.model.chat import Completion, Usage
from evalgate.model.document import Data, Document
from evalgate.model.evalset import Case
from evalgate.model.reading import Section, suggestion
from evalgate.monitoring.scoring.measuring import asked
from evalgate.monitoring.scoring.yardstick import Yardstick, Yardsticks

KEYS = ("id", "criterion", "request", "instructions", "vars", "answer", "expected")


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedAnswer:
    """One line of the file of anchors: what was asked, the answer, and the criterion.

    `expected` is the score that people gave, None where nobody did.
    """

    name: str
    yardstick: Yardstick
    case: Case
    answer: str
    expected: float | None = None

    @property
    def completion(self) -> Completion:
        """The answer as if it had just come."""
        return Completion(
            text=self.answer,
            model="",
            stop_reason="end_turn",
            usage=Usage(input_tokens=0, output_tokens=0),
            latency_ms=0,
        )


def read_anchors(
    lines: Iterable[Document | Problem], yardsticks: Yardsticks, *, path: str
) -> tuple[FixedAnswer, ...]:
    """Return the anchors of a file.

    Args:
        lines: one document for each line.
        yardsticks: the criteria that they may name.
        path: of the file.

    Raises:
        ConfigurationError: with every line that is wrong, or when there is none.
    """
    problems: list[Problem] = []
    found: dict[tuple[str, str], FixedAnswer] = {}
    for line in lines:
        if isinstance(line, Problem):
            problems.append(line)
            continue
        section = Section(line, (), problems)
        anchor = _anchor(section, yardsticks)
        if anchor is None:
            continue
        if found.setdefault((anchor.name, anchor.yardstick.name), anchor) is not anchor:
            section.note("id", f"`{anchor.name[:60]}` is there already by this criterion")
    if not found and not problems:
        message = "expected an anchor in each line, got none: remove the key `anchors`, or add some"
        problems.append(Problem(path=path, message=message))
    if problems:
        raise ConfigurationError(problems)
    return tuple(found.values())


def _anchor(section: Section, yardsticks: Yardsticks) -> FixedAnswer | None:
    section.allow(*KEYS)
    name, answer = section.required_text("id"), section.required_text("answer")
    yardstick = _yardstick(section, yardsticks)
    expected = section.number("expected", -1.0, least=0.0, most=1.0)
    case = _case(section, name)
    if yardstick is None or case is None or not name or not answer:
        return None
    return FixedAnswer(
        name=name,
        yardstick=yardstick,
        case=case,
        answer=answer,
        expected=None if expected < 0 else expected,
    )


def _yardstick(section: Section, yardsticks: Yardsticks) -> Yardstick | None:
    name = section.required_text("criterion")
    found = yardsticks.named(name)
    if name and found is None:
        known = {each.name for each, _ in yardsticks.common if each.judge}
        hint = suggestion(name, known) if known else ": the policy has none"
        section.note("criterion", f"no judge scores by `{name[:60]}`{hint}")
    return found


def _case(section: Section, name: str) -> Case | None:
    written = [key for key in ("request", "vars") if section.data.get(key) is not None]
    if len(written) != 1:
        section.note(None, "expected either `request` or `vars`: what the answer is to")
        return None
    if written == ["vars"]:
        values: Mapping[str, Data] = section.mapping("vars")
        return Case(id=name, vars=values, expected=None, graders=(), hash="") if values else None
    request = section.data["request"]
    said: Data = [{"role": "user", "content": request}] if isinstance(request, str) else request
    if not is_conversation(said):
        section.note("request", "expected a text, or a list of messages as eval sets have it")
        return None
    return asked(name, conversation=said, instructions=section.text("instructions"))
