"""What is reviewed: the sampled answers that have no label yet, and what they are held to."""

from argparse import Namespace
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from evalgate.adapters.git_user import git_user
from evalgate.adapters.label_writing import LabelFile
from evalgate.adapters.observations import read_observations
from evalgate.adapters.samples import SpooledSamples
from evalgate.cli.score_session import Held, ScoringPlace, held_to, sampling_rules, spool_of
from evalgate.errors import UsageError
from evalgate.model.reading import suggestion
from evalgate.model.sample import Sample
from evalgate.model.spooled import Glance
from evalgate.monitoring.scoring.reviewing import Candidate, Order, case_name, in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What is reviewed: by which criterion, and where the labels go."""

    held: Held
    spool: SpooledSamples
    labels: LabelFile
    criterion: str
    rater: str
    candidates: Sequence[Candidate]

    def has_label(self, candidate: Candidate) -> bool:
        """Return whether anybody has labelled an answer by now.

        Raises:
            UsageError: the labels cannot be read.
        """
        return case_name(candidate.request_id, self.criterion) in _cases(self.labels)


def open_session(options: Namespace) -> Session:
    """Return what is to be reviewed.

    Raises:
        UsageError: something is not there, or no judge scores by the criterion.
        ConfigurationError: the policy is wrong.
    """
    place = ScoringPlace(
        prompts=options.prompts, scores=options.scores, policy=options.policy, spool=options.spool
    )
    held = held_to(place)
    spool = SpooledSamples(spool_of(place, sampling_rules(options.prompts)))
    criterion = _criterion(held, options.criterion)
    labels = LabelFile(options.labels)
    done = _cases(labels)
    scores = _scores(options.scores)
    candidates = [
        each
        for each in _candidates(spool, scores, prompt=options.prompt)
        if case_name(each.request_id, criterion) not in done
    ]
    rater = git_user(Path.cwd()) if options.rater is None else options.rater
    ordered = in_order(candidates, Order(options.order), criterion=criterion, rater=rater)
    return Session(
        held=held,
        spool=spool,
        labels=labels,
        criterion=criterion,
        rater=rater,
        candidates=tuple(islice(ordered, options.most)),
    )


def _criterion(held: Held, named: str | None) -> str:
    known = [each.name for each, _ in held.yardsticks.common if each.judge]
    if named is None and known:
        return known[0]
    if named is None or named not in known:
        hint = suggestion(named or "", known) if known else ": the policy has none"
        raise UsageError(f"--criterion: no judge scores by `{named or ''}`{hint}")
    return named


def _cases(labels: LabelFile) -> Collection[str]:
    return {str(row.get("case")) for row in labels.rows()}


def _scores(folder: Path) -> Mapping[str, dict[str, float | None]]:
    found: dict[str, dict[str, float | None]] = {}
    if any(folder.glob("scores-*.jsonl")):
        for each in read_observations([folder]).observations:
            found.setdefault(each.request_id, {})[each.criterion] = each.outcome
    return found


def _candidates(
    spool: SpooledSamples, scores: Mapping[str, dict[str, float | None]], *, prompt: str | None
) -> Iterator[Candidate]:
    """Yield the answers that there are; calls that nobody answered show nothing."""
    for name in spool.files():
        for glance in spool.glances(name, 0):
            if not isinstance(glance, Glance) or prompt not in (None, glance.prompt):
                continue
            sample = spool.sample(glance.place)
            if sample is not None and sample.stop_reason is not None:
                yield Candidate(
                    place=glance.place,
                    ts=glance.ts,
                    request_id=glance.request_id,
                    smell=sample.smell,
                    scores=scores.get(glance.request_id, {}),
                )


def samples_of(session: Session, wanted: Collection[str]) -> Iterator[Sample]:
    """Yield the samples whose cases have some names."""
    for name in session.spool.files():
        for glance in session.spool.glances(name, 0):
            if (
                isinstance(glance, Glance)
                and case_name(glance.request_id, session.criterion) in wanted
            ):
                sample = session.spool.sample(glance.place)
                if sample is not None:
                    yield sample
