"""Laws of rollouts under any sequence of commands, with moves by other means in between."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from evalgate.errors import UsageError
from evalgate.model.milestone import Milestone, Phase
from evalgate.model.prompt import LivePointer
from evalgate.prompts.library import Prompt
from evalgate.prompts.past import good_versions, milestones
from evalgate.prompts.view import View
from evalgate.rollout.course import rollout_of
from evalgate.rollout.hand_move import Signature
from evalgate.rollout.promotion import Step, promotion_of
from evalgate.rollout.reverting import rolled_back
from evalgate.rollout.rolling_back import Rollback
from evalgate.rollout.rolling_back import rolled_back as rolled_back_by_hand
from evalgate.rollout.starting import started
from evalgate.rollout.stepping import advanced, held
from evalgate.rollout.switching import Switching, switched
from evalgate.rollout.under_way import under_way
from tests.unit.rollout.asked import asked
from tests.unit.rollout.by_hand import ANN, shop
from tests.unit.rollout.rollouts import RULES, proven, reread

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SHARES = (5.0, 25.0, 50.0, 100.0)
VERSIONS = st.sampled_from(("v1", "v2", "v3", "v4", "v4", "v4"))


class AnyRollout(RuleBasedStateMachine):
    """A prompt that anybody may move by any command; each move is written and read again."""

    def __init__(self) -> None:
        super().__init__()
        self.prompt = shop()
        self.before = self.prompt
        self.now = NOON
        self.proven = {"v1", "v2", "v3"}

    @property
    def signature(self) -> Signature:
        return replace(ANN, at=f"{self.now:%Y-%m-%dT%H:%M:%SZ}")

    def move(self, make: Callable[[Prompt], LivePointer]) -> LivePointer | None:
        """Make a move unless it is refused; what is refused changes nothing."""
        try:
            after = make(self.prompt)
        except UsageError:
            return None
        assert reread(after) == after
        self.before, self.prompt = self.prompt, replace(self.prompt, live=reread(after))
        return after

    # Commands of rollouts

    @rule(version=VERSIONS)
    def begin(self, version: str) -> None:
        is_free = self.prompt.canary is None and not self.clock_is_behind()
        may_begin = is_free and version != self.prompt.stable
        offline = proven(self.prompt, version)
        begun = self.move(
            lambda prompt: (
                started(
                    prompt, version, offline=offline, rules=RULES, signature=self.signature
                ).pointer
            )
        )
        assert (begun is not None) == may_begin

    @rule(overridden=st.booleans(), times=st.integers(1, 5))
    def advance(self, overridden: bool, times: int) -> None:
        for _ in range(times):
            self.advance_once(overridden=overridden)

    def advance_once(self, *, overridden: bool) -> None:
        running, may_go_on = self.running(), not self.clock_is_behind()
        made = self.move(
            lambda prompt: (
                advanced(
                    prompt, rules=RULES, signature=self.signature, overridden=overridden
                ).pointer
            )
        )
        assert (made is not None) == (running is not None and may_go_on)
        if made is not None and running is not None and made.canary is None:
            assert (running.percent, made.stable) == (100.0, running.version)
            self.proven.add(running.version)

    @rule()
    def hold(self) -> None:
        self.move(lambda prompt: held(prompt, signature=self.signature).pointer)

    @rule()
    def roll_back(self) -> None:
        running = self.running()
        made = self.move(lambda prompt: rolled_back(prompt, signature=self.signature).pointer)
        if running is not None:
            assert made is not None
            assert (made.stable, made.canary) == (self.before.stable, None)

    # Moves by other means

    @rule(to=st.none() | VERSIONS)
    def go_back_by_hand(self, to: str | None) -> None:
        self.move(
            lambda prompt: rolled_back_by_hand(prompt, Rollback(to=to), self.signature).pointer
        )

    @rule(version=st.none() | VERSIONS, disabled=st.booleans())
    def switch(self, version: str | None, disabled: bool) -> None:
        asking = Switching(version=version, disabled=disabled, ungated=True)
        self.move(lambda prompt: switched(prompt, asking, self.signature).pointer)

    @rule(version=VERSIONS, percent=st.sampled_from(("5", "25", "100")))
    def promote(self, version: str, percent: str) -> None:
        def promoted(prompt: Prompt) -> LivePointer:
            return promotion_of(asked(version, percent), prompt, at="HEAD").pointer

        running = self.running()
        made = self.move(promoted)
        if made is None:
            return
        assert promotion_of(asked(version, percent), self.before, at="HEAD").step in Step
        if running is not None and made != self.before.live:
            assert (made.canary, made.stable == running.version) == (None, False)
        if percent == "100":
            self.proven.add(version)

    @rule(minutes=st.integers(-5, 600))
    def let_time_pass(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    # What is known

    def running(self) -> Milestone | None:
        return under_way(self.prompt.live) if self.prompt.live else None

    def clock_is_behind(self) -> bool:
        told = milestones(self.prompt.history)
        return bool(told) and self.signature.at < told[-1][0].at

    def courses(self) -> list[list[Milestone]]:
        """Return the milestones of each rollout."""
        found: list[list[Milestone]] = []
        for _, milestone in milestones(self.prompt.history):
            if milestone.phase is Phase.PREFLIGHT:
                found.append([])
            found[-1].append(milestone)
        return found

    # Laws

    @invariant()
    def history_only_grows(self) -> None:
        assert self.prompt.history[: len(self.before.history)] == self.before.history

    @invariant()
    def no_stage_is_skipped(self) -> None:
        for course in self.courses():
            shares = [each.percent for each in course if each.phase is Phase.SERVING]
            assert tuple(shares) == SHARES[: len(shares)]
            held_at = [
                (before.percent, each.percent)
                for before, each in pairwise(course)
                if each.phase is Phase.HELD
            ]
            assert all(before == share for before, share in held_at)
            promoted = [each for each in course if each.phase is Phase.PROMOTED]
            assert len(shares) == len(SHARES) or all(each.overridden for each in promoted)

    @invariant()
    def what_is_over_does_not_go_on(self) -> None:
        for course in self.courses():
            phases = [each.phase for each in course]
            over = next((at for at, phase in enumerate(phases) if phase.is_over), len(phases))
            assert phases[over + 1 :] in ([], [Phase.ROLLED_BACK])
            assert phases[over : over + 2] != [Phase.ROLLED_BACK, Phase.ROLLED_BACK]

    @invariant()
    def one_rollout_is_over_before_the_next_begins(self) -> None:
        for course in self.courses()[:-1]:
            assert course[-1].phase.is_over

    @invariant()
    def the_canary_is_what_the_history_tells(self) -> None:
        running, canary = self.running(), self.prompt.canary
        told = milestones(self.prompt.history)
        if running is not None and canary is not None:
            assert (canary.version, canary.percent) == (running.version, running.percent)
            assert canary.version != self.prompt.stable
        elif told:
            assert told[-1][1].phase.is_over

    @invariant()
    def a_rollout_can_be_read_unless_the_canary_is_of_none(self) -> None:
        if self.prompt.canary is not None and self.running() is None:
            return
        found = rollout_of(self.prompt)
        assert (found is None) == (not self.courses())
        if found is not None:
            last = self.courses()[-1][-1]
            assert (found.phase, found.version) == (last.phase, last.version)
            assert [step.percent for step in found.steps] == [
                share
                for share in dict.fromkeys(each.percent for each in self.courses()[-1])
                if 0 < share < 100
            ]
            instants = [found.started, *(step.since for step in found.steps), found.since]
            assert instants == sorted(instants)
            assert found.phase.is_over or found.percent == 100 or found.steps[-1].until is None

    @invariant()
    def nothing_is_good_that_was_not_proven(self) -> None:
        was = {version for version in self.prompt.versions if self.prompt.was_stable(version)}
        assert was <= self.proven
        assert self.prompt.live is not None
        assert set(good_versions(self.prompt.live)) <= was

    @invariant()
    def the_history_passes_the_gate(self) -> None:
        view = View(base=self.before, fork=self.before, head=self.prompt)
        assert not view.rewrites_history()


TestAnyRollout = AnyRollout.TestCase
TestAnyRollout.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
