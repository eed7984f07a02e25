"""Facts about an alert as Markdown."""

from dataclasses import replace

from inline_snapshot import snapshot

from evalgate.reporting.alert_markdown import alert_markdown
from tests.unit.alerts import an_alert

HOSTILE = "@everyone #1 <img src=x> ``` --> <!-- https://evil.example | a"


def test_an_alert_is_a_sentence_a_table_and_commands_to_copy() -> None:
    assert alert_markdown(an_alert()) == snapshot("""\
The mean of 100 scores is 0.81, and the baseline is 0.90.

| **Page** | as of 2026-09-21 14:13 UTC |
| --- | --- |
| prompt | support |
| observed | 81 % |

Next:

```sh
evalgate monitor --once
```\
""")


def test_an_alert_that_is_over_says_since_when() -> None:
    assert "over since 2026-09-21 14:13 UTC" in alert_markdown(an_alert(over=True))


def test_without_commands_nothing_is_said_of_what_is_next() -> None:
    assert "Next" not in alert_markdown(replace(an_alert(), commands=()))


def test_nothing_mentions_links_opens_html_or_ends_its_table_or_block() -> None:
    hostile = replace(an_alert(), message=HOSTILE, facts=((HOSTILE, HOSTILE),), commands=(HOSTILE,))
    outside, _, inside = alert_markdown(hostile).partition("````sh\n")
    assert inside == f"{HOSTILE}\n````"
    for active in ("@everyone", "#1", "<img", "```", "-->", "<!--", "https://", "example | a"):
        assert active not in outside, active
    assert outside.count("\n| ") == 3
