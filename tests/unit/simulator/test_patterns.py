"""Facts about patterns in rule files."""

import re

import pytest

from evalgate.errors import ConfigurationError
from evalgate.model.document import Data, Document
from evalgate.model.reading import Section
from evalgate.simulator.patterns import read_pattern


def section(value: Data) -> Section:
    return Section(Document(path="rules.yaml", data={"when": value}, lines={("when",): 3}))


def test_a_pattern_is_compiled_and_may_be_absent() -> None:
    assert read_pattern(section("a+"), "when") == re.compile("a+")
    assert read_pattern(section("a+"), "needs") is None


@pytest.mark.parametrize("text", ["(", "a{99999999999}", "(" * 5_000 + ")" * 5_000])
def test_a_broken_pattern_is_a_problem_with_its_place(text: str) -> None:
    reading = section(text)
    assert read_pattern(reading, "when") is None
    with pytest.raises(ConfigurationError, match=r"^rules\.yaml:3: when: expected a reg"):
        reading.finish()
