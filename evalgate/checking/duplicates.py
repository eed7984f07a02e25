"""Finds cases that say the same as others: exactly, or in nearly the same words.

Near duplicates are found exactly and without comparing every pair: two sets of words can only
overlap so much if they share one of their rarest words (the prefix filter of Chaudhuri, Ganti and
Kaushik, ICDE 2006).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import ceil

from evalgate.model.document import Data

ALIKE = 0.8
"""The share of common words (Jaccard) at which two inputs count as near duplicates."""

FEWEST_WORDS = 5
"""Shorter inputs are only compared exactly: two greetings are no accident."""

MOST_CASES = 20_000
"""Of a larger set, near duplicates are looked for among its first cases only."""

MOST_COMPARED = 1_000_000
"""Pairs that are compared: only cases made of the same few words come near."""

_WORD = re.compile(r"[^\W_]+")
_NO_BLANKS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A case whose input is (nearly) that of an earlier one; `alike` is 1 when it is the same."""

    case: str
    earlier: str
    alike: float


def twins(inputs: Mapping[str, Mapping[str, Data]]) -> Iterator[Twin]:
    """Yield the cases that repeat an earlier one which is no such case itself, each once.

    Args:
        inputs: the variables of each case, by its id, in the order of the file.
    """
    texts: dict[str, str] = {}
    fresh: dict[str, frozenset[str]] = {}
    for name, values in inputs.items():
        text = " ".join(" ".join(_texts(values)).split())
        if text in texts:
            yield Twin(case=name, earlier=texts[text], alike=1.0)
        else:
            texts[text] = name
            fresh[name] = frozenset(_words(values))
    long = ((name, each) for name, each in fresh.items() if len(each) >= FEWEST_WORDS)
    yield from _near(dict(islice(long, MOST_CASES)))


def _near(words: Mapping[str, frozenset[str]]) -> Iterator[Twin]:
    frequency = Counter(word for each in words.values() for word in each)
    seen: defaultdict[str, list[str]] = defaultdict(list)
    compared = 0
    for name, own in words.items():
        if compared > MOST_COMPARED:
            return
        rarest = sorted(own, key=lambda word: (frequency[word], word))
        prefix = rarest[: len(own) - ceil(ALIKE * len(own)) + 1]
        candidates = dict.fromkeys(earlier for word in prefix for earlier in seen[word])
        compared += len(candidates)
        alike = ((_overlap(own, words[each]), each) for each in candidates)
        twin = next((found for found in alike if found[0] >= ALIKE), None)
        if twin is not None:  # its earlier twin stands for it from here on
            yield Twin(case=name, earlier=twin[1], alike=twin[0])
            continue
        for word in prefix:
            seen[word].append(name)


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common)


def _words(values: Mapping[str, Data]) -> Iterator[str]:
    for text in _texts(values):
        for word in _WORD.findall(text.casefold()):
            if _NO_BLANKS.search(word):
                yield from (word[at : at + 2] for at in range(max(1, len(word) - 1)))
            else:
                yield word


def _texts(value: Data | Mapping[str, Data]) -> Iterator[str]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for each in value:
            yield from _texts(each)
    elif value is not None:
        yield str(value)
