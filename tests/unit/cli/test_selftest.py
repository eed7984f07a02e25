"""Facts about `evalgate selftest` without a call; the end-to-end tests cover the paid one."""

import json
from pathlib import Path

import pytest

from tests.unit.cli.shops import FILES, SIMULATED, VERSION, evalgate, make_shop

SMALL = ("selftest", "--runs", "4")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make_shop(tmp_path)


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_the_table_tells_every_course_of_the_stable_version(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evalgate(shop, *SMALL) == 0
    shown = capsys.readouterr().out
    assert "p  v1 on p" in shown
    assert "no record, so the ordinary world: 9 of 10 trials pass" in shown
    assert "nothing changed" in shown
    assert "40 points, all cases get worse" in shown
    assert max(len(line) for line in shown.splitlines()[2:10]) <= 80


def test_the_same_seed_prints_the_same_document(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = []
    for seed in ("3", "3", "4"):
        evalgate(shop, *SMALL, "--json", "--seed", seed)
        found.append(document(capsys)["sets"])
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_a_folder_gets_the_page_and_the_document(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evalgate(shop, *SMALL, "--json", "--out", "tested") == 0
    assert json.loads((shop / "tested/selftest.json").read_text()) == document(capsys)
    assert "<svg" in (shop / "tested/selftest.html").read_text()
    assert not (shop / "reports").exists()


def test_an_unsound_policy_ends_with_1(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / ".github/evalgate.yml").write_text("gate: {max_drop: 20, min_pass_rate: 1}\n")
    assert evalgate(shop, "selftest", "--runs", "10", "--json") == 1
    assert document(capsys)["soundness"] == "unsound"


def test_without_a_record_there_is_nothing_cached(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evalgate(shop, "selftest", "--cached") == 4
    assert "Untested: there are no trials to tell from." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--runs", "0"), "--runs: expected 1 to 100,000, got 0"),
        (("--max-cost", "1"), "--max-cost goes with --paid alone"),
        (("--simulate",), "--simulate goes with --paid alone"),
        (("--engine", "batches"), "--engine goes with --paid alone"),
        (("--paid", "0"), "--paid: expected 1 to 100 trials per case, got 0"),
        (("--prompt", "pp"), "there is no prompt `pp` (did you mean `p`?)"),
        (("--policy", "x.yml"), "--policy: there is no x.yml; there is .github/evalgate.yml"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    shop: Path, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evalgate(shop, "selftest", *words) == 2
    assert said in capsys.readouterr().err


def test_of_several_policies_one_is_to_be_named(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / ".github/evalgate.more.yml").write_text("")
    assert evalgate(shop, *SMALL) == 2
    assert "there are several policies: name one of" in capsys.readouterr().err
    assert evalgate(shop, *SMALL, "--policy", ".github/evalgate.yml") == 0


def test_a_selftest_of_nothing_is_refused(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "evalsets/p.yaml").unlink()
    assert evalgate(shop, *SMALL) == 2
    assert "p is left out: no eval set covers it" in capsys.readouterr().err


def test_a_paid_one_without_a_verdict_ends_with_4(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Three trials of 80 are lost, which the run bears, and three pairs of 40, which no verdict does.
    faults = "seed: d\nfaults: [{kind: overloaded, share: 0.05}]\n"
    (shop / "rules.yaml").write_text(FILES["rules.yaml"] + faults)
    (shop / ".github/evalgate.yml").write_text("gate: {max_drop: 20}\nrun: {attempts: 1}\n")
    words = ("selftest", "--paid", "2", "--runs", "4", "--out", "run", "--json", *SIMULATED)
    assert evalgate(shop, *words) == 4
    told = document(capsys)
    (test,) = told["sets"] if isinstance(told["sets"], list) else []
    assert (test["verdict"], told["soundness"]) == ("error", "sound")


def test_prompts_under_one_set_are_split_by_their_own_trials(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "prompts/q").mkdir()
    (shop / "prompts/q/v1.md").write_text(VERSION.replace("Say hi.", "Be silent."))
    (shop / "prompts/q/live.yaml").write_text("stable: v1\n")
    evalset = FILES["evalsets/p.yaml"].replace("[p]", "[p, q]")
    (shop / "evalsets/p.yaml").write_text(evalset)
    says = "says: Hi"
    either = "when: hi, says: Hi}, {name: b, unless: hi, says: Bye"
    (shop / "rules.yaml").write_text(FILES["rules.yaml"].replace(says, either))
    evalgate(shop, "selftest", "--paid", "1", "--runs", "20", "--out", "run", "--json", *SIMULATED)
    told = document(capsys)
    sets = told["sets"] if isinstance(told["sets"], list) else []
    passed = {test["prompt"]: test["courses"][0]["pass"] for test in sets}
    assert passed == {"p": 20, "q": 0}


def test_a_document_holds_no_command_for_a_workflows_runner(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "evalsets/p.yaml").rename(shop / "evalsets/##[error]stop.yaml")
    evalgate(shop, *SMALL, "--json")
    told = capsys.readouterr().out
    assert "##[" not in told
    assert json.loads(told)["sets"][0]["evalset"] == "##[error]stop"
