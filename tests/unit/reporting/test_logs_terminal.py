"""Facts about answers from the log on a terminal."""

from dataclasses import replace
from io import StringIO

from inline_snapshot import snapshot
from rich.console import Console

from evalgate.model.log_answer import Account
from evalgate.model.log_question import Key
from evalgate.reporting.logs_terminal import show_answer, show_slowest
from tests.unit.reporting.logs_examples import ACCOUNT, CALL, COST, ERRORS, LATENCY, told


def console(width: int = 130, *, is_terminal: bool = False) -> Console:
    return Console(
        file=StringIO(),
        width=width,
        force_terminal=is_terminal,
        highlight=False,
        markup=False,
        color_system="standard" if is_terminal else None,
    )


def printed(to: Console) -> str:
    assert isinstance(to.file, StringIO)
    return "\n".join(line.rstrip() for line in to.file.getvalue().splitlines())


def test_costs_are_shown_with_bars_and_the_account() -> None:
    to = console(150)
    show_answer(told("cost", Key.FEATURE, Key.HOUR), COST, to)
    assert printed(to) == snapshot("""\
cost by feature, hour  user none or ab, arm canary, from 2026-11-21T12:00:00Z

feature  hour               calls     cost  per call  share  unpriced  from cache   input  cached input  output
search   2026-11-21T12:00Z      3    $1.50   $0.5000    75%         0           1       9             0       0  #####################################
–        2026-11-21T12:00Z      1  unknown   unknown      –         1           0       0             0       0
all                             5    $2.00   $0.5000   100%         1           1  12,000             0       0
… and 1 more group, which the last row holds too: --top shows more

10 lines = 6 calls + 1 event + 1 unreadable + 1 of another schema + 1 empty
read 2 files, 1.2 MB by DuckDB; passed over 3 files of other days; passed over 1 file whose lines are in another one; 1 call not asked for\
""")


def test_latencies_are_shown_in_milliseconds() -> None:
    to = console()
    show_answer(told("latency", Key.FEATURE), LATENCY, to)
    assert printed(to) == snapshot("""\
latency by feature  user none or ab, arm canary, from 2026-11-21T12:00:00Z

feature  calls  left out  p50 ms  p90 ms  p95 ms  p99 ms  max ms  first p50 ms  first p95 ms
search       4         1     900   1,000   1,100   1,200  12,345             –             –  ####################################
mail         1         1       –       –       –       –       –             –             –
all          5         2       –       –       –       –       –             –             –

10 lines = 6 calls + 1 event + 1 unreadable + 1 of another schema + 1 empty
read 2 files, 1.2 MB by DuckDB; passed over 3 files of other days; passed over 1 file whose lines are in another one; 1 call not asked for\
""")


def test_errors_are_shown_with_their_words_and_the_failures_of_attempts() -> None:
    to = console()
    show_answer(told("errors", Key.ROUTE), ERRORS, to)
    assert printed(to) == snapshot("""\
errors by route  user none or ab, arm canary, from 2026-11-21T12:00:00Z

route  calls  no answer  rate  degraded  refused  attempts  of them failed
eu         5          2   40%         1        1         8               5  ########################################
all        5          2   40%         1        1         8               5

errors of calls  calls  share
overloaded           2    40%
timeout              1    20%

failures of attempts, by route  attempts  share
overloaded, eu                         3  37.5%
timeout                                2    25%

10 lines = 6 calls + 1 event + 1 unreadable + 1 of another schema + 1 empty
read 2 files, 1.2 MB by DuckDB; passed over 3 files of other days; passed over 1 file whose lines are in another one; 1 call not asked for\
""")


def test_no_number_is_cut_where_the_terminal_is_narrow() -> None:
    to = console(40)
    show_answer(told("cost", Key.FEATURE, Key.HOUR), COST, to)
    assert "12,000" in printed(to)
    assert "…" not in printed(to).split("and 1 more group")[0].replace("… ", "")


def test_without_a_call_that_was_asked_for_the_account_is_shown_all_the_same() -> None:
    to = console()
    nothing = Account(lines=2, events=2)
    show_answer(told("cost", account=nothing), replace(COST, account=nothing), to)
    assert "no call was found" in printed(to)
    assert "2 lines = 0 calls + 2 events" in printed(to)


def test_an_account_that_does_not_balance_is_said_to() -> None:
    to = console()
    wrong = replace(ACCOUNT, lines=11)
    show_answer(told("cost", account=wrong), COST, to)
    assert "does not balance" in printed(to)


def test_a_slow_call_is_shown_with_its_attempts_and_nothing_in_it_acts() -> None:
    plain = console()
    show_slowest(told("slowest"), [CALL], plain)
    assert printed(plain).splitlines()[2:5] == snapshot(
        [
            "   1.5 s  2026-11-21T12:00:00.000Z  r1  =search␛[31m  primary",
            "      9 ms  timeout, abandoned  first  eu",
            "      7 ms  answered  retry  us  q2",
        ]
    )
    assert "\x1b" not in printed(plain)
    show_slowest(told("slowest"), [], plain)
    assert "no call was found that asked a model" in printed(plain)


def test_a_terminal_has_colours_and_a_pipe_has_none() -> None:
    coloured, plain = console(150, is_terminal=True), console(150)
    for to in (coloured, plain):
        show_answer(told("cost", Key.FEATURE, Key.HOUR), COST, to)
    assert "\x1b[" in printed(coloured)
    assert "█" in printed(coloured)
    assert "\x1b[" not in printed(plain)
    assert "#" in printed(plain)
