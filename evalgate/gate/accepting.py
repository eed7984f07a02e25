"""What a maintainer accepts: the eval sets whose change holds a pull request back."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from evalgate.deciding.rates import exceeds
from evalgate.gate.acceptances import (
    LIFTED,
    SET_CHANGED,
    acceptances_of,
    contents_of,
    is_changed,
    set_name,
)
from evalgate.gate.evalsets import EvalSets, Sets, read_evalsets
from evalgate.gate.gathering import Question, Sources, gather
from evalgate.gate.planning import Plan, make_plan
from evalgate.model.acceptance import Acceptance
from evalgate.model.comparison import CaseKind
from evalgate.model.evalset import Case
from evalgate.model.policy import Policy
from evalgate.model.ports import Parser, Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class SetChange:
    """A change of one eval set that holds a verdict back until it is accepted.

    `codes` are those of the reasons. `before` is the number of cases at the base; `edited`,
    `deleted` and `weakened` are ids, the latter of critical cases that were deleted, edited or made
    uncritical. `slices` are protected tags with the number of their cases before and after.
    `replaces` and `content` stand for both contents, as in `Acceptance`. `accepted` is what the
    base already says, if it does.
    """

    evalset: str
    policy: Policy
    codes: tuple[str, ...]
    before: int
    edited: tuple[str, ...]
    deleted: tuple[str, ...]
    weakened: tuple[str, ...]
    slices: Mapping[str, tuple[int, int]]
    replaces: str
    content: str
    accepted: Acceptance | None = None

    @property
    def is_removed(self) -> bool:
        """Whether the set no longer guards what it guarded."""
        return "evalset_removed" in self.codes


def set_changes(
    question: Question, repository: Repository, parser: Parser
) -> tuple[SetChange, ...]:
    """Return the changes of eval sets that hold a change back, or would, by the name of the set.

    Raises:
        RepositoryError: when git cannot answer.
        ConfigurationError: when a file that the verdict depends on is wrong.
    """
    sources = gather(question, repository, parser)
    codes = _codes(make_plan(replace(sources, acceptances={}), parser))
    if not codes:
        return ()
    sets = read_evalsets(sources, parser)
    in_force = acceptances_of(sources, sets, parser).in_force
    return tuple(
        _change(name, sources, sets, codes=codes[name], accepted=in_force.get(name))
        for name in sorted(codes)
        if is_changed(name, sources, sets)
    )


def _codes(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Return the codes of what an acceptance would answer, by eval set."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    budget = plan.sources.policy.gate.edit_budget
    for matchup in plan.matchups:
        changed = len(matchup.ids(CaseKind.EDITED)) + len(matchup.deleted)
        if exceeds(changed, budget, of=changed + len(matchup.ids(CaseKind.SAME))):
            found[matchup.evalset.name][SET_CHANGED] = None
    for finding in plan.findings:
        if finding.reason.code in LIFTED:
            found[set_name(finding.path)][finding.reason.code] = None
    return {name: tuple(codes) for name, codes in found.items()}


def _change(
    name: str,
    sources: Sources,
    sets: EvalSets,
    *,
    codes: tuple[str, ...],
    accepted: Acceptance | None,
) -> SetChange:
    base, fork, head = (_cases(name, each) for each in (sets.base, sets.fork, sets.head))
    past = fork | base
    edited = tuple(
        id_
        for id_, case in head.items()
        if id_ in past and case.hash not in {each[id_].hash for each in (base, fork) if id_ in each}
    )
    deleted = tuple(id_ for id_ in base if id_ in fork and id_ not in head)
    replaces, content = contents_of(name, sources, sets)
    return SetChange(
        evalset=name,
        policy=sources.policy,
        codes=codes,
        before=len(base),
        edited=edited,
        deleted=deleted,
        weakened=tuple(
            id_
            for id_, case in past.items()
            if case.critical
            and id_ in fork
            and (id_ not in head or id_ in edited or not head[id_].critical)
        ),
        slices=_slices(sources, fork, head),
        replaces=replaces,
        content=content,
        accepted=accepted,
    )


def _cases(name: str, sets: Sets) -> dict[str, Case]:
    return {case.id: case for case in sets[name].cases} if name in sets else {}


def _slices(
    sources: Sources, before: Mapping[str, Case], after: Mapping[str, Case]
) -> dict[str, tuple[int, int]]:
    """Return the protected tags that fewer cases have than before."""
    counts = {
        tag: (_tagged(before, tag), _tagged(after, tag))
        for tag in sources.policy.gate.protected_slices
    }
    return {tag: (had, has) for tag, (had, has) in counts.items() if has < had}


def _tagged(cases: Mapping[str, Case], tag: str) -> int:
    return sum(tag in case.tags for case in cases.values())
