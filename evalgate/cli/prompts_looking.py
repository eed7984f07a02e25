"""The actions of `evalgate prompts` that only look: list, show, render and diff."""

import difflib
import json
from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text as Line

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.checking.inventory import Inventory, take_inventory
from evalgate.errors import ConfigurationError, ExitCode, UsageError
from evalgate.model.chat import ChatRequest
from evalgate.model.content import Attachment, Block, Text, ToolCall, ToolResult
from evalgate.model.document import Data
from evalgate.model.evalset import Case
from evalgate.model.prompt import PromptVersion
from evalgate.model.reading import suggestion
from evalgate.prompts.library import Prompt
from evalgate.prompts.render import faults, render
from evalgate.reporting.visible import visible


def list_prompts(options: Namespace) -> ExitCode:
    """Print every prompt."""
    inventory = _inventory(options)
    if options.json:
        rows = [_facts(prompt, inventory) for prompt in _in_order(inventory)]
        print(json.dumps(rows, indent=2, ensure_ascii=False))  # noqa: T201
    else:
        _print_table(inventory)
    return _complain(inventory)


def show(options: Namespace) -> ExitCode:
    """Print one version."""
    inventory = _inventory(options)
    prompt, version = _chosen(options.prompt, inventory)
    console = Console(highlight=False, markup=False)
    console.print(f"{prompt.name} {version.version}", style="bold")
    for name, value in _settings(prompt, version):
        console.print(Line.assemble((f"{name:<12}", "dim"), visible(value)), soft_wrap=True)
    if version.system is not None:
        _print_part(console, "system", version.system.source)
    for part in version.parts:
        _print_part(console, part.role, part.template.source)
    return ExitCode.OK


def render_case(options: Namespace) -> ExitCode:
    """Print the request that a version makes of a case, or of variables given by hand."""
    inventory = _inventory(options)
    _, version = _chosen(options.prompt, inventory)
    case = _case(options, inventory, version)
    wrong = [f"{fault.key}: {fault.message}" for fault in faults(version, case)]
    if wrong:
        raise UsageError("\n".join(wrong))
    request = render(version, case)
    if options.json:
        print(json.dumps(_request(request), indent=2, ensure_ascii=False))  # noqa: T201
        return ExitCode.OK
    console = Console(highlight=False, markup=False)
    if request.system:
        _print_part(console, "system", request.system)
    for turn in request.turns:
        _print_part(console, turn.role, "\n".join(map(_in_words, turn.blocks)))
    return ExitCode.OK


def diff(options: Namespace) -> ExitCode:
    """Print what differs between two versions of a prompt."""
    inventory = _inventory(options)
    prompt = _prompt(options.prompt, inventory)
    old = _existing(prompt, options.old or prompt.stable or prompt.in_order()[0])
    new = _existing(prompt, options.new or prompt.in_order()[-1])
    console = Console(highlight=False, markup=False)
    lines = list(_difference(prompt, old, new))
    for line in lines:
        console.print(visible(line), style=_STYLES.get(line[:1], ""), soft_wrap=True)
    if not lines:
        console.print(f"{old} and {new} of {prompt.name} are the same.")
    return ExitCode.OK


_STYLES: Mapping[str, str] = {"+": "green", "-": "red", "@": "cyan"}


def _inventory(options: Namespace) -> Inventory:
    repository = GitRepository(Path.cwd())
    commit = repository.resolve(options.ref) if options.ref else None
    return take_inventory(repository, FORMATS, commit=commit, policy_path=options.policy)


def _complain(inventory: Inventory) -> ExitCode:
    if inventory.problems:
        raise ConfigurationError(inventory.problems)
    return ExitCode.OK


def _in_order(inventory: Inventory) -> list[Prompt]:
    return [inventory.prompts[name] for name in sorted(inventory.prompts)]


def _facts(prompt: Prompt, inventory: Inventory) -> dict[str, Data]:
    canary = prompt.canary
    return {
        "name": prompt.name,
        "stable": prompt.stable,
        "canary": None
        if canary is None
        else {"version": canary.version, "percent": canary.percent},
        "disabled": prompt.switch.disabled,
        "versions": list(prompt.in_order()),
        "evalsets": [
            {"name": evalset.name, "cases": len(evalset.cases)}
            for evalset in inventory.covering(prompt.name)
        ],
        "remarks": list(_remarks(prompt, inventory)),
    }


def _remarks(prompt: Prompt, inventory: Inventory) -> Iterator[str]:
    if prompt.stable is None:
        yield "nothing is stable"
    elif prompt.stable not in prompt.versions:
        yield f"the live pointer names {prompt.stable}, which does not exist"
    if prompt.switch.disabled:
        yield "switched off"
    if prompt.switch.model:
        yield f"all traffic goes to {prompt.switch.model}"
    if not inventory.covering(prompt.name):
        yield "no eval set"


def _print_table(inventory: Inventory) -> None:
    console = Console(highlight=False, markup=False)
    if not inventory.prompts:
        folder = inventory.policy.paths.prompts
        console.print(f"There are no prompts in {folder}/: `evalgate init` makes the first one.")
        return
    table = Table("prompt", "stable", "canary", "versions", "eval sets", "remarks", box=None)
    for prompt in _in_order(inventory):
        canary = f"{prompt.canary.version} at {prompt.canary.percent:g} %" if prompt.canary else ""
        sets = [f"{each.name} ({len(each.cases):,})" for each in inventory.covering(prompt.name)]
        versions = prompt.in_order()
        table.add_row(
            visible(prompt.name),
            prompt.stable or "",
            canary,
            versions[0] if len(versions) == 1 else f"{versions[0]} to {versions[-1]}",
            ", ".join(sets),
            Line("; ".join(_remarks(prompt, inventory)), style="yellow"),
        )
    console.print(table)


