"""Says what is to be done about a rollout and why, in the sentences that all its readers share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evalgate.deciding.split_ratio import SKEWED
from evalgate.model.milestone import Milestone, Phase
from evalgate.model.rollout import Evidence, Outcome, RolloutReport, SplitCheck
from evalgate.model.verdict import Reason, Verdict
from evalgate.reporting.instants import about, duration, utc
from evalgate.reporting.numbers import count, points
from evalgate.reporting.rollout_criteria import (
    NAMES,
    harmful,
    present_share,
    rate,
    stage_of,
)
from evalgate.reporting.visible import on_one_line, safe_line, visible

_NAME, _VERSION, _REASON, _COMMAND = 60, 40, 200, 1_000
_FULL = 100.0
_UNTOLD = "for how long cannot be told"
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_WORDS: Mapping[Outcome, str] = {
    Outcome.ADVANCE: "Advance",
    Outcome.HOLD: "Hold",
    Outcome.ROLL_BACK: "Roll back",
}
_VERDICTS: Mapping[Outcome, Verdict] = {
    Outcome.ADVANCE: Verdict.PASS,
    Outcome.HOLD: Verdict.INCONCLUSIVE,
    Outcome.ROLL_BACK: Verdict.FAIL,
}
_LEFT_OUT: Mapping[str, tuple[str, str]] = {
    "pinned": (
        "call is of a conversation that keeps its version",
        "calls are of conversations that keep their version",
    ),
    "other_version": (
        "call was answered by a version that is not compared",
        "calls were answered by versions that are not compared",
    ),
    "crossed": (
        "call is of a unit that met the other arm first",
        "calls are of units that met the other arm first",
    ),
    "outside": (
        "call is from outside of the steps that are compared",
        "calls are from outside of the steps that are compared",
    ),
    "later": ("call is later than this look", "calls are later than this look"),
    "repeated": ("line tells of a call once more", "lines tell of a call once more"),
    "unreadable_calls": (
        "line of the call log cannot be read",
        "lines of the call log cannot be read",
    ),
    "invalid_calls": (
        "line of the call log lacks what is needed",
        "lines of the call log lack what is needed",
    ),
    "newer_calls": (
        "line of the call log is of a newer evalgate",
        "lines of the call log are of a newer evalgate",
    ),
    "unreadable_scores": ("score cannot be read", "scores cannot be read"),
    "invalid_scores": ("score lacks what is needed", "scores lack what is needed"),
    "newer_scores": ("score is of a newer evalgate", "scores are of a newer evalgate"),
    "repeated_scores": (
        "score is another one of the same answer",
        "scores are further ones of the same answers",
    ),
}
"""What is said of lines that say nothing, of one and of several; any other code is read out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LackTold:
    """What is missing, the instant from which it will not be, and how long that is from now."""

    message: str
    when: str
    wait: str

    @property
    def sentence(self) -> str:
        """All of it in one sentence, without a full stop."""
        told = ", ".join(part for part in (self.when, self.wait) if part)
        return f"{self.message} ({told})"


def share(percent: float) -> str:
    """Write a share of the traffic."""
    return f"{percent:g} %"


def verdict_of(report: RolloutReport) -> Verdict:
    """Return the outcome as a verdict: what a tool that waits for one is told."""
    if report.rollout.phase.is_over:
        return Verdict.PASS if report.rollout.phase is Phase.PROMOTED else Verdict.FAIL
    return _VERDICTS[report.outlook.outcome]


def word_of(report: RolloutReport) -> str:
    """Return the word that stands for the outcome."""
    phase, outcome = report.rollout.phase, report.outlook.outcome
    if phase.is_over:
        return "Promoted" if phase is Phase.PROMOTED else "Rolled back"
    return "Held" if phase is Phase.HELD and outcome is Outcome.HOLD else _WORDS[outcome]


def headline(report: RolloutReport) -> str:
    """Say in one sentence, without a full stop, what is to be done about a rollout and why."""
    rollout = report.rollout
    version = on_one_line(rollout.version, _VERSION)
    return f"{version} of {on_one_line(rollout.prompt, _NAME)}: {_said(report)}"


