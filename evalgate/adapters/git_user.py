"""Who works here, as git knows them."""

from pathlib import Path

from evalgate.adapters.git_process import git
from evalgate.errors import RepositoryError


def git_user(folder: Path) -> str:
    """Return the name that commits are made under, or nothing: without git and repository too."""
    try:
        done = git(folder, ("config", "--get", "user.name"))
    except (RepositoryError, OSError):
        return ""
    return done.stdout.decode(errors="replace").strip() if done.returncode == 0 else ""
