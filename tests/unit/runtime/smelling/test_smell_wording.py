"""Facts about what an answer leaves open, and what it gives away."""

import pytest

from evalgate.model.chat import ChatRequest
from evalgate.model.content import Turn
from evalgate.runtime.smelling.smell_wording import (
    LONGEST_QUOTE,
    MOST_BRACKETS,
    ends_in_code,
    placeholder,
    repeats_stretch,
    without_code,
)

SYSTEM = "".join(f"Rule {number} is that item {number * 7} comes first. " for number in range(40))


@pytest.mark.parametrize(
    "left",
    [
        *("{{name}}", "{{ order.id }}", "[Your Name]", "[your name here]", "[Insert Date]"),
        *("[Company Name]", "[Name]", "[Order Number]", "[Customer's address]", "[Ihr Name]"),
        *("[Votre nom]", "[Su nombre]", "<insert date>", "<your name>", "[TODO]", "[TBD: price]"),
        *("Lorem ipsum dolor", "TODO: add the price"),
    ],
)
def test_a_gap_is_found(left: str) -> None:
    text = f"{left} and more"
    assert placeholder(text, request=None) == left.removesuffix(" the price")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "[1]",
            "[sic]",
            "[Name](https://example.org)",
            "[Name][1]",
            "[Name]: https://example.org",
        ),
        *(
            "{name}",
            "${name}",
            "/users/{user_id}",
            "{{a b}}",
            "{{}}",
            "{{#if a}}",
            "a[i]",
            "[x, y]",
        ),
        *("<br>", "<b>your</b>", "a < insert date", "List<String>", "[all of your orders]"),
        *("my todo: write", "`[Your Name]`", "```\n{{name}}\n```", "[" * 50, "<insert " * 50),
    ],
)
def test_what_only_looks_like_a_gap_is_let_be(text: str) -> None:
    assert placeholder(text, request=None) is None


def test_only_the_first_brackets_are_looked_at() -> None:
    assert placeholder("[a] " * (MOST_BRACKETS - 1) + "[Your Name]", request=None)
    assert placeholder("[a] " * MOST_BRACKETS + "[Your Name]", request=None) is None


def test_a_gap_in_the_request_is_spoken_of() -> None:
    turns = (Turn(role="user", content="Keep {{name}}."),)
    request = ChatRequest(model="m", max_tokens=1, turns=turns, system="Leave [Your Name].")
    assert placeholder("{{name}} and [Your Name]", request=request) is None
    assert placeholder("{{name}} and [Your Number]", request=request) == "[Your Number]"


@pytest.mark.parametrize(
    ("text", "breaks_off"),
    [
        ("```\na", True),
        ("```\na\n```", False),
        ("```py\na\n```\n```py\nb", True),
        ("````\n```\n````", False),
        ("````\n```\n```", True),
        ("   ```\na", True),
        ("    ```\na", False),
        ("say ``` now", False),
        ("```a``` b", False),
        ("```\na\n``` b", True),
        ("```\n" * 101, False),
    ],
)
def test_an_open_block_of_code_breaks_off(text: str, breaks_off: bool) -> None:
    assert ends_in_code(text) is breaks_off


def test_code_is_taken_out() -> None:
    assert without_code("a `b` c ```d``` e ```f") == "a   c   e  "
    assert without_code("a ` b") == "a ` b"


@pytest.mark.parametrize("start", [0, 1, 150, 399, 700])
@pytest.mark.parametrize("shift", [0, 1, 99, 199])
def test_a_stretch_of_500_is_found_wherever_it_stands(start: int, shift: int) -> None:
    text = "x" * shift + SYSTEM[start : start + 500] + " That is all."
    assert repeats_stretch(text, SYSTEM)


@pytest.mark.parametrize("shift", [0, 1, 99, 199])
def test_a_quotation_is_no_leak(shift: int) -> None:
    assert not repeats_stretch("x" * shift + SYSTEM[40 : 40 + LONGEST_QUOTE], SYSTEM)
    text = "".join(f"{SYSTEM[at : at + 250]} … " for at in range(0, 1500, 250))
    assert not repeats_stretch(text, SYSTEM)


def test_a_short_system_prompt_cannot_leak() -> None:
    assert not repeats_stretch("Be kind. " * 100, "Be kind. " * 20)
