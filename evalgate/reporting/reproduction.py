"""The command that runs one case of a report again."""

import re
import shlex
from collections.abc import Iterator

from evalgate.model.revision import WORK_TREE

_COMMIT = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")


def reproduce_command(  # noqa: PLR0913 - everything that names one case
    base: str,
    head: str,
    *,
    case: str,
    policy: str | None = None,
    prompt: str | None = None,
    evalset: str | None = None,
    simulated: bool = False,
) -> str:
    """Return a command line for a POSIX shell, in which no name can be anything but a name.

    Args:
        base: a ref, as the verdict has it.
        head: a ref; the work tree is what the command takes unless it is told otherwise.
        case: the id of the case.
        policy: the path of the policy, where a repository has several.
        prompt: the prompt, where the case is put to several.
        evalset: the eval set, where several have a case of that id.
        simulated: whether the simulator answered.
    """
    words = ["evalgate", "run", *_option("base", _ref(base))]
    words += _option("head", None if head == WORK_TREE else _ref(head))
    words += [*_option("policy", policy), *_option("prompt", prompt), *_option("evalset", evalset)]
    words += _option("case", case)
    return shlex.join([*words, "--simulate"] if simulated else words)


def _ref(ref: str) -> str:
    return ref[:12] if _COMMIT.fullmatch(ref) else ref


def _option(name: str, value: str | None) -> Iterator[str]:
    """Yield an option as its own words, or as one where its value would be taken for another."""
    if value is None:
        return
    if value.startswith("-"):
        yield f"--{name}={value}"
    else:
        yield f"--{name}"
        yield value
