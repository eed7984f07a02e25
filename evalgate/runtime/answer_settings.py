"""Reads what `runtime.yml` says about answers: which are remembered, sampled, and looked at."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from evalgate.grading.language import script_fault
from evalgate.model.reading import Section, describe, suggestion
from evalgate.model.serving import CacheKind, CacheRules, Mark, SamplingRules, SmellRules
from evalgate.model.smell import Smell

YEAR = 365.0 * 86_400

MOST_EVERY = 1_000_000_000
"""The largest distance between two sampled calls."""


def read_cache(section: Section, default: CacheRules | None) -> CacheRules:
    """Return how answers are remembered; what is not said is as in the default."""
    section.allow(*(field.name for field in fields(CacheRules)))
    if default is None and section.data.get("kind") is None:
        section.note(None, "the key `kind` is missing")
    known = default or CacheRules(kind=CacheKind.MEMORY)
    ttl = section.number("ttl", known.ttl, least=0.0, most=YEAR)
    rules = CacheRules(
        kind=section.choice("kind", known.kind),
        ttl=ttl,
        stale=section.number("stale", max(ttl, known.stale), least=0.0, most=YEAR),
        path=section.text("path", known.path),
        entries=section.integer("entries", known.entries, least=1, most=10_000_000),
    )
    if rules.stale < rules.ttl:
        section.note("stale", f"expected at least `ttl`, {ttl:g}, got {rules.stale:g}")
    if rules.kind is CacheKind.SQLITE and not rules.path.strip():
        section.note(None, "a cache in sqlite needs `path`, its file")
    elif rules.kind is not CacheKind.SQLITE and section.data.get("path"):
        section.note("path", f"a cache in {rules.kind} has no `path`")
    return rules


def read_sampling(section: Section) -> SamplingRules:
    """Return which calls are kept for scoring."""
    section.allow(*(field.name for field in fields(SamplingRules)), "every")
    default = SamplingRules()
    return SamplingRules(
        rate=_rate(section, default.rate),
        raised=_raised(section.section("raised")),
        spool=section.text("spool", default.spool),
        days=section.number("days", default.days, least=1.0, most=3650.0),
        most_waiting=section.integer("most_waiting", default.most_waiting, least=1, most=1_000_000),
    )


def _rate(section: Section, default: float) -> float:
    """Return the share of calls: as it stands, or one over `every`."""
    if section.data.get("every") is None:
        return section.number("rate", default, least=0.0, most=1.0)
    if section.data.get("rate") is not None:
        section.note("every", "says the same as `rate`, which is there too: keep one of them")
    return 1 / section.integer("every", 1, least=1, most=MOST_EVERY)


def _raised(section: Section) -> Mapping[str, float]:
    marks = tuple(Mark)
    for mark in section.data:
        if mark not in marks:
            section.note(mark, f"unknown mark{suggestion(mark, marks)}")
    return {
        mark: section.number(mark, 0.0, least=0.0, most=1.0)
        for mark in marks
        if section.data.get(mark) is not None
    }


def read_smells(section: Section) -> Mapping[str, SmellRules]:
    """Return by prompt what its answers are held against."""
    return {prompt: _smell(section.section(prompt)) for prompt in section.data}


def _smell(section: Section) -> SmellRules:
    section.allow(*(field.name for field in fields(SmellRules)))
    scripts = section.texts("scripts")
    fault = script_fault(list(scripts)) if scripts else None
    if fault is not None:
        section.note("scripts", fault)
    return SmellRules(
        length=_length(section),
        scripts=scripts,
        json=section.flag("json", default=False),
        ignore=tuple(_ignored(section)),
    )


def _ignored(section: Section) -> Iterator[Smell]:
    for name in section.texts("ignore"):
        if name in tuple(Smell):
            yield Smell(name)
        else:
            section.note("ignore", f"unknown smell `{name[:60]}`{suggestion(name, tuple(Smell))}")


def _length(section: Section) -> tuple[int, int] | None:
    match section.data.get("length"):
        case None:
            return None
        case [bool(), _] | [_, bool()]:
            pass
        case [int(least), int(most)] if 0 <= least <= most:
            return least, most
        case _:
            pass
    got = describe(section.data["length"])
    section.note("length", f"expected the fewest and the most characters, `[20, 4000]`, got {got}")
    return None
