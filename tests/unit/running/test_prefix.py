"""Facts about when the provider's prompt cache pays."""

from dataclasses import dataclass

import pytest

from evalgate.model.chat import Usage
from evalgate.model.content import Tool
from evalgate.model.prompt import PromptVersion
from evalgate.running.pacing import START
from evalgate.running.prefix import SAFETY, caching_pays, shared_characters
from evalgate.running.size import CHARACTERS_PER_TOKEN


@dataclass(frozen=True)
class Words:
    """A template by its text and variables."""

    source: str
    names: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()

    def fill(self, values: object) -> str:
        raise AssertionError(values)


TOOL = Tool(name="get", description="Gets it.", input_schema={"type": "object"})


def version(system: Words | None, *tools: Tool) -> PromptVersion:
    return PromptVersion(
        prompt="p",
        version="v1",
        path="prompts/p/v1.md",
        hash="h",
        model="m",
        max_tokens=1,
        effort=None,
        description="",
        inputs=(),
        output_schema=None,
        metadata={},
        system=system,
        parts=(),
        tools=tools,
    )


def test_a_fixed_system_prompt_and_the_tools_stand_in_front_of_every_case() -> None:
    tool = len("get" + "Gets it." + "{'type': 'object'}")
    assert shared_characters(version(None)) == 0
    assert shared_characters(version(Words("Be brief."))) == 9
    assert shared_characters(version(Words("Be brief."), TOOL, TOOL)) == 9 + 2 * tool
    assert shared_characters(version(None, TOOL)) == tool


def test_nothing_is_shared_once_the_system_prompt_has_variables() -> None:
    assert shared_characters(version(Words("For {{name}}." * 999, names=("name",)), TOOL)) == 0


@dataclass(frozen=True)
class Table:
    """Dollars per token by kind, None for a model without a price."""

    write: float = 1.25
    read: float = 0.1
    least: int = 1000
    is_known: bool = True

    def cost_usd(self, model: str, usage: Usage) -> float | None:
        assert model == "m"
        assert usage.output_tokens == 0
        written = usage.cache_write_5m_tokens * self.write + usage.cache_write_1h_tokens * 9
        cost = usage.input_tokens + written + usage.cache_read_tokens * self.read
        return cost if self.is_known else None

    def least_cached_tokens(self, model: str) -> int:
        assert model == "m"
        return self.least


LONG = 20_000


def pays(table: Table, *, characters: int = LONG, uses: int = 1000) -> bool:
    return caching_pays(table, "m", characters=characters, uses=uses)


def test_a_long_prefix_that_is_used_often_is_worth_caching() -> None:
    assert pays(Table())


def test_a_prefix_must_be_longer_than_the_least_by_a_margin() -> None:
    edge = 1000 * SAFETY * CHARACTERS_PER_TOKEN
    assert pays(Table(), characters=int(edge) + 4)
    assert not pays(Table(), characters=int(edge) - 4)


def test_no_prefix_at_all_is_not_cached() -> None:
    assert not pays(Table(least=0), characters=0)


def test_without_a_price_nothing_is_cached() -> None:
    assert not pays(Table(is_known=False))


@pytest.mark.parametrize(("write", "read"), [(1.25, 0.1), (2.0, 0.05), (1.25, 0.5), (1.0, 1.0)])
def test_it_pays_exactly_from_where_the_reads_make_up_for_the_first_writes(
    write: float, read: float
) -> None:
    table = Table(write=write, read=read)
    for uses in range(1, 60):
        writes = min(START, uses)
        cheaper = writes * write + (uses - writes) * read < uses - 1e-9
        assert pays(table, uses=uses) == cheaper
