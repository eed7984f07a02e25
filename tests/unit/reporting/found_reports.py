"""Folders of reports as they could be found, for the tests of the index."""

import json
from collections.abc import Mapping

from evalgate.adapters.files import read_json
from evalgate.errors import Problem
from evalgate.model.document import Data, Document
from evalgate.model.report_folder import FoundFolder, FoundReports

WRITTEN = 1_767_323_045
PROMPT: dict[str, Data] = {
    "name": "support",
    "evalset": "letters",
    "baseline": {"version": "v3", "hash": "a" * 64},
    "candidate": {"version": "v4", "hash": "b" * 64},
}


def document(data: Mapping[str, Data]) -> Document:
    return read_json("run/file.json", json.dumps(data).encode())


def verdict(**changes: Data) -> Document:
    data: dict[str, Data] = {
        "schema": "verdict/1",
        "run_id": "20261121-202518-c2e2",
        "verdict": "fail",
        "headline": "Blocked: support v4 answers 9 of 120 cases worse than v3.",
        "base": "1" * 40,
        "head": "2" * 40,
        "cost_usd": 0.41,
        "prompts": [PROMPT],
    }
    return document(data | changes)


def plan(**changes: Data) -> Document:
    data: dict[str, Data] = {
        "schema": "plan/1",
        "run_id": "20261121-202518-c2e2",
        "base": "1" * 40,
        "head": "2" * 40,
        "trials": 790,
        "prompts": [PROMPT],
    }
    return document(data | changes)


def folder(
    path: str,
    *files: str,
    trials: int | None = None,
    changed: int = WRITTEN,
    **documents: Document | Problem,
) -> FoundFolder:
    """Return a folder; `verdict=…` stands for the document `verdict.json`."""
    named = {f"{name}.json": each for name, each in documents.items()}
    return FoundFolder(
        path=path,
        files=(*files, *named),
        documents=named,
        changed=changed,
        trials=trials,
    )


def reports(*folders: FoundFolder, problems: tuple[Problem, ...] = ()) -> FoundReports:
    return FoundReports(folders=folders, problems=problems)
