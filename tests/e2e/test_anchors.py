"""Facts about looking for drift of the judge from the command line."""

import json
from pathlib import Path

import pytest

from tests.e2e.shop import make_shop, run, simulated_claude
from tests.e2e.test_calibrate import DRIFTED, NOISY, POLICY, calibrate


@pytest.mark.full
def test_anchors_show_a_judge_that_has_drifted(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", cases=60, policy=POLICY.format(""))
    calibrate(shop)
    with simulated_claude(rules=NOISY) as claude:
        words = ("calibrate", "--anchors", "--cache", "answers.sqlite")
        same = run(shop, *words, server=claude)
        assert run(shop, *words, server=claude).stdout == same.stdout
        assert claude.calls == 600  # a stored verdict would tell nothing of today's judge
    with simulated_claude(rules=DRIFTED) as claude:
        other = run(shop, "calibrate", "--anchors", server=claude)
        document = run(shop, "calibrate", "--anchors", "--json", server=claude)
    assert (same.returncode, other.returncode, document.returncode) == (0, 1, 1)
    assert "has not drifted on p" in same.stdout
    assert "The judge has drifted on p" in other.stdout
    found = json.loads(document.stdout)
    assert (found["schema"], found["is_well"]) == ("drift/1", False)
    assert found["evalsets"][0]["p_decline"] < 0.005
