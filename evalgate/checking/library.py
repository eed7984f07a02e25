"""What can be said about prompts and eval sets together: pointers, coverage and variables."""

import re
from collections import Counter
from collections.abc import Iterator

from evalgate.checking.inventory import Inventory
from evalgate.checking.observation import Observation, Severity
from evalgate.deciding.wording import counted, listed
from evalgate.model.evalset import EvalSet
from evalgate.model.prompt import PromptVersion
from evalgate.model.reading import suggestion
from evalgate.prompts.library import LIVE, Prompt
from evalgate.prompts.render import faults


def coverage(inventory: Inventory) -> Iterator[Observation]:
    """Yield each prompt without an eval set, and each set for a prompt that does not exist.

    As long as a set cannot be read, nobody knows what it guards.
    """
    folder = f"{inventory.policy.paths.evalsets}/"
    if not inventory.prompts and not inventory.problems:
        message = (
            f"there is no prompt in {inventory.policy.paths.prompts}/: write the first one "
            "(`evalgate init`), or correct `paths.prompts`"
        )
        yield _remark(Severity.WARNING, "no_prompts", inventory.policy.path, message)
    all_read = not any(problem.path.startswith(folder) for problem in inventory.problems)
    for prompt in inventory.prompts.values():
        if all_read and not inventory.covering(prompt.name):
            message = (
                f"no eval set guards `{prompt.name}`: name it under `prompts:` in a file of "
                f"{inventory.policy.paths.evalsets}/, or no change of it can pass"
            )
            yield _remark(Severity.WARNING, "no_evalset", prompt.folder, message)
    if not inventory.prompts and inventory.problems:
        return  # the prompts cannot be read, so that nobody knows which there are
    for evalset in inventory.sets.values():
        for name in evalset.prompts:
            if name not in inventory.prompts:
                known = suggestion(name, inventory.prompts) if inventory.prompts else ""
                message = f"there is no prompt `{name}`{known}"
                yield _remark(
                    Severity.ERROR, "unknown_prompt", evalset.path, message, key="prompts"
                )


def pointers(inventory: Inventory) -> Iterator[Observation]:
    """Yield what is wrong with the live pointers, and the versions that nothing points to."""
    for prompt in inventory.prompts.values():
        path = f"{prompt.folder}/{LIVE}"
        if prompt.stable is None:
            message = f"names no stable version: write `stable: {prompt.in_order()[-1:] or ['v1']}`"
            message = message.replace("['", "").replace("']", "")
            yield _remark(Severity.WARNING, "nothing_stable", path, message)
        for version in _pointed(prompt):
            if version not in prompt.versions:
                message = f"names {version}, which does not exist"
                yield _remark(Severity.ERROR, "dangling_pointer", path, message)
        newest = prompt.in_order()[-1] if prompt.versions else ""
        for version in prompt.in_order():
            if version != newest and not prompt.has_pointed_to(version):
                message = (
                    "nothing points to this version, now or before: remove it, if it is not needed"
                )
                path = prompt.path(version)
                yield _remark(Severity.HINT, "unreferenced_version", path, message)


def variables(inventory: Inventory) -> Iterator[Observation]:
    """Yield what cases lack for the versions that matter, and what they give in vain."""
    for evalset in inventory.sets.values():
        versions = [
            version
            for name in evalset.prompts
            if name in inventory.prompts
            for version in current(inventory.prompts[name], inventory)
        ]
        yield from _missing(evalset, versions)
        yield from _unused(evalset, versions, inventory)


def current(prompt: Prompt, inventory: Inventory) -> Iterator[PromptVersion]:
    """Yield the versions of a prompt that matter now: stable, canary and newest."""
    names = dict.fromkeys([*_pointed(prompt), *prompt.in_order()[-1:]])
    for name in names:
        version = inventory.versions.get((prompt.name, name))
        if version is not None:
            yield version


def _pointed(prompt: Prompt) -> Iterator[str]:
    if prompt.stable is not None:
        yield prompt.stable
    if prompt.canary is not None and prompt.canary.version != prompt.stable:
        yield prompt.canary.version


def _missing(evalset: EvalSet, versions: list[PromptVersion]) -> Iterator[Observation]:
    for case in evalset.cases:
        for version in versions:
            for fault in faults(version, case):
                yield Observation(
                    severity=Severity.ERROR,
                    code="unfit_case",
                    path=case.path or evalset.path,
                    line=case.line,
                    key=f"case {case.id}: {fault.key}",
                    message=f"{fault.message} ({version.path})",
                )


def _unused(
    evalset: EvalSet, versions: list[PromptVersion], inventory: Inventory
) -> Iterator[Observation]:
    used = {name for version in versions for name in version.inputs}
    given = Counter(name for case in evalset.cases for name in case.vars)
    text = inventory.tree.get(evalset.path, b"").decode("utf-8", errors="replace")
    asked = set(re.findall(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}", text))
    idle = [name for name in given if name not in used | asked]
    if versions and idle:
        cases = counted(max(given[name] for name in idle), "case")
        message = f"{listed(idle)}: given by {cases}, but no version and no grader uses it"
        yield _remark(Severity.WARNING, "unused_variable", evalset.path, message, key="vars")


def _remark(
    severity: Severity, code: str, path: str, message: str, *, key: str = ""
) -> Observation:
    return Observation(severity=severity, code=code, path=path, message=message, key=key)
