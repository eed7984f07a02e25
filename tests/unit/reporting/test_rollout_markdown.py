"""Facts about a rollout in GitHub's Markdown."""

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from evalgate.model.rollout import Lack, RolloutReport
from evalgate.reporting.rollout_markdown import rollout_markdown
from tests.unit.reporting.rollouts import (
    HOSTILE,
    every,
    healthy,
    hostile,
    nothing_known,
    promoted,
    ready,
    worse,
)


def test_the_whole_of_it() -> None:
    assert rollout_markdown(ready(), page="reports/x/rollout.html") == snapshot("""\
## ✓ v3 of support-reply: advance to 50 %

preflight ✓ → 5 % ✓ → \\[25 %: here\\] → 50 % → 100 % → promoted

**What to do next:** Give it 50 % of the traffic.

```sh
evalgate rollout advance support-reply
```

| Criterion |  | Stable | Canary | Rise in points | Allowed | Proof | Harm |
| --- | --- | --- | --- | --- | --- | --- | --- |
| **Quality** | ✓ within the limit | **6 %** (25 of 420 units) | **5 %** (21 of 420 units) | **−1** (−6 to +4.1) | +5 | 830 of 11 | 0.6 of 20 |
| **Errors** | ✓ within the limit | **0.5 %** (2 of 420 units) | **0.5 %** (2 of 420 units) | **0** (−5.1 to +5.1) | +4 | 28.3 of 11 | 0.1 of 20 |
| **Refusals** | ✓ within the limit | **1 %** (4 of 420 units) | **1 %** (4 of 420 units) | **0** (−5.1 to +5.1) | +4 | 28.3 of 11 | 0.1 of 20 |
| **Latency** | ✓ within the limit | **10 %** (42 of 420 units) | **10 %** (42 of 420 units) | **0** (−5.1 to +5.1) | +5 | 138 of 11 | 0.1 of 20 |
| **Cost** | ✓ within the limit | **10 %** (42 of 420 units) | **10 %** (42 of 420 units) | **0** (−5.1 to +5.1) | +5 | 138 of 11 | 0.1 of 20 |
| All criteria together |  |  |  |  |  |  | **1.1 of 20** |

The split is as configured: the canary got 24.9 % of 1,998 units, configured are 25 % (p = 0.73). At 25 % of the traffic a rise of 5 points touches 1.25 % of the calls.

**Why**

- Every criterion is shown to be harmless: the least proof is 12.1 of 11.

<details>
<summary>History</summary>

| When | State | Who | Why |
| --- | --- | --- | --- |
| 2026-11-17 08:00 UTC | preflight | ann | replies in the customer's language |
| 2026-11-17 08:00 UTC | serving at 5 % | ann | replies in the customer's language |

Version <code>bbbbbbbbbbbb</code>, judged offline by the run <code>20261117-075500-1a2b3c</code>.

</details>

The whole page, with charts: <code>reports/x/rollout.html</code>

[The run of the workflow](<https://github.example/acme/shop/actions/runs/1>)
""")


def test_what_is_missing_is_listed_with_its_end() -> None:
    assert (
        "- 40 of 100 scored units of each arm are missing (until 2026-11-17 14:32 UTC, about 3 h 20 min)\n"
        in rollout_markdown(healthy())
    )


def test_what_was_done_comes_second() -> None:
    blocks = rollout_markdown(promoted()).split("\n\n")
    assert blocks[0] == "## ✓ v3 of support-reply: promoted, it is the stable version"
    assert blocks[1] == "**Done:** v3 of support-reply is the stable version now."


def test_the_table_says_what_is_worse_in_words() -> None:
    rows = [line for line in rollout_markdown(worse()).split("\n") if line.startswith("| **")]
    assert rows[0].startswith("| **Quality** | ✗ worse | **5.8 %** (14 of 240 units) |")
    assert "&lt;0.01 of 11" in rows[0]
    assert len(rows) == 5


@pytest.mark.parametrize("report", every().values(), ids=every())
def test_every_row_of_a_table_has_as_many_cells(report: RolloutReport) -> None:
    lines = rollout_markdown(report).split("\n")
    tables = [line.replace("\\|", "") for line in lines if line.startswith("|")]
    assert {line.count("|") for line in tables} == {9, 5}


def test_without_evidence_there_are_dashes() -> None:
    text = rollout_markdown(nothing_known())
    assert (
        "| **Quality** | – no units yet | **–** (no units) | **–** (no units) | **–** | +5 |"
        in text
    )
    assert "Left out" not in text


def test_hostile_texts_do_nothing() -> None:
    text = rollout_markdown(hostile())
    assert "<script" not in text
    assert "@everyone" not in text
    assert "https://evil" not in text
    assert "javascript:" not in text
    assert "##[" not in text
    assert "\u202e" not in text
    assert "```" not in text
    assert text.count("<details>") == text.count("</details>") == 2


def test_lists_and_history_end_and_the_whole_stays_small() -> None:
    before = hostile()
    long = HOSTILE * 50
    report = replace(
        before,
        history=tuple((long, long, long, long) for _ in range(500)),
        outlook=replace(
            before.outlook, lacks=tuple(Lack(code="x", message=long) for _ in range(25))
        ),
        remarks=tuple(f"{number}{long}" for number in range(500)),
        evidence=replace(
            before.evidence, left_out={f"{number}{long}": number for number in range(500)}
        ),
    )
    text = rollout_markdown(report)
    assert "\n- and 5 more\n" in text
    assert len(text.encode()) < 100_000


def test_the_same_report_gives_the_same_bytes() -> None:
    assert rollout_markdown(ready()) == rollout_markdown(ready())
