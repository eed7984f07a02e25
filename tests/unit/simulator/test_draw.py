import hashlib
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.chat import ChatRequest
from evalgate.model.content import Attachment, Opaque, Text, ToolCall, ToolResult, Turn
from evalgate.simulator.draw import luck, question_of, trial_of

ASKED = ChatRequest(
    model="claude-haiku-5-5",
    max_tokens=100,
    turns=(
        Turn(role="user", content="first"),
        Turn(role="assistant", content="reply"),
        Turn(role="user", content="second"),
    ),
)


def test_luck_is_the_documented_formula() -> None:
    bits = hashlib.sha256(b"support:case-7/1:return window").digest()[:8]
    expected = int.from_bytes(bits, "big") / 2**64
    assert luck("support", "case-7/1", "return window") == expected


@given(seed=st.text(), trial=st.text(), name=st.text())
def test_luck_lies_between_0_and_1_whatever_the_texts(seed: str, trial: str, name: str) -> None:
    assert 0 <= luck(seed, trial, name) <= 1


def test_the_question_is_the_last_user_turn() -> None:
    assert question_of(ASKED) == "second"


def test_a_conversation_without_a_user_has_an_empty_question() -> None:
    assert question_of(replace(ASKED, turns=())) == ""


def test_the_trial_is_the_one_that_the_request_names() -> None:
    assert trial_of(replace(ASKED, trial="case-7/1")) == "case-7/1"


def test_without_a_named_trial_equal_questions_are_the_same_trial() -> None:
    assert trial_of(ASKED) == trial_of(replace(ASKED, system="other"))
    assert trial_of(ASKED) != trial_of(replace(ASKED, turns=ASKED.turns[:1]))


def test_lone_surrogates_do_not_break_the_draw() -> None:
    assert 0 <= luck("", "\ud800", "") < 1


CALL = ToolCall(id="t1", name="get", input={})


def file(name: str, media_type: str, content: bytes = b"") -> Attachment:
    return Attachment(name=name, media_type=media_type, sha256="0123456789abcdef", content=content)


def asking(*turns: Turn) -> ChatRequest:
    return replace(ASKED, turns=turns)


def in_tool_rounds(*results: str, words: str = "Where is it?") -> ChatRequest:
    rounds = [
        turn
        for result in results
        for turn in (
            Turn(role="assistant", content=(Text(text="Wait."), CALL)),
            Turn(role="user", content=(ToolResult(call="t1", content=result),)),
        )
    ]
    return asking(Turn(role="user", content=words), *rounds)


def test_results_of_tools_are_read_after_the_question_and_the_assistant_is_not() -> None:
    assert question_of(in_tool_rounds("packed", "sent")) == "Where is it?\npacked\nsent"


def test_results_that_come_with_a_new_question_are_read_with_it() -> None:
    again = Turn(role="user", content=(ToolResult(call="t1", content="sent"), Text(text="And?")))
    earlier = Turn(role="user", content="Where is it?")
    request = asking(earlier, Turn(role="assistant", content=(CALL,)), again)
    assert question_of(request) == "sent\nAnd?"


def test_a_conversation_of_results_alone_is_read_by_its_last_turn() -> None:
    assert (
        question_of(asking(Turn(role="user", content=(ToolResult(call="a", content="x"),)))) == "x"
    )


def test_files_are_read_by_their_labels_and_plain_text_by_its_words() -> None:
    turn = Turn(
        role="user",
        content=(
            file("cases/photo.png", "image/png"),
            file("cases/bill.pdf", "application/pdf"),
            file("", "application/pdf"),
            file("cases/note.txt", "text/plain", b"The total is 9."),
            Text(text="What is it?"),
            Opaque(data={"type": "odd"}),
        ),
    )
    assert question_of(asking(turn)).splitlines() == [
        "[image: 0123456789ab]",
        "[document: bill.pdf]",
        "[document: 0123456789ab]",
        "[document: note.txt]",
        "The total is 9.",
        "What is it?",
    ]


def test_results_beside_a_text_without_words_do_not_ask() -> None:
    told = Turn(role="user", content=(ToolResult(call="t1", content="sent"), Text(text="\n")))
    request = asking(Turn(role="user", content="Where?"), told)
    assert question_of(request).split() == ["Where?", "sent"]


def test_a_turn_of_a_file_alone_asks() -> None:
    photo = Turn(role="user", content=(file("a.png", "image/png"),))
    assert question_of(asking(*ASKED.turns, photo)) == "[image: 0123456789ab]"


def test_all_rounds_of_an_unnamed_trial_share_their_luck() -> None:
    start, then = in_tool_rounds(), in_tool_rounds("packed", "sent")
    assert trial_of(start) == trial_of(then)
    assert trial_of(then) != trial_of(in_tool_rounds("packed", words="Why?"))


def test_results_beside_a_new_question_have_no_part_in_the_luck() -> None:
    first, second = (
        Turn(role="user", content=(ToolResult(call="t1", content=content), Text(text="And?")))
        for content in ("sent", "lost")
    )
    assert trial_of(asking(first)) == trial_of(asking(second))
