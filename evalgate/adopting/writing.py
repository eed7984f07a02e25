"""Lays adoptions out as files of the library: versions, pointers, shared files and eval sets."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalgate.adopting.adoption import DEFAULT_MAX_TOKENS, DEFAULT_MODEL, Adoption
from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Data
from evalgate.model.policy import Paths
from evalgate.model.ports import Parser
from evalgate.prompts.library import LIVE, Prompt
from evalgate.prompts.version import read_version

Emit = Callable[[Mapping[str, Data]], str]
"""Writes data as YAML."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Where adoptions go: the folders, what stands there, and what a version gets by default."""

    paths: Paths
    prompts: Mapping[str, Prompt]
    existing: frozenset[str]
    model: str = DEFAULT_MODEL
    max_tokens: int = DEFAULT_MAX_TOKENS


def lay_out(
    adoptions: Sequence[Adoption], library: Library, *, emit: Emit, parser: Parser
) -> dict[str, str]:
    """Return path → content of the files to write; none of them exists yet.

    A prompt that the library has gets a further version and keeps its pointer and its eval sets; a
    new one gets its first version, which the live pointer names.

    Raises:
        ConfigurationError: when a shared file of that name exists with other content, or what would
            be written cannot be read back.
    """
    files: dict[str, str] = {}
    for adoption in adoptions:
        written = dict(_files(adoption, library, emit=emit))
        _read_back(adoption, written, library, parser=parser)
        files |= written
    taken = sorted(path for path in files if path in library.existing)
    if taken:
        message = "exists already: rename it, or adopt under another name with --name"
        raise ConfigurationError([Problem(path=path, message=message) for path in taken])
    return files


def next_version(prompt: Prompt | None) -> str:
    """Return the name of a prompt's next version."""
    newest = prompt.in_order()[-1] if prompt and prompt.versions else "v0"
    return f"v{int(newest[1:]) + 1}"


def version_text(front: Mapping[str, Data], body: str, *, emit: Emit) -> str:
    """Return the content of a version file."""
    return f"---\n{emit(front)}---\n{body}"


def _files(adoption: Adoption, library: Library, *, emit: Emit) -> Iterator[tuple[str, str]]:
    prompt = library.prompts.get(adoption.name)
    folder = f"{library.paths.prompts}/{adoption.name}"
    header = adoption.header(model=library.model, max_tokens=library.max_tokens)
    text = version_text(header, adoption.body(), emit=emit)
    yield f"{folder}/{next_version(prompt)}.md", text
    for name, content in adoption.shared.items():
        yield f"{library.paths.prompts}/_shared/{name}", content
    if prompt is None:
        yield f"{folder}/{LIVE}", emit({"stable": "v1"})
        if adoption.evalset is not None:
            content = emit({"prompts": [adoption.name], **adoption.evalset})
            yield f"{library.paths.evalsets}/{adoption.name}.yaml", content


def _read_back(
    adoption: Adoption, written: Mapping[str, str], library: Library, *, parser: Parser
) -> None:
    """Raise when the version would be refused; the problem names the file that was adopted."""
    shared = {
        path.rpartition("/")[2]: content.encode()
        for path, content in written.items()
        if path.startswith(f"{library.paths.prompts}/_shared/")
    }
    path = next(path for path in written if path.endswith(".md") and "/_shared/" not in path)
    try:
        read_version(
            adoption.name, path, content=written[path].encode(), parser=parser, shared=shared
        )
    except ConfigurationError as error:
        raise ConfigurationError(
            Problem(
                path=adoption.source,
                key=problem.key,
                message=f"cannot be adopted: {problem.message}",
            )
            for problem in error.problems
        ) from None