def _prompt(name: str, inventory: Inventory) -> Prompt:
    prompt = inventory.prompts.get(name)
    if prompt is None:
        known = suggestion(name, inventory.prompts) if inventory.prompts else ""
        raise UsageError(f"there is no prompt `{name}`{known}")
    return prompt


def _existing(prompt: Prompt, version: str) -> str:
    if version not in prompt.versions:
        known = suggestion(version, prompt.versions)
        raise UsageError(f"{prompt.name} has no version `{version}`{known}")
    return version


def _chosen(written: str, inventory: Inventory) -> tuple[Prompt, PromptVersion]:
    name, _, wanted = written.partition("@")
    prompt = _prompt(name, inventory)
    version = _existing(prompt, wanted or prompt.stable or prompt.in_order()[-1])
    return prompt, inventory.versions.get((name, version)) or prompt.read(version, FORMATS)


def _settings(prompt: Prompt, version: PromptVersion) -> Iterator[tuple[str, str]]:
    yield "file", version.path
    yield "hash", version.hash
    yield "live", ", ".join(_roles(prompt, version.version)) or "nothing points to it"
    yield "model", version.model + (f", effort {version.effort}" if version.effort else "")
    yield "max_tokens", f"{version.max_tokens:,}"
    if version.description:
        yield "description", version.description
    inputs = (
        f"{name} ({version.kinds[name].value})" if name in version.kinds else name
        for name in version.inputs
    )
    yield "inputs", ", ".join(inputs) or "none"
    if version.tools:
        yield "tools", ", ".join(tool.name for tool in version.tools)
    if version.output_schema:
        yield "answers", "JSON under a schema"
    if version.dependencies:
        yield "includes", ", ".join(version.dependencies)


def _roles(prompt: Prompt, version: str) -> Iterator[str]:
    if version == prompt.stable:
        yield "stable"
    if prompt.canary and version == prompt.canary.version:
        yield f"canary at {prompt.canary.percent:g} %"
    if version != prompt.stable and prompt.was_stable(version):
        yield "was stable"


def _print_part(console: Console, role: str, text: str) -> None:
    console.print(f"\n## {role}", style="bold cyan")
    console.print(visible(text), soft_wrap=True)


def _case(options: Namespace, inventory: Inventory, version: PromptVersion) -> Case:
    values = dict(_variable(written) for written in options.var)
    if options.case is None:
        return Case(id="by-hand", vars=values, expected=None, graders=(), hash="")
    sets = inventory.covering(version.prompt)
    cases = {case.id: case for evalset in sets for case in evalset.cases}
    if options.case not in cases:
        known = suggestion(options.case, cases) if len(cases) <= 50 else ""
        raise UsageError(f"no eval set of {version.prompt} has a case `{options.case}`{known}")
    case = cases[options.case]
    return case if not values else _with(case, values)


def _with(case: Case, values: dict[str, Data]) -> Case:
    return Case(
        id=case.id,
        vars={**case.vars, **values},
        expected=case.expected,
        graders=(),
        hash="",
        files=case.files,
    )


def _variable(written: str) -> tuple[str, Data]:
    name, equals, value = written.partition("=")
    if not equals:
        raise UsageError(f"--var {written}: expected NAME=VALUE")
    return name, value


def _in_words(block: Block) -> str:
    match block:
        case Text():
            return block.text
        case Attachment():
            return f"[{block.media_type}: {block.name}]"
        case ToolCall():
            return f"[calls {block.name} {json.dumps(dict(block.input), ensure_ascii=False)}]"
        case ToolResult():
            return f"[{'failed' if block.failed else 'result'} of {block.call}: {block.content}]"
        case _:
            return ""


def _request(request: ChatRequest) -> dict[str, Data]:
    """Return a request for reading; what is attached is named, not contained."""
    return {
        "model": request.model,
        "max_tokens": request.max_tokens,
        "effort": request.effort,
        "system": request.system,
        "messages": [
            {"role": turn.role, "content": [_in_words(block) for block in turn.blocks]}
            for turn in request.turns
        ],
        "tools": [tool.name for tool in request.tools],
        "output_schema": dict(request.output_schema) if request.output_schema else None,
    }


def _difference(prompt: Prompt, old: str, new: str) -> Iterator[str]:
    yield from _unified(
        prompt.versions[old], prompt.versions[new], prompt.path(old), prompt.path(new)
    )
    names = dict.fromkeys([*prompt.dependencies(old), *prompt.dependencies(new)])
    before, after = prompt.dependencies(old), prompt.dependencies(new)
    for name in names:
        if (name in before) != (name in after):
            content = prompt.shared.get(name, b"")
            pair = (content, b"") if name in before else (b"", content)
            yield from _unified(*pair, f"{old}: {name}", f"{new}: {name}")


def _unified(old: bytes, new: bytes, old_name: str, new_name: str) -> Iterator[str]:
    before, after = (
        content.decode("utf-8-sig", errors="replace").splitlines() for content in (old, new)
    )
    yield from difflib.unified_diff(before, after, old_name, new_name, lineterm="")
