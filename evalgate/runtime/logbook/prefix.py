"""The start of a prompt's template, as the log shows it: words of the team, and of nobody else."""

from evalgate.model.prompt import PromptVersion
from evalgate.runtime.logbook.words import prefix_word


def prefix_of(version: PromptVersion) -> str:
    r"""Return the first 100 characters of a version's text before anything is filled in.

    It is that of the system prompt, or else of the first message; line breaks are written as `\n`.
    It never changes for a version, so that it is wanted once.
    """
    parts = (each.template.source for each in version.parts if each.conversation is None)
    system = "" if version.system is None else version.system.source
    return prefix_word(system.strip() or next(parts, "").strip())
