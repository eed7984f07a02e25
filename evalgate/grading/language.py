"""Tells the language and the script of an answer, by its letters and its most common words.

Languages with a script of their own are told by it. The others are told by function words: the
share of an answer's words that are among the most common of a language, where a word that several
languages have counts for each of them the less.
"""

from collections import Counter
from collections.abc import Mapping

import regex

from evalgate.grading.answer import Answer
from evalgate.grading.arguments import texts_of
from evalgate.grading.finding import Finding
from evalgate.grading.text_checks import exact
from evalgate.model.document import Data
from evalgate.model.reading import describe, suggestion

LOOKED_AT = 20_000
"""Characters from the start of an answer that are looked at."""

FEWEST_WORDS = 4
FEWEST_LETTERS = 4
SHARE_OF_LETTERS = 0.9
LEAST_SCORE = 0.08
"""The share of function words below which a language cannot be told."""

_COMMON: Mapping[str, str] = {
    "en": """
        the of and to in is that it for was on are with as be at by this have from or not
        you your we our will can an i my has they been if but do please which would their
        there when
    """,
    "de": """
        der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als
        auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem
        über so zum kann wir ich haben ihre ihr unsere oder wenn bitte
    """,
    "fr": """
        le la les de des et en un une du dans est que qui pour par sur pas au avec ce il
        sont plus ne se vous nous je votre notre cette ou mais être a été ont aux comme si
        leur très
    """,
    "es": """
        el la los las de y en que un una por con para es se del al no su lo como más pero
        sus le ya o este sí porque esta entre cuando muy sin sobre también me hasta hay
        donde usted nuestro puede son está
    """,
    "it": """
        il lo la i gli le di e in che un una per con è non si del della dei delle al da sono
        come ma più anche nel alla o questo questa se ci ha suo sua dal può essere vi nostro
        dopo entro
    """,
    "pt": """
        o a os as de e em que um uma por com para é se do da dos das no na não ao mais como
        mas foi seu sua ou quando muito nos já eu também só pelo pela até isso ela entre
        você nosso são está pode
    """,
    "nl": """
        de het een en van in is dat op te zijn met voor niet aan er om ook als dan maar bij
        nog naar uit door kan of over je u wij we ik heeft hebben wordt uw onze deze die
        worden geen
    """,
    "sv": """
        och i att en det som på är av för med till den har de inte om ett han men var jag
        sig från vi så kan när du nu eller vår era efter ska din också detta mycket här
        finns ni
    """,
    "da": """
        og i at en det som på er af for med til den har de ikke om et han men var jeg sig
        fra vi så kan når du nu eller vores efter skal din også dette meget her der være
        blive af ikke hvis jeres
    """,
    "no": """
        og i å en det som på er av for med til den har de ikke om et han men var jeg seg fra
        vi så kan når du nå eller vår etter skal din også dette mye her være bli hvis deres
        ble blir
    """,
    "fi": """
        ja on ei se että hän oli joka mutta kun niin ovat tai jos myös kuin vain sen nyt voi
        ole minä sinä me te he tämä mitä jo sitten kuten sekä voit meidän teidän ennen
        jälkeen olla
    """,
    "pl": """
        i w na z do nie się że to jest o jak za od po przez dla są a ale czy co tym tak już
        być lub oraz może ten który które przy ich tylko jej jego nasz państwa proszę nas
    """,
    "cs": """
        a v na se že je to s z do o k i ve pro ale jako jsou po by když nebo od tak které
        který už jen za své jeho být při není můžete naše prosím také si však aby
    """,
    "sk": """
        a v na sa že je to s z do o k aj vo pre ale ako sú po by keď alebo od tak ktoré
        ktorý už len za svoje jeho byť pri nie môžete naše prosím tiež si však aby
    """,
    "hu": """
        a az és hogy nem is egy van meg de ez azt mint csak már vagy ha még el volt kell be
        lehet ki mert nagyon minden után aki ami kérjük meg önnek fel között
    """,
    "ro": """
        și de în la a cu pe nu este o un care că din pentru mai se sau au ca ce fi dar sunt
        prin după lui ei noastră vă rugăm dacă fost între această acest cel
    """,
    "tr": """
        ve bir bu da de için ile çok ne olarak daha gibi var olan en kadar ama ya sonra o ki
        mi değil veya size bizim her şey lütfen içinde tarafından ise bunu göre
    """,
    "id": """
        yang dan di ini itu dengan untuk tidak dari dalam akan pada juga ke karena oleh saya
        anda kami ada bisa adalah atau sudah telah seperti dapat mereka kita jika lebih
    """,
    "vi": """
        và của là có không được cho trong một những với các này đã để người khi đến về từ ra
        cũng như thì tôi bạn chúng nếu hoặc vào sẽ sau trên
    """,
    "ca": """
        el la els les de i en que un una per amb és no del al es com més però o aquest
        aquesta són si ha seva seu ens vostre també molt fins quan dels entre pot
    """,
}

