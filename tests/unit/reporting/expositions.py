"""A strict reader of Prometheus's text format 0.0.4: what it does not expect, it refuses."""

import re
from dataclasses import dataclass, field

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_HELP = re.compile(rf"# HELP ({_NAME}) ((?:[^\\\n]|\\\\|\\n)*)")
_TYPE = re.compile(rf"# TYPE ({_NAME}) (counter|gauge|histogram|summary|untyped)")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"')
_SAMPLE = re.compile(rf"({_NAME})(?:\{{(.*)\}})? (\S+)")

Labels = tuple[tuple[str, str], ...]


@dataclass
class Family:
    """One metric: its type, and its samples by name and labels."""

    kind: str
    samples: dict[tuple[str, Labels], float] = field(default_factory=dict)


def parse(text: str) -> dict[str, Family]:
    """Return the metrics of an exposition; anything out of order is an assertion that fails."""
    assert text == "" or text.endswith("\n")
    families: dict[str, Family] = {}
    helped = ""
    for line in text.splitlines():
        if found := _HELP.fullmatch(line):
            assert found[1] not in families, f"told twice: {found[1]}"
            helped = found[1]
        elif found := _TYPE.fullmatch(line):
            assert found[1] == helped, "a type without its help"
            families[found[1]] = Family(kind=found[2])
        else:
            _take(line, families[helped], helped)
    for name, family in families.items():
        assert family.samples, f"no sample: {name}"
        _check(name, family)
    return families


def _take(line: str, family: Family, name: str) -> None:
    found = _SAMPLE.fullmatch(line)
    assert found, line
    suffix = found[1].removeprefix(name)
    allowed = ("_bucket", "_sum", "_count") if family.kind == "histogram" else ("",)
    assert suffix in allowed, line
    labels = _labels(found[2] or "")
    assert (found[1], labels) not in family.samples, f"twice: {line}"
    family.samples[found[1], labels] = float(found[3])


def _labels(text: str) -> Labels:
    labels: list[tuple[str, str]] = []
    place = 0
    while place < len(text):
        found = _LABEL.match(text, place)
        assert found, text
        value = re.sub(r"\\(.)", lambda each: {"n": "\n"}.get(each[1], each[1]), found[2])
        labels.append((found[1], value))
        place = found.end()
        if place < len(text):
            assert text[place] == ",", text
            place += 1
    assert len({name for name, _ in labels}) == len(labels), text
    return tuple(labels)


def _check(name: str, family: Family) -> None:
    if family.kind == "counter":
        assert name.endswith("_total")
        assert all(value >= 0 for value in family.samples.values())
    if family.kind == "histogram":
        groups: dict[Labels, list[tuple[float, float]]] = {}
        for (sample, labels), value in family.samples.items():
            if sample.endswith("_bucket"):
                rest = tuple(each for each in labels if each[0] != "le")
                groups.setdefault(rest, []).append((float(dict(labels)["le"]), value))
        for rest, buckets in groups.items():
            assert buckets == sorted(buckets), "buckets out of order"
            assert [value for _, value in buckets] == sorted(value for _, value in buckets)
            assert buckets[-1][0] == float("inf")
            assert buckets[-1][1] == family.samples[f"{name}_count", rest]
            assert (f"{name}_sum", rest) in family.samples
