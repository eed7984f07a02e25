"""Facts about the repository itself: its layout, its measures and its locks."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from statistics import median, quantiles

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "evalgate").rglob("*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef
Trees = Sequence[tuple[Path, ast.Module]]


@pytest.fixture(scope="module")
def trees() -> Trees:
    """Every module, read once for all measures."""
    return [(path.relative_to(ROOT), ast.parse(path.read_text("utf-8"))) for path in MODULES]


def functions(trees: Trees) -> Iterator[tuple[Path, Function]]:
    for path, tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, Function):
                yield path, node


def body_lines(function: Function) -> int:
    """Count the lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body and body[-1].end_lineno else 0


def annotations(function: Function) -> Iterator[ast.expr]:
    arguments = function.args
    every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    named = [argument for argument in (*every, arguments.vararg, arguments.kwarg) if argument]
    yield from (argument.annotation for argument in named if argument.annotation)
    if function.returns:
        yield function.returns


def top_decile(sizes: list[int]) -> float:
    return quantiles(sizes, n=10)[-1]


def repository_files() -> list[Path]:
    """List the files that are, or would be, committed."""
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout")
    paths = (ROOT / name for name in listing.stdout.decode().split("\0") if name)
    return [path for path in paths if path.is_file()]


# The measures


def test_modules_are_small() -> None:
    sizes = [len(path.read_text("utf-8").splitlines()) for path in MODULES]
    assert median(sizes) <= 110
    assert top_decile(sizes) <= 280
    assert max(sizes) <= 400


def test_functions_are_small(trees: Trees) -> None:
    sizes = [body_lines(function) for _, function in functions(trees)]
    assert median(sizes) <= 8
    assert top_decile(sizes) <= 25
    assert max(sizes) <= 60


def test_every_module_says_what_it_is_for(trees: Trees) -> None:
    assert [path for path, tree in trees if not ast.get_docstring(tree)] == []


def test_imports_stand_at_the_top_of_modules(trees: Trees) -> None:
    hidden = [
        (path, node.lineno)
        for path, tree in trees
        for statement in tree.body
        if not isinstance(statement, ast.Import | ast.ImportFrom)
        for node in ast.walk(statement)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_nothing_is_imported_for_type_checkers_only() -> None:
    assert [path for path in MODULES if "TYPE_CHECKING" in path.read_text("utf-8")] == []


def test_signatures_never_say_any(trees: Trees) -> None:
    loose = [
        (path, function.name)
        for path, function in functions(trees)
        for node in chain.from_iterable(map(ast.walk, annotations(function)))
        if isinstance(node, ast.Name) and node.id == "Any"
    ]
    assert loose == []


def test_modules_hold_no_mutable_state(trees: Trees) -> None:
    """A table at the top of a module is annotated as what it is: a Mapping, a Sequence or a Set."""
    mutable = ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp
    tables = [
        (path, node)
        for path, tree in trees
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, mutable)
    ]
    writable = ("list[", "dict[", "set[")
    loose = [
        (path, node.lineno)
        for path, node in tables
        if isinstance(node, ast.Assign) or ast.unparse(node.annotation).startswith(writable)
    ]
    rebound = [
        (path, node.lineno)
        for path, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Global)
    ]
    assert loose + rebound == []


def test_broad_handlers_are_few(trees: Trees) -> None:
    broad = [
        (path, node.lineno)
        for path, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
    ]
    assert len(broad) <= 4, broad


def test_nine_modules_in_ten_have_a_test_file_of_their_name() -> None:
    tested = {path.name.removeprefix("test_") for path in (ROOT / "tests").rglob("test_*.py")}
    modules = [path for path in MODULES if not path.name.startswith("__")]
    missing = [path.relative_to(ROOT).as_posix() for path in modules if path.name not in tested]
    assert len(missing) <= len(modules) / 10, missing


# The command line


def test_help_loads_nothing_heavy() -> None:
    heavy = {"anthropic", "aiohttp", "asyncio", "jinja2", "vl_convert", "pandas", "rich", "yaml"}
    program = (
        "import contextlib, sys\n"
        "from evalgate.cli.main import main\n"
        "sys.argv = ['evalgate', '--help']\n"
        "with contextlib.suppress(SystemExit): main()\n"
        f"sys.stderr.write(' '.join({heavy} & set(sys.modules)))\n"
    )
    command = (sys.executable, "-c", program)
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.stderr == ""
    assert "gate" in answer.stdout


# The locks


@pytest.mark.parametrize("lock", ["gate", "dev"])
def test_a_lock_pins_every_direct_dependency_within_its_bounds(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    wanted += project["project"]["optional-dependencies"]["gate"]
    wanted += project["dependency-groups"]["dev"] if lock == "dev" else []
    text = (ROOT / f"requirements/{lock}.lock").read_text("utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==([^ ;\\]+)", text, flags=re.MULTILINE))
    for line in wanted:
        requirement = Requirement(line)
        assert requirement.specifier.contains(pins[requirement.name.lower()]), line


def test_both_locks_agree() -> None:
    pins = [
        set(re.findall(r"^[\w.-]+==[^ ;\\]+", path.read_text("utf-8"), flags=re.MULTILINE))
        for path in (ROOT / "requirements/gate.lock", ROOT / "requirements/dev.lock")
    ]
    assert pins[0] <= pins[1]


# The documents


def test_the_readme_starts_with_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "make demo" in readme
    assert "make test" in readme


def test_no_file_names_a_machine_or_a_package_registry() -> None:
    hosts = ("py" + r"pi\.org", "python" + r"hosted\.org", "registry" + r"\.npmjs")
    places = r"(?<![\w.$}*-])/(?:work|root|home/\w+)/"
    private = re.compile("|".join((*hosts, places)))
    found = [
        (path.relative_to(ROOT).as_posix(), match.group())
        for path in repository_files()
        for match in [private.search(path.read_text("utf-8", errors="replace"))]
        if match
    ]
    assert found == []


def test_workflow_files_end_in_yml() -> None:
    assert list((ROOT / ".github").rglob("*.yaml")) == []
