"""Tests for evalgate.publishing.sticky."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.github import Comment
from evalgate.publishing.sticky import CommentPlan, Marker, comment_key, newer_about, plan_comment

BOT = "github-actions[bot]"
OURS = Marker(key="all", head="a" * 40, at=1_000, run=50, attempt=1)
TEXT = "## ✗ Blocked\n"


def comment(number: int, body: str, *, author: str = BOT) -> Comment:
    return Comment(id=number, author=author, body=body, url=f"https://host/{number}")


def marked(number: int, marker: Marker, text: str = "## ✓ Earlier\n", author: str = BOT) -> Comment:
    return comment(number, f"{marker}{text}", author=author)


def planned(*comments: Comment, marker: Marker = OURS, may_create: bool = True) -> CommentPlan:
    return plan_comment(comments, TEXT, marker=marker, author=BOT, may_create=may_create)


def test_the_first_result_gets_a_comment() -> None:
    plan = planned(comment(1, "LGTM", author="ada"))
    assert (plan.write, plan.update, plan.delete) == (True, None, ())


def test_nobody_is_told_of_nothing() -> None:
    assert not planned(may_create=False).write


def test_the_next_result_takes_the_place_of_the_last() -> None:
    plan = planned(marked(3, replace(OURS, run=49)), may_create=False)
    assert (plan.write, plan.update) == (True, 3)


def test_a_planted_marker_is_not_ours() -> None:
    plan = planned(marked(3, replace(OURS, run=10**17), author="mallory"))
    assert (plan.write, plan.update, plan.delete) == (True, None, ())


def test_a_marker_inside_of_a_text_is_none() -> None:
    plan = planned(comment(3, f"You wrote:\n{OURS}{TEXT}"))
    assert plan.update is None


def test_a_comment_of_another_job_is_left_alone() -> None:
    assert planned(marked(3, replace(OURS, key="billing"))).update is None


def test_the_oldest_of_several_wins_and_the_others_go() -> None:
    earlier = replace(OURS, run=49)
    plan = planned(marked(9, earlier), marked(3, earlier), marked(12, earlier))
    assert (plan.update, sorted(plan.delete)) == (3, [9, 12])


def test_what_a_run_says_last_counts() -> None:
    plan = planned(marked(3, OURS))
    assert (plan.write, plan.update) == (True, 3)


def test_an_older_run_overwrites_nothing() -> None:
    newer = marked(3, replace(OURS, run=51, head="b" * 40))
    plan = planned(newer)
    assert (plan.write, plan.update, plan.delete) == (False, None, ())
    assert plan.kept == "run 51 is newer and has written the comment"
    assert plan.found == newer


def test_of_several_the_newest_result_stays_when_all_are_newer_or_older() -> None:
    plan = planned(marked(3, replace(OURS, run=49)), marked(4, replace(OURS, run=51)))
    assert (plan.write, plan.delete) == (False, (3,))


def test_a_later_attempt_of_the_same_run_counts_as_newer() -> None:
    assert not planned(marked(3, replace(OURS, attempt=2))).write
    assert planned(marked(3, OURS), marker=replace(OURS, attempt=2)).update == 3


def test_an_old_run_that_is_run_again_is_newer_than_what_was_there() -> None:
    there = marked(3, replace(OURS, run=60))
    assert planned(there, marker=replace(OURS, at=2_000, attempt=2)).update == 3
    assert not planned(there, marker=replace(OURS, at=999)).write


def test_only_a_newer_result_about_the_same_commit_goes_before_ours() -> None:
    newer = marked(3, replace(OURS, at=1_001))
    others = [
        marked(4, replace(OURS, at=999)),
        marked(5, replace(OURS, at=1_001, head="b" * 40)),
        marked(6, replace(OURS, at=1_001, key="billing")),
        marked(7, replace(OURS, at=1_001), author="mallory"),
        marked(8, OURS),
    ]
    assert newer_about([*others, newer], marker=OURS, author=BOT) == newer
    assert newer_about(others, marker=OURS, author=BOT) is None


def test_what_a_comment_says_already_is_not_sent_again() -> None:
    plan = planned(marked(3, replace(OURS, run=49), TEXT))
    assert (plan.write, plan.kept) == (False, "the comment says it already")


def test_the_same_words_about_another_commit_are_sent() -> None:
    assert planned(marked(3, replace(OURS, run=49, head="b" * 40), TEXT)).update == 3


@pytest.mark.parametrize("ends", ["\r\n", "\n\n\n"])
def test_line_ends_that_github_changed_make_no_difference(ends: str) -> None:
    body = f"{replace(OURS, run=49)}{TEXT}".replace("\n", "\r\n").rstrip() + ends
    assert not planned(comment(3, body)).write


@given(st.text())
def test_whatever_names_a_comment_its_marker_is_found_again(name: str) -> None:
    marker = replace(OURS, key=comment_key(name))
    assert "--" not in marker.key
    assert planned(marked(3, replace(marker, run=1)), marker=marker).update == 3


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(0, 99), st.integers(1, 3)), max_size=8))
def test_one_comment_of_ours_is_left_and_it_is_never_the_older_result(
    found: list[tuple[int, int, int]],
) -> None:
    unique = {number: (run, attempt) for number, run, attempt in found}
    comments = [
        marked(number, replace(OURS, run=run, attempt=attempt))
        for number, (run, attempt) in unique.items()
    ]
    plan = planned(*comments)
    left = unique.keys() - set(plan.delete)
    if plan.write and plan.update is None:
        assert not unique
    elif unique:
        (kept,) = left
        newest = max(unique.values())
        assert plan.write == (newest <= (OURS.run, OURS.attempt))
        assert plan.write or unique[kept] == newest
