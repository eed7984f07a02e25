"""Facts about `evalgate route`, the whole command."""

import json
import subprocess
from pathlib import Path

from evalgate.adapters.files import read_yaml
from evalgate.model.override import Forced
from evalgate.prompts.override_file import read_override
from tests.e2e.prompt_shop import evalgate


def route(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return evalgate(folder, "route", *words, "--override", "o.yml")


def states(folder: Path) -> dict[str, Forced]:
    read = read_override(read_yaml("o.yml", (folder / "o.yml").read_bytes()))
    return {name: each.state for name, each in read.routes.items()}


def test_routes_are_held_and_given_free(tmp_path: Path) -> None:
    done = route(tmp_path, "bedrock-eu", "open", "--for", "1h", "--reason", "outage")
    assert done.returncode == 0, done.stderr
    assert "this host sends nothing over the route bedrock-eu." in done.stdout
    assert route(tmp_path, "direct", "closed", "--for", "30m").returncode == 0
    assert states(tmp_path) == {"bedrock-eu": Forced.OPEN, "direct": Forced.CLOSED}
    assert json.loads(route(tmp_path, "bedrock-eu", "auto", "--json").stdout)["written"] is True
    assert states(tmp_path) == {"direct": Forced.CLOSED}
    assert "nobody knows whether there is such a route" in done.stderr


def test_a_route_that_is_not_there_is_not_held(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    alone = route(tmp_path, "bedrock-eu", "open", "--for", "1h")
    assert alone.returncode == 2
    assert "there is no route `bedrock-eu` in prompts/runtime.yml (known: direct)" in alone.stderr
    (tmp_path / "prompts/runtime.yml").write_text("routes: {bedrock-eu: {}, vertex: {}}\n")
    assert route(tmp_path, "bedrock-eu", "open", "--for", "1h").returncode == 0
    typo = route(tmp_path, "vertx", "open", "--for", "1h")
    assert "did you mean `vertex`?" in typo.stderr
    assert states(tmp_path) == {"bedrock-eu": Forced.OPEN}


def test_a_route_is_not_held_for_ever(tmp_path: Path) -> None:
    done = route(tmp_path, "bedrock-eu", "open")
    assert done.returncode == 2
    assert "an override must end" in done.stderr
    assert not (tmp_path / "o.yml").exists()
