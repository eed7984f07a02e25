"""Facts about reading trials from a table in CSV."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.adapters.told_table import COLUMNS, read_told_table
from evalgate.errors import ConfigurationError
from evalgate.model.told import Origin, ToldTrial
from evalgate.model.trial import Arm, TrialStatus


def told(text: str) -> list[ToldTrial]:
    return list(read_told_table("t.csv", text.encode().splitlines(keepends=True)))


def refused(text: str | bytes) -> str:
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ConfigurationError) as caught:
        list(read_told_table("t.csv", content.splitlines(keepends=True)))
    return str(caught.value)


def test_only_the_file_begins_with_a_mark_of_the_byte_order() -> None:
    [trial] = told("\ufeffcase,trial,passed\n\ufeffa,0,1\n")
    assert trial.case == "\ufeffa"


def test_the_columns_are_those_of_the_lines_in_any_order_and_others_are_left_alone() -> None:
    assert told(
        "\ufeffscore, trial ,case,answer,tags,cluster,weight,status,arm,prompt,version,purpose\r\n"
        '0.5,0,a,"one,\r\ntwo",x; y,c,2,graded,candidate,p,v2,confirmation\r\n'
        "\r\n"
        ",1,b,,,,,errored,,,,\r\n"
    ) == [
        ToldTrial(
            line=2,
            case="a",
            trial=0,
            status=TrialStatus.GRADED,
            outcome=0.5,
            arm=Arm.CANDIDATE,
            origin=Origin(prompt="p", version="v2"),
            confirmation=True,
            tags=("x", "y"),
            cluster="c",
            weight=2.0,
        ),
        ToldTrial(line=5, case="b", trial=1, status=TrialStatus.ERRORED, outcome=None),
    ]


@pytest.mark.parametrize(
    ("cell", "outcome"), [("true", 1), ("TRUE", 1), ("1", 1), ("False", 0), ("0", 0), (" 1 ", 1)]
)
def test_passed_may_be_spelt_as_spreadsheets_do(cell: str, outcome: float) -> None:
    assert told(f"case,trial,passed\na,0,{cell}\n")[0].outcome == outcome


def test_what_is_wrong_with_a_row_is_told_with_line_and_column() -> None:
    head = "case,trial,passed,score,weight\n"
    assert refused(f"{head}a,0,yes,1.5,-1\n") == snapshot("""\
t.csv:2: passed: expected true or false, got `yes`
t.csv:2: score: expected a number from 0 to 1, got the number 1.5
t.csv:2: weight: expected a number from 0 to 1e+15, got the number -1\
""")
    assert refused(f"{head}a,0,1,,\n,first,,nan,inf\n") == snapshot("""\
t.csv:3: score: expected a number from 0 to 1, got the number nan
t.csv:3: the key `case` is missing
t.csv:3: trial: expected a whole number from 0 to 1000000000000000, got `first`
t.csv:3: weight: expected a number from 0 to 1e+15, got the number inf\
""")
    assert refused(f"{head}a,0,1\n") == snapshot(
        "t.csv:2: expected 5 cells, as the header has, got 3"
    )
    assert refused(f'{head}a,0,1,,\n"a\n') == snapshot(
        "t.csv:3: expected a row of CSV: unexpected end of data"
    )
    assert refused(head.encode() + b"\xff,0,1,,\n") == snapshot("t.csv:2: expected text in UTF-8")


def test_what_is_wrong_with_the_header_is_told() -> None:
    assert refused("id,trails,pass\n") == snapshot("""\
t.csv:1: the column `case` is missing (known: id, pass, trails)
t.csv:1: the column `trial` is missing (did you mean `trails`?)
t.csv:1: a column `passed` or `score` is missing\
""")
    assert refused("case,case,trial,score,passed,score\n") == snapshot("""\
t.csv:1: there are two columns `case`
t.csv:1: there are two columns `score`\
""")


def test_a_cell_that_is_too_long_for_a_table_is_refused() -> None:
    assert refused(f"case,trial,passed\n{'x' * 200_000},0,1\n").startswith(
        "t.csv:2: expected a row of CSV: field larger than"
    )


def test_an_empty_table_has_no_trial() -> None:
    assert told("") == told("case,trial,passed\n") == []


@given(st.lists(st.sampled_from(["", "a", "1", "0.5", "-1", "nan", "graded", "true", "\ud7ff"])))
def test_any_row_is_a_trial_or_refused(cells: list[str]) -> None:
    row = ",".join([*cells, *[""] * len(COLUMNS)][: len(COLUMNS)])
    text = f"{','.join(COLUMNS)}\n{row}\n"
    assert is_refused_by_line(text) or all(
        trial.outcome is None or 0 <= trial.outcome <= 1 for trial in told(text)
    )


def is_refused_by_line(text: str) -> bool:
    try:
        told(text)
    except ConfigurationError as error:
        return all(problem.line == 2 for problem in error.problems)
    return False
