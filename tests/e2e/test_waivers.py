"""Facts about waivers as a user meets them: from a blocked change to one that is let through."""

import json
from pathlib import Path

from evalgate.adapters.git_writing import commit_all
from tests.e2e.shop import POLICY, RULES, decided, make_shop, run, simulated_claude, version, write

POLITE = RULES.replace(
    "behaviours:\n",
    "behaviours:\n  - {name: thanks, when: hot, needs: polite, with: 1, without: 0, says: Thanks.}\n",
)
HOT = "  - {id: hot, vars: {question: hot}, critical: true, graders: [{contains: Thanks}]}\n"
REPORTS = ("comment.md", "summary.md", "report.html", "junit.xml", "verdict.json")


def test_the_base_waives_a_case_for_one_candidate(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop")
    cases = (shop / "evalsets/p.yaml").read_text()
    (shop / "prompts/p/v2.md").unlink()
    write(
        shop,
        {
            "prompts/p/v1.md": version("Name the 30 days, and be polite."),
            "evalsets/p.yaml": cases + HOT,
        },
    )
    commit_all(shop, "a critical case")
    damaged = {"prompts/p/v2.md": version("Name the 30 days.")}
    with simulated_claude(rules=POLITE) as claude:
        write(shop, damaged)
        assert run(shop, "gate", "--out", "run1", server=claude).returncode == 1
        blocked = json.loads((shop / "run1/verdict.json").read_text())["prompts"][0]
        assert blocked["reasons"][0]["code"] == "critical_case"

        (shop / "prompts/p/v2.md").unlink()
        waiver = {"case": "hot", "evalset": "p", "owner": "Ann of Desk", "reason": "is replaced"}
        waiver |= {"expires": "2099-12-31", "candidate": blocked["candidate"]["hash"][:12]}
        write(shop, {".github/evalgate.yml": f"{POLICY}waivers: [{json.dumps(waiver)}]\n"})
        commit_all(shop, "waive it")
        write(shop, damaged)
        passed = run(shop, "gate", "--out", "run2", server=claude)
    assert passed.returncode == 0
    assert "1 case waived." in " ".join(passed.stdout.split())
    for name in REPORTS:
        text = (shop / "run2" / name).read_text()
        assert "Ann of Desk" in text, name
        assert "2099-12-31" in text, name
    told = json.loads((shop / "run2/verdict.json").read_text())["prompts"][0]
    assert told["waived"] == [{key: waiver[key] for key in waiver if key != "evalset"}]
    assert told["ledger"]["candidate"] == {
        "planned": 43,
        "graded": 40,
        "errored": 0,
        "skipped": 0,
        "waived": 3,
    }

    # What is decided about a finished run goes by the day on which it began.
    before = decided(shop / "run2")
    assert run(shop, "report", "run2").returncode == 0
    assert decided(shop / "run2") == before
    plan = json.loads((shop / "run2/plan.json").read_text())
    (shop / "run2/plan.json").write_text(json.dumps(plan | {"as_of": "2100-01-01"}))
    assert run(shop, "report", "run2").returncode == 1
