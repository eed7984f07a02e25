"""Comments on pull requests, against the fake GitHub."""

import pytest

from evalgate.errors import GitHubError, NotPermittedError
from evalgate.model.github import Comment
from tests.edges.github_shop import PROMPT, SOON, shop, with_pull, without
from tests.github.faults import Fault, Kind
from tests.github.state import BOT

PATH = f"issues/{PROMPT}/comments"


def test_a_comment_is_written_and_read_back() -> None:
    with shop(with_pull()) as at:
        made = at.github.create_comment(PROMPT, "# Hello 🙂\n")
        assert at.github.comments(PROMPT) == [made]
        assert made == Comment(
            id=made.id,
            author=BOT,
            body="# Hello 🙂\n",
            url=f"https://github.com/octo/shop/pull/{PROMPT}#issuecomment-{made.id}",
        )


def test_all_of_many_comments_are_read_oldest_first() -> None:
    with shop(with_pull()) as at:
        for number in range(301):
            at.state.add_comment(PROMPT, f"comment {number}", author="octocat")
        assert [comment.body for comment in at.github.comments(PROMPT)] == [
            f"comment {number}" for number in range(301)
        ]
        assert len(at.fake.requests_for(PATH)) == 4


def test_a_comment_is_replaced() -> None:
    with shop(with_pull()) as at:
        comment = at.state.add_comment(PROMPT, "old")
        assert at.github.update_comment(comment, "new").body == "new"
        assert at.state.bodies(PROMPT) == ["new"]


def test_a_comment_is_deleted_and_being_gone_is_no_error() -> None:
    with shop(with_pull()) as at:
        comment = at.state.add_comment(PROMPT, "old")
        at.github.delete_comment(comment)
        at.github.delete_comment(comment)
        assert at.state.bodies(PROMPT) == []


@pytest.mark.parametrize("body", ["x" * 65_536, "🙂" * 65_536])
def test_the_longest_body_is_sent_whole(body: str) -> None:
    with shop(with_pull()) as at:
        at.github.create_comment(PROMPT, body)
        assert at.state.bodies(PROMPT) == [body]


def test_a_longer_body_is_not_sent_at_all() -> None:
    with shop(with_pull()) as at:
        comment = at.state.add_comment(PROMPT, "old")
        with pytest.raises(GitHubError, match="65,537 characters is too long"):
            at.github.create_comment(PROMPT, "x" * 65_537)
        with pytest.raises(GitHubError, match="65,537 characters is too long"):
            at.github.update_comment(comment, "x" * 65_537)
        assert at.fake.requests == []


@pytest.mark.parametrize(
    "fault", [Kind.DROP_BEFORE, Kind.DROP_AFTER, Kind.BROKEN, Kind.SLOW, Kind.TOO_MANY]
)
def test_a_comment_is_written_once_whatever_happens_on_the_way(fault: Kind) -> None:
    with shop(with_pull(), read=SOON) as at:
        at.state.faults.append(Fault(kind=fault, method="POST", seconds=3))
        made = at.github.create_comment(PROMPT, "the verdict\n")
        assert at.state.bodies(PROMPT) == ["the verdict\n"]
        assert [made.id] == list(at.state.comments)


def test_a_comment_that_was_there_before_is_not_taken_for_the_lost_one() -> None:
    with shop(with_pull()) as at:
        at.state.add_comment(PROMPT, "the verdict of yesterday")
        at.state.faults.append(Fault(kind=Kind.DROP_AFTER, method="POST"))
        made = at.github.create_comment(PROMPT, "the verdict")
        assert made.body == "the verdict"
        assert at.state.bodies(PROMPT) == ["the verdict of yesterday", "the verdict"]


def test_a_lost_comment_is_found_although_github_changed_its_line_ends() -> None:
    with shop(with_pull()) as at:
        at.state.faults.append(Fault(kind=Kind.DROP_BEFORE, method="POST"))
        at.fake.before("GET", PATH, lambda state: state.add_comment(PROMPT, "a\r\nb ?"))
        assert at.github.create_comment(PROMPT, "a\nb \ud800\n").body == "a\r\nb ?"
        assert at.fake.requests_for(PATH) == ["POST", "GET"]


def test_a_moment_passes_before_the_lost_comment_is_looked_for() -> None:
    with shop(with_pull()) as at:
        at.state.faults.append(Fault(kind=Kind.DROP_AFTER, method="POST"))
        at.github.create_comment(PROMPT, "the verdict")
        assert at.slept == [2.0]


def test_what_is_lost_again_and_again_is_an_error_that_leaves_it_open() -> None:
    with shop(with_pull()) as at:
        at.state.faults.append(Fault(kind=Kind.DROP_BEFORE, method="POST", times=9))
        with pytest.raises(GitHubError, match="it may have been done"):
            at.github.create_comment(PROMPT, "the verdict")
        assert at.fake.requests_for(PATH) == ["POST", "GET", "POST", "GET"]


@pytest.mark.parametrize("body", ["", " \n"])
def test_what_github_does_not_take_is_told_in_its_words(body: str) -> None:
    with shop(with_pull()) as at:
        with pytest.raises(GitHubError, match="Validation Failed: Body cannot be blank") as caught:
            at.github.create_comment(PROMPT, body)
        assert type(caught.value) is GitHubError


def test_without_permission_the_missing_one_is_named() -> None:
    with shop(without("pull-requests: write", "issues: write")) as at:
        comment = at.state.add_comment(PROMPT, "old")
        for write in (
            lambda: at.github.create_comment(PROMPT, "x"),
            lambda: at.github.update_comment(comment, "x"),
            lambda: at.github.delete_comment(comment),
        ):
            with pytest.raises(NotPermittedError, match="`permissions: pull-requests: write`"):
                write()
        assert at.state.bodies(PROMPT) == ["old"]


def test_a_pull_request_that_is_not_there_may_be_a_permission() -> None:
    with shop(with_pull()) as at:
        with pytest.raises(NotPermittedError, match="does not exist, or the job lacks"):
            at.github.create_comment(99, "x")
        with pytest.raises(GitHubError, match="may not read it"):
            at.github.comments(99)


def test_a_locked_conversation_is_told() -> None:
    with shop(with_pull()) as at:
        at.state.pulls[PROMPT].locked = True
        with pytest.raises(NotPermittedError, match="issue is locked"):
            at.github.create_comment(PROMPT, "x")


def test_an_answer_that_breaks_off_is_an_error() -> None:
    with shop(with_pull()) as at:
        at.state.add_comment(PROMPT, "old")
        at.state.faults.append(Fault(kind=Kind.MALFORMED, method="GET"))
        with pytest.raises(GitHubError, match="it is no JSON"):
            at.github.comments(PROMPT)