def _said(report: RolloutReport) -> str:
    phase, outcome = report.rollout.phase, report.outlook.outcome
    if phase is Phase.PROMOTED:
        return "promoted, it is the stable version"
    if phase is Phase.ROLLED_BACK:
        return f"rolled back{_because(report)}"
    if outcome is Outcome.ROLL_BACK:
        return f"roll back{_because(report)}"
    if outcome is Outcome.HOLD:
        return _held(report)
    if present_share(report) >= _FULL:
        return "promote, it becomes the stable version"
    verb = "start" if phase is Phase.PREFLIGHT else "advance"
    return f"{verb} {'at' if verb == 'start' else 'to'} {share(report.outlook.to)}"


def _because(report: RolloutReport) -> str:
    names = [NAMES[each.criterion].lower() for each in harmful(report.evidence, report.rules)]
    if names:
        return f": {' and '.join(names)}"
    if report.outlook.expired:
        return ": its time is over"
    return _first_reason(report)


def _first_reason(report: RolloutReport) -> str:
    reasons = report.outlook.reasons
    return f": {on_one_line(reasons[0].message, _REASON).rstrip('.')}" if reasons else ""


def _held(report: RolloutReport) -> str:
    phase, outlook = report.rollout.phase, report.outlook
    verb = "held" if phase is Phase.HELD else "hold"
    where = (
        "before any traffic" if phase is Phase.PREFLIGHT else f"at {share(report.rollout.percent)}"
    )
    if is_skewed(report.evidence.split):
        return f"{verb} {where}: the split is not as configured"
    if outlook.expired:
        missing = f" and {_missing(report)}" if outlook.lacks else ""
        return f"{verb} {where}, its time is over{missing}"
    if outlook.lacks:
        return f"{verb} {where}, {_missing(report)}{_for_how_long(report)}"
    return f"{verb} {where}{_first_reason(report)}"


def _missing(report: RolloutReport) -> str:
    number = len(report.outlook.lacks)
    word = _NUMBERS[number] if number < len(_NUMBERS) else f"{number}"
    return f"{word} {'thing is' if number == 1 else 'things are'} missing"


def _for_how_long(report: RolloutReport) -> str:
    ready = report.outlook.ready_at
    if ready is None:
        return f", {_UNTOLD}"
    return f", {about(ready - report.evidence.at)} at this traffic"


def lacks_told(report: RolloutReport) -> tuple[LackTold, ...]:
    """Return what is missing, with the instants at which it will be there as far as known."""
    return tuple(
        LackTold(
            message=lack.message.rstrip("."),
            when="" if lack.until is None else f"until {utc(lack.until)}",
            wait=_UNTOLD if lack.until is None else about(lack.until - report.evidence.at),
        )
        for lack in report.outlook.lacks
    )


def reasons_told(report: RolloutReport) -> tuple[Reason, ...]:
    """Return the reasons that are not told already as what is missing."""
    missing = {lack.message for lack in report.outlook.lacks}
    return tuple(each for each in report.outlook.reasons if each.message not in missing)


def too_late(report: RolloutReport) -> str:
    """Say that the time of the step ends before what is missing is there; empty when it does not.

    Held and ended rollouts have no time that could end.
    """
    ready, rollout = report.outlook.ready_at, report.rollout
    began = rollout.steps[-1].since if rollout.steps else rollout.since
    began = began if rollout.at_full is None else rollout.at_full
    end = began + 3600 * report.rules.deadline_hours
    if ready is None or ready <= end or rollout.phase is not Phase.SERVING:
        return ""
    return f"This step may last until {utc(end)}; what is missing will not be there by then."


def next_step(report: RolloutReport) -> str:
    """Say what a reader should do, in one or two sentences."""
    rollout, outlook = report.rollout, report.outlook
    if rollout.phase is Phase.PROMOTED:
        return "Nothing is left to do."
    if rollout.phase is Phase.ROLLED_BACK:
        stable = on_one_line(rollout.stable, _VERSION)
        return f"{stable} has all of the traffic again. What is mended becomes a new version."
    if outlook.outcome is Outcome.ROLL_BACK:
        return "Take it out of the traffic now; the stable version then answers everybody."
    if outlook.outcome is Outcome.ADVANCE:
        return _advance(report)
    return _wait(report)


def _advance(report: RolloutReport) -> str:
    if present_share(report) >= _FULL:
        return "Make it the stable version."
    return f"Give it {share(report.outlook.to)} of the traffic."


def _wait(report: RolloutReport) -> str:
    outlook = report.outlook
    if is_skewed(report.evidence.split):
        return "Find out why the split is off: until then no number below says anything."
    if outlook.expired or report.rollout.phase is Phase.HELD:
        return (
            "Nothing moves by itself. Roll it back, or advance it by hand with a reason "
            "(`--override`)."
        )
    if outlook.ready_at is not None:
        return f"Nothing is to be done. Look again at {utc(outlook.ready_at)}."
    return "Nothing moves until what is missing is there."


