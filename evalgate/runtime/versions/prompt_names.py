"""Which folders may be prompts: names that lead nowhere else."""

from pathlib import Path

from evalgate.errors import ConfigurationError, Problem

LONGEST_NAME = 200


def prompt_names(folder: Path) -> list[str]:
    """Return the names of what may be prompts."""
    try:
        return sorted(each.name for each in folder.iterdir() if is_prompt_name(each.name))
    except OSError as error:
        problem = Problem(
            path=str(folder),
            message=f"cannot be listed: {error.strerror}; expected the folder of prompts",
        )
        raise ConfigurationError([problem]) from None


def is_prompt_name(name: str) -> bool:
    """Return whether a prompt may have a name: no path, and not hidden or shared."""
    is_short = 0 < len(name) <= LONGEST_NAME
    return is_short and name.isprintable() and name[0] not in "._" and not set(name) & set("/\\")
