"""The example that comes with evalgate: its prompts, its eval sets, and the rules that answer."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from evalgate.adapters.files import read_yaml
from evalgate.errors import UsageError
from evalgate.simulator.rules import Rules, read_rules


def read_rule_files(paths: Sequence[Path] | None) -> tuple[Rules, ...]:
    """Return the rules of the given files, or those of the example when none is given.

    Raises:
        UsageError: when a file cannot be read.
        ConfigurationError: when its content is wrong.
    """
    return tuple(_read_rules(path) for path in paths or _own_rules())


def example_files() -> dict[str, bytes]:
    """Return path → content of the example's prompts and eval sets."""
    root = _root()
    folders = (root / "prompts", root / "evalsets")
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def _root() -> Path:
    package = Path(str(files("evalgate")))
    # A wheel carries the example inside the package; a checkout has it beside the package.
    packed = package / "example"
    return packed if packed.is_dir() else package.parent


def _own_rules() -> list[Path]:
    return sorted(Path(str(files("evalgate"))).glob("simulator/rulebooks/*.yaml"))


def _read_rules(path: Path) -> Rules:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read the rule file {path}: {error.strerror}") from None
    return read_rules(read_yaml(str(path), content))
