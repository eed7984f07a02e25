"""Facts about the SQL of questions: values are bound, and names come from tables."""

from evalgate.adapters.log_queries import (
    COST_SUMS,
    VALUES,
    bound,
    counted,
    keys,
    lines,
    order,
    slowest,
    timed,
)
from evalgate.model.log_question import CHOICES, Key, LogQuestion, Selection

EVIL = "'; DROP TABLE counted; --"
WHERE = Selection(since=1, until=2, values=dict.fromkeys(CHOICES, (EVIL,)))


def test_no_value_stands_in_a_query() -> None:
    question = LogQuestion(by=tuple(Key), where=WHERE)
    for sql in (
        counted("source", question, COST_SUMS),
        timed("source", question),
        slowest("source", WHERE, most=3, shown=["ts"]),
    ):
        assert "DROP" not in sql
        assert all(f"${name}" in sql for name in bound(WHERE))
    assert set(bound(WHERE)) == {"since", "until", *(f"is_{key.value}" for key in CHOICES)}


def test_what_is_not_asked_for_is_not_bound() -> None:
    assert bound(Selection()) == {}
    assert "$" not in counted("source", LogQuestion(by=(Key.USER,)), COST_SUMS)


def test_every_key_has_its_value() -> None:
    assert set(VALUES) == set(Key)
    assert list(keys(LogQuestion(by=(Key.DAY, Key.ARM)))) == ["k0", "k1"]


def test_the_first_groups_are_those_that_are_asked_for() -> None:
    assert order(LogQuestion(by=(Key.ARM,)), ("n",)) == "n DESC, k0 NULLS LAST"
    by_time = LogQuestion(by=(Key.ARM, Key.DAY))
    assert order(by_time, ("n",)) == "k1 DESC NULLS FIRST, k0 DESC NULLS FIRST"


def test_a_column_that_older_files_lack_is_null() -> None:
    sql = lines(is_json=False, parquet=("schema", "ts"))
    assert 'NULL::VARCHAR AS "app_rev"' in sql
    assert "read_json" not in sql
    assert "UNION ALL" in lines(is_json=True, parquet=("schema", "ts"))
