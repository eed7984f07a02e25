"""An incident is closed with a case that is new and shown to tell the versions apart."""

import json
from pathlib import Path

import pytest

from evalgate.model.incident import Status
from evalgate.monitoring.incidents.drafting import UNKNOWN
from tests.e2e.incident_shop import SAMPLED, evalgate, make_shop, opened, the_incident

CASE = f"incident-{SAMPLED[-8:]}"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(make_shop(tmp_path))
    monkeypatch.delenv("EVALGATE_OVERRIDE", raising=False)
    return tmp_path


def test_an_old_case_closes_nothing_and_no_call_is_made_for_it(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = opened(shop).id
    close = ("incident", "close", name, "--root-cause", "x")
    assert evalgate(*close, "--case", "support:one", "--prove", "--rules", "rules.yaml") == 2
    assert "was in the eval set before" in capsys.readouterr().err
    assert not list((shop / "reports").glob("2*"))
    for words in ((), ("--case", "support"), ("--case", "support:two"), ("--case", "none:one")):
        assert evalgate(*close, *words) == 2
    assert the_incident(shop).closure is None


def test_given_trials_prove_a_case_or_do_not(shop: Path, tmp_path: Path) -> None:
    name = opened(shop).id
    draft = ("incident", "case", name, "--from", SAMPLED, "--evalset", "support", "--name", CASE)
    assert evalgate(*draft) == 0
    lines = [
        {"prompt": "support-reply", "version": version, "evalset": "support", "case": CASE,
         "trial": trial, "status": "graded", "passed": version == good}
        for good in ("v1",)
        for version in ("v1", "v2")
        for trial in range(2)
    ]  # fmt: skip
    trials = tmp_path / "trials.jsonl"
    trials.write_text("".join(json.dumps(each) + "\n" for each in lines))
    close = ("incident", "close", name, "--root-cause", "x", "--case", f"support:{CASE}")
    assert evalgate(*close) == 2
    assert evalgate(*close, "--trials", "trials.jsonl", "--bad", "v1", "--good", "v2") == 2
    assert evalgate(*close, "--trials", "trials.jsonl") == 0
    assert the_incident(shop).status is Status.CLOSED
    assert evalgate(*close, "--trials", "trials.jsonl") == 2


def test_a_case_may_be_unproven_with_a_reason(shop: Path) -> None:
    name = opened(shop).id
    draft = ("incident", "case", name, "--from", SAMPLED, "--evalset", "support", "--name", CASE)
    assert evalgate(*draft) == 0
    close = ("incident", "close", name, "--root-cause", "x", "--case", f"support:{CASE}")
    assert evalgate(*close, "--unproven", "the provider's fault", "--prove") == 2
    assert evalgate(*close, "--unproven", "the provider's fault") == 0
    closure = the_incident(shop).closure
    assert closure is not None
    assert (closure.cases[0].proof, closure.cases[0].note) == ("unproven", "the provider's fault")


def test_a_draft_with_gaps_closes_nothing(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = opened(shop).id
    draft = ("incident", "case", name, "--from", SAMPLED, "--evalset", "support", "--name", CASE)
    assert evalgate(*draft) == 0
    path = shop / "evalsets/support.yaml"
    path.write_text(path.read_text().replace("order: QF-1", f"order: '{UNKNOWN}'"))
    close = ("incident", "close", name, "--root-cause", "x", "--case", f"support:{CASE}")
    assert evalgate(*close, "--unproven", "y") == 2
    assert "FILL IN" in capsys.readouterr().err


def test_a_renamed_old_case_is_no_new_one(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = opened(shop).id
    path = shop / "evalsets/support.yaml"
    path.write_text(path.read_text().replace("id: one", "id: renamed"))
    close = ("incident", "close", name, "--root-cause", "x", "--case", "support:renamed")
    assert evalgate(*close, "--unproven", "y") == 2
    assert "was in the eval set before" in capsys.readouterr().err


def test_outside_of_a_repository_it_is_said_that_nobody_knows(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = opened(shop).id
    (shop / ".git").rename(shop / "no.git")
    close = ("incident", "close", name, "--root-cause", "x", "--case", "support:one")
    assert evalgate(*close, "--unproven", "y") == 0
    assert "is new is not known" in capsys.readouterr().out
