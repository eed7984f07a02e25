"""Facts about the page on versions: its vectors, its override and its manifest work as they stand."""

import re
from pathlib import Path

import pytest
import yaml

from evalgate.adapters.files import read_yaml
from evalgate.model.serving import Serving
from evalgate.prompts.override_file import read_override
from evalgate.runtime.versions.look import MOST_BYTES, UNSETTLED_SECONDS
from evalgate.runtime.versions.shelf import LOOK_SECONDS, Shelf
from evalgate.runtime.versions.split import bucket

PAGE = (Path(__file__).parents[2] / "docs/versions.md").read_text("utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
VECTORS = re.findall(r"^\| (`[^`]+`|\(empty\)) \| (`[^`]+`|\(empty\)) \| (\d+) \|$", PAGE, re.M)


def written(cell: str) -> str:
    return "" if cell == "(empty)" else cell.strip("`")


@pytest.mark.parametrize(("salt", "unit", "expected"), VECTORS)
def test_the_vectors_are_those_of_the_split(salt: str, unit: str, expected: str) -> None:
    assert bucket(written(unit), written(salt)) == int(expected)


def test_there_are_vectors() -> None:
    assert len(VECTORS) == 6


def test_the_manifest_makes_a_folder_that_serves(tmp_path: Path) -> None:
    config, deployment = yaml.safe_load_all(BLOCKS[0])
    (volume, _) = deployment["spec"]["template"]["spec"]["volumes"]
    assert volume["configMap"]["name"] == config["metadata"]["name"]
    for item in volume["configMap"]["items"]:
        path = tmp_path / item["path"]
        path.parent.mkdir(exist_ok=True)
        path.write_text(config["data"][item["key"]])
    shelf = Shelf(tmp_path, read_serving=lambda _: Serving(), on_event=print)
    assert shelf.live("support-reply").stable.version == "v1"


def test_the_override_is_one() -> None:
    override = read_override(read_yaml("override.yml", BLOCKS[1].encode()))
    assert override.prompts["support-reply"].version == "v2"
    assert override.routes.keys() == {"bedrock-eu"}


def test_the_measures_are_those_of_the_code() -> None:
    assert LOOK_SECONDS == 0.5
    assert UNSETTLED_SECONDS == 2
    assert MOST_BYTES == 2_000_000
