"""Facts about `evalgate accept`: where it may be typed, and what it writes."""

from pathlib import Path

import pytest

from evalgate.adapters.git_process import check
from evalgate.adapters.git_writing import commit_all, switch_branch
from tests.unit.cli.shops import CASES, FILES, evalgate, make_shop

FILE = "reports/accepted/p.yaml"
WORDS = ("accept", "p", "--head", "shorter", "--reason", "no kettles", "--by", "Ann")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository on its base branch, beside a branch that deletes half of its cases."""
    shop = make_shop(tmp_path)
    (shop / "prompts/p/v2.md").unlink()
    switch_branch(shop, "shorter", start="main")
    half = CASES[: len(CASES) // 2].rpartition("\n")[0]
    (shop / "evalsets/p.yaml").write_text(FILES["evalsets/p.yaml"].replace(CASES, f"{half}\n"))
    commit_all(shop, "fewer cases")
    check(shop, "switch", "--quiet", "main")
    return shop


def test_without_a_name_what_needs_it_is_listed(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evalgate(shop, "accept", "--head", "shorter") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("p: 20 cases at the base (set_changed)\n  deleted ")
    assert evalgate(shop, "accept") == 0
    assert capsys.readouterr().out == "no change of an eval set needs to be accepted\n"


def test_an_acceptance_is_written_into_the_work_tree_once(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evalgate(shop, *WORDS) == 0
    assert "commit it to main, then run the gate of the pull request again" in (
        capsys.readouterr().out
    )
    text = (shop / FILE).read_text()
    assert text.startswith("schema: accepted/1\naccepted:\n  - content: ")
    assert '    by: "Ann"\n' in text
    assert '    reason: "no kettles"\n' in text
    assert evalgate(shop, *WORDS[:-1], "Ben") == 0
    assert "Ann has accepted this" in capsys.readouterr().out
    assert (shop / FILE).read_text() == text
    commit_all(shop, "accepted")
    assert evalgate(shop, "accept", "--head", "shorter") == 0
    assert "  accepted by Ann on 20" in capsys.readouterr().out


def test_a_dry_run_writes_nothing(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evalgate(shop, *WORDS, "--dry-run") == 0
    assert f"{FILE}: would be written" in capsys.readouterr().out
    assert not (shop / FILE).exists()


def test_the_name_is_that_of_git_where_none_is_given(shop: Path) -> None:
    check(shop, "config", "user.name", "Ben of Desk")
    assert evalgate(shop, *WORDS[:-2]) == 0
    assert '    by: "Ben of Desk"\n' in (shop / FILE).read_text()


def test_a_second_acceptance_follows_on_the_first(shop: Path) -> None:
    evalgate(shop, *WORDS)
    check(shop, "switch", "--quiet", "shorter")
    (shop / "evalsets/p.yaml").write_text((shop / "evalsets/p.yaml").read_text() + "# more\n")
    text = (shop / "evalsets/p.yaml").read_text().replace("x0}", "other}")
    (shop / "evalsets/p.yaml").write_text(text)
    check(shop, "add", "evalsets")
    check(shop, "-c", "user.name=x", "-c", "user.email=x@y", "commit", "--quiet", "-m", "edited")
    check(shop, "switch", "--quiet", "main")
    assert evalgate(shop, *WORDS) == 0
    assert (shop / FILE).read_text().count("  - content: ") == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("accept", "p", "--reason", "x"), "--head: name the change"),
        (("accept", "p", "--head", "shorter"), "--reason: say why the change of the set is right"),
        (("accept", "p", "--head", "shorter", "--reason", " "), "--reason: say why"),
        (
            ("accept", "q", "--head", "shorter", "--reason", "x"),
            "nothing about an eval set `q` needs to be accepted (known: p)",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(
    shop: Path, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evalgate(shop, *words) == 2
    assert said in capsys.readouterr().err
    assert not (shop / FILE).exists()


def test_a_work_tree_that_holds_the_change_is_refused(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check(shop, "switch", "--quiet", "shorter")
    assert evalgate(shop, *WORDS) == 2
    assert "a change cannot accept itself: switch to the base branch" in capsys.readouterr().err


def test_a_work_tree_that_is_behind_the_base_is_refused(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check(shop, "branch", "old")
    (shop / "more").write_text("")
    commit_all(shop, "more")
    check(shop, "switch", "--quiet", "old")
    assert evalgate(shop, *WORDS) == 2
    assert "the work tree is not on refs/heads/main" in capsys.readouterr().err


def test_no_workflow_for_a_pull_request_gives_a_maintainers_word(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    assert evalgate(shop, *WORDS) == 2
    assert "is a maintainer's word" in capsys.readouterr().err


def test_git_without_a_name_asks_for_one(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    assert evalgate(shop, *WORDS[:-2]) == 2
    assert "--by: say who answers for it" in capsys.readouterr().err


def test_a_file_that_git_leaves_out_is_named_and_keeps_what_it_has(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / ".gitignore").write_text("reports/*\n")
    assert evalgate(shop, *WORDS) == 0
    said = f"{FILE}: written; .gitignore leaves it out, so add it by `git add --force {FILE}`"
    assert said in capsys.readouterr().out
    written = (shop / FILE).read_text()
    assert evalgate(shop, *WORDS) == 0
    assert "Ann has accepted this on" in capsys.readouterr().out
    assert (shop / FILE).read_text() == written


def test_a_change_that_is_merged_already_has_nothing_to_accept(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evalgate(shop, "accept", "p", "--head", "main", "--reason", "x") == 2
    assert "nothing about an eval set `p` needs to be accepted" in capsys.readouterr().err
