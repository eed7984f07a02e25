"""What a maintainer approves: the content of a pull request, by its hash, and by which command."""

import re
import shlex
from hashlib import sha256

from evalgate.errors import UsageError
from evalgate.model.document import Tree

DIGITS = 64
"""All hex digits of a hash count: of two contents whose hashes only begin alike, which takes little
work to make, one could be shown and the other judged."""

FORKS_WORKFLOW = "evalgate-forks.yml"
"""The workflow that judges an approved pull request, unless the Action's input names another."""

_GIVEN = re.compile(rf"[0-9a-f]{{{DIGITS}}}")
_WORKFLOW = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}\.ya?ml")


def content_hash(head: str, files: Tree) -> str:
    """Return the SHA-256, in hex, of what is approved.

    Args:
        head: the full id of the commit that is judged.
        files: path → content of the watched files at it.
    """
    digest = sha256(f"{head}\0".encode())
    for path in sorted(files):
        digest.update(path.encode("utf-8", "surrogateescape"))
        digest.update(f"\0{len(files[path])}\0".encode())
        digest.update(files[path])
    return digest.hexdigest()


def read_approval(text: str) -> str:
    """Return the hash that somebody approves, as it was typed.

    Raises:
        UsageError: when it is none.
    """
    if _GIVEN.fullmatch(text) is None:
        raise UsageError(
            f"the input content takes the {DIGITS} lower-case hex digits that the comment on the "
            "pull request shows"
        )
    return text


def approves(given: str, digest: str) -> bool:
    """Tell whether a hash that was typed is that of a content."""
    return given == digest


def read_workflow_name(text: str) -> str:
    """Return the file name of the workflow that judges approved pull requests.

    Raises:
        UsageError: when it is none.
    """
    name = text or FORKS_WORKFLOW
    if _WORKFLOW.fullmatch(name) is None:
        raise UsageError(
            f"the input forks-workflow takes a file name such as {FORKS_WORKFLOW}, not `{name}`"
        )
    return name


def approval_command(number: int | None, digest: str, *, workflow: str = FORKS_WORKFLOW) -> str:
    """Return the command that has a pull request judged.

    Args:
        number: of the pull request; None where it is not known.
        digest: the hash of its content.
        workflow: the file name of the workflow.
    """
    which = "NUMBER" if number is None else str(number)
    words = ("gh", "workflow", "run", workflow)
    return shlex.join((*words, "-f", f"pull-request={which}", "-f", f"content={digest}"))
