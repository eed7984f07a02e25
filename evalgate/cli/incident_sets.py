"""The eval sets that incidents leave cases in: as they are, and as they were when one opened."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from evalgate.adapters.files import read_json_lines, read_yaml
from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adapters.swap import read_file
from evalgate.cli.prompt_place import repository_of
from evalgate.errors import RepositoryError, UsageError
from evalgate.grading.evalset import read_evalset
from evalgate.model.document import Data, Document, Tree
from evalgate.model.evalset import EvalSet
from evalgate.model.reading import suggestion
from evalgate.model.revision import Revision

ENDINGS = (".yaml", ".yml")

_MOST_COMMITS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPlace:
    """An eval set's file in a work tree; `path` is seen from the root."""

    root: Path
    path: str

    @property
    def name(self) -> str:
        """The name of the set."""
        return Path(self.path).stem

    @property
    def file(self) -> Path:
        """The file itself."""
        return self.root / self.path


def set_place(name: str, folder: str, *, here: Path) -> SetPlace:
    """Return where an eval set lies.

    Args:
        name: of the set.
        folder: of eval sets, from the root of the repository.
        here: where the command runs.

    Raises:
        UsageError: there is no such set.
    """
    root = repository_of(here) or here
    for ending in ENDINGS:
        if (root / folder / f"{name}{ending}").is_file():
            return SetPlace(root=root, path=f"{folder}/{name}{ending}")
    known = sorted(each.stem for ending in ENDINGS for each in (root / folder).glob(f"*{ending}"))
    hint = suggestion(name, known) if known else ": there is none"
    raise UsageError(f"there is no eval set `{name}` in {root / folder}{hint}")


def read_set(place: SetPlace, *, changed: Mapping[str, bytes] | None = None) -> EvalSet:
    """Return an eval set of the work tree, some of its files perhaps changed.

    Raises:
        ConfigurationError: with every problem of it.
    """
    tree = {**_tree(place), **(changed or {})}
    document = read_yaml(place.path, tree[place.path])
    return read_evalset(document, name=place.name, tree=tree, parser=FORMATS)


def lines_file(place: SetPlace) -> str | None:
    """Return the path of the file that holds a set's cases, one in a line, if there is one."""
    data = read_yaml(place.path, place.file.read_bytes()).data
    cases = data.get("cases") if isinstance(data, dict) else None
    if not isinstance(cases, str):
        return None
    return str(Path(place.path).parent / cases)


def earlier_cases(place: SetPlace, *, opened_at: str) -> Mapping[str, Data] | None:
    """Return what the cases of a set asked when an incident opened, by id.

    Returns:
        None where git does not tell.
    """
    lines = lines_file(place)
    paths = [place.path, *([lines] if lines else [])]
    try:
        repository = GitRepository(place.root)
        found = repository.revisions(repository.resolve("HEAD"), paths, most=_MOST_COMMITS)
        then = [each for each in found.listed if each.at <= opened_at]
        if not then:
            return None if found.is_shallow or found.has_more else {}
        return dict(_cases(then[-1], place.path, lines, repository=repository))
    except RepositoryError:
        return None


def _cases(
    revision: Revision, path: str, lines: str | None, *, repository: GitRepository
) -> Iterator[tuple[str, Data]]:
    texts = {}
    for each in (path, lines):
        blob = revision.files.get(each or "")
        if each and blob is not None:
            texts[each] = next(iter(repository.contents([blob.id])))
    data = read_yaml(path, texts[path]).data if path in texts else None
    listed = data.get("cases") if isinstance(data, dict) else None
    if isinstance(listed, list):
        yield from _named(listed)
    elif lines in texts and lines is not None:
        documents = read_json_lines(lines, texts[lines])
        yield from _named([each.data for each in documents if isinstance(each, Document)])


def _named(cases: list[Data]) -> Iterator[tuple[str, Data]]:
    for case in cases:
        if isinstance(case, dict) and isinstance(case.get("id"), str):
            yield str(case["id"]), case.get("vars")


def _tree(place: SetPlace) -> Tree:
    folder = Path(place.path).parent
    return {
        str(folder / path.relative_to(place.root / folder)): path.read_bytes()
        for path in sorted((place.root / folder).rglob("*"))
        if path.is_file()
    }


def line_of_case(case: Mapping[str, Data]) -> str:
    """Return a case as a line of a file of cases."""
    return json.dumps(case, ensure_ascii=False)


def text_of(path: Path) -> tuple[bytes, str]:
    """Return the content of a file, and its text.

    Raises:
        UsageError: it cannot be read, or is no UTF-8.
    """
    content = read_file(path)
    if content is None:
        raise UsageError(f"there is no {path}")
    try:
        return content, content.decode()
    except UnicodeDecodeError:
        raise UsageError(f"{path}: expected UTF-8") from None
