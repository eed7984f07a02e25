"""The sentences of alarms. They name prompts, criteria and figures, and nothing that was said."""

from evalgate.deciding.mixture import Parts
from evalgate.model.observation import Stream
from evalgate.monitoring.alarms.series import names_of
from evalgate.reporting.instants import utc
from evalgate.reporting.numbers import count, percent, points, signed_points


def called(stream: Stream) -> str:
    """Return how a stream is called: `accuracy of answers (route east)`."""
    what = f"{stream.criterion or 'quality'} of {stream.prompt or 'all prompts'}"
    names = ", ".join(f"{name} {value}" for name, value in names_of(stream).items())
    return f"{what} ({names})" if names else what


def scores_window(n: int) -> str:
    """Return how long a window of scores is."""
    return count(n, "score")


def fell(stream: Stream, *, observed: float, baseline: float, n: int, began: float) -> str:
    """Say that a mean fell below its baseline."""
    return (
        f"{called(stream)} fell to {percent(observed)} over {count(n, 'score')}, "
        f"{points(baseline - observed)} points below its baseline of {percent(baseline)}; "
        f"it began about {utc(began)}"
    )


def under_floor(stream: Stream, *, observed: float, floor: float, n: int, began: float) -> str:
    """Say that a mean is under the floor."""
    return (
        f"{called(stream)} is at {percent(observed)} over {count(n, 'score')}, under the floor of "
        f"{percent(floor)}; it began about {utc(began)}"
    )


def drifted(stream: Stream, *, observed: float, baseline: float, n: int, began: float) -> str:
    """Say that a cumulative sum has noticed a fall, up to what kind of fall it is."""
    return (
        f"{called(stream)} has been at {percent(observed)} for {count(n, 'score')} since about "
        f"{utc(began)}, {points(baseline - observed)} points below its baseline of "
        f"{percent(baseline)}"
    )


def lasting(observed: float, *, limit: float) -> str:
    """Say what kind of fall one that lasts is: a small one above what a page takes."""
    return "a small fall that lasts" if observed > limit else "a fall that lasts"


def narrowed_to(stream: Stream) -> str:
    """Return which part of a prompt's answers a stream is."""
    names = ", ".join(f"{name} {value}" for name, value in names_of(stream).items())
    return names or "all of it alike"


def shifted_too(shift: float) -> str:
    """Say that a judge moved as well, but by less."""
    return f"its judge moved too, by {signed_points(shift)} points, which does not explain it"


def mixed(parts: Parts) -> str:
    """Say that other questions explain a fall."""
    return (
        f"what is asked has changed: the shares of the features explain {points(-parts.shares)} "
        f"points of it, and within the features the mean moved by {signed_points(parts.within)}"
    )


def judge_moved(criterion: str, *, shift: float, n: int) -> str:
    """Say that a judge scores its anchors otherwise than before."""
    return (
        f"the judge of {criterion} moved: it scores the same {count(n, 'anchor')} "
        f"{signed_points(shift)} points otherwise than before; what it says of production cannot "
        f"be held against the baseline"
    )


def judge_changed(criterion: str, *, before: str, after: str) -> str:
    """Say that somebody else scores, and that nothing tells how."""
    return (
        f"{criterion} is scored by {after} and its baseline by {before}, and no anchors were "
        "scored by both: score anchors, or freeze the baseline anew"
    )


def withheld_for_judge(stream: Stream, *, shift: float, observed: float) -> str:
    """Say why a fall does not page."""
    return (
        f"{called(stream)} fell to {percent(observed)}, and the judge scores its anchors "
        f"{signed_points(shift)} points otherwise: the page is withheld"
    )


def withheld_for_stranger(stream: Stream, *, observed: float) -> str:
    """Say why a fall does not page where another judge scores."""
    return (
        f"{called(stream)} fell to {percent(observed)}, but another judge scores it than the one "
        "of its baseline, and no anchors tell how that one scores: the page is withheld"
    )


def silent(prompt: str, *, sampled: int, last: float) -> str:
    """Say that sampled calls are not scored any more."""
    return (
        f"{prompt} has no scores since {utc(last)}, although {count(sampled, 'call')} "
        f"{'was' if sampled == 1 else 'were'} sampled: nobody would notice a fall"
    )


def burns(name: str, *, long: float, short: float, window: str, target: float) -> str:
    """Say that an error budget is spent too fast."""
    return (
        f"{name} spends its error budget {long:.1f} times as fast as a target of "
        f"{percent(target)} allows over the longer and {short:.1f} times over the shorter of "
        f"{window}"
    )
