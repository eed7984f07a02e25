"""Facts about what Flagger does by the manifest, on every answer that there is."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.milestone import Phase
from evalgate.model.rollout import Outcome, RolloutReport
from tests.unit.engines.flagger import Canary, Post
from tests.unit.engines.manifests import Manifest, documents, reached, served
from tests.unit.rollout.known_rollouts import known_rollout

(MANIFEST,) = documents("flagger/canary.yaml")
PASS = known_rollout(Outcome.ADVANCE)
WAIT = known_rollout(Outcome.HOLD)
FAIL = known_rollout(Outcome.ROLL_BACK)
BACK = known_rollout(Outcome.HOLD, Phase.ROLLED_BACK)
DONE = known_rollout(Outcome.HOLD, Phase.PROMOTED)
OTHER = known_rollout(Outcome.ADVANCE, version="v3")
DOWN = "down"

Known = RolloutReport | None | str


def knowing(known: Known) -> Post:
    """Return how a server answers that knows this, or that does not answer."""

    def post(url: str) -> int:
        return 0 if isinstance(known, str) else served("POST", url, known).status

    return post


MORE = "confirm-traffic-increase"


def without(kind: str) -> Manifest:
    """Return the manifest as it is without the hooks of a type."""
    manifest = deepcopy(MANIFEST)
    hooks = reached(manifest, "spec", "analysis", "webhooks")
    assert isinstance(hooks, list)
    hooks[:] = [hook for hook in hooks if reached(hook, "type") != kind]
    return manifest


def released(*known: Known, manifest: Manifest = MANIFEST) -> Canary:
    """Return a release after one interval for each thing that was known."""
    canary = Canary(manifest)
    for each in known:
        canary.tick(knowing(each))
    return canary


@pytest.mark.parametrize(
    ("known", "phase", "weight"),
    [
        ([WAIT], "Progressing", 0),
        ([WAIT] * 900, "Progressing", 0),
        ([WAIT] * 900 + [PASS], "Progressing", 20),
        ([WAIT] + [PASS] * 2, "Progressing", 50),
        ([WAIT] + [PASS] * 2 + [WAIT] * 9, "Progressing", 50),
        ([PASS] * 4, "Promoting", 50),
        ([WAIT, FAIL], "Failed", 0),
        ([PASS] * 3 + [FAIL], "Failed", 0),
        ([PASS] * 3 + [BACK], "Failed", 0),
        ([PASS] * 3 + [DOWN] * 900, "Progressing", 50),
        ([PASS] * 3 + [OTHER] * 9, "Progressing", 50),
        ([DOWN] * 9, "Waiting", 0),
        ([None] * 9, "Waiting", 0),
        ([OTHER] * 9, "Waiting", 0),
        ([BACK] * 9, "Waiting", 0),
        ([known_rollout(Outcome.ADVANCE, verdict="")] * 9, "Waiting", 0),
        ([DONE] * 4, "Promoting", 50),
    ],
)
def test_a_release_gets_more_traffic_by_a_pass_alone(
    known: list[Known], phase: str, weight: int
) -> None:
    canary = released(*known)
    assert (canary.phase, canary.weight) == (phase, weight)


@pytest.mark.parametrize(
    ("known", "phase", "weight"),
    [
        ([WAIT] * 3, "Progressing", 50),
        ([WAIT] * 4, "WaitingPromotion", 50),
        ([WAIT] * 900, "WaitingPromotion", 50),
        ([WAIT] * 900 + [PASS], "Promoting", 50),
        ([WAIT] * 900 + [FAIL], "Failed", 0),
        ([WAIT] * 4 + [DOWN] * 900, "WaitingPromotion", 50),
        ([WAIT] * 3 + [OTHER] * 9, "WaitingPromotion", 50),
    ],
)
def test_without_the_hook_for_more_traffic_a_pass_is_asked_for_before_all_of_it(
    known: list[Known], phase: str, weight: int
) -> None:
    canary = released(*known, manifest=without(MORE))
    assert (canary.phase, canary.weight) == (phase, weight)


@given(st.lists(st.sampled_from([WAIT, FAIL, BACK, OTHER, None, DOWN]), max_size=40))
def test_without_a_pass_no_release_is_promoted(known: list[Known]) -> None:
    for manifest in (MANIFEST, without(MORE)):
        assert released(*known, manifest=manifest).phase != "Promoting"


@given(st.lists(st.sampled_from([WAIT, PASS, FAIL, DOWN]), max_size=40))
def test_a_fail_calls_every_release_back_that_has_pods(known: list[Known]) -> None:
    canary = released(*known)
    had_pods = canary.phase in ("Progressing", "WaitingPromotion")
    canary.tick(knowing(FAIL))
    assert canary.phase in (("Failed",) if had_pods else ("Waiting", "Failed", "Promoting"))


def test_a_release_is_asked_about_harm_at_every_interval_once_it_has_pods() -> None:
    canary = released(*[WAIT] * 10)
    assert canary.asked.count("rollback") == 9
    assert canary.asked.count("confirm-rollout") == 1
