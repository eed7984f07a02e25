"""Facts about the start of a template."""

from pathlib import Path

import pytest

from evalgate.runtime.logbook.prefix import prefix_of
from evalgate.runtime.prompts import load_prompt

HEAD = "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n"


def prefix(tmp_path: Path, body: str) -> str:
    (tmp_path / "p").mkdir()
    (tmp_path / "p/v1.md").write_text(HEAD + body)
    return prefix_of(load_prompt("p", folder=tmp_path, version="v1").version)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("## system\n\nBe kind.\nBe brief.\n\n## user\n\n{{question}}\n", "Be kind.\\nBe brief."),
        ("## user\n\nSum up: {{message}}\n", "Sum up: {{message}}"),
        ("## system\n\nWrite to ann@example.com\n\n## user\n\nHi\n", "Write to [redacted]"),
    ],
)
def test_a_prefix_is_the_start_of_what_the_team_wrote(
    tmp_path: Path, body: str, shown: str
) -> None:
    assert prefix(tmp_path, body) == shown


def test_a_long_text_is_cut_at_a_hundred_characters(tmp_path: Path) -> None:
    assert prefix(tmp_path, f"## user\n\n{'ab ' * 200}\n") == "ab " * 33 + "…"


def test_a_key_in_a_template_is_no_part_of_its_prefix(tmp_path: Path) -> None:
    text = f"## user\n\n{'a ' * 45}sk-ant-api03-canary0123456789 {'b' * 50}\n"
    assert prefix(tmp_path, text) == "a " * 45 + "[redacted…"


def test_a_conversation_in_place_of_a_part_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    head = HEAD.replace("---\nmodel", "---\ninputs:\n  history: messages\nmodel", 1)
    body = "## user\n\n{{history}}\n\n## user\n\nSum it up.\n"
    (tmp_path / "p/v1.md").write_text(head + body)
    version = load_prompt("p", folder=tmp_path, version="v1").version
    assert prefix_of(version) == "Sum it up."
