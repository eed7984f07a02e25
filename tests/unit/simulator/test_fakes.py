import asyncio
from dataclasses import replace

import pytest

from evalgate.errors import RepositoryError
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind, Usage
from evalgate.model.content import Text, Tool, Turn
from evalgate.model.ports import ChatModel, Clock, Prices, Repository, TrialLog
from evalgate.model.trial import Arm, Trial, TrialStatus
from evalgate.simulator.fakes import (
    FakeClock,
    FlatPrices,
    MemoryRepository,
    MemoryTrialLog,
    RuleModel,
    text_tree,
)
from evalgate.simulator.rules import Behaviour, Rules, WantedCall

RULES = [Rules(path="r", behaviours=(Behaviour(name="a", says="Hello."),))]
ASKED = ChatRequest(
    model="claude-haiku-5-5",
    max_tokens=100,
    turns=(Turn(role="user", content="Hi"),),
    output_schema={"type": "object"},
    trial="case/0",
)
OVERLOADED = CallFailure(kind=FailureKind.OVERLOADED, message="scripted")
TRIAL = Trial(
    prompt="p",
    version="v1",
    version_hash="h",
    evalset="e",
    arm=Arm.CANDIDATE,
    case="c",
    trial=0,
    status=TrialStatus.SKIPPED,
)
# first ── second ── main
#      └── branch (work tree)
REPOSITORY = MemoryRepository(
    commits={
        "first": text_tree({"prompts/a/v1.md": "one", "README.md": "r"}),
        "second": text_tree({"prompts/a/v1.md": "one", "README.md": "s"}),
        "third": text_tree({"prompts/a/v1.md": "two", "README.md": "s"}),
        "branch": text_tree({"prompts/a/v1.md": "one", "prompts/a/v2.md": "new"}),
        "alone": {},
    },
    parents={"second": ["first"], "third": ["second"], "branch": ["first"]},
    refs={"main": "third", "HEAD": "branch"},
)


async def send(model: ChatModel, request: ChatRequest = ASKED) -> Completion | CallFailure:
    return await model.send(request, within=1)


async def test_the_rule_model_answers_as_the_simulator_does() -> None:
    model = RuleModel(RULES)
    reply = await send(model)
    assert isinstance(reply, Completion)
    assert (reply.text, reply.model, reply.stop_reason) == ("Hello.", ASKED.model, "end_turn")
    assert reply.usage == Usage(input_tokens=5, output_tokens=2)
    assert (reply.blocks, reply.tool_calls) == ((Text(text="Hello."),), ())
    assert reply.simulated
    assert model.sent == [ASKED]


async def test_the_rule_model_calls_tools() -> None:
    calling = Behaviour(name="a", calls=WantedCall(tool="get"))
    offered = Tool(name="get", description="", input_schema={})
    reply = await send(
        RuleModel([Rules(path="r", behaviours=(calling,))]), replace(ASKED, tools=(offered,))
    )
    assert isinstance(reply, Completion)
    assert [call.name for call in reply.tool_calls] == ["get"]
    assert (reply.blocks, reply.stop_reason) == (reply.tool_calls, "tool_use")


async def test_the_script_says_which_attempts_at_which_request_fail() -> None:
    def script(request: ChatRequest, attempt: int) -> CallFailure | None:
        return OVERLOADED if request.trial == "case/0" and attempt <= 2 else None

    model = RuleModel(RULES, script)
    other = await send(model, replace(ASKED, trial="case/1"))
    replies = [await send(model) for _ in range(3)]
    assert isinstance(other, Completion)
    assert replies[:2] == [OVERLOADED, OVERLOADED]
    assert isinstance(replies[2], Completion)


async def test_the_clock_moves_by_what_is_slept_and_advanced() -> None:
    clock = FakeClock()
    port: Clock = clock
    await port.sleep(2.5)
    clock.advance(1)
    assert port.monotonic() == 3.5
    assert clock.slept == [2.5]


async def test_sleeps_of_several_tasks_overlap() -> None:
    clock = FakeClock()
    await asyncio.gather(clock.sleep(5), clock.sleep(10))
    assert clock.monotonic() == 10


def test_the_trial_log_gives_back_what_it_was_given() -> None:
    log: TrialLog = MemoryTrialLog([TRIAL])
    log.append(replace(TRIAL, trial=1))
    assert [trial.trial for trial in log.read()] == [0, 1]
    assert [trial.trial for trial in log.read()] == [0, 1]


def test_flat_prices_charge_every_kind_of_token_alike() -> None:
    prices: Prices = FlatPrices(usd_per_million=2.0, unknown=frozenset({"claude-new"}))
    usage = Usage(
        input_tokens=1,
        output_tokens=10,
        cache_write_5m_tokens=100,
        cache_write_1h_tokens=1_000,
        cache_read_tokens=10_000,
    )
    assert prices.cost_usd("claude-haiku-5-5", usage) == pytest.approx(0.022222)
    assert prices.cost_usd("claude-new", usage) is None


def test_a_ref_names_a_commit_and_a_commit_itself() -> None:
    port: Repository = REPOSITORY
    assert port.resolve("main") == "third"
    assert port.resolve("second") == "second"
    with pytest.raises(RepositoryError, match="unknown ref `nowhere`"):
        port.resolve("nowhere")


def test_the_merge_base_is_where_the_branch_forked() -> None:
    assert REPOSITORY.merge_base("main", "branch") == "first"
    assert REPOSITORY.merge_base("main", None) == "first"
    assert REPOSITORY.merge_base("first", "main") == "first"
    assert REPOSITORY.merge_base("main", "main") == "third"


def test_unrelated_commits_have_no_merge_base() -> None:
    with pytest.raises(RepositoryError, match="no common commit"):
        REPOSITORY.merge_base("main", "alone")


def test_changed_paths_are_those_edited_added_or_deleted_under_a_path() -> None:
    assert REPOSITORY.changed("first", "third", ["prompts"]) == {"prompts/a/v1.md"}
    assert REPOSITORY.changed("first", None, ["prompts", "README.md"]) == {
        "prompts/a/v2.md",
        "README.md",
    }
    assert REPOSITORY.changed("first", "third", ["prompt"]) == frozenset()


def test_the_work_tree_is_the_checked_out_commit_unless_it_is_given() -> None:
    assert set(REPOSITORY.files(None, ["prompts"])) == {"prompts/a/v1.md", "prompts/a/v2.md"}
    edited = replace(REPOSITORY, work_tree=text_tree({"prompts/a/v3.md": "x"}))
    assert edited.files(None, ["prompts"]) == {"prompts/a/v3.md": b"x"}
    assert edited.files("branch", ["README.md"]) == {}
