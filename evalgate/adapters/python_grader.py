"""Calls the Python functions that a team grades with, from the files of one commit.

The code is trusted: it comes from the tip of the base branch and runs in this process, without any
limit of time. It may import what is installed, and other modules of its folder.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType
from typing import cast

from evalgate.model.document import Data, Tree

PACKAGE = "evalgate_graders"
"""The package that the modules of the folder belong to, also when they import one another."""

Grader = Callable[[str, Mapping[str, Data]], Data]


class PythonGraders:
    """The functions of a folder, as `evalgate.model.ports.CodeGraders` asks for them."""

    def __init__(self, sources: Tree, folder: str) -> None:
        """Name the files; nothing is executed yet.

        Args:
            sources: the files of the commit, by path from the repository's root.
            folder: the one that holds the graders.
        """
        self._finder = _Finder(sources, folder)
        self._functions: dict[str, Grader] = {}
        self._modules: dict[str, ModuleType] = {}

    def faults(self, references: Iterable[str]) -> Iterator[str]:
        """Yield why functions cannot be called, after loading them all."""
        for reference in sorted(set(references)):
            try:
                self._functions[reference] = self._load(reference)
            except Exception as error:  # noqa: BLE001 - whatever a module raises keeps it out
                yield f"the grader `{reference}` cannot be loaded: {type(error).__name__}: {error}"

    def call(self, reference: str, answer: str, context: Mapping[str, Data]) -> Data:
        """Return what a function says of an answer; whatever it raises is raised."""
        if reference not in self._functions:
            self._functions[reference] = self._load(reference)
        return self._functions[reference](answer, context)

    def _load(self, reference: str) -> Grader:
        name, _, function = reference.partition(":")
        with _importable(self._finder, self._modules):
            module = import_module(f"{PACKAGE}.{name}")
        grader = getattr(module, function, None)
        if not callable(grader):
            raise TypeError(f"{self._finder.path(name)} has no function `{function}`")
        return cast("Grader", grader)


class _Finder(MetaPathFinder, Loader):
    """Finds modules of the package among the files of a commit."""

    def __init__(self, sources: Tree, folder: str) -> None:
        self._sources = sources
        self._folder = folder

    def path(self, name: str) -> str:
        """Return the path of a module of the folder."""
        return f"{self._folder}/{name.replace('.', '/')}.py"

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the protocol of imports
        target: ModuleType | None = None,  # noqa: ARG002 - the protocol of imports
    ) -> ModuleSpec | None:
        if fullname != PACKAGE and not fullname.startswith(f"{PACKAGE}."):
            return None
        name = fullname.removeprefix(PACKAGE).removeprefix(".")
        is_package = not name or self._holds(name)
        if self.path(name) not in self._sources and not is_package:
            raise ModuleNotFoundError(f"there is no file {self.path(name)} at the base", name=name)
        return spec_from_loader(fullname, self, is_package=is_package)

    def exec_module(self, module: ModuleType) -> None:
        name = module.__name__.removeprefix(PACKAGE).removeprefix(".")
        source = self._sources.get(self.path(name))
        if source is not None:
            exec(compile(source, self.path(name), "exec"), module.__dict__)  # noqa: S102 - trusted

    def _holds(self, name: str) -> bool:
        folder = self.path(name).removesuffix(".py") + "/"
        return any(path.startswith(folder) for path in self._sources)


@contextmanager
def _importable(finder: _Finder, modules: dict[str, ModuleType]) -> Iterator[None]:
    """Let imports find the modules of one commit, and leave nothing behind but in `modules`."""
    sys.meta_path.insert(0, finder)
    sys.modules.update(modules)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
            modules[name] = sys.modules.pop(name)
