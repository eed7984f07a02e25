"""Facts about the exception tree and the exit codes."""

from collections.abc import Iterator

from evalgate import errors
from evalgate.errors import ConfigurationError, EvalgateError, ExitCode, Problem


def tree(root: type[EvalgateError] = EvalgateError) -> Iterator[type[EvalgateError]]:
    for child in root.__subclasses__():
        yield child
        yield from tree(child)


def test_every_error_is_drawn_in_the_tree_with_its_exit_code() -> None:
    drawn = (errors.__doc__ or "").splitlines()
    for error in tree():
        line = next(line for line in drawn if line.strip("│├└─ ").startswith(error.__name__ + " "))
        assert f" {error.exit_code.value} " in line


def test_no_expected_error_ends_like_a_success_or_a_bug() -> None:
    codes = {error.exit_code for error in tree()}
    assert codes == {ExitCode.USAGE, ExitCode.NOT_EVALUATED, ExitCode.INTERRUPTED}


def test_a_problem_reads_as_place_key_and_message() -> None:
    whole = Problem(path="a.yml", line=3, key="gate.alpha", message="too large")
    assert str(whole) == "a.yml:3: gate.alpha: too large"
    assert str(Problem(path="a.yml", message="not YAML")) == "a.yml: not YAML"


def test_a_configuration_error_reads_as_one_line_per_problem() -> None:
    problems = [Problem(path=f"{name}.yml", message="wrong") for name in "ab"]
    assert str(ConfigurationError(problems)) == "a.yml: wrong\nb.yml: wrong"
