"""Puts into the documents what `action.yml`, workflows and manifests say, between markers.

Usage: python -m upkeep.action_pages [--write]

Without `--write` it names the documents that are not current, and ends with 1 when there are any.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
MANUAL = "docs/github.md"


def pages() -> dict[str, dict[str, str]]:
    """Return what belongs between the markers of each document, by path and name of the marker."""
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    tables = {"inputs": inputs_table(action["inputs"]), "outputs": outputs_table(action["outputs"])}
    return {
        MANUAL: {**_workflows("evalgate"), **tables},
        "docs/forks.md": _workflows("evalgate", "evalgate-publish", "evalgate-forks"),
        "docs/promoting.md": _workflows("evalgate-promote", "evalgate-rollout"),
        "docs/running.md": _workflows("evalgate-record"),
        "docs/delivery-engines.md": _manifests(),
    }


def inputs_table(inputs: Mapping[str, Mapping[str, str]]) -> str:
    """Return the table of the inputs, with their defaults."""
    rows = [
        f"| `{name}` | {_code(each.get('default', ''))} | {_cell(each['description'])} |"
        for name, each in inputs.items()
    ]
    return "\n".join(["| input | default | meaning |", "|---|---|---|", *rows])


def outputs_table(outputs: Mapping[str, Mapping[str, str]]) -> str:
    """Return the table of the outputs."""
    rows = [f"| `{name}` | {_cell(each['description'])} |" for name, each in outputs.items()]
    return "\n".join(["| output | meaning |", "|---|---|", *rows])


def current(page: str, texts: Mapping[str, str]) -> str:
    """Return a page with texts between its markers.

    Raises:
        ValueError: when the page lacks a marker.
    """
    for name, text in texts.items():
        before, opened, rest = page.partition(f"<!-- {name} -->\n")
        _, closed, after = rest.partition(f"<!-- /{name} -->")
        if not (opened and closed):
            raise ValueError(f"the page has no markers `{name}`")
        page = f"{before}{opened}{text}\n{closed}{after}"
    return page


def main(words: Sequence[str]) -> int:
    """Do what the words say, and return the exit code."""
    code = 0
    for path, texts in pages().items():
        page = (ROOT / path).read_text("utf-8")
        wanted = current(page, texts)
        if page == wanted:
            continue
        if "--write" in words:
            (ROOT / path).write_text(wanted, "utf-8")
            continue
        sys.stdout.write(f"{path} is not current: run `python -m upkeep.action_pages --write`\n")
        code = 1
    return code


def _workflows(*names: str) -> dict[str, str]:
    files = {name: ROOT / f"evalgate/workflows/{name}.yml" for name in names}
    return {name: f"```yaml\n{path.read_text('utf-8')}```" for name, path in files.items()}


def _manifests() -> dict[str, str]:
    files = sorted((ROOT / "evalgate/engines").rglob("*.yaml"))
    return {path.stem: f"```yaml\n{path.read_text('utf-8')}```" for path in files}


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
