"""Tells whether an answer is written in letters that were not to be expected.

Where the scripts are configured, nine letters in ten must be of them, as the check `script` has it.
Where not, Latin is always expected, and so is what the request is written in; beyond that nothing
is known of a request that speaks of languages, so its answer is let be.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

import regex

from evalgate.grading.language import FEWEST_LETTERS, SHARE_OF_LETTERS
from evalgate.model.chat import ChatRequest
from evalgate.runtime.smelling.smell_request import texts_of

LEAST_STRANGE = 0.2
"""The share of letters of another script that is strange where none is configured."""

_LETTERS = regex.compile(r"\p{L}+")
_LATIN = regex.compile(r"\p{Script=Latin}+")
_LOOKED_UP = 20
_EAST = r"\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}"
_CHARACTERS: Mapping[str, str] = {"CJK": _EAST, "HIRAGANA": _EAST, "KATAKANA": _EAST}
"""What stands for the scripts that are written together, by the first word of Unicode's names."""

_BEGINNINGS = """
language langue lingua língua idiom sprach taal język jazyk språk sprog translat translit
übersetz tradu vertal vertaal tłumacz přelož översätt oversæt locale localis localiz multiling
bilingu script alphabet unicode pronounc phonet
chin japan japon giappon korea corea coreo corée coréen mandarin kanji hiragana hangul arab
hebr hébr ebraic thai thaï tailand hindi urdu bengal tamil telugu greek greec griech grec grieg
russ ukrain ucrain cyril kyril bulgar serb macedon persian persisch persan farsi georgi armen
mongol khmer burm myanm nepal sanskrit amhar kazakh sinhal
"""
"""How words begin that speak of languages, of scripts, or of one that is not written in Latin."""

_STEMS = tuple(_BEGINNINGS.split())
_STARTS = frozenset(stem[:4] for stem in _STEMS)
_IN_OTHER_SCRIPTS = ("翻译", "翻譯", "翻訳", "语言", "語", "文字", "번역", "언어", "язык", "перев")
_WORDS = re.compile(r"\w{4,}")
_LOCALE = re.compile(r"\b[a-z]{2}[-_][A-Z]{2}\b")


def is_in_strange_script(
    text: str, scripts: tuple[str, ...], *, request: ChatRequest | None
) -> bool:
    """Tell whether too many letters of a text are of another script than was to be expected.

    Args:
        text: the answer.
        scripts: Unicode's names of those that are configured, or nothing.
        request: what was asked; without it and without scripts, everything is to be expected.
    """
    if text.isascii() and (not scripts or "Latin" in scripts):
        return False
    strange = _beyond(scripts or ("Latin",)).findall(text)
    count = sum(map(len, strange))
    if count < FEWEST_LETTERS:
        return False
    letters = sum(map(len, _LETTERS.findall(text)))
    if scripts:
        return letters - count < SHARE_OF_LETTERS * letters
    return (
        request is not None
        and count >= LEAST_STRANGE * letters
        and not _is_called_for("".join(strange), request)
    )


def letters_by_script(text: str) -> Counter[str]:
    """Count the letters of a text by Unicode's name of their script, those of Common left out."""
    latin = sum(map(len, _LATIN.findall(text)))
    counts = Counter({"Latin": latin}) if latin else Counter[str]()
    for letter, number in Counter("".join(_beyond(("Latin",)).findall(text))).items():
        name = _script_of(letter)
        if name:
            counts[name] += number
    return counts


@lru_cache(maxsize=20_000)
def _script_of(letter: str) -> str:
    """Return the name of a letter's script as patterns spell it, or nothing where it is unknown."""
    word = unicodedata.name(letter, "").split(" ")[0]
    name = "Han" if word == "CJK" else word.capitalize()
    try:
        return name if regex.match(rf"\p{{Script={name}}}", letter) else ""
    except regex.error:
        return ""


def _is_called_for(strange: str, request: ChatRequest) -> bool:
    """Tell whether a request is written in a script too, or leaves the language open."""
    written = _written_like(_main_script(strange))
    return any(
        written is None or written.search(asked) or _speaks_of_languages(asked)
        for asked in texts_of(request)
    )


def _speaks_of_languages(asked: str) -> bool:
    folded = asked.casefold()
    if any(word[:4] in _STARTS and word.startswith(_STEMS) for word in set(_WORDS.findall(folded))):
        return True
    return bool(_LOCALE.search(asked)) or any(word in folded for word in _IN_OTHER_SCRIPTS)


def _main_script(letters: str) -> str:
    """Return the first word of the Unicode names of most letters, such as `CJK` or `CYRILLIC`."""
    every = len(letters) // _LOOKED_UP + 1
    names = Counter(unicodedata.name(each, "").split(" ")[0] for each in letters[::every])
    return names.most_common(1)[0][0]


@lru_cache(maxsize=256)
def _written_like(name: str) -> "regex.Pattern[str] | None":
    """Return what finds a letter of a script, or None for one that is not told by its name."""
    characters = _CHARACTERS.get(name) or rf"\p{{Script={name}}}"
    try:
        return regex.compile(f"[{characters}]")
    except regex.error:
        return None


@lru_cache(maxsize=256)
def _beyond(scripts: tuple[str, ...]) -> "regex.Pattern[str]":
    """Return what finds runs of letters that are of none of these scripts."""
    # Letters of the script Common, such as the micro sign, are at home in all of them.
    known = "".join(rf"\p{{Script={name}}}" for name in (*scripts, "Common", "Inherited"))
    return regex.compile(rf"(?V1)[[\p{{L}}]--[{known}]]+")
