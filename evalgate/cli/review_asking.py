"""Asks a reviewer about one answer after the other; lines come from a terminal, or from a pipe."""

import sys
from argparse import Namespace
from collections.abc import Iterator

from evalgate.cli.printing import print_lines
from evalgate.cli.review_session import Session
from evalgate.cli.review_showing import KEYS, shown
from evalgate.model.sample import Sample
from evalgate.monitoring.scoring.reviewing import Decision, Word, read_decision
from evalgate.reporting.visible import safe_line


def decisions(session: Session, options: Namespace) -> Iterator[tuple[Sample, Decision]]:
    """Yield what is said of one answer after the other; to go back takes a label back."""
    total, number = len(session.candidates), 0
    moves: list[tuple[int, bool]] = []
    while number < total:
        candidate = session.candidates[number]
        sample = session.spool.sample(candidate.place)
        if sample is None:  # it has expired meanwhile
            number += 1
            continue
        if session.has_label(candidate):
            print_lines([f"{number + 1} of {total} is passed over: it has a label by now"])
            number += 1
            continue
        place = f"{number + 1} of {total} by {session.criterion}"
        print_lines(
            shown(
                sample,
                candidate.scores,
                place=place,
                is_blind=options.blind,
                with_system=options.system,
            )
        )
        decision = _heard()
        if decision.word is Word.QUIT:
            return
        if decision.word is Word.BACK:
            number = _gone_back(session, moves, number)
            continue
        before = len(session.labels.added)
        yield sample, decision
        moves.append((number, len(session.labels.added) > before))
        number += 1


def _gone_back(session: Session, moves: list[tuple[int, bool]], number: int) -> int:
    """Return the number of the answer before, whose label is taken back."""
    if not moves:
        print_lines(["this is the first one"])
        return number
    before, is_labelled = moves.pop()
    if is_labelled:
        session.labels.take_back()
    return before


def _heard() -> Decision:
    """Return what the reviewer says; the end of the input ends the review."""
    while True:
        print_lines([KEYS])
        line = sys.stdin.readline()
        if not line:
            return Decision(word=Word.QUIT)
        decision = read_decision(line)
        if decision is not None:
            return decision
        print_lines([f"not understood: {safe_line(line.strip()[:40])}"])
