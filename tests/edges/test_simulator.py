import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator
from dataclasses import fields, replace
from io import BytesIO
from pathlib import Path

import aiohttp
import anthropic
import pytest
from anthropic import AsyncAnthropic, DefaultAioHttpClient
from anthropic.types import Message, MessageParam, ToolParam, ToolUseBlock

from evalgate.adapters.claude import ClaudeModel
from evalgate.adapters.files import read_yaml
from evalgate.errors import UsageError
from evalgate.grading.rubric import Exchange, rubric_request
from evalgate.model.chat import ChatRequest, Completion
from evalgate.model.content import Attachment, Text, Tool, ToolCall, Turn
from evalgate.model.evalset import CannedResult, Criterion, GraderSpec
from evalgate.model.policy import JudgeSettings
from evalgate.running.conversation import converse
from evalgate.simulator.actor import OTHER_MODEL
from evalgate.simulator.draw import luck
from evalgate.simulator.fakes import RuleModel
from evalgate.simulator.fault_rules import Calls, Fault, FaultKind
from evalgate.simulator.faults import PROSE
from evalgate.simulator.limits import Limits
from evalgate.simulator.rules import (
    Behaviour,
    JudgeErrors,
    JudgeRule,
    Rules,
    WantedCall,
    read_rules,
)
from evalgate.simulator.server import SimulatorServer

GUIDE = Path(__file__).parents[2] / "docs" / "simulator.md"
MODEL = "claude-haiku-5-5"
RULES = Rules(
    path="rules.yaml",
    seed="s",
    behaviours=(
        Behaviour(
            name="window",
            needs=re.compile("30-day"),
            chance_with=0.5,
            says="Within 30 days.",
            otherwise="Whenever you like.",
        ),
    ),
    judge=(JudgeRule(criterion=re.compile("window"), passes=re.compile("30 days")),),
)
ALWAYS = replace(RULES, behaviours=(Behaviour(name="window", says="Within 30 days."),))
QUESTION: list[MessageParam] = [{"role": "user", "content": "May I return it?"}]
JUDGE_REQUEST = rubric_request(
    GraderSpec(kind="rubric", name="rubric", criteria=(Criterion(text="names the window"),)),
    Exchange(question="May I return it?", answer="Within 30 days.", expected="30 days"),
    boundary="0123456789abcdef" * 2,
    judge=JudgeSettings(),
)


def server(*faults: Fault, rules: Rules = ALWAYS) -> SimulatorServer:
    return SimulatorServer([replace(rules, faults=faults)])


def client_of(running: SimulatorServer, *, timeout: float = 10.0) -> AsyncAnthropic:
    return AsyncAnthropic(
        api_key="any",
        base_url=running.base_url,
        max_retries=0,
        timeout=timeout,
        http_client=DefaultAioHttpClient(),
    )


async def ask(client: AsyncAnthropic, *, model: str = MODEL, trial: str = "case/0") -> Message:
    return await client.messages.create(
        model=model,
        max_tokens=100,
        messages=QUESTION,
        system="A 30-day window.",
        extra_headers={"X-Evalgate-Trial": trial},
    )


async def ask_struck_by(fault: Fault, *, patience: float = 10.0) -> Message:
    async with server(fault) as running, client_of(running, timeout=patience) as client:
        return await ask(client)


async def post(running: SimulatorServer, body: bytes, **headers: str) -> tuple[int, str]:
    url = f"{running.base_url}/v1/messages"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=BytesIO(body), headers=headers) as r,
    ):
        error = (await r.json())["error"]
        return r.status, error["type"]


@pytest.fixture(params=["default", "aiohttp"])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[AsyncAnthropic]:
    aio = DefaultAioHttpClient() if request.param == "aiohttp" else None
    async with (
        server() as running,
        AsyncAnthropic(
            api_key="any", base_url=running.base_url, max_retries=0, http_client=aio
        ) as made,
    ):
        yield made


async def test_the_sdk_reads_a_message_with_every_field(client: AsyncAnthropic) -> None:
    message = await ask(client)
    assert [block.type for block in message.content] == ["text"]
    assert message.content[0].to_dict()["text"] == "Within 30 days."
    assert message.id.startswith("msg_")
    assert (message.model, message.role, message.type) == (MODEL, "assistant", "message")
    assert (message.stop_reason, message.stop_sequence, message.stop_details) == (
        "end_turn",
        None,
        None,
    )


