from evalgate.grading.exchange import exchange_of, question_of
from evalgate.grading.rubric import rubric_request
from evalgate.model.chat import Completion, Usage
from evalgate.model.content import Attachment, Text, ToolCall
from evalgate.model.document import Data
from evalgate.model.evalset import CannedResult, Case, Criterion, GraderSpec
from evalgate.model.policy import JudgeSettings

SPEC = GraderSpec(kind="rubric", name="r", criteria=(Criterion(text="Is kind"),))
PHOTO = Attachment(name="sets/a.png", media_type="image/png", sha256="1", content=b"\x89PNG")
TERMS = Attachment(name="sets/t.pdf", media_type="application/pdf", sha256="2", content=b"%PDF-")


def case(**values: Data) -> Case:
    return Case(
        id="c",
        vars=values,
        expected={"days": 30},
        graders=(SPEC,),
        hash="h",
        references=("Thirty days.",),
        tool_results=(CannedResult(tool="get_order", content="paid", input={"id": 7}),),
        files={"a.png": PHOTO, "./a.png": PHOTO, "t.pdf": TERMS},
    )


def completion(call: str = "toolu_1") -> Completion:
    return Completion(
        text="Within 30 days.",
        model="claude-a",
        stop_reason="end_turn",
        usage=Usage(input_tokens=1, output_tokens=1),
        latency_ms=7,
        tool_calls=(ToolCall(id=call, name="get_order", input={"id": 7}),),
    )


def other_completion() -> Completion:
    """Return an answer that says and does the same, in every other way another one."""
    return Completion(
        text="Within 30 days.",
        model="claude-b",
        stop_reason="tool_use",
        usage=Usage(input_tokens=900, output_tokens=70, cache_read_tokens=5),
        latency_ms=9000,
        request_id="req_2",
        simulated=True,
        blocks=(Text(text="Thinking aloud."),),
        tool_calls=(ToolCall(id="toolu_2", name="get_order", input={"id": 7}),),
    )


def test_the_judge_reads_all_that_a_case_holds_and_what_the_answer_says_and_does() -> None:
    exchange = exchange_of(case(q="When?"), completion())
    assert (exchange.question, exchange.answer) == ("When?", "Within 30 days.")
    assert (exchange.expected, exchange.references) == ({"days": 30}, ("Thirty days.",))
    assert exchange.tool_calls == 'get_order {"id": 7}'
    assert exchange.tool_results == 'get_order {"id": 7} gives back: paid'


def test_a_file_that_is_named_twice_is_attached_once_in_the_order_of_the_case() -> None:
    assert exchange_of(case(q="When?"), completion()).files == (PHOTO, TERMS)


def test_the_judge_cannot_tell_which_version_answered() -> None:
    requests = [
        rubric_request(
            SPEC, exchange_of(case(q="When?"), answer), boundary=digit * 32, judge=JudgeSettings()
        )
        for digit, answer in (("a", completion()), ("b", other_completion()))
    ]
    first, second = (repr(request) for request in requests)
    assert first != second
    assert first.replace("a" * 32, "b" * 32) == second


def test_the_judge_reads_the_one_variable_of_a_case_as_it_is() -> None:
    assert question_of(case(question="How long\nmay I wait?")) == "How long\nmay I wait?"


def test_several_variables_stand_below_their_names_in_the_order_of_the_case() -> None:
    assert question_of(case(question="When?", order={"id": 7}, note=None)) == (
        'question:\nWhen?\norder:\n{"id": 7}\nnote:\nnull'
    )


def test_a_variable_that_attaches_a_file_is_named_by_its_path() -> None:
    assert question_of(case(photo={"file": "a.png"}, q="Whole?")) == (
        "photo:\n[attached: a.png]\nq:\nWhole?"
    )
