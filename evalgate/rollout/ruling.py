"""Says whether a verdict lets a promotion through; what is not proven does not pass."""

from collections.abc import Iterator
from dataclasses import dataclass

from evalgate.errors import ExitCode
from evalgate.model.policy import OnInconclusive
from evalgate.model.verdict import RunVerdict, Verdict
from evalgate.rollout.promotion import Promotion, Step

NOTHING_TO_RUN = frozenset({"identical_request", "identical_version"})
"""Reasons for which a version needs no trial: it asks what the stable one asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Whether a promotion may be made, the exit code of one that may not, and why in words."""

    exit_code: ExitCode
    why: str

    @property
    def passes(self) -> bool:
        """Whether the live pointer may move."""
        return self.exit_code is ExitCode.OK


def rule(promotion: Promotion, verdict: RunVerdict) -> Ruling:
    """Return what a verdict means for a promotion; the policy's `warn` lets nothing through."""
    if verdict.verdict is Verdict.NOT_APPLICABLE and promotion.step is Step.BACK:
        return Ruling(exit_code=ExitCode.OK, why="a step back needs no proof")
    if verdict.verdict is not Verdict.PASS:
        code = verdict.verdict.exit_code(OnInconclusive.BLOCK)
        blocked = ExitCode.NOT_EVALUATED if code is ExitCode.OK else code
        return Ruling(exit_code=blocked, why=_why(verdict))
    if promotion.step is Step.FORWARD and not _is_about(promotion, verdict):
        why = f"the gate has not judged {promotion.request.version} as it is promoted"
        return Ruling(exit_code=ExitCode.NOT_EVALUATED, why=why)
    return Ruling(exit_code=ExitCode.OK, why=_why(verdict))


def _is_about(promotion: Promotion, verdict: RunVerdict) -> bool:
    """Return whether exactly the version that is promoted was run, or needed no run."""
    request = promotion.request
    own = [prompt for prompt in verdict.prompts if prompt.name == request.prompt]
    run = [each.candidate for each in own if each.candidate is not None]
    if run:
        return all((ref.version, ref.hash) == (request.version, promotion.hash) for ref in run)
    return any(reason.code in NOTHING_TO_RUN for each in own for reason in each.reasons)


def _why(verdict: RunVerdict) -> str:
    return " ".join(_messages(verdict)) or f"the verdict is {verdict.verdict.value}"


def _messages(verdict: RunVerdict) -> Iterator[str]:
    for reason in verdict.reasons:
        yield reason.message if reason.message.endswith(".") else f"{reason.message}."