async def test_the_sdk_reads_usage(client: AsyncAnthropic) -> None:
    usage = (await ask(client)).usage
    assert (usage.input_tokens, usage.output_tokens) == (8, 4)
    assert (usage.cache_creation_input_tokens, usage.cache_read_input_tokens) == (0, 0)
    assert (usage.service_tier, usage.speed) == ("standard", "standard")


async def test_a_message_holds_exactly_the_fields_that_the_sdk_knows(
    client: AsyncAnthropic,
) -> None:
    raw = await client.messages.with_raw_response.create(
        model=MODEL, max_tokens=100, messages=QUESTION
    )
    data = json.loads(await raw.text())
    assert set(data) == set(Message.model_fields)
    assert set(data["usage"]) == set(anthropic.types.Usage.model_fields)


async def test_headers_carry_request_id_rate_limits_and_the_simulators_mark(
    client: AsyncAnthropic,
) -> None:
    raw = await client.messages.with_raw_response.create(
        model=MODEL, max_tokens=100, messages=QUESTION
    )
    assert (raw.request_id or "").startswith("req_")
    assert raw.headers["x-evalgate-simulator"] == "1"
    assert raw.headers["anthropic-organization-id"]
    assert raw.headers["anthropic-ratelimit-requests-remaining"].isdigit()
    assert raw.headers["anthropic-ratelimit-tokens-reset"].endswith("Z")


async def test_a_judges_request_gets_json_for_its_schema(client: AsyncAnthropic) -> None:
    message = await client.messages.create(
        model=JUDGE_REQUEST.model,
        max_tokens=100,
        messages=[{"role": "user", "content": JUDGE_REQUEST.turns[0].text}],
        output_config={
            "effort": "low",
            "format": {"type": "json_schema", "schema": dict(JUDGE_REQUEST.output_schema or {})},
        },
    )
    reply = json.loads(str(message.content[0].to_dict()["text"]))
    assert reply["c1"]["verdict"] == "pass"


async def test_equal_requests_get_equal_ids_and_others_do_not() -> None:
    async with server() as running, client_of(running) as client:
        first, again, other = [await ask(client, trial=t) for t in ("a/0", "a/0", "a/1")]
    assert first == again
    assert (first.id, first._request_id) != (other.id, other._request_id)


async def test_the_server_answers_as_the_rule_model_does() -> None:
    async with (
        server(rules=RULES) as running,
        ClaudeModel(api_key="any", base_url=running.base_url) as claude,
    ):
        for index in range(20):
            request = ChatRequest(
                model=MODEL,
                max_tokens=100,
                system="A 30-day window.",
                turns=(Turn(role="user", content="May I return it?"),),
                trial=f"case/{index}",
            )
            over_http = await claude.send(request, within=10)
            direct = await RuleModel([RULES]).send(request, within=10)
            assert isinstance(over_http, Completion)
            assert isinstance(direct, Completion)
            assert over_http.simulated
            assert over_http.text == direct.text
            assert over_http.usage == direct.usage


def attached(name: str, media_type: str, content: bytes) -> Attachment:
    digest = hashlib.sha256(content).hexdigest()
    return Attachment(name=name, media_type=media_type, sha256=digest, content=content)


async def both(rules: Rules, request: ChatRequest) -> Completion:
    """Ask the server and the rule model, and return what both say."""
    async with (
        SimulatorServer([rules]) as running,
        ClaudeModel(api_key="any", base_url=running.base_url) as claude,
    ):
        over_http = await claude.send(request, within=10)
    direct = await RuleModel([rules]).send(request, within=10)
    assert isinstance(over_http, Completion), over_http
    assert isinstance(direct, Completion)
    alike = replace(over_http, latency_ms=direct.latency_ms, request_id=direct.request_id)
    assert alike == direct
    return over_http


async def test_files_arrive_over_http_as_the_rules_read_them_without_it() -> None:
    png = b"\x89PNG\r\n\x1a\n\x00\xff"
    echo = Behaviour(name="echo", when=re.compile(r"(?s)(?P<all>.*)"), says="{all}")
    turn = Turn(
        role="user",
        content=(
            attached("evalsets/photo.png", "image/png", png),
            attached("evalsets/größe.pdf", "application/pdf", b"%PDF-1.7" + b"x" * 150_000),
            attached("evalsets/note.txt", "text/plain", "Das Maß\r\nist 9.".encode()),
            Text(text="What is it?"),
        ),
    )
    request = ChatRequest(model=MODEL, max_tokens=100, turns=(turn,))
    answer = await both(Rules(path="r", behaviours=(echo,)), request)
    assert answer.text == (
        f"[image: {hashlib.sha256(png).hexdigest()[:12]}]\n[document: größe.pdf]\n"
        "[document: note.txt]\nDas Maß\r\nist 9.\nWhat is it?"
    )
    assert answer.usage.input_tokens == 1_600 + 2 * 2_000 + 7


