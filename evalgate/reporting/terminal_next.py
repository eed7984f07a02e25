"""Where to go on from a report in a terminal: its files, and the commands that look further."""

import shlex
from collections.abc import Mapping

from evalgate.model.report_folder import PAGE
from evalgate.reporting.reproduction import reproduce_command
from evalgate.reporting.spending import cost_line
from evalgate.reporting.story import Report
from evalgate.reporting.visible import on_one_line, safe_line

_LONGEST = 4_000
"""Characters of a command that is shown."""


def places(report: Report, files: Mapping[str, str]) -> dict[str, str]:
    """Return the cost, the page with its path, and the other files by their folder."""
    would = "would have been " if report.run.simulated else ""
    found = {"cost": f"{would}{cost_line(report.run)}"}
    if PAGE in files:
        found[PAGE] = files[PAGE]
    others = [name for name in files if name != PAGE]
    if others:
        found["files"] = f"{_folder(files[others[0]])}: {', '.join(others)}"
    return found


def _folder(path: str) -> str:
    return path.rpartition("/")[0] or "."


def commands(report: Report, files: Mapping[str, str], policy: str | None) -> dict[str, str]:
    """Return the commands that go on from here: the report, and the worst case once more.

    One that cannot be shown exactly as it has to be typed is left out.
    """
    found = {}
    if PAGE in files:
        found["view"] = shlex.join(["evalgate", "view", _folder(files[PAGE])])
    worst = _worst(report)
    if worst is not None:
        prompt, evalset, case = worst
        run, is_alone = report.run, len(report.prompts) == 1
        found["one case"] = reproduce_command(
            run.base,
            run.head,
            case=case,
            policy=policy,
            prompt=None if is_alone else prompt,
            evalset=None if is_alone else evalset,
            simulated=run.simulated,
        )
    return {name: words for name, words in found.items() if _is_shown_as_it_is(words)}


def _worst(report: Report) -> tuple[str, str, str] | None:
    """Return prompt, eval set and id of the first case that did worse, of the worst prompt."""
    ranked = sorted(report.prompts, key=lambda story: -story.verdict.verdict.severity)
    for story in ranked:
        for told in (*story.regressed.told, *story.failing.told):
            return story.verdict.name, story.verdict.evalset, told.result.case
    return None


def _is_shown_as_it_is(words: str) -> bool:
    return safe_line(on_one_line(words, _LONGEST)) == words
