"""Facts about the checklist as Markdown."""

from inline_snapshot import snapshot

from evalgate.reporting.readiness_markdown import readiness_markdown
from tests.unit.reporting.findings import READINESS


def test_the_report_has_a_table_for_each_topic() -> None:
    assert readiness_markdown(READINESS) == snapshot("""\
# Not ready for production

2 items: 1 ok, 1 failed. As of 2026-09-21 14:13 UTC.

## Calls

|  | item | what was seen | what comes next |
| --- | --- | --- | --- |
| ✗ failed | **Two targets**<br>Each live model has another route. | fewer than two targets: <code>support</code> \\| &lt;b&gt;@\u200beveryone&lt;/b&gt; | runtime.yml: add a second route<br>evalgate doctor --live |

## People

|  | item | what was seen | what comes next |
| --- | --- | --- | --- |
| ✓ ok | **Two targets**<br>Each live model has another route. | ann |  |
""")


def test_nothing_that_was_seen_acts_in_markdown() -> None:
    text = readiness_markdown(READINESS)
    assert "<b>" not in text
    assert "@everyone" not in text
