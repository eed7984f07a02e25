"""Facts about the words of a promotion."""

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from evalgate.errors import ExitCode
from evalgate.model.verdict import RunVerdict, Verdict
from evalgate.rollout.announcement import (
    SIMULATED,
    branch_name,
    commit_message,
    deployment_of,
    headline,
    page,
    title,
)
from evalgate.rollout.promotion import Promotion, promotion_of
from evalgate.rollout.ruling import Ruling
from tests.unit.rollout.asked import asked, promotion, prompt

URL = "https://github.example/team/shop/actions/runs/7"
VERDICT = RunVerdict(
    run_id="r",
    verdict=Verdict.PASS,
    reasons=(),
    exit_code=ExitCode.OK,
    base="b",
    head="h",
    policy_hash="",
)
RULING = Ruling(exit_code=ExitCode.OK, why="The drop stays within 5 points.")
CANARY = promotion("stable: v1\n", "v2", "2.5")
HOSTILE = "@team | <img src=x> ](http://evil) `a` ::error:: \n# big"


def reasoned(reason: str) -> Promotion:
    return promotion_of(asked("v2", "5", reason=reason), prompt("stable: v1\n"), at="HEAD")


def shown(made: Promotion, verdict: RunVerdict = VERDICT) -> str:
    return page(made, RULING, verdict, outcome=f"{headline(made)}, by commit", run_url=URL)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (CANARY, "v2 of p gets 2.5 % of the traffic, beside v1"),
        (promotion("stable: v1\n", "v2", "100"), "v2 of p gets all of the traffic"),
        (
            promotion("stable: v2\nhistory: [{stable: v1}]\n", "v1", "100"),
            "v1 of p gets all of the traffic again",
        ),
    ],
    ids=["canary", "stable", "rollback"],
)
def test_the_headline_says_what_happens_to_the_traffic(made: Promotion, said: str) -> None:
    assert headline(made) == said
    assert title(made) == f"Promote {said}"


def test_a_commit_names_its_run_and_nothing_that_anybody_wrote() -> None:
    made = reasoned("[skip ci] fixes #1")
    assert commit_message(made) == (
        "Promote p v2 to 5 %\n\nJudged by the evalgate run 20261121-120000-abcd.\n"
    )


def test_a_branch_is_named_by_what_is_promoted_and_by_the_run() -> None:
    assert branch_name(CANARY) == "evalgate/promote-p-v2-2-5-20261121-120000-abcd"
    strange = replace(CANARY, request=replace(CANARY.request, prompt="a..b~^:? [@{\\é.lock"))
    assert branch_name(strange) == "evalgate/promote-a-b-lock-v2-2-5-20261121-120000-abcd"


def test_a_deployment_holds_texts_alone() -> None:
    made = reasoned("tone")
    deployment = deployment_of(made, ref="c" * 40, environment="live")
    assert (deployment.ref, deployment.environment) == ("c" * 40, "live")
    assert deployment.description == headline(made)
    assert deployment.payload == {
        "prompt": "p",
        "version": "v2",
        "hash": made.hash,
        "percent": "5",
        "from": "v1",
        "step": "forward",
        "reason": "tone",
        "run": "20261121-120000-abcd",
    }


def test_a_long_name_fits_a_description() -> None:
    long = replace(CANARY, request=replace(CANARY.request, prompt="p" * 300))
    assert len(deployment_of(long, ref="c", environment="live").description) <= 140


def test_the_page_tells_what_was_asked_and_what_was_found() -> None:
    assert shown(reasoned("a kinder tone")) == snapshot("""\
### Promotion: v2 of p gets 5 % of the traffic, beside v1, by commit

|  |  |
| --- | --- |
| prompt | p |
| version | <code>v2</code> (<code>f002a857d3d3</code>) |
| share of the traffic | 5 % |
| stable so far | <code>v1</code> |
| verdict | <code>pass</code>: The drop stays within 5 points. |
| run | [20261121-120000-abcd](https://github.example/team/shop/actions/runs/7) |
| asked by | Ann |
| reason | a kinder tone |
""")


def test_what_others_wrote_does_nothing_on_the_page() -> None:
    text = shown(reasoned(HOSTILE))
    [line] = [line for line in text.splitlines() if line.startswith("| reason")]
    assert line == snapshot(
        "| reason | @\u200bteam \\| &lt;img src=x&gt; \\](http:\u200b//evil) \\`a\\` ::error:: #\u200b big |"
    )
    assert "<img" not in text
    assert "@team" not in text


def test_simulated_answers_and_switches_are_told_on_the_page() -> None:
    made = promotion("stable: v1\nswitch: {disabled: true}\n", "v2", "5")
    text = shown(made, replace(VERDICT, simulated=True))
    assert SIMULATED in text
    assert "The switch turns the prompt p off" in text
    assert SIMULATED not in shown(made)
