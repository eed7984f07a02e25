"""Cases are run on the bad version and on the good one, in commits that nothing points to."""

from pathlib import Path

import pytest

from evalgate.adapters.git_process import check
from tests.e2e.incident_shop import SAMPLED, evalgate, make_shop, opened, the_incident


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(make_shop(tmp_path))
    monkeypatch.delenv("EVALGATE_OVERRIDE", raising=False)
    return tmp_path


def test_a_case_that_passes_on_both_proves_nothing_and_moves_nothing(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = opened(shop).id
    draft = ("incident", "case", name, "--from", SAMPLED, "--evalset", "support", "--name", "c")
    assert evalgate(*draft) == 0
    path = shop / "evalsets/support.yaml"
    path.write_text(path.read_text().replace("contains: 30 days", "contains: Quill"))
    state = check(shop, "status", "--porcelain"), check(shop, "rev-parse", "HEAD")
    close = ("incident", "close", name, "--root-cause", "x", "--case", "support:c")
    assert evalgate(*close, "--prove", "--rules", "rules.yaml", "--out", "reports/proof") == 2
    assert "does not tell the bad version from the good one" in capsys.readouterr().err
    assert (shop / "reports/proof/trials.jsonl").is_file()
    assert (check(shop, "status", "--porcelain"), check(shop, "rev-parse", "HEAD")) == state
    assert the_incident(shop).closure is None


def test_without_two_versions_there_is_nothing_to_run(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = opened(shop).id
    draft = ("incident", "case", name, "--from", SAMPLED, "--evalset", "support", "--name", "c")
    assert evalgate(*draft) == 0
    close = ("incident", "close", name, "--root-cause", "x", "--case", "support:c", "--prove")
    assert evalgate(*close, "--rules", "rules.yaml", "--good", "v2") == 2
    assert "two versions" in capsys.readouterr().err
