"""Facts about how a selftest is shown in a terminal."""

from io import StringIO

from inline_snapshot import snapshot
from rich.console import Console

from evalgate.cli.selftest_table import show_selftest
from evalgate.model.selftest import Selftest
from tests.unit.reporting.selftests import selftest, set_test


def shown(of: Selftest) -> str:
    console = Console(file=StringIO(), width=80, highlight=False, markup=False)
    show_selftest(of, console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_set_is_shown_with_its_courses_and_what_they_come_to() -> None:
    assert shown(selftest()) == snapshot("""\
support  v1 on replies
  200 cases; rates drawn from 2,000 trials on record of 200 cases; limit 5 points, alpha 5%
  true change                    runs  pass  fail  undecided  calls/case
  nothing changed                 200   95%    2%         3%        1.25
  2.5 points, some cases break    100   45%   20%        35%        1.25
  5 points, some cases break      200    4%   75%        21%        1.25
  10 points, some cases break     100    0%  100%         0%        1.25
  5 points, all cases get worse   200    3%   80%        17%        1.25
  Sound: 2% (0.3% to 6.2%) of the runs without a change are blocked; alpha allows 5%.
  Without a change 3% of the runs stay undecided.
  A drop of 5 points passes in 4% (1.3% to 9%) of the runs.

""")


def test_simulated_answers_are_told_first() -> None:
    assert shown(selftest(simulated=True)).startswith("Answers are simulated; ")


def test_names_cannot_break_the_lines_or_command_a_runner() -> None:
    told = shown(selftest(set_test(name="a\n::error::b\x1b[31m", remarks=("##[error] x",))))
    assert "\n::" not in told
    assert "\x1b" not in told
    assert "##[error]" not in told
