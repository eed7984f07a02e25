"""Facts about which file an address asks for, and how it may be shown."""

import pytest

from evalgate.adapters.served_paths import INDEX, MESSAGE, asked_path, how_to_show, is_ours


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ("/", ()),
        ("/?x=1", ()),
        ("/#top", ()),
        ("/run/report.html", ("run", "report.html")),
        ("/run/report.html?case=a/../b#c", ("run", "report.html")),
        ("/a%20b/%C3%A9.md", ("a b", "é.md")),
        ("/%FF.md", ("\udcff.md",)),
        ("/a%252e%252e/x.md", ("a%2e%2e", "x.md")),
    ],
)
def test_a_path_is_decoded_once(target: str, parts: tuple[str, ...]) -> None:
    assert asked_path(target) == parts


@pytest.mark.parametrize(
    "target",
    [
        "",
        "*",
        "run/report.html",
        "http://127.0.0.1/run/report.html",
        "//etc/passwd",
        "/run//report.html",
        "/run/",
        "/../secret.json",
        "/run/../../secret.json",
        "/%2e%2e/secret.json",
        "/run/%2e%2e%2fsecret.json",
        "/%2Fetc/x.json",
        "/./verdict.json",
        "/.git/x.json",
        "/run\\..\\x.json",
        "/run%5c..%5cx.json",
        "/run%00.json",
        "/run/a%0d%0ab.json",
        "/%7f.md",
    ],
)
def test_a_path_that_could_lead_elsewhere_is_none(target: str) -> None:
    assert asked_path(target) is None


def test_only_reports_are_shown_as_pages() -> None:
    names = ("report.html", "selftest.html", "other.html", "REPORT.HTML", "x.svg", "junit.xml")
    types = {name: shown.content_type for name in names if (shown := how_to_show(name))}
    assert types == {
        "report.html": "text/html; charset=utf-8",
        "selftest.html": "text/html; charset=utf-8",
        "other.html": "text/plain; charset=utf-8",
        "REPORT.HTML": "text/plain; charset=utf-8",
        "x.svg": "text/plain; charset=utf-8",
        "junit.xml": "text/plain; charset=utf-8",
    }


@pytest.mark.parametrize(
    "name",
    [
        *("answers.sqlite", "answers.sqlite-wal", "run-spending.sqlite", "batches.jsonl"),
        *("script.js", "page.htm", "x.py", "report", ".json", ".hidden.json", "x.json.gz", ""),
    ],
)
def test_what_is_no_report_is_not_shown(name: str) -> None:
    assert how_to_show(name) is None


def test_a_page_gets_an_origin_of_its_own_and_reaches_nothing() -> None:
    shown = how_to_show("report.html")
    assert shown is not None
    parts = shown.policy.split("; ")
    assert parts[0].split() == [
        *("sandbox", "allow-scripts", "allow-downloads", "allow-modals", "allow-popups")
    ]
    assert {"default-src 'none'", "frame-ancestors 'none'", "form-action 'none'"} < set(parts)


def test_everything_else_is_held_to_doing_nothing() -> None:
    for shown in (how_to_show("verdict.json"), how_to_show("comment.md"), MESSAGE):
        assert shown is not None
        assert shown.policy == "sandbox; default-src 'none'; frame-ancestors 'none'"


def test_every_answer_carries_the_headers_that_keep_it_apart() -> None:
    for shown in (how_to_show("report.html"), how_to_show("a.csv"), INDEX, MESSAGE):
        assert shown is not None
        assert dict(shown.headers) == {
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "Content-Type": shown.content_type,
            "Content-Security-Policy": shown.policy,
        }


@pytest.mark.parametrize(
    ("hosts", "port", "ours"),
    [
        (["127.0.0.1:8000"], 8000, True),
        (["LocalHost:8000"], 8000, True),
        (["127.0.0.1"], 80, True),
        (["127.0.0.1"], 8000, False),
        (["127.0.0.1:8001"], 8000, False),
        (["evil.example:8000"], 8000, False),
        (["127.0.0.1.evil.example:8000"], 8000, False),
        (["127.0.0.1:8000", "127.0.0.1:8000"], 8000, False),
        ([], 8000, False),
    ],
)
def test_a_request_names_this_machine(hosts: list[str], port: int, *, ours: bool) -> None:
    assert is_ours(hosts, port) is ours
