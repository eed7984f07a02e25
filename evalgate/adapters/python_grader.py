"""Calls the Python functions that a team grades with, from the files of one commit.

The code is trusted: it comes from the tip of the base branch and runs in this process, without any
limit of time. It may import what is installed, and other modules of its folder, but nothing from
the folder that evalgate was started in: a pull request is checked out there.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from copy import deepcopy
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from inspect import iscoroutinefunction, signature
from io import TextIOBase
from pathlib import Path
from types import ModuleType
from typing import cast

from evalgate.model.document import Data, Tree
from evalgate.model.ports import CodeFault

PACKAGE = "evalgate_graders"
"""The package that the modules of the folder belong to, also when they import one another."""

Grader = Callable[[str, dict[str, Data]], Data]


class PythonGraders:
    """The functions of a folder, as `evalgate.model.ports.CodeGraders` asks for them."""

    def __init__(self, sources: Tree, folder: str) -> None:
        """Name the files; nothing is executed yet.

        Args:
            sources: the files of the commit, by path from the repository's root.
            folder: the one that holds the graders, without a slash at its end.
        """
        self._finder = _Finder(sources, folder)
        self._functions: dict[str, Grader] = {}
        self._modules: dict[str, ModuleType] = {}
        here = Path.cwd()
        self._path = [entry for entry in sys.path if entry and Path(entry).resolve() != here]

    def faults(self, references: Iterable[str]) -> Iterator[str]:
        """Yield why functions cannot be called, after loading them all."""
        for reference in sorted(set(references)):
            try:
                with self._surroundings():
                    self._function(reference)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - any of them keeps it out
                said = f"{type(error).__name__}: {error}"[:300]
                yield f"the grader `{reference}` cannot be loaded{self._place(error)}: {said}"

    def call(self, reference: str, answer: str, *, context: Mapping[str, Data]) -> Data | CodeFault:
        """Return what a function says of an answer, or how it failed.

        Each call gets a copy of the context; what the function prints is dropped, as it may repeat
        an answer where a workflow reads commands.
        """
        try:
            with self._surroundings():
                return self._function(reference)(answer, deepcopy(dict(context)))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - any of them is a result
            kind = type(error).__name__
            return CodeFault(reason=f"`{reference}` raised {kind}{self._place(error)}.")

    def _function(self, reference: str) -> Grader:
        if reference not in self._functions:
            name, _, function = reference.partition(":")
            module = import_module(f"{PACKAGE}.{name}")
            grader = getattr(module, function, None)
            if not callable(grader):
                raise TypeError(f"{self._finder.path(name)} has no function `{function}`")
            _check_signature(grader)
            self._functions[reference] = cast("Grader", grader)
        return self._functions[reference]

    @contextmanager
    def _surroundings(self) -> Iterator[None]:
        """Let imports find the modules of the commit; leave nothing behind in the interpreter."""
        path = sys.path[:]
        sys.path[:] = self._path
        sys.meta_path.insert(0, self._finder)
        sys.modules.update(self._modules)
        nowhere = _Nowhere()
        try:
            with ExitStack() as stack:
                stack.enter_context(redirect_stdout(nowhere))
                stack.enter_context(redirect_stderr(nowhere))
                yield
        finally:
            sys.path[:] = path
            sys.meta_path.remove(self._finder)
            for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
                self._modules[name] = sys.modules.pop(name)

    def _place(self, error: BaseException) -> str:
        """Return the last line of the team's own code that an exception passed through."""
        place, trace = "", error.__traceback__
        while trace is not None:
            file = trace.tb_frame.f_code.co_filename
            if self._finder.holds_file(file):
                place = f" at {file}:{trace.tb_lineno}"
            trace = trace.tb_next
        return place


class _Finder(MetaPathFinder, Loader):
    """Finds modules of the package among the files of a commit."""

    def __init__(self, sources: Tree, folder: str) -> None:
        self._sources = sources
        self._folder = folder

    def path(self, name: str) -> str:
        """Return the path of a module of the folder."""
        return f"{self._folder}/{name.replace('.', '/')}.py"

    def holds_file(self, path: str) -> bool:
        """Return whether a path is that of a module."""
        return path.startswith(f"{self._folder}/") and path in self._sources

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the protocol of imports
        target: ModuleType | None = None,  # noqa: ARG002 - the protocol of imports
    ) -> ModuleSpec | None:
        if fullname != PACKAGE and not fullname.startswith(f"{PACKAGE}."):
            return None
        name = fullname.removeprefix(PACKAGE).removeprefix(".")
        is_package = not name or self._has_inside(name)
        if self.path(name) not in self._sources and not is_package:
            message = f"there is no file {self.path(name)} at the base"
            raise ModuleNotFoundError(message, name=fullname)
        return spec_from_loader(fullname, self, origin=self.path(name), is_package=is_package)

    def exec_module(self, module: ModuleType) -> None:
        name = module.__name__.removeprefix(PACKAGE).removeprefix(".")
        source = self._sources.get(self.path(name)) if name else None
        if source is not None:
            code = compile(source, self.path(name), "exec", dont_inherit=True)
            exec(code, module.__dict__)  # noqa: S102 - trusted: it is the base's

    def _has_inside(self, name: str) -> bool:
        folder = self.path(name).removesuffix(".py") + "/"
        return any(path.startswith(folder) for path in self._sources)


class _Nowhere(TextIOBase):
    """A stream that drops what is written to it."""

    def write(self, text: str) -> int:
        return len(text)


def _check_signature(grader: Callable[..., object]) -> None:
    """Raise TypeError when a function cannot be called with an answer and a context."""
    if iscoroutinefunction(grader):
        raise TypeError("it is an `async` function; write it without `async`")
    try:
        taken = signature(grader)
    except ValueError:
        return  # some functions written in C do not tell
    try:
        taken.bind("", {})
    except TypeError as error:
        raise TypeError("expected a function of two arguments, (answer, context)") from error