TOOL_RULES = Rules(
    path="rules.yaml",
    behaviours=(
        Behaviour(
            name="look up",
            when=re.compile(r"(?P<order>[A-Z]{2}-\d+)"),
            calls=WantedCall(tool="get_order", input={"order": "{order}"}),
        ),
        Behaviour(
            name="track",
            when=re.compile(r"parcel (?P<parcel>\d+)"),
            calls=WantedCall(tool="track", input={"parcel": "{parcel}"}),
        ),
        Behaviour(name="tell", when=re.compile(r"in (?P<town>\w+)"), says="It is in {town}."),
    ),
)
ORDERS = Tool(name="get_order", description="Finds.", input_schema={"type": "object"})
TOOL_REQUEST = ChatRequest(
    model=MODEL,
    max_tokens=100,
    turns=(Turn(role="user", content="Where is AB-1?"),),
    tools=(ORDERS, replace(ORDERS, name="track")),
)


async def test_a_conversation_with_tools_goes_on_to_its_end_over_http() -> None:
    results = (
        CannedResult(tool="get_order", content="parcel 77", input={"order": "AB-1"}),
        CannedResult(tool="track", content="in Bergen", input={"parcel": "77"}),
    )
    async with (
        SimulatorServer([TOOL_RULES]) as running,
        ClaudeModel(api_key="any", base_url=running.base_url) as claude,
    ):
        answer = await converse(
            lambda asked: claude.send(asked, within=10), TOOL_REQUEST, results=results
        )
        assert running.counts == {"answers": 3}
    assert isinstance(answer, Completion)
    assert answer.text == "It is in Bergen."
    assert [(call.name, call.input) for call in answer.tool_calls] == [
        ("get_order", {"order": "AB-1"}),
        ("track", {"parcel": "77"}),
    ]


async def test_the_server_calls_tools_as_the_rule_model_does() -> None:
    answer = await both(TOOL_RULES, TOOL_REQUEST)
    assert answer.stop_reason == "tool_use"
    assert [type(block) for block in answer.blocks] == [ToolCall]


async def test_a_tool_call_holds_exactly_the_fields_that_the_sdk_knows() -> None:
    tool: ToolParam = {"name": "get_order", "input_schema": {"type": "object"}}
    async with SimulatorServer([TOOL_RULES]) as running, client_of(running) as client:
        message = await client.messages.create(
            model=MODEL,
            max_tokens=100,
            messages=[{"role": "user", "content": "Where is AB-1?"}],
            tools=[tool],
        )
    (block,) = message.content
    assert isinstance(block, ToolUseBlock)
    assert set(block.to_dict(exclude_unset=True)) == set(ToolUseBlock.model_fields)


async def test_a_call_without_its_result_is_refused(client: AsyncAnthropic) -> None:
    call: MessageParam = {
        "role": "assistant",
        "content": [{"type": "tool_use", "id": "t1", "name": "get", "input": {}}],
    }
    with pytest.raises(anthropic.BadRequestError, match="no `tool_result` answers"):
        await client.messages.create(
            model=MODEL, max_tokens=100, messages=[*QUESTION, call, *QUESTION]
        )


async def test_an_unknown_model_is_not_found(client: AsyncAnthropic) -> None:
    with pytest.raises(anthropic.NotFoundError) as caught:
        await ask(client, model="gpt-7")
    assert (caught.value.status_code, caught.value.type) == (404, "not_found_error")
    assert (caught.value.request_id or "").startswith("req_")


async def test_a_bad_request_is_refused(client: AsyncAnthropic) -> None:
    with pytest.raises(anthropic.BadRequestError, match="messages: expected at least one") as bad:
        await client.messages.create(model=MODEL, max_tokens=100, messages=[])
    assert bad.value.type == "invalid_request_error"


async def test_sampling_parameters_are_refused(client: AsyncAnthropic) -> None:
    with pytest.raises(anthropic.BadRequestError, match="temperature"):
        await client.messages.create(
            model=MODEL, max_tokens=100, messages=QUESTION, extra_body={"temperature": 1}
        )


async def test_another_path_is_not_found(client: AsyncAnthropic) -> None:
    with pytest.raises(anthropic.NotFoundError):
        await client.models.list()


