"""Facts about accepted eval sets as a user meets them: from a held change to one let through."""

from pathlib import Path

from evalgate.adapters.git_process import check
from evalgate.adapters.git_writing import commit_all, switch_branch
from tests.e2e.shop import (
    Claude,
    decided,
    make_shop,
    run,
    simulated_claude,
    verdict,
    version,
    write,
)

REPORTS = ("comment.md", "summary.md", "report.html", "verdict.json")


def delete(shop: Path, *cases: str) -> None:
    """Commit a change on its branch that takes cases out of the set."""
    check(shop, "switch", "--quiet", "change")
    kept = (shop / "evalsets/p.yaml").read_text().splitlines()
    kept = [line for line in kept if not any(f"id: {case}," in line for case in cases)]
    write(shop, {"evalsets/p.yaml": "\n".join(kept) + "\n"})
    commit_all(shop, "fewer cases")
    check(shop, "switch", "--quiet", "main")


def gate(shop: Path, claude: Claude, name: str) -> int:
    return run(shop, "gate", "--head", "change", "--out", name, server=claude).returncode


def test_the_base_accepts_one_content_of_a_set(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", cases=30)
    (shop / "prompts/p/v2.md").unlink()
    switch_branch(shop, "change", start="main")
    write(shop, {"prompts/p/v2.md": version("Always name the 30 days.")})
    delete(shop, "c1", "c2", "c3", "c4")
    with simulated_claude() as claude:
        assert gate(shop, claude, "run1") == 3
        assert "evalgate accept p --head" in (shop / "run1/comment.md").read_text()

        # An acceptance in the change itself is none.
        accept = ("accept", "p", "--head", "change", "--reason", "no kettles", "--by", "Ann")
        assert run(shop, *accept).returncode == 0
        own = (shop / "reports/accepted/p.yaml").read_text()
        (shop / "reports/accepted/p.yaml").unlink()
        check(shop, "switch", "--quiet", "change")
        write(shop, {"reports/accepted/p.yaml": own})
        check(shop, "add", "--force", "reports/accepted/p.yaml")
        commit_all(shop, "accept myself")
        check(shop, "switch", "--quiet", "main")
        assert gate(shop, claude, "run2") == 3
        notes = verdict(shop / "run2")["notes"]
        assert isinstance(notes, list)
        assert "reports/accepted/p.yaml changed: an acceptance takes effect after the merge." in (
            notes
        )

        # The same one on the base counts.
        assert run(shop, *accept).returncode == 0
        check(shop, "add", "--force", "reports/accepted/p.yaml")
        commit_all(shop, "accept it")
        assert gate(shop, claude, "run3") == 0
        for name in REPORTS:
            assert "no kettles" in (shop / "run3" / name).read_text(), name
        before = decided(shop / "run3")
        assert run(shop, "report", "run3").returncode == 0
        assert decided(shop / "run3") == before

        # Until the set is edited again.
        delete(shop, "c5")
        assert gate(shop, claude, "run4") == 3
