"""Facts about the command line's front door."""

import subprocess
import sys

import pytest

from evalgate.cli.main import PARTS, VERBS, main

HEAVY = ("anthropic", "pandas", "jinja2", "vl_convert", "aiohttp", "asyncio", "yaml", "rich")


def test_help_names_every_verb_and_exits_in_peace(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name}" in shown for name in VERBS)
    assert max(len(line) for line in shown.splitlines()) <= 80


def test_without_a_verb_the_overview_is_shown_and_it_is_a_usage_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([]) == 2
    assert capsys.readouterr().out.startswith("usage: evalgate VERB")


def test_a_misspelt_verb_names_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gaet"]) == 2
    assert capsys.readouterr().err == ("evalgate: there is no verb `gaet` (did you mean `gate`?)\n")


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("evalgate ")


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    assert VERBS[verb].summary in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("words", sorted(PARTS))
def test_every_part_of_a_verb_explains_itself(
    words: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.startswith(f"usage: evalgate {' '.join(words)}")
    assert PARTS[words].summary in shown


def test_an_unknown_option_is_a_usage_error() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["gate", "--bsae", "main"])
    assert ended.value.code == 2


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom evalgate.cli.main import main\nmain(['--help'])\n"
        f"sys.exit(' '.join(name for name in {HEAVY!r} if name in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
