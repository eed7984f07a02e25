"""The actions of `evalgate prompts` that add files: new and adopt. Nothing is ever overwritten."""

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from evalgate.adapters.files import write_yaml
from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adopting.adoption import Adoption, slug
from evalgate.adopting.plain_text import Placeholders
from evalgate.adopting.reading import MOST_BYTES, Wish, adopt_files, format_of
from evalgate.adopting.writing import Library, lay_out, next_version, version_text
from evalgate.checking.inventory import Inventory, take_inventory
from evalgate.errors import ExitCode, UsageError
from evalgate.model.reading import suggestion
from evalgate.prompts.library import LIVE, Prompt
from evalgate.reporting.visible import safe_line

_BODY = """\
## system

Say here what the model is for and which rules it follows.

## user

{{question}}
"""


def new(options: Namespace) -> ExitCode:
    """Write the next version of a prompt, a copy to edit, or the first one of a new prompt."""
    repository = GitRepository(Path.cwd())
    inventory = take_inventory(repository, FORMATS, commit=None, policy_path=options.policy)
    prompt = inventory.prompts.get(options.prompt)
    if prompt is None:
        files = _first(options, inventory)
    else:
        start = options.start or prompt.stable or prompt.in_order()[-1]
        if start not in prompt.versions:
            known = suggestion(start, prompt.versions)
            raise UsageError(f"{prompt.name} has no version `{start}`{known}")
        text = prompt.versions[start].decode("utf-8-sig", errors="replace")
        files = {prompt.path(next_version(prompt)): text}
    console = _console()
    _write(repository.root, files)
    for path in files:
        console.print(f"wrote {path}")
    console.print(_next_steps(prompt, options.prompt))
    return ExitCode.OK


def adopt(options: Namespace) -> ExitCode:
    """Turn existing prompt files into versions."""
    repository = GitRepository(Path.cwd())
    inventory = take_inventory(repository, FORMATS, commit=None, policy_path=options.policy)
    found = _found(options.paths, inventory)
    if options.name and len(_whole(found)) > 1:
        raise UsageError(f"--name fits one file, and {len(_whole(found))} were found")
    wish = Wish(name=options.name, placeholders=Placeholders(options.placeholders))
    adoptions = adopt_files(found, parser=FORMATS, wish=wish)
    library = Library(
        paths=inventory.policy.paths,
        prompts=inventory.prompts,
        existing=frozenset(inventory.tree),
        model=options.model,
        max_tokens=options.max_tokens,
    )
    files = lay_out(adoptions, library, emit=write_yaml, parser=FORMATS)
    if not options.dry_run:
        _write(repository.root, files)
    _report(adoptions, files, dry_run=options.dry_run)
    return ExitCode.OK


def _console() -> Console:
    return Console(highlight=False, markup=False, soft_wrap=True)


def _first(options: Namespace, inventory: Inventory) -> dict[str, str]:
    name = options.prompt
    if name != slug(name):
        raise UsageError(f"a prompt's name is like `{slug(name)}`: lower case and hyphens")
    if options.start:
        known = suggestion(name, inventory.prompts) if inventory.prompts else ""
        raise UsageError(f"there is no prompt `{name}` to copy {options.start} from{known}")
    front = {"model": options.model, "max_tokens": options.max_tokens, "inputs": ["question"]}
    folder = f"{inventory.policy.paths.prompts}/{name}"
    return {
        f"{folder}/v1.md": version_text(front, _BODY, emit=write_yaml),
        f"{folder}/{LIVE}": write_yaml({"stable": "v1"}),
    }


def _next_steps(prompt: Prompt | None, name: str) -> str:
    if prompt is None:
        return (
            f"next: write the prompt, then golden cases for it in an eval set with `prompts: "
            f"[{name}]`; `evalgate check` looks both over"
        )
    return (
        "next: edit it, then `evalgate gate` compares it with the stable version; "
        f"`evalgate prompts diff {name}` shows what you changed"
    )


def _found(paths: Sequence[Path], inventory: Inventory) -> dict[str, bytes]:
    """Return the files to adopt by path; those of the library itself are never among them."""
    found: dict[str, bytes] = {}
    for path in paths:
        if not path.exists():
            raise UsageError(f"there is no file or folder {path}")
        for file in _files_in(path):
            name = file.as_posix()
            if path.is_dir() and format_of(name) is None:
                continue
            if format_of(name) is None:
                raise UsageError(f"{name}: expected .txt, .md, .prompt or .prompt.yml")
            found[name] = _content(file)
    own = [name for name in found if name in inventory.tree]
    if own:
        raise UsageError(f"{own[0]} belongs to the library already")
    if not _whole(found):
        raise UsageError("no prompt files there: expected .txt, .md, .prompt or .prompt.yml")
    return found


def _content(file: Path) -> bytes:
    with file.open("rb") as stream:  # one byte more than is allowed is enough to refuse it
        return stream.read(MOST_BYTES + 1)


def _files_in(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        yield from sorted(path.parent.glob("_*.prompt")) if path.suffix == ".prompt" else ()
        return
    for file in sorted(path.rglob("*")):
        if file.is_file() and not file.is_symlink():
            yield file


def _whole(found: Mapping[str, bytes]) -> list[str]:
    return [name for name in found if not name.rpartition("/")[2].startswith("_")]


def _write(root: Path, files: Mapping[str, str]) -> None:
    taken = [path for path in files if (root / path).exists()]
    if taken:
        raise UsageError(f"{taken[0]} exists already, and nothing was written")
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")


def _report(adoptions: Sequence[Adoption], files: Mapping[str, str], *, dry_run: bool) -> None:
    console = _console()
    for path, text in files.items():
        console.print(f"{'would write' if dry_run else 'wrote'} {path}", style="green")
        if dry_run:
            for line in text.splitlines():
                console.print(f"    {safe_line(line)}")
    for adoption in adoptions:
        for note in adoption.notes:
            console.print(f"{adoption.source}: {safe_line(note)}", style="yellow")
    console.print("next: read what was written, add golden cases, and run `evalgate check`")
