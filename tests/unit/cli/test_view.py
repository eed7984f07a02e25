"""Facts about `evalgate view` before anything is served; tests/edges/test_view.py serves."""

import subprocess
import sys
from pathlib import Path

import pytest

from evalgate.cli.main import main
from evalgate.cli.view import has_screen


@pytest.mark.parametrize(
    ("variables", "platform", "seen"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({}, "darwin", True),
        ({"SSH_CONNECTION": "a b c d"}, "darwin", False),
        ({"DISPLAY": ":0", "SSH_TTY": "x"}, "linux", False),
        ({"BROWSER": "lynx", "SSH_TTY": "x"}, "linux", True),
    ],
)
def test_a_browser_opens_only_where_somebody_sees_it(
    variables: dict[str, str], platform: str, *, seen: bool
) -> None:
    assert has_screen(variables, platform) is seen


@pytest.mark.parametrize("kind", ["is not there", "is no folder"])
def test_what_is_no_folder_is_refused_with_the_next_step(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "reports"
    if kind == "is no folder":
        place.write_text("")
    assert main(["view", str(place), "--no-open"]) == 2
    assert capsys.readouterr().err == (
        f"evalgate: {place} {kind}: name a folder of reports, or make one with `evalgate gate` or"
        " `evalgate demo`\n"
    )


def test_help_loads_neither_templates_nor_clients() -> None:
    heavy = {"jinja2", "anthropic", "aiohttp", "asyncio"}
    code = (
        "import sys, contextlib\nfrom evalgate.cli.main import main\n"
        "with contextlib.suppress(SystemExit): main(['view', '--help'])\n"
        f"sys.exit(' '.join(sorted({heavy!r} & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--port" in done.stdout
    assert "--host" not in done.stdout
