"""Loads a prompt for an application: the version that is live, ready to be filled and sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evalgate.adapters.claude_request import message, output_config, sendable, tool
from evalgate.adapters.formats import FORMATS
from evalgate.errors import UsageError
from evalgate.model.document import Data
from evalgate.model.evalset import Case
from evalgate.model.prompt import PromptVersion
from evalgate.model.reading import suggestion
from evalgate.prompts.library import read_prompts
from evalgate.prompts.render import faults, render
from evalgate.prompts.shared import FOLDER as SHARED


@dataclass(frozen=True, slots=True)
class LoadedPrompt:
    """One version of a prompt in memory; what happens to its file later does not reach it."""

    version: PromptVersion

    def request(self, **variables: Data) -> dict[str, object]:
        """Return the arguments of `messages.create` for these variables.

        Raises:
            UsageError: when a variable is missing, unknown, or does not fit.
        """
        unknown = [name for name in variables if name not in self.version.inputs]
        if unknown:
            known = suggestion(unknown[0], self.version.inputs) if self.version.inputs else ""
            raise UsageError(f"{self.version.path} has no variable `{unknown[0]}`{known}")
        case = Case(id="request", vars=variables, expected=None, graders=(), hash="")
        wrong = [fault.told_discreetly() for fault in faults(self.version, case)]
        if wrong:
            raise UsageError("; ".join(wrong))
        asked = render(self.version, case)
        arguments: dict[str, object] = {
            "model": asked.model,
            "max_tokens": asked.max_tokens,
            "messages": [message(turn) for turn in asked.turns],
        }
        optional: Mapping[str, object] = {
            "system": sendable(asked.system),
            "tools": [tool(each) for each in asked.tools],
            "output_config": output_config(asked),
        }
        return arguments | {key: value for key, value in optional.items() if value}


def load_prompt(
    name: str, *, folder: str | Path = "prompts", version: str | None = None
) -> LoadedPrompt:
    """Read a prompt from its folder.

    Args:
        name: of the prompt.
        folder: that of all prompts.
        version: which one; by default the stable one of the live pointer.

    Raises:
        UsageError: when the prompt or the version does not exist, or nothing is stable.
        ConfigurationError: when a file of the prompt is wrong.
    """
    root = Path(folder)
    prompts = read_prompts(_tree(root, name), "prompts", FORMATS)
    if name not in prompts:
        known = _names(root) if root.is_dir() else []
        hint = suggestion(name, known) if known else ""
        raise UsageError(f"there is no prompt `{name}` in {root}{hint}")
    prompt = prompts[name]
    wanted = version or prompt.stable
    if wanted is None:
        raise UsageError(f"{root / name / 'live.yaml'} names no stable version")
    if wanted not in prompt.versions:
        hint = suggestion(wanted, prompt.versions) if prompt.versions else ""
        raise UsageError(f"{root / name} has no version `{wanted}`{hint}")
    return LoadedPrompt(prompt.read(wanted, FORMATS))


def _names(root: Path) -> list[str]:
    return [path.name for path in root.iterdir() if path.is_dir() and path.name[0] != "_"]


def _tree(root: Path, name: str) -> dict[str, bytes]:
    """Return the files of a prompt and those that versions share, under the path `prompts`."""
    return {
        f"prompts/{folder}/{path.name}": path.read_bytes()
        for folder in (name, SHARED)
        for path in sorted((root / folder).glob("*"))
        if path.is_file()
    }
