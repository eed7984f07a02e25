"""A golden case is drafted from a sampled call into the text of an eval set."""

import json
from pathlib import Path

import pytest

from tests.e2e.incident_shop import SAMPLED, evalgate, make_shop, opened, the_incident

CASE = f"incident-{SAMPLED[-8:]}"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(make_shop(tmp_path))
    monkeypatch.delenv("EVALGATE_OVERRIDE", raising=False)
    return tmp_path


def test_a_case_that_is_not_there_is_told(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = opened(shop).id
    draft = ("incident", "case", name, "--evalset", "support")
    assert evalgate(*draft, "--from", "nobody") == 2
    assert "holds no sample of nobody" in capsys.readouterr().err
    (shop / "spool").chmod(0o755)
    assert evalgate(*draft, "--from", SAMPLED) == 2
    (shop / "spool").chmod(0o700)
    assert evalgate(*draft, "--from", SAMPLED, "--print") == 0
    assert "How long may I return it?" in capsys.readouterr().out
    assert the_incident(shop).drafted == ()


def test_cases_in_lines_get_a_line_more(shop: Path) -> None:
    (shop / "evalsets/lines.yaml").write_text(
        "prompts: [support-reply]\ngraders: [{contains: x}]\ncases: lines.jsonl\n"
    )
    lines = shop / "evalsets/lines.jsonl"
    lines.write_text('{"id": "one", "vars": {"question": "q", "order": "o"}}')
    name = opened(shop).id
    draft = ("incident", "case", name, "--from", SAMPLED, "--evalset", "lines", "--name", CASE)
    assert evalgate(*draft) == 0
    first, second = lines.read_text().splitlines()
    assert json.loads(first)["id"] == "one"
    assert json.loads(second)["id"] == CASE
    assert evalgate(*draft) == 2
    assert len(lines.read_text().splitlines()) == 2


def test_a_draft_that_does_not_fit_its_set_changes_no_byte(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = opened(shop).id
    draft = ("incident", "case", name, "--from", SAMPLED, "--evalset", "support")
    before = (shop / "evalsets/support.yaml").read_bytes()
    assert evalgate(*draft, "--name", "one") == 2
    assert "nothing was written" in capsys.readouterr().err
    assert (shop / "evalsets/support.yaml").read_bytes() == before
    assert evalgate("incident", "case", name, "--from", SAMPLED, "--evalset", "suport") == 2
    assert "did you mean `support`" in capsys.readouterr().err


def test_a_version_that_is_gone_is_told(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = opened(shop).id
    (shop / "prompts/support-reply/v2.md").unlink()
    assert evalgate("incident", "case", name, "--from", SAMPLED, "--evalset", "support") == 2
    assert "bring it back with git" in capsys.readouterr().err
