"""Facts about the manifests that are printed; tests/unit/engines says that they are right."""

import pytest

from evalgate.cli.engine_files import MANIFESTS, manifest_text
from evalgate.cli.main import main
from tests.unit.engines.manifests import ENGINES


@pytest.mark.parametrize("engine", MANIFESTS)
def test_the_manifests_are_printed_as_they_stand(
    engine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve-verdict", "--print", engine]) == 0
    printed = capsys.readouterr().out
    assert printed == manifest_text(engine)
    for name in MANIFESTS[engine]:
        assert (ENGINES / name).read_text("utf-8") in printed
