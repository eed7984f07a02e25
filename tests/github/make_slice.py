"""Cuts GitHub's own description of its API down to the operations that evalgate uses.

Run as `python -m tests.github.make_slice api.github.com.json`; CONTRIBUTING.md says where the
input comes from.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from evalgate.model.document import Data

SLICE = Path(__file__).with_name("api.json")

REPOSITORY = "/repos/{owner}/{repo}"

OPERATIONS: Mapping[str, Sequence[str]] = {
    "/actions/artifacts": ("get",),
    "/actions/artifacts/{artifact_id}/{archive_format}": ("get",),
    "/actions/runs/{run_id}/artifacts": ("get",),
    "/check-runs": ("post",),
    "/check-runs/{check_run_id}": ("patch",),
    "/commits/{commit_sha}/pulls": ("get",),
    "/commits/{ref}/check-runs": ("get",),
    "/commits/{ref}/statuses": ("get",),
    "/contents/{path}": ("get",),
    "/deployments": ("get", "post"),
    "/deployments/{deployment_id}/statuses": ("get", "post"),
    "/git/blobs": ("post",),
    "/git/commits": ("post",),
    "/git/commits/{commit_sha}": ("get",),
    "/git/ref/{ref}": ("get",),
    "/git/refs": ("post",),
    "/git/refs/{ref}": ("patch",),
    "/git/trees": ("post",),
    "/issues": ("get", "post"),
    "/issues/comments/{comment_id}": ("get", "patch", "delete"),
    "/issues/{issue_number}": ("get", "patch"),
    "/issues/{issue_number}/comments": ("get", "post"),
    "/pulls": ("get", "post"),
    "/pulls/{pull_number}": ("get",),
    "/statuses/{sha}": ("post",),
}
"""What is kept: the path below a repository → methods."""

LOST_FORKS = frozenset({"pull-request", "pull-request-simple"})
"""Schemas whose head may have no repository: GitHub answers null for a fork that was deleted, which
its description leaves out."""

PROSE = frozenset(
    {"description", "example", "examples", "externalDocs", "summary", "tags", "title"}
)
NAMED = frozenset({"content", "headers", "properties", "responses"})
"""Mappings whose keys are names: a property called `description` is no prose."""
CONFUSING = frozenset({"discriminator"})
"""The contents of a folder are a list, which has no member that could tell it from a file."""
VALUES = frozenset({"default", "enum", "required"})


def without_prose(node: Data) -> Data:
    """Return a part of the description without what only people read."""
    if isinstance(node, list):
        return [without_prose(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {key: each for key, each in node.items() if not _is_prose(key)}
    return _with_null({key: _bare(key, each) for key, each in kept.items()})


def _with_null(schema: dict[str, Data]) -> dict[str, Data]:
    """Return a nullable choice with null among its values, as OpenAPI 3.0 wants it."""
    values = schema.get("enum")
    if not schema.get("nullable") or not isinstance(values, list) or None in values:
        return schema
    return {**schema, "enum": [*values, None]}


def _is_prose(key: str) -> bool:
    return key in PROSE or key in CONFUSING or key.startswith("x-")


def _bare(key: str, node: Data) -> Data:
    if key in VALUES:
        return node
    if key not in NAMED or not isinstance(node, dict):
        return without_prose(node)
    bare = {name: without_prose(each) for name, each in node.items()}
    return {name: _described(each) for name, each in bare.items()} if key == "responses" else bare


def _described(response: Data) -> Data:
    """Return a response with the description that OpenAPI demands of it, left empty."""
    if not isinstance(response, dict) or "$ref" in response:
        return response
    return {"description": "", **response}


def references(node: Data) -> Iterator[str]:
    """Yield what a part of the description points to, such as `#/components/schemas/blob`."""
    if isinstance(node, list):
        for each in node:
            yield from references(each)
    elif isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str):
            yield target
        for each in node.values():
            yield from references(each)


def below(node: Data, *keys: str) -> Data:
    """Return what lies under keys, one below the other.

    Raises:
        KeyError: the description has no such part.
    """
    for key in keys:
        if not isinstance(node, dict) or key not in node:
            raise KeyError(f"the description has no {'/'.join(keys)}")
        node = node[key]
    return node


def components_of(description: Data, paths: Data) -> dict[str, Data]:
    """Return the components that paths need, and those that these need in turn."""
    found: dict[str, dict[str, Data]] = {}
    wanted = list(references(paths))
    while wanted:
        _, _, kind, name = wanted.pop().split("/")
        group = found.setdefault(kind, {})
        if name in group:
            continue
        part = without_prose(below(description, "components", kind, name))
        if name in LOST_FORKS:
            _admit_lost_fork(part)
        group[name] = _described(part) if kind == "responses" else part
        wanted.extend(references(part))
    return {**found}


def _admit_lost_fork(pull: Data) -> None:
    head = below(pull, "properties", "head", "properties")
    repository = below(head, "repo")
    assert isinstance(head, dict)
    if isinstance(repository, dict) and "anyOf" not in repository:
        head["repo"] = {"anyOf": [repository, {"enum": [None], "nullable": True}]}


def sliced(description: Data) -> dict[str, Data]:
    """Return the description of the operations in the table and of what they refer to."""
    paths: dict[str, Data] = {
        REPOSITORY + path: {
            method: without_prose(below(description, "paths", REPOSITORY + path, method))
            for method in methods
        }
        for path, methods in OPERATIONS.items()
    }
    information = {key: below(description, "info", key) for key in ("license", "title", "version")}
    return {
        "openapi": below(description, "openapi"),
        "info": information,
        "servers": below(description, "servers"),
        "paths": paths,
        "components": components_of(description, paths),
    }


def main() -> None:
    """Write the slice beside this module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("description", type=Path, help="GitHub's description, as JSON")
    description = json.loads(parser.parse_args().description.read_text("utf-8"))
    SLICE.write_text(json.dumps(sliced(description), indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
