"""Facts about the addresses that the GitHub client asks."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.github_addresses import (
    DEFAULT_API,
    checked_api,
    checked_repository,
    joined,
    name_in_path,
    next_page,
    origin,
)
from evalgate.errors import GitHubError


@pytest.mark.parametrize("name", ["octo/shop", "octo-org/shop.js", "user_acme/.github", "o/..."])
def test_an_owner_and_a_name_are_a_repository(name: str) -> None:
    assert checked_repository(name) == name


@pytest.mark.parametrize(
    "name", ["", "shop", "octo/", "/shop", "octo/..", "octo/.", "octo/shop/x", "o/a b", "o/s\n"]
)
def test_anything_else_is_none(name: str) -> None:
    with pytest.raises(GitHubError, match="expected owner/name"):
        checked_repository(name)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        (DEFAULT_API, DEFAULT_API),
        ("https://github.example.com/api/v3/", "https://github.example.com/api/v3"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_the_address_of_an_api_may_end_with_a_slash(url: str, kept: str) -> None:
    assert checked_api(url) == kept


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.github.com",
        "ftp://api.github.com",
        "https://",
        "https://user:secret@api.github.com",
        "https://api.github.com?token=secret",
        "https://api.github.com/#secret",
        "https://api.github.com:99999",
        "https://api.github.com/\r\nx: secret",
        "https://api.github.com:secret",
        "https://[secret",
    ],
)
def test_an_address_that_is_not_plain_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(GitHubError, match="GITHUB_API_URL") as caught:
        checked_api(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("main", "main"),
        ("release/1.0", "release/1.0"),
        ("fix #12 100%?", "fix%20%2312%20100%25%3F"),
        ("prompts/größe/live.yaml", "prompts/gr%C3%B6%C3%9Fe/live.yaml"),
        ("a&b=c+d;e@f:g", "a%26b%3Dc%2Bd%3Be%40f%3Ag"),
    ],
)
def test_names_are_encoded_but_for_their_slashes(name: str, encoded: str) -> None:
    assert name_in_path(name) == encoded


@pytest.mark.parametrize("name", ["", "/", "a//b", "../x", "a/../b", "a/.", "a/", "\ud800"])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(GitHubError, match="cannot be a branch"):
        name_in_path(name)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_an_encoded_name_stays_where_it_is_put_and_can_be_read_back(name: str) -> None:
    try:
        encoded = name_in_path(name)
    except GitHubError:
        assert {"", ".", ".."} & set(name.split("/"))
        return
    assert unquote(encoded) == name
    assert encoded.isascii()
    assert not set("?#\\ \r\n") & set(encoded)


@pytest.mark.parametrize(
    ("header", "url"),
    [
        ("", None),
        ('<https://h/x?page=2>; rel="next"', "https://h/x?page=2"),
        ('<https://h/1>; rel="prev", <https://h/3>; rel="next", <https://h/9>; rel="last"', "https://h/3"),
        ('<https://h/1>; rel="first", <https://h/2>; rel="prev"', None),
        ('<https://h/a,b;c>; title="t"; rel="next"', "https://h/a,b;c"),
        ("<https://h/2>; rel=next", "https://h/2"),
        ('<https://h/2>; rel="last next"', "https://h/2"),
        ('<https://h/2>; rel="nextly"', None),
        ('<https://h/next>; rel="prev"', None),
    ],
)  # fmt: skip
def test_the_next_page_is_the_link_that_says_next(header: str, url: str | None) -> None:
    assert next_page(header) == url


def test_a_hostile_link_header_takes_no_time() -> None:
    assert next_page("<" * 50_000) is None
    assert next_page('<a>; rel="' + "x" * 50_000) is None
    assert next_page("<a>" + "; rel=" * 10_000) is None


def test_a_link_leads_on_from_its_page() -> None:
    assert joined("https://h/a/b", "?page=2") == "https://h/a/b?page=2"
    assert joined("https://h/a/b", "https://i/c") == "https://i/c"
    assert joined("https://h/a/b", "https://[x") == ""


def test_the_port_may_be_left_out() -> None:
    assert origin("https://Host/x") == origin("https://host:443/y") == ("https", "host", 443)


@pytest.mark.parametrize(
    "other", ["http://host", "https://host.example", "https://host:8443", "https://host@evil"]
)
def test_another_scheme_host_or_port_is_another_origin(other: str) -> None:
    assert origin(other) != origin("https://host")


@pytest.mark.parametrize("url", ["", "/x", "file:///etc/x", "https://", "https://h:x", "https://["])
def test_what_is_no_address_of_the_web_has_no_origin(url: str) -> None:
    assert origin(url) is None
