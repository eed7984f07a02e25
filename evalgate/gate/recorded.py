"""Tells which planned trials need no call, because the base keeps a record of them."""

from collections.abc import Callable
from dataclasses import replace

from evalgate.gate.outside import Outside
from evalgate.gate.planning import Plan
from evalgate.gate.runner import places
from evalgate.prompts.render import render
from evalgate.running.keys import answer_key, asked_key, grading_key
from evalgate.running.plan import PlannedTrial


def recorded(plan: Plan, outside: Outside) -> Callable[[PlannedTrial], bool]:
    """Return what tells whether a record answers a trial, grades and all."""
    records, policy = plan.records, plan.sources.policy
    if records is None:
        return lambda planned: planned.check is not None and planned.check.known is not None
    where = places(policy, outside)
    origin, judge_origin = where.origin(policy.run.route), where.origin(policy.judge.route)

    def is_recorded(planned: PlannedTrial) -> bool:
        if planned.check is not None:
            return planned.check.known is not None
        request = replace(render(planned.version, planned.case), sample=planned.sample)
        key = answer_key(request, origin=origin)
        past = records.find(asked_key(key, planned.case.tool_results))
        graded_by = grading_key(
            planned.case, judge=policy.judge, origin=judge_origin, code=plan.code_hash
        )
        return past is not None and past.grading == graded_by

    return is_recorded
