"""Facts about prompts in an application."""

from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import evalgate
from evalgate.adapters.formats import FORMATS
from evalgate.errors import UsageError
from evalgate.prompts.version import read_version
from evalgate.runtime.prompts import LoadedPrompt, load_prompt

VERSION = """\
---
model: claude-haiku-5-5
max_tokens: 50
effort: low
---
## system

Be kind.

## user

Sum up: {{message}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sum-up").mkdir()
    (tmp_path / "sum-up/v1.md").write_text(VERSION)
    (tmp_path / "sum-up/v2.md").write_text(VERSION.replace("Sum up", "In one line"))
    (tmp_path / "sum-up/live.yaml").write_text("stable: v1\n")
    return tmp_path


def test_the_stable_version_is_loaded_and_filled(folder: Path) -> None:
    assert load_prompt("sum-up", folder=folder).request(message="Hello") == {
        "model": "claude-haiku-5-5",
        "max_tokens": 50,
        "system": "Be kind.",
        "messages": [{"role": "user", "content": "Sum up: Hello"}],
        "output_config": {"effort": "low"},
    }


def test_a_version_can_be_named(folder: Path) -> None:
    loaded = load_prompt("sum-up", folder=folder, version="v2")
    assert loaded.version.version == "v2"


def test_moving_the_pointer_moves_the_next_load(folder: Path) -> None:
    (folder / "sum-up/live.yaml").write_text("stable: v2\n")
    assert load_prompt("sum-up", folder=folder).version.version == "v2"


def test_includes_are_found_beside_the_prompt(folder: Path) -> None:
    (folder / "_shared").mkdir()
    (folder / "_shared/tone.v1.md").write_text("Be brief.")
    text = VERSION.replace("effort: low", "template: jinja")
    text = text.replace("Be kind.", '{% include "tone.v1.md" %}')
    (folder / "sum-up/v1.md").write_text(text)
    assert load_prompt("sum-up", folder=folder).request(message="x")["system"] == "Be brief."


@given(st.text(min_size=1).filter(str.strip))
def test_a_value_is_only_ever_a_value(value: str) -> None:
    content = VERSION.encode()
    version = read_version("sum-up", "prompts/sum-up/v1.md", content=content, parser=FORMATS)
    sent = value.encode("utf-8", "replace").decode()
    expected = [{"role": "user", "content": f"Sum up: {sent}"}]
    assert LoadedPrompt(version).request(message=value)["messages"] == expected


@pytest.mark.parametrize(
    ("name", "version", "said"),
    [
        ("sum-upp", None, "did you mean `sum-up`?"),
        ("sum-up", "v3", "has no version `v3`"),
    ],
)
def test_what_is_not_there_is_named_with_the_nearest(
    folder: Path, name: str, version: str | None, said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        load_prompt(name, folder=folder, version=version)
    assert said in str(caught.value)


def test_a_prompt_without_a_stable_version_cannot_be_guessed(folder: Path) -> None:
    (folder / "sum-up/live.yaml").write_text("stable: null\n")
    with pytest.raises(UsageError, match="names no stable version"):
        load_prompt("sum-up", folder=folder)


def test_missing_and_unknown_variables_are_errors(folder: Path) -> None:
    loaded = load_prompt("sum-up", folder=folder)
    with pytest.raises(UsageError, match="lacks `message`"):
        loaded.request()
    with pytest.raises(UsageError, match="no variable `massage`"):
        loaded.request(massage="x")


def test_every_public_name_is_loaded_late_and_typed() -> None:
    typed = Path(evalgate.__file__).with_suffix(".pyi").read_text()
    for name, home in evalgate._HOMES.items():
        assert getattr(evalgate, name) is getattr(import_module(home), name)
        assert f"import {name} as {name}\n" in typed
    assert typed.count("\nfrom ") == len(evalgate._HOMES)


def test_the_package_offers_the_loader_and_no_misspelt_name() -> None:
    assert evalgate.load_prompt is load_prompt
    with pytest.raises(AttributeError, match="no attribute 'load_promt'"):
        _ = evalgate.load_promt  # type: ignore[attr-defined]  # that is the point
