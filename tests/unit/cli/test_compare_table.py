"""Facts about showing what comparing files came to."""

from dataclasses import replace
from io import StringIO

from inline_snapshot import snapshot
from rich.console import Console

from evalgate.cli.compare_table import show_comparisons
from evalgate.model.told import FileComparison
from evalgate.model.verdict import Reason, Verdict
from tests.unit.reporting.test_file_comparison import COMPARED

FAILED = replace(
    COMPARED,
    files=("old/a.jsonl", "new/\x1b[31m::error::c.jsonl"),
    verdict=replace(
        COMPARED.verdict,
        verdict=Verdict.FAIL,
        reasons=(
            Reason(code="min_pass_rate", message="The pass rate is low."),
            Reason(code="suite", message="About these cases."),
        ),
    ),
    notes=(),
)


def shown(*comparisons: FileComparison, width: int = 80) -> str:
    out = StringIO()
    show_comparisons(comparisons, Console(file=out, width=width, highlight=False, markup=False))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def test_one_comparison_is_shown_in_full() -> None:
    assert shown(COMPARED) == snapshot("""\
✓ Passed: b.csv answers as well as a.jsonl, within the limit: over 97 cases its pass rate is between 4.996 points lower and 3 points higher; the limit is a drop of 5.
  cases      97 compared, 2 new, 1 deleted
  deleted    d
  new        n1, n2
  trials     100 baseline and 100 candidate; 4 without a grade (3 × timeout, 1 ×
             skipped)
  pass rate  95% → 94%
  change     −1 points, from −4.996 to +3
  limit      a drop of 5 points; error rate 5%
  about      exactly these cases
  flips      2 worse, 1 better (McNemar's mid-p 0.625)
  - n\
""")


def test_reasons_that_the_sentence_does_not_tell_follow_it() -> None:
    lines = shown(FAILED).splitlines()
    assert lines[0].startswith("✗ Blocked: ")
    assert lines[0].endswith("passes too few of its cases: the pass rate is low.")
    assert lines[-1] == "  - About these cases."


def test_several_are_rows_of_a_table_in_the_given_order() -> None:
    assert shown(COMPARED, FAILED, replace(COMPARED, notes=())) == snapshot("""\
           pass rate  change     from … to  −  +  cases  files
✓ Passed   95% → 94%      −1  −4.996 to +3  2  1     97  a.jsonl → b.csv
✗ Blocked  95% → 94%      −1  −4.996 to +3  2  1     97  a.jsonl →
                                                         ␛[31m:\u200b:error:\u200b:c.jsonl
✓ Passed   95% → 94%      −1  −4.996 to +3  2  1     97  a.jsonl → b.csv

  - n
✗ Blocked: ␛[31m:\u200b:error:\u200b:c.jsonl passes too few of its cases: the pass rate is low.
3 comparisons: 2 passed, 1 blocked\
""")


def test_nothing_in_a_name_may_act() -> None:
    for text in (shown(FAILED), shown(FAILED, FAILED)):
        assert "\x1b" not in text
        assert "::error" not in text
