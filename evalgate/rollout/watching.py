"""Decides what a rollout does by itself; pure.

Harm is taken back at once. To go on by itself is what the policy must allow, and a person who has
held a rollout is not overruled.
"""

from evalgate.model.milestone import Phase
from evalgate.model.rollout import Outcome, Outlook, RolloutReport
from evalgate.prompts.library import Prompt
from evalgate.rollout.hand_move import HandMove, Signature
from evalgate.rollout.reverting import rolled_back
from evalgate.rollout.stepping import advanced, held


def following(prompt: Prompt, report: RolloutReport, signature: Signature) -> HandMove | None:
    """Return the move that follows from the evidence without anybody's word, if one does.

    Args:
        prompt: with its live pointer as the report was made from.
        report: of its rollout.
        signature: when, and in whose name.
    """
    rollout, outlook = report.rollout, report.outlook
    if rollout.phase.is_over:
        return None
    because = evidence_words(outlook)
    if outlook.outcome is Outcome.ROLL_BACK:
        return rolled_back(prompt, signature=signature, because=because)
    if rollout.phase is Phase.HELD:
        return None
    if outlook.outcome is Outcome.ADVANCE:
        if not report.rules.automatic:
            return None
        return advanced(prompt, rules=report.rules, signature=signature, because=because)
    return held(prompt, signature=signature, because=because) if outlook.expired else None


def evidence_words(outlook: Outlook) -> str:
    """Return what the evidence says, for the history: sentences without full stops."""
    return "; ".join(reason.message for reason in outlook.reasons)
