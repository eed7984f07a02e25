"""Says a verdict in one sentence that a product manager understands."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from evalgate.model.trial import Arm
from evalgate.model.verdict import Estimate, PromptVerdict, Reason, RunVerdict, Verdict
from evalgate.reporting.headline import ADVISING, WAITING, Headline, clause, finding, parted
from evalgate.reporting.numbers import MINUS, count, percent, points, signed_points
from evalgate.reporting.story import CaseOutcome, Outcome
from evalgate.reporting.visible import on_one_line
from evalgate.reporting.waiver_words import waived_sentence

WORDS: Mapping[Verdict, str] = {
    Verdict.PASS: "Passed",
    Verdict.FAIL: "Blocked",
    Verdict.INCONCLUSIVE: "Undecided",
    Verdict.ERROR: "Not evaluated",
    Verdict.NOT_APPLICABLE: "Nothing to decide",
}
"""The word that opens every sentence about a verdict."""

ICONS: Mapping[Verdict, str] = {
    Verdict.PASS: "✓",
    Verdict.FAIL: "✗",
    Verdict.INCONCLUSIVE: "?",
    Verdict.ERROR: "!",
    Verdict.NOT_APPLICABLE: "–",
}
"""The sign beside that word; never without it."""


_CASES_NAMED = 20
"""How many changed cases of a kind are named."""

_WOULD: Mapping[Verdict, str] = {
    Verdict.PASS: "It would pass",
    Verdict.FAIL: "It would be blocked",
    Verdict.INCONCLUSIVE: "It would be undecided",
}
_FARED: Mapping[Verdict, str] = {
    Verdict.PASS: "passed",
    Verdict.FAIL: "is blocked",
    Verdict.INCONCLUSIVE: "is undecided",
    Verdict.ERROR: "was not evaluated",
    Verdict.NOT_APPLICABLE: "has nothing to decide",
}

_SETTLED = ("regression", "non_inferior", "protected_slice", "critical_case")
"""The reasons that decide by themselves, unless there are doubts about the run."""

_UNSETTLED = ("cannot_tell", "too_few_cases", "too_few_clusters", "too_few_trials")
"""The reasons that leave open whether the limit holds; any other says more than the interval."""


def run_headline(run: RunVerdict, headlines: Sequence[str]) -> str:
    """Say a run's verdict: that of the prompt which decides it, and how the others fared.

    Args:
        run: what was decided.
        headlines: one sentence for each of its prompts, in the same order.
    """
    pairs = zip(headlines, run.prompts, strict=True)
    told = [(said.removesuffix(waived_sentence([prompt])), prompt) for said, prompt in pairs]
    return _run_headline(run, told) + waived_sentence(run.prompts)


def _run_headline(run: RunVerdict, told: Sequence[tuple[str, PromptVerdict]]) -> str:
    if run.verdict is Verdict.ERROR and (stop := _stop(run)):
        return f"{WORDS[run.verdict]}: {stop}"
    deciding = [headline for headline, prompt in told if prompt.verdict is run.verdict]
    if not deciding:
        worst = max(told, key=lambda each: each[1].verdict.severity, default=None)
        advice = f" {_advice(*worst)}" if worst else ""
        return f"{_plain(run.verdict, run.reasons)}{advice}"
    compared = sum(prompt.delta is not None for prompt in run.prompts)
    if run.verdict is Verdict.PASS and len(run.prompts) == compared > 1:
        return f"Passed: all {count(compared, 'comparison')} stay within their limits."
    return " ".join([deciding[0], *_others(run)])


def _advice(headline: str, prompt: PromptVerdict) -> str:
    """Say what the worst verdict would have been, had the run decided anything."""
    would = _WOULD.get(prompt.verdict)
    return f"{would}: {parted(headline).sentence}" if would else headline


def _stop(run: RunVerdict) -> str | None:
    """Return why a run stopped before its end, which says more than what that left undone."""
    given = {reason for prompt in run.prompts for reason in prompt.reasons}
    own = [reason.message for reason in run.reasons if reason not in given]
    return own[0] if own and run.prompts else None


def prompt_headline(
    verdict: PromptVerdict, *, broken: Sequence[CaseOutcome], all_cases: Sequence[CaseOutcome]
) -> str:
    """Say the verdict on one candidate.

    Args:
        verdict: what was decided.
        broken: the cases that regressed.
        all_cases: every case of the set, to see what is special about the broken ones.
    """
    return _headline(verdict, broken, all_cases) + waived_sentence([verdict])


def _headline(
    verdict: PromptVerdict, broken: Sequence[CaseOutcome], all_cases: Sequence[CaseOutcome]
) -> str:
    codes = {reason.code for reason in verdict.reasons}
    subject = _subject(verdict)
    counted = (case for case in all_cases if case.outcome is not Outcome.WAIVED)
    critical = [case for case in counted if case.critical and _is_broken(case)]
    match verdict.verdict:
        case Verdict.FAIL if "regression" in codes and verdict.delta and verdict.baseline:
            return _regression(verdict, verdict.delta, _traits(broken, all_cases))
        case Verdict.FAIL if "critical_case" in codes and critical:
            return f"Blocked: {subject} breaks {_named([case.case for case in critical])}."
        case Verdict.PASS if verdict.delta and verdict.baseline:
            return _within(verdict, verdict.delta)
        case Verdict.PASS if verdict.pass_rate.get(Arm.CANDIDATE) is not None:
            return _absolute(verdict, unchanged="version_unchanged" in codes)
        case Verdict.INCONCLUSIVE if (
            verdict.delta and verdict.baseline and verdict.reasons[0].code in _UNSETTLED
        ):
            return _undecided(verdict, verdict.delta)
    return _plain(verdict.verdict, verdict.reasons, about=verdict)


def bounds(delta: Estimate, max_drop: float) -> tuple[str, str]:
    """Write both bounds in points; neither looks like the limit, or like none, unless it is."""
    marks = (-max_drop, 0.0)
    low, high = (signed_points(end, apart_from=marks) for end in (delta.low, delta.high))
    return low, high


def span(delta: Estimate, max_drop: float) -> str:
    """Write an interval of differences in words: `between 4 and 11 points lower`."""
    low, high = _size(delta.low, max_drop), _size(delta.high, max_drop)
    if delta.high <= 0 and delta.low < 0:
        return f"between {high} and {_in_points(low)} lower"
    if delta.low >= 0:
        return f"between {low} and {_in_points(high)} higher"
    return f"between {_in_points(low)} lower and {_in_points(high)} higher"


def _size(fraction: float, max_drop: float) -> str:
    """Write how far a difference is from none, so that it does not look like the limit."""
    return points(fraction, apart_from=(-max_drop, 0.0)).lstrip(MINUS)


def _in_points(size: str) -> str:
    return f"{size} {'point' if size == '1' else 'points'}"


def _subject(verdict: PromptVerdict) -> str:
    name = on_one_line(verdict.name, 60)
    return f"{name} {verdict.candidate.version}" if verdict.candidate else name


def _regression(verdict: PromptVerdict, delta: Estimate, traits: str) -> str:
    worse = f"{len(verdict.flips.regressed):,} of {count(verdict.cases.compared, 'case')}"
    least, most = _size(delta.high, verdict.max_drop), _size(delta.low, verdict.max_drop)
    limit = points(verdict.max_drop)
    measured = f"the drop is between {least} and {_in_points(most)}, the limit is {limit}"
    if delta.low > -verdict.max_drop:
        measured = (
            f"on average the drop is between {least} and {_in_points(most)},"
            f" but more cases than the limit of {limit} allows may have broken outright"
        )
    subject = f"{_subject(verdict)} answers {worse} worse than {_old(verdict)}{traits}"
    return f"Blocked: {subject}; {measured}."


def _within(verdict: PromptVerdict, delta: Estimate) -> str:
    how = "answers as well as {old}, within the limit"
    if delta.low > 0:
        how = "answers better than {old}"
    elif delta.high < 0:
        how = "answers a little worse than {old}, within the limit"
    said = how.format(old=_old(verdict))
    return f"Passed: {_subject(verdict)} {said}: {_measured(verdict, delta)}"


def _measured(verdict: PromptVerdict, delta: Estimate) -> str:
    return (
        f"over {count(verdict.cases.compared, 'case')} its pass rate is"
        f" {span(delta, verdict.max_drop)}; the limit is a drop of {points(verdict.max_drop)}."
    )


def _old(verdict: PromptVerdict) -> str:
    return on_one_line(verdict.baseline.version, 60) if verdict.baseline else "the baseline"


def _absolute(verdict: PromptVerdict, *, unchanged: bool) -> str:
    rate = percent(verdict.pass_rate[Arm.CANDIDATE])
    subject = _subject(verdict)
    if unchanged:
        return f"Passed: {subject} is live and passes {rate} of its cases; only cases changed."
    return f"Passed: {subject} passes {rate} of its cases; there is no baseline to beat."


def _undecided(verdict: PromptVerdict, delta: Estimate) -> str:
    how = "has too little evidence against {old}"
    if verdict.reasons[0].code == "cannot_tell":
        how = "may do worse than {old} by more than the limit"
        if delta.low > -verdict.max_drop:
            how = "may have broken rare cases that {old} answers"
    said = how.format(old=_old(verdict))
    return f"Undecided: {_subject(verdict)} {said}: {_measured(verdict, delta)}"


_NOT_YET = frozenset(("awaits_calls", "unverified"))
"""The first reasons of a verdict that waits for somebody to start the calls."""


_DOUBTS = frozenset(("record_drifted", "grader_silent"))
"""The reasons that leave a verdict open although its trials would decide."""


def _plain(
    verdict: Verdict, reasons: Sequence[Reason], *, about: PromptVerdict | None = None
) -> str:
    """Say a verdict by the reason that weighs most."""
    if not reasons:
        return f"{WORDS[verdict]}: no reason was recorded."
    why = reasons[0]
    if verdict is Verdict.INCONCLUSIVE and why.code in _SETTLED:
        why = next((reason for reason in reasons if reason.code in _DOUBTS), why)
    said = clause(why, "")
    if about is not None:
        named = _subject(about)
        is_about_files = about.candidate is None and about.baseline is None
        said = finding(why, named) if is_about_files else clause(why, named)
    return str(Headline(word=_word(verdict, why), sentence=said))


def _word(verdict: Verdict, why: Reason) -> str:
    if why.code == "judge_unproven":
        return ADVISING
    waits = verdict is Verdict.INCONCLUSIVE and why.code in _NOT_YET
    return WAITING if waits else WORDS[verdict]


def _others(run: RunVerdict) -> list[str]:
    rest = Counter(prompt.verdict for prompt in run.prompts)
    rest[run.verdict] -= 1
    total = sum(rest.values())
    if total == 1:
        return [f"The other comparison {_FARED[next(iter(+rest))]}."]
    parts = [f"{rest[verdict]} {WORDS[verdict].lower()}" for verdict in Verdict if rest[verdict]]
    return [f"{count(total, 'other comparison')}: {', '.join(parts)}."] if total else []


def _traits(broken: Sequence[CaseOutcome], all_cases: Sequence[CaseOutcome]) -> str:
    """Say how many of the broken cases are critical and which tag most of them share."""
    critical = sum(case.critical for case in broken)
    said = [f", {critical} of them critical"] if critical else []
    tag = shared_tag(broken, all_cases)
    if tag:
        having = sum(tag in case.tags for case in broken)
        said.append(
            f", {'all' if having == len(broken) else 'most'} of them tagged {on_one_line(tag, 40)}"
        )
    return "".join(said)


def shared_tag(broken: Sequence[CaseOutcome], all_cases: Sequence[CaseOutcome]) -> str | None:
    """Return the tag that most broken cases carry and that is rarer among all cases."""
    among_broken = Counter(tag for case in broken for tag in case.tags)
    among_all = Counter(tag for case in all_cases for tag in case.tags)

    def excess(tag: str) -> float:
        return among_broken[tag] / len(broken) - among_all[tag] / len(all_cases)

    telling = [
        tag
        for tag, number in among_broken.items()
        if number > 1 and number * 2 > len(broken) and excess(tag) > 0
    ]
    return min(telling, key=lambda tag: (-excess(tag), tag)) if telling else None


def _is_broken(case: CaseOutcome) -> bool:
    candidate = case.arms.get(Arm.CANDIDATE)
    return candidate is not None and candidate.mean == 0


def _named(cases: Sequence[str]) -> str:
    listed = ", ".join(on_one_line(case, 60) for case in cases[:3]) + (
        " and others" if len(cases) > 3 else ""
    )
    return f"{count(len(cases), 'critical case')}: {listed}"


def changed_cases(verdict: PromptVerdict) -> Iterator[tuple[str, str]]:
    """Yield what the change did to cases and to which: a reviewer's look at a weakened set."""
    changed = verdict.changed_cases
    for word, names in (
        ("edited", changed.edited),
        ("deleted", changed.deleted),
        ("new", changed.new),
    ):
        if names:
            shown = ", ".join(on_one_line(name, 60) for name in names[:_CASES_NAMED])
            more = len(names) - _CASES_NAMED
            yield word, f"{shown} and {more:,} more" if more > 0 else shown


def worse_title(verdict: Verdict) -> str:
    """Return the title over the cases that did worse: only a failure says that they broke."""
    return "What broke" if verdict is Verdict.FAIL else "Did worse"
