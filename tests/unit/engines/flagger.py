"""What Flagger makes of the answers to its webhooks, told in our own words.

After the source of v1.44.0 (15bd6ad, Apache-2.0): `pkg/controller/webhook.go`, `scheduler.go` and
`scheduler_hooks.go`, for a canary whose weight grows by steps. Only what our manifest uses is here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from tests.unit.engines.manifests import Manifest, reached

Post = Callable[[str], int]
"""Posts to an address, and returns the status; 0 where nobody answers."""

PRIMARY = "primary"


@dataclass(slots=True)
class Canary:
    """One release of an app, from the new revision to its end."""

    manifest: Manifest
    phase: str = "Initialized"
    weight: int = 0
    asked: list[str] = field(default_factory=list)

    def tick(self, post: Post) -> str:
        """Do what one interval brings, and return the phase."""
        if self.phase in ("Promoting", "Failed"):
            return self.phase
        if self.phase in ("Initialized", "Waiting"):  # no rollback is asked for here
            self.phase = "Progressing" if self._all_pass("confirm-rollout", post) else "Waiting"
        elif any(self._answers("rollback", post)):
            self.phase, self.weight = "Failed", 0
        elif self.phase == "WaitingPromotion" or self._all_pass("confirm-traffic-increase", post):
            self._move(post)
        return self.phase

    def _move(self, post: Post) -> None:
        steps = reached(self.manifest, "spec", "analysis", "stepWeights")
        assert isinstance(steps, list)
        weights = [0, *(int(str(each)) for each in steps)]
        following = dict(pairwise(weights))
        if self.weight in following:
            self.weight = following[self.weight]
        elif self._all_pass("confirm-promotion", post):
            self.phase = "Promoting"
        else:
            self.phase = "WaitingPromotion"

    def _all_pass(self, kind: str, post: Post) -> bool:
        return all(self._answers(kind, post))

    def _answers(self, kind: str, post: Post) -> list[bool]:
        hooks = reached(self.manifest, "spec", "analysis", "webhooks")
        assert isinstance(hooks, list)
        self.asked.append(kind)
        return [
            200 <= post(str(reached(hook, "url"))) <= 202
            for hook in hooks
            if reached(hook, "type") == kind
        ]
