"""Facts about reading the waivers of a policy."""

import pytest

from evalgate.adapters.files import read_yaml
from evalgate.errors import ConfigurationError
from evalgate.gate.policy import read_policy
from evalgate.gate.waivers import KEYS, is_day
from evalgate.model.waiver import Waiver

WRITTEN = {
    "case": "refund-1",
    "evalset": "replies",
    "owner": "ann@example.com",
    "reason": "the tool is replaced",
    "expires": "2027-01-31",
    "candidate": "0123456789ab",
}


def read(*waivers: dict[str, str]) -> tuple[Waiver, ...]:
    lines = [
        f"{'    ' if place else '  - '}{key}: {value}\n"
        for waiver in waivers
        for place, (key, value) in enumerate(waiver.items())
    ]
    content = ("waivers:\n" + "".join(lines)).encode()
    return read_policy(read_yaml(".github/evalgate.yml", content), content).waivers


def problem(*waivers: dict[str, str]) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(*waivers)
    return str(caught.value)


def test_a_waiver_is_read() -> None:
    upper = WRITTEN | {"candidate": "0123456789AB"}
    assert read(WRITTEN) == read(upper) == (Waiver(**WRITTEN),)
    assert read(WRITTEN | {"candidate": "f" * 64})[0].candidate == "f" * 64


@pytest.mark.parametrize("key", KEYS)
def test_every_key_must_be_there(key: str) -> None:
    left = {name: value for name, value in WRITTEN.items() if name != key}
    assert f"evalgate.yml:2: waivers[0]: the key `{key}` is missing" in problem(left)
    assert f"waivers[0].{key}: expected text, got nothing" in problem(WRITTEN | {key: "''"})


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("expires", "2027-02-29", ":6: waivers[0].expires: expected a day such as `2027-01-31`"),
        ("expires", "20270131", "waivers[0].expires: expected text, got the number"),
        ("expires", "'20270131'", "expected a day"),
        ("expires", "31.01.2027", "expected a day"),
        ("expires", "2027-W05-7", "expected a day"),
        ("candidate", "0123456789a", ":7: waivers[0].candidate: expected 12 to 64 hex digits"),
        ("candidate", "f" * 65, "expected 12 to 64 hex digits"),
        ("candidate", "x" * 12, "expected 12 to 64 hex digits"),
        ("candidate", "123456789012", "expected text, got the number"),
        ("owners", "bob", "waivers[0].owners: unknown key (did you mean `owner`?)"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(key: str, value: str, said: str) -> None:
    assert said in problem(WRITTEN | {key: value})


def test_the_same_waiver_twice_is_an_error() -> None:
    assert "waivers[1]: waives the same case" in problem(WRITTEN, WRITTEN | {"owner": "bob"})
    for key, other in (("candidate", "b" * 12), ("evalset", "letters"), ("case", "refund-2")):
        assert len(read(WRITTEN, WRITTEN | {key: other})) == 2


def test_waivers_are_a_list() -> None:
    content = b"waivers: {case: a}\n"
    with pytest.raises(ConfigurationError, match="waivers: expected a list, got a mapping"):
        read_policy(read_yaml("p.yml", content), content)


@pytest.mark.parametrize("text", ["2027-01-31", "2028-02-29"])
def test_a_day_is_one_of_the_calendar(text: str) -> None:
    assert is_day(text)
    assert not is_day(text.replace("-", ""))
    assert not is_day(text + "T00:00")
    assert not is_day("2027-13-01")
