"""Facts about a board in a terminal and in a build log."""

from dataclasses import replace
from io import StringIO

from inline_snapshot import snapshot
from rich.console import Console

from evalgate.model.board import Board
from evalgate.reporting.monitor_terminal import show_board
from tests.unit.reporting.boards import fallen, hostile, stream, trend, unread, view, well


def shown(board: Board, *, width: int = 130, coloured: bool = False, encoding: str = "") -> str:
    """Return what is printed, without white space at the ends of lines."""
    out = StringIO()
    console = Console(
        file=out, width=width, highlight=False, markup=False, force_terminal=coloured, _environ={}
    )
    if encoding:
        console = Console(file=_Encoded(encoding), width=width, highlight=False, _environ={})
        show_board(board, console)
        file = console.file
        assert isinstance(file, _Encoded)
        return file.getvalue()
    show_board(board, console)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


class _Encoded(StringIO):
    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._name = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._name


def test_a_day_on_which_quality_fell() -> None:
    assert shown(fallen()) == snapshot("""\
✗ act now: accuracy of support-reply fell from 91% to 82%, since v4 serves it.
→ evalgate incident show 2026-11-21T200000Z-support-reply-accuracy
  shown                    2026-11-21 00:00 UTC to 2026-11-22 00:00 UTC, 1 d
  calls                    43,200
  got what they asked for  99.2%
  latency                  1.2 s median, 3 s at the 95th percentile
  cost                     $324.00 and 43 calls of unknown cost
  scored                   420 answers by 4 criteria

Alarms
  ✗ page  quality fell: accuracy of support-reply fell from 91% to 82%, since v4 serves it Also: support-reply, relevance. (raised
          2026-11-21 20:00 UTC, lasts since about 2026-11-21 18:00 UTC, 6 h)

Quality
  prompt         criterion  course                     now      baseline  limit          of
  support-reply  accuracy   ██▇██▇█▇▇█▇██▇██▇█▁▁▂▁▁▂   82%  −9       91%    86%  100 scores         ✗ page
  support-reply  relevance  ██▇██▇█▇▇█▇██▇██▇█▆▆▇▅▆▇   93%  −2       95%    90%  100 scores         ✓ well
  triage         format     ██▇██▇█▇▇█▇██▇██▇█▇▇█▇██   99%   0       99%    94%  100 scores         ✓ well
  triage         safety     ████████████████████████  100%   –         –      –  100 scores  – not watched

Service levels
            promise                                        counted    bad of allowed  left            known
  answered  99.9% of the calls get what they ask for     1,240,000      740 of 1,240   40%  28.5 of 30 days  ✓
  quick     95% of the calls within 4 s (support-reply)    980,000  52,000 of 49,000   -6%  28.5 of 30 days  ?

Traffic
  calls          ▂▂▂▂▂▂▃▃▃▄▄▅▅▆▆▇▇▇████████████▇▇▆▆▆▅▅▄▄▃▃▃▂▂▂▂▂▂  at most 1,599
  no answer      ▁▁▁█▇▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  at most 54.7%
  latency, 95th  ▇▇████████████▇▇▇▆▆▆▆▆▅▅▅▅▅▆▆▆▆▇▇▇████████████▇▇  at most 3.8 s

Feature
                calls  no answer  degraded  median  95th   99th     cost   a call
  support      21,400       0.3%      0.5%   1.2 s   3 s  4.8 s  $160.50  $0.0075
  triage       12,800       0.3%      0.5%   1.2 s   3 s  4.8 s   $96.00  $0.0075
  search        7,900       0.3%      0.5%   1.2 s   3 s  4.8 s   $59.25  $0.0075
  (not named)   1,100       0.3%      0.5%   1.2 s   3 s  4.8 s    $8.25  $0.0075

Version
                     calls  no answer  degraded  median  95th   99th     cost   a call
  support-reply v3  24,000       0.3%      0.5%   1.2 s   3 s  4.8 s  $180.00  $0.0075
  support-reply v4  10,200       0.3%      0.5%   1.2 s   3 s  4.8 s   $76.50  $0.0075
  triage v7          9,000       0.3%      0.5%   1.2 s   3 s  4.8 s   $67.50  $0.0075

Route
            calls  no answer  degraded  median  95th   99th     cost   a call
  direct   36,000       0.3%      0.5%   1.2 s   3 s  4.8 s  $270.00  $0.0075
  bedrock   7,200       0.3%      0.5%   1.2 s   3 s  4.8 s   $54.00  $0.0075

Provider
            calls  no answer  degraded  median  95th   99th     cost   a call
  direct   36,000       0.3%      0.5%   1.2 s   3 s  4.8 s  $270.00  $0.0075
  bedrock   7,200       0.3%      0.5%   1.2 s   3 s  4.8 s   $54.00  $0.0075

Canaries
                                stable             canary
  support-reply
    version                         v3                 v4
    calls                       24,000              1,200
    accuracy         91% of 240 scores  82% of 120 scores
    safety                           –  100% of 11 scores
    no answer                     0.3%               0.5%
    refused                       0.2%               0.2%
    smells                          1%               2.6%
    latency, median              1.2 s              1.5 s
    latency, 95th                  3 s              3.8 s
    cost a call                $0.0075            $0.0075

Cost by users, of whole hours
                            users   calls     cost  share
  dearest 1 % of the users     38   9,100   $71.20    22%
  next 9 %                    342  13,000   $98.40  30.4%
  all other users           3,420  20,000  $149.90  46.3%
  calls without a user          –   1,100    $4.50   1.4%

Smells
  prompt         smell     answers  share                   before
  support-reply  too long      310   0.9%  0.4% in the time before
  triage         not json       12   0.1%                        –

Open incidents
  2026-11-21T200000Z-support-reply-accuracy  sev2, detected: accuracy of support-reply fell, overdue since 10 min

Alerts are not taken
  pager  since 2026-11-21 23:00 UTC: it did not answer within 10 s

Changes
  2026-11-21 04:00 UTC  application: 8c11d → 9f3c1
  2026-11-21 18:00 UTC  prompt of support-reply: v3 → v4

Scoring
  chosen        432 of 43,200 calls
  scored        420 answers, 1,650 scores
  ungraded      7: refused
  ungraded      3: budget
  judge, today  $3.20 of at most $5.00

Lost or left out
  14      sampled answers that were not kept
  43,215  lines of the call log read: 43,200 calls, 12 events, 0 passed over, 1 empty, 2 left out

Missing
  - The judge has no anchors. → evalgate monitor freeze
  - Pages about `safety` are withheld: its judge has changed.\
""")