def blast_radius(report: RolloutReport) -> str:
    """Say how much of all calls the largest rise that is allowed would touch at this share."""
    rises = [each.max_rise for each in report.evidence.criteria]
    percent = (
        report.outlook.to if report.rollout.phase is Phase.PREFLIGHT else present_share(report)
    )
    if not rises or not percent or report.rollout.phase.is_over:
        return ""
    rise = max(rises)
    unit = "point" if points(rise) == "1" else "points"
    return (
        f"At {share(percent)} of the traffic a rise of {points(rise)} {unit} touches "
        f"{percent * rise:.3g} % of the calls."
    )


def is_skewed(split: SplitCheck | None) -> bool:
    """Return whether the units fell on the arms otherwise than configured."""
    return split is not None and split.p_value < SKEWED


def split_sentence(split: SplitCheck | None) -> str:
    """Say how the units fell on the arms, and whether that is as configured."""
    total = split.stable + split.canary if split else 0
    if split is None or not total:
        return "No unit was assigned in this step yet."
    found = f"{rate(split.canary / total)} of {count(total, 'unit')}"
    if is_skewed(split):
        how, chance = "is not as configured", "p < 0.001"
    else:
        how, chance = "is as configured", f"p = {split.p_value:.2g}"
    meant = f"configured are {share(split.percent)}"
    return f"The split {how}: the canary got {found}, {meant} ({chance})."


def left_out(evidence: Evidence) -> Iterator[str]:
    """Yield what was left out and why, most first."""
    ranked = sorted(evidence.left_out.items(), key=lambda item: (-item[1], item[0]))
    for code, number in ranked:
        if not number:
            continue
        one, several = _LEFT_OUT.get(code, ("", ""))
        if one:
            yield f"{number:,} {one if number == 1 else several}"
        else:
            yield f"{count(number, 'line')}: {on_one_line(code.replace('_', ' '), _NAME)}"


def link_of(report: RolloutReport) -> str:
    """Return the address of the run; empty where it is none that a reader could follow safely."""
    url = report.run_url
    is_plain = url.startswith(("https://", "http://")) and not set(url) & set(" <>\"'\n\\`")
    return url if is_plain and visible(url) == url else ""


def shown_command(report: RolloutReport) -> str:
    """Return what to run next; empty where it could not be shown exactly as it has to be typed."""
    command = report.command
    return command if safe_line(on_one_line(command, _COMMAND)) == command else ""


def remarks(report: RolloutReport) -> tuple[str, ...]:
    """Return what else a reader should know, each remark once."""
    return tuple(dict.fromkeys((*report.remarks, *report.evidence.remarks)))


def step_facts(report: RolloutReport) -> Iterator[tuple[str, str]]:
    """Yield what is known of the present step and of the rollout, as names and values."""
    rollout, evidence = report.rollout, report.evidence
    yield "started", utc(rollout.started)
    if rollout.phase in (Phase.SERVING, Phase.HELD):
        lasted = duration(evidence.at - rollout.since)
        yield "this step", f"{share(rollout.percent)} since {utc(rollout.since)}, {lasted}"
        if rollout.percent < _FULL:
            yield "scored units", _scored(report)
    if evidence.per_hour is not None and not rollout.phase.is_over:
        pace = f"{evidence.per_hour:,.1f}".removesuffix(".0")
        yield "pace", f"{pace} scored canary units an hour"
    yield "as of", utc(evidence.at)


def _scored(report: RolloutReport) -> str:
    stable, canary = report.evidence.scored
    wanted = stage_of(report).units
    return (
        f"{stable:,} of the stable version and {canary:,} of the canary, {wanted:,} each are needed"
    )


def state_of(milestone: Milestone) -> str:
    """Say what state a rollout came to, for its history."""
    words: Mapping[Phase, str] = {
        Phase.PREFLIGHT: "preflight",
        Phase.SERVING: f"serving at {share(milestone.percent)}",
        Phase.HELD: f"held at {share(milestone.percent)}",
        Phase.PROMOTED: "promoted",
        Phase.ROLLED_BACK: "rolled back",
    }
    by_hand = ", against the evidence" if milestone.overridden else ""
    return f"{words[milestone.phase]}{by_hand}"
