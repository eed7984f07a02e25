"""Facts about reading what `runtime.yml` says about answers."""

import pytest

from evalgate.adapters.files import read_yaml
from evalgate.errors import ConfigurationError
from evalgate.model.reading import Section
from evalgate.model.serving import CacheKind, CacheRules, SamplingRules, SmellRules
from evalgate.runtime.answer_settings import read_cache, read_sampling, read_smells


def section(text: str) -> Section:
    return Section(read_yaml("runtime.yml", text.encode()))


def cache(text: str, default: CacheRules | None = None) -> CacheRules:
    opened = section(text)
    rules = read_cache(opened, default)
    opened.finish()
    return rules


def smells(text: str) -> dict[str, SmellRules]:
    opened = section(text)
    rules = read_smells(opened)
    opened.finish()
    return dict(rules)


def sampling(text: str) -> SamplingRules:
    opened = section(text)
    rules = read_sampling(opened)
    opened.finish()
    return rules


def test_a_cache_needs_only_its_kind() -> None:
    assert cache("kind: redis") == CacheRules(kind=CacheKind.REDIS)


def test_what_is_stale_is_kept_at_least_as_long_as_what_is_fresh() -> None:
    assert cache("{kind: memory, ttl: 100000}").stale == 100_000
    with pytest.raises(ConfigurationError, match="stale: expected at least `ttl`, 300, got 200"):
        cache("{kind: memory, stale: 200}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ttl: 5", "the key `kind` is missing"),
        ("kind: sqlit", "did you mean `sqlite`?"),
        ("kind: sqlite", "a cache in sqlite needs `path`"),
        ("{kind: sqlite, path: ' '}", "a cache in sqlite needs `path`"),
        ("{kind: memory, path: a.db}", "path: a cache in memory has no `path`"),
        ("{kind: memory, size: 5}", "size: unknown key"),
        ("{kind: memory, entries: 0}", "entries: expected a whole number"),
    ],
)
def test_a_wrong_cache_is_refused(text: str, expected: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        cache(text)
    assert expected in str(caught.value)


def test_a_feature_s_cache_is_the_usual_one_but_for_what_it_says() -> None:
    usual = CacheRules(kind=CacheKind.SQLITE, path="a.db", stale=900)
    assert cache("ttl: 5", usual) == CacheRules(
        kind=CacheKind.SQLITE, path="a.db", ttl=5, stale=900
    )


def test_a_band_of_lengths_and_scripts_are_read() -> None:
    assert smells("{p: {length: [0, 5], scripts: [Latin, Greek]}, q: }") == {
        "p": SmellRules(length=(0, 5), scripts=("Latin", "Greek")),
        "q": SmellRules(),
    }


@pytest.mark.parametrize("length", ["5", "[5]", "[5, 4]", "[-1, 4]", "[a, 4]", "[true, 4]", "{}"])
def test_a_wrong_band_is_refused(length: str) -> None:
    with pytest.raises(ConfigurationError, match="expected the fewest and the most characters"):
        smells(f"p: {{length: {length}}}")


def test_a_script_that_unicode_does_not_know_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"p\.scripts: expected a Unicode script"):
        smells("p: {scripts: [Latein]}")


def test_a_mark_that_no_call_has_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match=r"unknown mark \(did you mean `error`"):
        sampling("raised: {errors: 1}")


@pytest.mark.parametrize("text", ["rate: 1.1", "raised: {slow: -1}", "days: 0", "most_waiting: 0"])
def test_a_number_beyond_its_limits_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="expected a"):
        sampling(text)


def test_a_mark_may_lower_the_rate_to_nothing() -> None:
    assert sampling("{rate: 0.5, raised: {slow: 0, error: null}}").raised == {"slow": 0.0}
