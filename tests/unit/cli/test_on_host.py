"""Facts about what the verbs share that write a host's override file."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

import pytest

from evalgate.cli.on_host import VARIABLE, add_arguments, override_file, term_of
from evalgate.errors import ConfigurationError, UsageError
from evalgate.model.override import Override


def options(*words: str) -> Namespace:
    parser = ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(words)


def test_the_file_is_the_one_that_is_named_or_that_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "a.yml"))
    assert override_file(options()).path == tmp_path / "a.yml"
    assert override_file(options("--override", "b.yml")).path == Path("b.yml")
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(UsageError, match=f"set {VARIABLE}"):
        override_file(options())


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_a_file_that_says_nothing_overrides_nothing(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "o.yml"
    if content is not None:
        path.write_text(content)
    assert override_file(options("--override", str(path))).override == Override(path=str(path))


def test_a_file_that_is_wrong_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "o.yml").write_text("prompts: {p: {version: v1}}\n")
    with pytest.raises(ConfigurationError, match="`until` is missing"):
        override_file(options("--override", str(tmp_path / "o.yml")))


def test_a_term_starts_now(tmp_path: Path) -> None:
    given = options("--for", "2h", "--override", str(tmp_path / "o.yml"))
    file = override_file(given)
    term = term_of(given, file)
    assert (term.now, term.until) == (file.now, file.now + 7200)
