"""Facts about `evalgate run`; the end-to-end tests cover shards and resumptions."""

from pathlib import Path

import pytest

from tests.unit.cli.shops import SIMULATED, evalgate, make_shop


def test_trials_are_run_and_nothing_is_decided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = make_shop(tmp_path)
    assert evalgate(shop, "run", "--out", "my run", *SIMULATED) == 0
    said = capsys.readouterr().out
    assert said == "The trials are in my run; decide with: evalgate report 'my run'\n"
    assert {path.name for path in (shop / "my run").iterdir()} == {"plan.json", "trials.jsonl"}


@pytest.mark.parametrize("shard", ["0/3", "4/3", "3", "x", "1/9999", "-1/2", "1/2/3", ""])
def test_what_names_no_shard_is_refused(
    tmp_path: Path, shard: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evalgate(make_shop(tmp_path), "run", f"--shard={shard}", *SIMULATED) == 2
    assert f"--shard: expected the part and the number of parts, 2/4, got `{shard}`" in (
        capsys.readouterr().err
    )


def test_several_policies_need_one_to_be_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = make_shop(tmp_path)
    (shop / ".github/evalgate.more.yml").write_text("paths: {prompts: more}\n")
    assert evalgate(shop, "run", *SIMULATED) == 2
    assert "name one of .github/evalgate.more.yml, .github/evalgate.yml" in capsys.readouterr().err
