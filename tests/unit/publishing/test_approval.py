"""Facts about approvals: they are for one content, and no shorter word stands for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.errors import UsageError
from evalgate.publishing.approval import (
    approval_command,
    approves,
    content_hash,
    read_approval,
    read_workflow_name,
)

HEAD = "a" * 40
trees = st.dictionaries(st.text(max_size=5), st.binary(max_size=8), max_size=4)


@given(trees, trees)
def test_contents_have_one_hash_only_when_they_are_equal(
    one: dict[str, bytes], other: dict[str, bytes]
) -> None:
    assert (content_hash(HEAD, one) == content_hash(HEAD, other)) == (one == other)


def test_where_a_file_ends_and_the_next_begins_is_part_of_the_hash() -> None:
    apart = content_hash(HEAD, {"a": b"x", "b": b"y"})
    for joined in (b"xb\x00y", b"xb\x001\x00y"):
        assert content_hash(HEAD, {"a": joined}) != apart


def test_another_commit_is_another_content() -> None:
    assert content_hash(HEAD, {"a": b"x"}) != content_hash("b" * 40, {"a": b"x"})


def test_the_order_of_files_does_not_matter() -> None:
    assert content_hash(HEAD, {"a": b"", "b": b"x"}) == content_hash(HEAD, {"b": b"x", "a": b""})


def test_a_path_that_is_no_text_has_a_hash() -> None:
    assert len(content_hash(HEAD, {"prompts/\udcff.md": b""})) == 64


@pytest.mark.parametrize("length", [0, 1, 16, 40, 63])
def test_a_content_is_approved_by_all_digits_and_by_no_fewer(length: int) -> None:
    digest = content_hash(HEAD, {})
    assert approves(digest, digest)
    assert not approves(digest[:length], digest)


def test_another_hash_does_not_approve() -> None:
    digest = content_hash(HEAD, {})
    assert not approves(content_hash(HEAD, {"a": b""}), digest)
    assert not approves(digest[1:20], digest)


@pytest.mark.parametrize(
    "text", ["", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 64 + "\n", " " + "0" * 64, "*" * 64]
)
def test_what_is_no_hash_approves_nothing(text: str) -> None:
    with pytest.raises(UsageError, match="64 lower-case hex digits"):
        read_approval(text)


def test_a_hash_is_read_as_it_was_typed() -> None:
    assert read_approval("0123456789abcdef" * 4) == "0123456789abcdef" * 4


def test_the_command_names_pull_request_and_content() -> None:
    assert approval_command(12, "0" * 64, workflow="forks.yml") == (
        "gh workflow run forks.yml -f pull-request=12 -f content=" + "0" * 64
    )


def test_the_usual_workflow_has_a_name() -> None:
    assert read_workflow_name("") == "evalgate-forks.yml"


@pytest.mark.parametrize("name", ["a b.yml", "x.txt", "../x.yml", "-x.yml", "x.yml\n", "$(x).yml"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="forks-workflow"):
        read_workflow_name(name)