def test_a_quiet_day_is_short() -> None:
    text = shown(well())
    assert text.startswith("✓ all well: Nothing is wrong with what is watched")
    for absent in ("Alarms", "Canaries", "Smells", "Missing", "Open incidents", "Route"):
        assert absent not in text


def test_the_first_scores_of_a_prompt_are_a_course_of_one_point() -> None:
    first = trend(stream("new"), mean=0.9)
    board = replace(well(), trends=(view(replace(first, points=first.points[:1])),))
    assert "new" in shown(board)


def test_where_nothing_could_be_read_it_says_what_is_missing_and_what_makes_it() -> None:
    text = shown(unread())
    assert text.startswith("! nothing read")
    assert "No call was found in the log. → evalgate monitor logs" in text


def test_a_terminal_has_colours_and_what_a_colour_says_is_said_by_signs_too() -> None:
    coloured = shown(fallen(), coloured=True)
    assert "\x1b[31m" in coloured
    plain = shown(fallen())
    for sign in ("✗ page", "✓ well", "– not watched"):
        assert sign in plain


def test_a_terminal_without_unicode_gets_courses_of_plain_characters() -> None:
    text = shown(fallen(), encoding="ascii")
    assert "█" not in text
    assert "##" in text


def test_a_narrow_terminal_loses_no_alarm() -> None:
    text = " ".join(shown(fallen(), width=60).split())
    assert "quality fell" in text
    assert "since v4 serves it" in text


def test_hostile_names_do_nothing() -> None:
    text = shown(hostile(), coloured=False)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "::warning::" not in text
    assert "[bold]" in text
