"""Turns a verdict and the trials behind it into the report that every output is written from."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from evalgate.model.evalset import Case
from evalgate.model.trial import Arm, Trial
from evalgate.model.verdict import PromptVerdict, RunVerdict, Verdict
from evalgate.reporting.advice import consequence, joined, next_steps
from evalgate.reporting.background import NOTHING_KNOWN, Background
from evalgate.reporting.case_telling import CaseTelling
from evalgate.reporting.gathering import (
    FAILING_TOLD,
    MOST_WHOLE,
    Gathering,
)
from evalgate.reporting.sentences import prompt_headline, run_headline
from evalgate.reporting.story import (
    ArmOutcome,
    CaseOutcome,
    Outcome,
    PromptStory,
    Report,
    Stories,
)

REGRESSED_TOLD = 200
FIXED_TOLD = 50
WAIVED_TOLD = 50
ERRORS_TOLD = 20


def tell(
    run: RunVerdict,
    *,
    trials: Callable[[], Iterator[Trial]],
    cases: Mapping[str, Mapping[str, Case]],
    background: Background = NOTHING_KNOWN,
) -> Report:
    """Tell a run: read its trials once and choose what a reader needs to see.

    Args:
        run: what was decided.
        trials: opens the trials of the run, in any order.
        cases: the cases at the head, by eval set and id.
        background: what is known besides.
    """
    gatherings = [_gathering(verdict, cases.get(verdict.evalset, {})) for verdict in run.prompts]
    for trial in trials():
        for gathering in gatherings:
            gathering.add(trial)
    prompts = tuple(
        _prompt_story(CaseTelling(run, gathering, cases.get(verdict.evalset, {}), background))
        for verdict, gathering in zip(run.prompts, gatherings, strict=True)
    )
    return Report(
        run=run,
        headline=run_headline(run, [story.headline for story in prompts]),
        consequence=consequence(run.exit_code),
        next_steps=_all_steps(run, prompts),
        prompts=prompts,
        command=background.command,
        settings=background.settings,
        tracks=background.tracks,
        track_notes=background.track_notes,
    )


def _gathering(verdict: PromptVerdict, cases: Mapping[str, Case]) -> Gathering:
    return Gathering(verdict, cases, whole=0 < len(cases) <= MOST_WHOLE)


def _all_steps(run: RunVerdict, prompts: Iterable[PromptStory]) -> tuple[str, ...]:
    """Gather the steps of the run and of the prompts that decide it, each once."""
    steps = list(next_steps((reason.code for reason in run.reasons), run.verdict))
    for story in prompts:
        if story.verdict.verdict is run.verdict:
            steps += story.next_steps
    return joined(steps)


def _prompt_story(telling: CaseTelling) -> PromptStory:
    gathering, background = telling.gathering, telling.background
    verdict = gathering.verdict
    results = _results(gathering)
    whole = {
        case: telling.story(result)
        for case, result in results.items()
        if gathering.answers(case) or gathering.trials(case)
    }
    failing = [case for case in results if results[case].outcome is Outcome.FAILING]
    errors = gathering.errors
    kinds = Counter(error.kind for error in errors)
    causes = [reason.code for reason in verdict.reasons]
    if verdict.verdict is Verdict.ERROR:
        causes += [*kinds, *gathering.skip_kinds]
    broken = [results[case] for case in verdict.flips.regressed if case in results]

    def stories(ids: Iterable[str], limit: int) -> Stories:
        wanted = list(ids)
        known = [whole[case] for case in wanted if case in whole][:limit]
        return Stories(told=tuple(known), total=len(wanted))

    return PromptStory(
        verdict=verdict,
        headline=prompt_headline(verdict, broken=broken, all_cases=list(results.values())),
        next_steps=next_steps(causes, verdict.verdict),
        results=tuple(results.values()),
        cases=tuple(whole.values()),
        regressed=stories(_critical_first(verdict.flips.regressed, gathering), REGRESSED_TOLD),
        failing=stories(sorted(failing, key=gathering.urgency), FAILING_TOLD),
        fixed=stories(verdict.flips.fixed, FIXED_TOLD),
        waived=stories((waiver.case for waiver in verdict.waived), WAIVED_TOLD),
        errors=errors[:ERRORS_TOLD],
        error_kinds=dict(sorted(kinds.items())),
        skip_kinds=gathering.skip_kinds,
        models=gathering.models,
        figures=gathering.figures(),
        files=background.files_of(verdict),
        track=background.track_of(verdict),
    )


def _critical_first(ids: Iterable[str], gathering: Gathering) -> list[str]:
    return sorted(ids, key=lambda case: not gathering.critical(case))


def _results(gathering: Gathering) -> dict[str, CaseOutcome]:
    """Return the cases in numbers; arms that fared alike in several cases are one object."""
    alike: dict[tuple[ArmOutcome | None, ...], Mapping[Arm, ArmOutcome]] = {}
    results = {}
    for case in gathering.ids:
        found = {arm: gathering.outcome(case, arm) for arm in Arm}
        own = {arm: outcome for arm, outcome in found.items() if outcome is not None}
        arms = alike.setdefault(tuple(found.values()), own)
        results[case] = CaseOutcome(
            case=case,
            outcome=gathering.flip(case) or _outcome(arms, waived=gathering.waived(case)),
            tags=gathering.tags(case),
            arms=arms,
            marks=gathering.marks(case),
            failing=gathering.failing(case),
        )
    return results


def _outcome(arms: Mapping[Arm, ArmOutcome], *, waived: bool) -> Outcome:
    ungraded = [arm for arm in arms.values() if not arm.outcomes]
    if Arm.CANDIDATE not in arms or ungraded:
        return Outcome.ERRORED if any(arm.errored for arm in ungraded) else Outcome.SKIPPED
    if waived:
        return Outcome.WAIVED
    if Arm.BASELINE not in arms and arms[Arm.CANDIDATE].mean != 1:
        return Outcome.FAILING
    return Outcome.UNCHANGED
