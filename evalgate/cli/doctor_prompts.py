"""Looks at each prompt: what is live of it, and whether what was published has stayed the same."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.prompt_folder import read_prompt_folder
from evalgate.cli.doctor_history import changed_files
from evalgate.model.revision import Revision
from evalgate.monitoring.readiness.facts import PromptFacts
from evalgate.prompts.library import Prompt, read_prompts
from evalgate.prompts.past import good_versions, milestones
from evalgate.prompts.pointer_mark import salt_in_force
from evalgate.runtime.versions.prompt_names import prompt_names


def prompt_facts(folder: Path, revisions: Sequence[Revision]) -> tuple[PromptFacts, ...]:
    """Return what is to know of each prompt of a folder.

    Args:
        folder: that of all prompts.
        revisions: what git knows of its past.

    Raises:
        ConfigurationError: when a prompt is wrong.
        UsageError: when the folder cannot be read.
    """
    prompts = [
        prompt
        for name in prompt_names(folder)
        if (folder / name).is_dir()
        for prompt in read_prompts(read_prompt_folder(folder, name), str(folder), FORMATS).values()
    ]
    return tuple(_facts(prompt, changed_files(prompt, folder, revisions)) for prompt in prompts)


def _facts(prompt: Prompt, changed: Sequence[str]) -> PromptFacts:
    live = [name for name in (prompt.stable, prompt.canary and prompt.canary.version) if name]
    read = [prompt.read(name, FORMATS) for name in live if name in prompt.versions]
    models = {prompt.switch.model or version.model for version in read}
    good = () if prompt.live is None else good_versions(prompt.live)
    return PromptFacts(
        name=prompt.name,
        stable=prompt.stable,
        disabled=prompt.switch.disabled,
        canary=prompt.canary.version if prompt.canary else None,
        salt=salt_in_force(prompt.name, prompt.canary) if prompt.canary else "",
        models=tuple(sorted(models)),
        needs_schema=any(version.output_schema is not None for version in read),
        good=good,
        lost=tuple(name for name in (*live, *good[:1]) if name not in prompt.versions),
        changed=tuple(changed),
        strange=tuple(_strange(prompt)),
    )


def _strange(prompt: Prompt) -> Iterator[str]:
    """Yield the versions that are not what a rollout was about."""
    named = {each.version: each.hash for _, each in milestones(prompt.history)}
    for version, known in named.items():
        if version in prompt.versions and prompt.identity(version) != known:
            yield version