_BY_SCRIPT: Mapping[str, str] = {
    "Hangul": "ko",
    "Hiragana": "ja",
    "Katakana": "ja",
    "Greek": "el",
    "Hebrew": "he",
    "Thai": "th",
    "Armenian": "hy",
    "Georgian": "ka",
    "Devanagari": "hi",
    "Bengali": "bn",
    "Tamil": "ta",
}

# Letters that only one of the languages that share a script has.
_LETTERS: Mapping[str, Mapping[str, str]] = {
    "Cyrillic": {"uk": "іїєґ", "bg": "", "ru": "ыэё"},
    "Arabic": {"fa": "پچژگ", "ur": "ٹڈڑے", "ar": "ةىأإ"},
}

LANGUAGES = tuple(
    sorted({*_COMMON, *_BY_SCRIPT.values(), "zh", "ru", "uk", "bg", "ar", "fa", "ur"})
)

_SHARED: Mapping[str, int] = Counter(
    word for text in _COMMON.values() for word in set(text.split())
)
_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    language: {word: 1 / _SHARED[word] for word in set(text.split())}
    for language, text in _COMMON.items()
}
_SCRIPTS = (*_BY_SCRIPT, "Han", "Cyrillic", "Arabic", "Latin")
_IGNORED = regex.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+|\S+@\S+", regex.DOTALL)
_LETTER = regex.compile(r"\p{L}")
_WORDS = regex.compile(r"[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)?")


def language_fault(argument: Data) -> str | None:
    """Say which code of a language, or of a list of them, is not known, or None."""
    codes = argument if isinstance(argument, list) else [argument]
    for code in codes or [None]:
        if not isinstance(code, str) or code not in LANGUAGES:
            hint = suggestion(code, LANGUAGES) if isinstance(code, str) else ""
            return f"expected a code such as `de` (ISO 639-1), got {describe(code)}{hint}"
    return None


def language(argument: Data, answer: Answer) -> Finding:
    """Tell the language of an answer; one that is too short for that is ungraded."""
    found = language_of(answer.text)
    if found is None:
        reason = "The answer has too few words to tell its language."
        return Finding(holds=None, reason=reason, cause="too_short")
    return Finding(holds=found in texts_of(argument), reason=f"The answer's language is `{found}`.")


def script_fault(argument: Data) -> str | None:
    """Say which script, or which of a list of them, Unicode does not know, or None."""
    names = argument if isinstance(argument, list) else [argument]
    for name in names or [None]:
        if not isinstance(name, str) or not name.replace("_", "").isalpha() or not _known(name):
            return f"expected a Unicode script such as `Latin`, got {describe(name)}"
    return None


def script(argument: Data, answer: Answer) -> Finding:
    """Tell whether nine letters in ten are of the given scripts."""
    text = _plain(answer.text)
    letters = len(_LETTER.findall(text))
    if letters < FEWEST_LETTERS:
        reason = "The answer has too few letters to tell its script."
        return Finding(holds=None, reason=reason, cause="too_short")
    names = texts_of(argument)
    inside = sum(len(regex.findall(rf"\p{{Script={name}}}", text)) for name in names)
    share = min(1.0, inside / letters)
    reason = f"{share:.0%} of the answer's letters are {' or '.join(names)}."
    return Finding(holds=share >= SHARE_OF_LETTERS, reason=reason)


def language_of(text: str) -> str | None:
    """Return the code of the language that most of a text is in, or None when that is not clear."""
    plain = _plain(text)
    counts = {name: len(regex.findall(rf"\p{{Script={name}}}", plain)) for name in _SCRIPTS}
    if sum(counts.values()) < FEWEST_LETTERS:
        return None
    main = max(counts, key=lambda name: counts[name])
    kana = counts["Hiragana"] + counts["Katakana"]
    if main == "Han" or kana > counts[main] / 2:
        return "ja" if kana * 10 > counts["Han"] else "zh"
    if main in _BY_SCRIPT:
        return _BY_SCRIPT[main]
    return _by_letters(plain, main) if main in _LETTERS else _by_words(plain)


def _by_letters(text: str, name: str) -> str:
    counts = {
        code: sum(text.lower().count(letter) for letter in letters)
        for code, letters in _LETTERS[name].items()
    }
    best = max(counts, key=lambda code: counts[code])
    fallback = "ru" if name == "Cyrillic" else "ar"
    return best if counts[best] else fallback


def _by_words(text: str) -> str | None:
    words = [word.casefold() for word in _WORDS.findall(text)]
    if len(words) < FEWEST_WORDS:
        return None
    scores = {
        language: sum(weights.get(word, 0.0) for word in words) / len(words)
        for language, weights in _WEIGHTS.items()
    }
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] >= LEAST_SCORE else None


def _plain(text: str) -> str:
    """Return the words of a text that are its author's: no code, no addresses."""
    return _IGNORED.sub(" ", exact(text[:LOOKED_AT]))


def _known(name: str) -> bool:
    try:
        regex.compile(rf"\p{{Script={name}}}")
    except regex.error:
        return False
    return True
