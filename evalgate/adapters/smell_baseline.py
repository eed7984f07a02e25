"""Reads and writes the file of a smell baseline."""

import json
from pathlib import Path

from evalgate.adapters.files import read_json
from evalgate.adapters.run_folder import write_files
from evalgate.errors import UsageError
from evalgate.model.document import Data
from evalgate.model.reading import Section, describe
from evalgate.model.serving import SmellRules
from evalgate.model.smell import Smell
from evalgate.model.smell_baseline import PassCount, SmellBaseline

SCHEMA = "smell-baseline/1"

_KEYS = ("schema", "prompt", "responses", "passed", "pass_rate", "smells", "length", "scripts")
_MOST = 10**9


def write_baseline(path: Path, baseline: SmellBaseline) -> None:
    """Write a baseline as a whole or not at all.

    Raises:
        UsageError: the folder cannot be written to.
    """
    text = json.dumps(document_of(baseline), indent=2, ensure_ascii=False) + "\n"
    write_files(path.parent, {path.name: text})


def read_baseline(path: Path) -> SmellBaseline:
    """Read a baseline.

    Raises:
        UsageError: the file cannot be read.
        ConfigurationError: it is no baseline; names all that is wrong.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        hint = "`--write` takes a baseline"
        raise UsageError(f"{path}: there is no baseline to read: {reason}; {hint}") from error
    section = Section(read_json(str(path), content))
    section.finish()
    section.allow(*_KEYS, "rules")
    if section.text("schema") != SCHEMA:
        section.note("schema", f"expected `{SCHEMA}`, got {describe(section.data.get('schema'))}")
    responses = section.integer("responses", 0, least=1, most=_MOST)
    if section.data.get("responses") is None:
        section.note(None, "the key `responses` is missing")
    if section.data.get("passed") is None:
        section.note(None, "the key `passed` is missing")
    passed = section.integer("passed", 0, least=0, most=max(responses, 1))
    found, scripts = section.section("smells"), section.section("scripts")
    baseline = SmellBaseline(
        prompt=section.text("prompt"),
        count=PassCount(passed=passed, of=responses),
        found={each: found.integer(each, 0, least=0, most=_MOST) for each in Smell},
        length=_length(section),
        scripts={name: scripts.number(name, 0.0, least=0, most=1) for name in scripts.data},
        rules=_rules(section.section("rules")),
    )
    section.finish()
    return baseline


def document_of(baseline: SmellBaseline) -> dict[str, Data]:
    """Return the object that the file holds."""
    rules = baseline.rules
    return {
        "schema": SCHEMA,
        "prompt": baseline.prompt,
        "responses": baseline.count.of,
        "passed": baseline.count.passed,
        "pass_rate": round(baseline.count.rate, 6),
        "smells": {smell.value: number for smell, number in baseline.found.items()},
        "length": None if baseline.length is None else list(baseline.length),
        "scripts": {name: round(share, 6) for name, share in baseline.scripts.items()},
        "rules": {
            "length": None if rules.length is None else list(rules.length),
            "scripts": list(rules.scripts),
            "json": rules.json,
            "ignore": [smell.value for smell in rules.ignore],
        },
    }


def _rules(section: Section) -> SmellRules:
    section.allow("length", "scripts", "json", "ignore")
    known = {smell.value: smell for smell in Smell}
    ignored = section.texts("ignore")
    for name in ignored:
        if name not in known:
            section.note("ignore", f"there is no smell {describe(name)}")
    scripts = section.texts("scripts")
    for name in scripts:
        if not name.replace("_", "").isalpha():
            section.note("scripts", f"expected a Unicode script, got {describe(name)}")
    return SmellRules(
        length=_length(section),
        scripts=scripts,
        json=section.flag("json", default=False),
        ignore=tuple(known[name] for name in ignored if name in known),
    )


def _length(section: Section) -> tuple[int, int] | None:
    match section.data.get("length"):
        case None:
            return None
        case [int(least), int(most)] if 0 <= least <= most:
            return least, most
    section.note("length", "expected the fewest and the most characters, such as `[20, 4000]`")
    return None
