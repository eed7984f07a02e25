"""Reads what the index says of a run, a selftest or a calibration out of its document."""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from evalgate.errors import Problem
from evalgate.model.document import Document
from evalgate.model.reading import Section
from evalgate.model.revision import WORK_TREE
from evalgate.model.selftest import Soundness
from evalgate.model.verdict import Verdict
from evalgate.reporting.headline import ADVISING, WAITING, parted
from evalgate.reporting.numbers import count, money
from evalgate.reporting.selftest_words import WORDS as SOUNDNESS_WORDS
from evalgate.reporting.sentences import ICONS, WORDS
from evalgate.reporting.verdict_file import SCHEMA as VERDICT_SCHEMA
from evalgate.reporting.visible import on_one_line, short

_PLAN, _SELFTEST, _CALIBRATION = "plan/1", "selftest/1", "calibration/1"
_SENTENCE, _NAME = 600, 60
MOST_NAMED = 20
"""Prompts or sets that an entry names; the report names the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A sign with its word, which never stand alone, and the name of their colours."""

    tone: str
    icon: str
    word: str


UNREADABLE = Mark(tone="error", icon="!", word="Unreadable")
NOT_DECIDED = Mark(tone="waiting", icon="…", word="Not decided")
CALIBRATED = Mark(tone="not_applicable", icon="⚖", word="Calibration")
MARKS: Mapping[Verdict, Mark] = {
    verdict: Mark(tone=verdict.value, icon=ICONS[verdict], word=WORDS[verdict])
    for verdict in Verdict
}
_LOOKS_LIKE: Mapping[Soundness, Verdict] = {
    Soundness.SOUND: Verdict.PASS,
    Soundness.WEAK: Verdict.INCONCLUSIVE,
    Soundness.UNSOUND: Verdict.FAIL,
    Soundness.UNTESTED: Verdict.ERROR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What one document comes to, ready to be shown; what is not known is empty.

    `prompts` are lines such as `support-reply v2 → v3`. `command` is what to do about it.
    """

    mark: Mark
    headline: str
    prompts: tuple[str, ...] = ()
    span: str = ""
    cost: str = ""
    run_id: str = ""
    simulated: bool = False
    command: str = ""


def unreadable(problem: Problem) -> Summary:
    """Return what is said of a document that cannot be read."""
    return Summary(mark=UNREADABLE, headline=on_one_line(str(problem), _SENTENCE))


def read_verdict(document: Document) -> Summary:
    """Sum up `verdict.json`.

    Raises:
        ConfigurationError: when it is none of ours.
    """
    section = _open(document, VERDICT_SCHEMA, again="evalgate report")
    verdict = section.choice("verdict", Verdict.ERROR)
    reasons = [reason.text("message") for reason in section.sections("reasons")]
    headline = section.text("headline") or next(iter(reasons), "")
    mark, said = _told(headline, verdict)
    summary = Summary(
        mark=mark,
        headline=said,
        prompts=_listed(map(_compared, section.sections("prompts"))),
        span=_span(section),
        cost=_cost(section),
        run_id=on_one_line(section.required_text("run_id"), 100),
        simulated=section.flag("simulated", default=False),
    )
    _require(section, "verdict")
    section.finish()
    return summary


def read_plan(document: Document, *, place: str, trials: int | None) -> Summary:
    """Sum up the plan of a run that has no verdict.

    Args:
        document: its `plan.json`.
        place: its folder, as a command names it.
        trials: how many are written, if that is known.

    Raises:
        ConfigurationError: when it is none of ours.
    """
    section = _open(document, _PLAN, again="evalgate gate")
    planned = section.integer("trials", 0, least=0, most=10**12)
    simulated = section.flag("simulated", default=False)
    sentence, command = _undecided(section, place=place, simulated=simulated)
    done = f"{trials or 0:,} of {count(planned, 'planned trial')} are written."
    summary = Summary(
        mark=NOT_DECIDED,
        headline=f"{sentence} {done}",
        prompts=_listed(map(_compared, section.sections("prompts"))),
        span=_span(section),
        run_id=on_one_line(section.required_text("run_id"), 100),
        simulated=simulated,
        command=command,
    )
    section.finish()
    return summary


def read_selftest(document: Document) -> Summary:
    """Sum up `selftest.json`.

    Raises:
        ConfigurationError: when it is none of ours.
    """
    section = _open(document, _SELFTEST, again="evalgate selftest")
    soundness = section.choice("soundness", Soundness.UNTESTED)
    like = MARKS[_LOOKS_LIKE[soundness]]
    sets = _listed(
        f"{_name(each, 'prompt')} {_name(each, 'version')} on {_name(each, 'evalset')}"
        for each in section.sections("sets")
    )
    runs = section.integer("runs", 0, least=0, most=10**9)
    policy = on_one_line(section.text("policy"), 200) or "the policy"
    summary = Summary(
        mark=Mark(tone=like.tone, icon=like.icon, word=SOUNDNESS_WORDS[soundness]),
        headline=f"How often {policy} decides wrongly, over {count(runs, 'run')} of each course",
        prompts=sets,
        simulated=section.flag("simulated", default=False),
    )
    _require(section, "soundness")
    section.finish()
    return summary


def read_calibration(document: Document) -> Summary:
    """Sum up a calibration of the judge.

    Raises:
        ConfigurationError: when it is none of ours.
    """
    section = _open(document, _CALIBRATION, again="evalgate calibrate")
    counts = section.section("counts")
    kinds = ("true_pass", "false_fail", "false_pass", "true_fail")
    numbers = {kind: counts.integer(kind, 0, least=0, most=10**9) for kind in kinds}
    labels, agreed = sum(numbers.values()), numbers["true_pass"] + numbers["true_fail"]
    judge = _name(section.section("judge"), "model") or "the judge"
    summary = Summary(
        mark=CALIBRATED,
        headline=(
            f"{_name(section, 'evalset')}: {judge} agrees with people on"
            f" {agreed:,} of {count(labels, 'label')}"
        ),
        simulated=section.flag("simulated", default=False),
    )
    _require(section, "counts")
    section.finish()
    return summary


def _open(document: Document, schema: str, *, again: str) -> Section:
    section = Section(document)
    if section.text("schema") != schema:
        section.note(
            "schema",
            f"expected `{schema}`: another version or another program wrote it;"
            f" write it anew with `{again}`",
        )
    return section


def _require(section: Section, key: str) -> None:
    if section.data.get(key) is None:
        section.note(None, f"the key `{key}` is missing")


def _undecided(section: Section, *, place: str, simulated: bool) -> tuple[str, str]:
    """Say why there is no verdict, and which command leads to one."""
    if shard := section.text("shard"):
        part = on_one_line(shard, 20)
        sentence = f"This is shard {part} of a run, which is decided once all are joined."
        return sentence, f"{shlex.join(['evalgate', 'merge', place])} …"
    if section.text("base") == WORK_TREE:
        sentence = "These are trials of the stable versions, which are kept and not decided about."
        return sentence, shlex.join(["evalgate", "record", place])
    rest = ["--resume", place, *(["--simulate"] if simulated else [])]
    if section.data.get("only") is not None:
        sentence = "These are trials of a few cases alone, which decide nothing."
        return sentence, shlex.join(["evalgate", "run", *rest])
    return "The run still goes on, or was broken off.", shlex.join(["evalgate", "gate", *rest])


def _told(headline: str, verdict: Verdict) -> tuple[Mark, str]:
    """Return the mark of a verdict with the word of its headline, and the sentence without it.

    A headline that was not written by evalgate, or not by this version, stays whole.
    """
    mark, said = MARKS[verdict], on_one_line(headline, _SENTENCE) or "No reason was recorded."
    found = parted(said)
    if found.word not in (WORDS[verdict], WAITING, ADVISING):
        return mark, said
    return replace(mark, word=found.word), found.alone


def _compared(prompt: Section) -> str:
    name = _name(prompt, "name")
    old, new = (_name(prompt.section(arm), "version") for arm in ("baseline", "candidate"))
    versions = f"{old} → {new}" if old and new and old != new else new or old
    return f"{name} {versions}".strip()


def _span(section: Section) -> str:
    base, head = (short(section.text(key)) for key in ("base", "head"))
    return f"{base or '–'} → {head or '–'}" if base or head else ""


def _cost(section: Section) -> str:
    known = section.data.get("cost_usd") is not None
    return money(section.number("cost_usd", 0.0, least=0.0, most=1e9) if known else None)


def _name(section: Section, key: str) -> str:
    return on_one_line(section.text(key), _NAME)


def _listed(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the first lines, each once, and how many more there are."""
    every = iter(dict.fromkeys(lines))
    first, more = tuple(islice(every, MOST_NAMED)), sum(1 for _ in every)
    return (*first, f"and {more:,} more") if more else first
