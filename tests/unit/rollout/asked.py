"""Prompts and requests of promotions, for the facts of this folder."""

from collections.abc import Mapping

from evalgate.adapters.formats import FORMATS
from evalgate.prompts.library import Prompt, read_prompts
from evalgate.rollout.promotion import Promotion, promotion_of
from evalgate.rollout.request import Request, read_request

VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n## user\n{}\n"


def asked(version: str, percent: str, *, prompt: str = "p", reason: str = "") -> Request:
    return read_request(
        prompt,
        version,
        percent=percent,
        reason=reason,
        by="Ann",
        at="2026-11-21",
        verdict="20261121-120000-abcd",
    )


def tree(live: str, *versions: str, name: str = "p") -> Mapping[str, str]:
    """Return the files of a prompt with these versions, each with words of its own."""
    files = {f"prompts/{name}/{each}.md": VERSION.format(f"Say {each}.") for each in versions}
    return {**files, **({f"prompts/{name}/live.yaml": live} if live else {})}


def prompt(live: str, *versions: str) -> Prompt:
    files = {path: text.encode() for path, text in tree(live, *versions or ("v1", "v2")).items()}
    return read_prompts(files, "prompts", FORMATS)["p"]


def promotion(live: str, version: str, percent: str, *versions: str) -> Promotion:
    return promotion_of(asked(version, percent), prompt(live, *versions), at="HEAD")