async def test_a_request_without_a_key_is_refused() -> None:
    async with server() as running:
        assert await post(running, b"{}") == (401, "authentication_error")


async def test_a_body_that_is_not_json_is_refused() -> None:
    async with server() as running:
        refused = await post(running, b"{", Authorization="Bearer any")
    assert refused == (400, "invalid_request_error")


async def test_a_body_over_32_megabytes_is_refused() -> None:
    async with server() as running:
        refused = await post(running, b" " * (32 * 1024**2 + 1), Authorization="Bearer any")
    assert refused == (413, "request_too_large")


async def test_another_method_is_refused() -> None:
    async with (
        server() as running,
        aiohttp.ClientSession() as session,
        session.get(f"{running.base_url}/v1/messages") as response,
    ):
        assert response.status == 405


async def test_a_rate_limit_names_the_seconds_to_wait() -> None:
    with pytest.raises(anthropic.RateLimitError) as caught:
        await ask_struck_by(Fault(kind=FaultKind.RATE_LIMIT, seconds=7))
    assert caught.value.response.headers["retry-after"] == "7"
    assert caught.value.error_code is None


async def test_a_spend_limit_has_its_code_and_no_time_to_wait() -> None:
    with pytest.raises(anthropic.RateLimitError) as caught:
        await ask_struck_by(Fault(kind=FaultKind.SPEND_LIMIT))
    assert caught.value.error_code == "enforced_spend_limit_reached"
    assert "retry-after" not in caught.value.response.headers


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (FaultKind.OVERLOADED, anthropic.OverloadedError),
        (FaultKind.SERVER_ERROR, anthropic.InternalServerError),
        (FaultKind.BAD_KEY, anthropic.AuthenticationError),
        (FaultKind.TIMEOUT, anthropic.GatewayTimeoutError),
        (FaultKind.CUT, anthropic.APIConnectionError),
        (FaultKind.DROPPED, anthropic.APIConnectionError),
        (FaultKind.BROKEN_JSON, json.JSONDecodeError),
    ],
)
async def test_a_fault_raises_what_the_real_failure_raises(
    kind: FaultKind, error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        await ask_struck_by(Fault(kind=kind))
    assert type(caught.value) is error


async def test_a_dropped_connection_ends_before_any_byte() -> None:
    async with server(Fault(kind=FaultKind.DROPPED)) as running:
        host, port = running.base_url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        body = b'{"model":"claude-a","max_tokens":1,"messages":[{"role":"user","content":"x"}]}'
        writer.write(
            b"POST /v1/messages HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer any\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        assert await reader.read() == b""
        writer.close()


async def test_a_slow_reply_outlasts_the_client_and_does_not_hold_up_the_end() -> None:
    async with asyncio.timeout(5):
        with pytest.raises(anthropic.APITimeoutError):
            await ask_struck_by(Fault(kind=FaultKind.SLOW, seconds=600), patience=0.2)


async def test_a_slow_reply_comes_in_the_end() -> None:
    message = await ask_struck_by(Fault(kind=FaultKind.SLOW, seconds=0.05))
    assert message.stop_reason == "end_turn"


async def test_html_reaches_the_caller_as_text() -> None:
    page: object = await ask_struck_by(Fault(kind=FaultKind.HTML))
    assert isinstance(page, str)
    assert page.startswith("<!doctype html>")


async def test_another_model_can_answer() -> None:
    assert (await ask_struck_by(Fault(kind=FaultKind.WRONG_MODEL))).model == OTHER_MODEL


async def test_a_truncated_reply_says_so() -> None:
    message = await ask_struck_by(Fault(kind=FaultKind.TRUNCATED))
    assert message.stop_reason == "max_tokens"
    assert message.content[0].to_dict()["text"] == "Within "


async def test_a_refusal_has_no_content() -> None:
    message = await ask_struck_by(Fault(kind=FaultKind.REFUSED))
    assert (message.stop_reason, message.content) == ("refusal", [])
    assert message.stop_details is not None
    assert message.stop_details.type == "refusal"


async def test_a_nonsense_judge_replies_with_prose_and_answers_stay_sound() -> None:
    async with (
        server(Fault(kind=FaultKind.NONSENSE_JUDGE)) as running,
        ClaudeModel(api_key="any", base_url=running.base_url) as claude,
        client_of(running) as client,
    ):
        judged = await claude.send(JUDGE_REQUEST, within=10)
        answered = await ask(client)
    assert isinstance(judged, Completion)
    assert judged.text == PROSE
    assert answered.content[0].to_dict()["text"] == "Within 30 days."


async def test_a_fault_of_the_first_attempts_ends_by_itself() -> None:
    fault = Fault(kind=FaultKind.OVERLOADED, first_attempts=2)
    async with server(fault) as running, client_of(running) as client:
        for _ in range(2):
            with pytest.raises(anthropic.OverloadedError):
                await ask(client)
        assert (await ask(client)).stop_reason == "end_turn"
        with pytest.raises(anthropic.OverloadedError):
            await ask(client, trial="case/1")


async def test_requests_are_counted_by_kind() -> None:
    fault = Fault(kind=FaultKind.TRUNCATED, calls=Calls.ANSWERS)
    async with (
        server(fault) as running,
        ClaudeModel(api_key="any", base_url=running.base_url) as claude,
        client_of(running) as client,
    ):
        await ask(client)
        await ask(client)
        await claude.send(JUDGE_REQUEST, within=10)
        await post(running, b"{", Authorization="Bearer any")
        assert running.counts == {"answers": 2, "truncated": 2, "judge": 1, "rejected": 1}


async def test_every_reply_takes_the_latency_at_least() -> None:
    loop = asyncio.get_running_loop()
    async with (
        SimulatorServer([ALWAYS], latency_ms=200) as running,
        client_of(running) as client,
    ):
        started = loop.time()
        await asyncio.gather(*(ask(client, trial=f"case/{index}") for index in range(5)))
        assert 0.2 <= loop.time() - started < 1.0


async def test_a_taken_port_is_an_error_that_says_what_to_do() -> None:
    async with server() as running:
        port = int(running.base_url.rsplit(":", 1)[1])
        with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1:{port} .*another port"):
            await SimulatorServer([ALWAYS], port=port).__aenter__()


async def test_an_unreliable_judge_errs_in_some_votes_and_in_the_same_ones_again() -> None:
    rules = replace(RULES, judge_errors=JudgeErrors(specificity=0.5))
    async with (
        SimulatorServer([rules]) as running,
        ClaudeModel(api_key="any", base_url=running.base_url) as claude,
    ):
        for _ in range(2):
            votes = [replace(JUDGE_REQUEST, trial=f"case/0#{index}") for index in range(2, 22)]
            replies = [await claude.send(vote, within=10) for vote in votes]
            texts = [reply.text for reply in replies if isinstance(reply, Completion)]
            verdicts = [json.loads(text)["c1"]["verdict"] for text in texts]
            assert verdicts == [
                "pass" if luck("s", vote.trial, "judge:names the window") < 0.5 else "fail"
                for vote in votes
            ]
    assert {*verdicts} == {"pass", "fail"}


def test_the_guides_example_is_a_valid_rule_file() -> None:
    example = GUIDE.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    rules = read_rules(read_yaml("simulator.md", example.encode()))
    assert [behaviour.name for behaviour in rules.behaviours] == ["return window", "order number"]
    assert len(rules.judge) == len(rules.faults) == 1
    assert rules.judge_errors == JudgeErrors(sensitivity=0.95, specificity=0.9)
    assert rules.limits.input_tokens_per_minute == 400_000
    assert rules.batch_seconds == 0.2


async def test_the_guides_tools_are_called_and_their_results_told() -> None:
    example = GUIDE.read_text(encoding="utf-8").split("```yaml\n")[2].split("```")[0]
    text = f"schema: simulator-rules/1\n{example}"
    rules = read_rules(read_yaml("simulator.md", text.encode()))
    result = CannedResult(tool="get_order", content="status: shipped")
    question = Turn(role="user", content="Where is AB-12345?")
    asked = replace(TOOL_REQUEST, system="Look the order up.", turns=(question,), trial="c/1")
    model = RuleModel([rules])
    answer = await converse(lambda each: model.send(each, within=1), asked, results=(result,))
    assert isinstance(answer, Completion)
    assert answer.text == "Your order is shipped."
    assert [call.input for call in answer.tool_calls] == [{"order": "AB-12345"}]


def test_the_guide_lists_every_fault() -> None:
    rows = GUIDE.read_text(encoding="utf-8").splitlines()
    for kind in FaultKind:
        assert any(row.startswith(f"| `{kind}` |") for row in rows), kind


def test_the_guide_lists_every_key_of_the_limits_and_of_the_judges_errors() -> None:
    rows = GUIDE.read_text(encoding="utf-8").splitlines()
    for field in (*fields(Limits), *fields(JudgeErrors)):
        assert any(row.startswith(f"| `{field.name}` |") for row in rows), field.name
