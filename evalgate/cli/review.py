"""`evalgate review`: shows people sampled answers, one by one, and keeps what they say of them."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from shlex import join, quote

from evalgate.cli.complaint import notify
from evalgate.cli.printing import print_lines
from evalgate.cli.review_asking import decisions
from evalgate.cli.review_cases import CaseDesk, evalset_of
from evalgate.cli.review_session import Session, open_session, samples_of
from evalgate.cli.review_sheet import decisions_of, write_sheet
from evalgate.cli.score import add_place_arguments
from evalgate.errors import ExitCode, InterruptedRunError, UsageError
from evalgate.model.sample import Sample
from evalgate.monitoring.scoring.reviewing import Decision, Order, Word, label_row
from evalgate.reporting.numbers import count
from evalgate.reporting.visible import safe_line

LABELS = "review-labels.jsonl"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    add_place_arguments(parser)
    parser.add_argument("--prompt", metavar="NAME", help="only the answers of this prompt")
    parser.add_argument(
        "--criterion", metavar="NAME", help="what answers are held to (default: the first judged)"
    )
    parser.add_argument(
        "--order",
        choices=tuple(each.value for each in Order),
        default=Order.RANDOM.value,
        help="which come first (default: %(default)s)",
    )
    parser.add_argument("--most", metavar="N", type=_number, help="show so many at most")
    parser.add_argument(
        "--labels",
        metavar="FILE",
        type=Path,
        default=Path(LABELS),
        help="where labels are kept, for `evalgate calibrate` (default: %(default)s)",
    )
    parser.add_argument("--rater", metavar="NAME", help="who labels (default: git's user.name)")
    parser.add_argument("--blind", action="store_true", help="show neither scores nor smells")
    parser.add_argument("--system", action="store_true", help="show the instructions, too")
    parser.add_argument(
        "--to-case", metavar="EVALSET", help="put what is labelled into this eval set as cases"
    )
    parser.add_argument(
        "--export", metavar="FILE", type=Path, help="write a sheet to be filled in elsewhere"
    )
    parser.add_argument(
        "--import", dest="sheet", metavar="FILE", type=Path, help="take over a sheet's labels"
    )


def run(options: Namespace) -> ExitCode:
    """Show answers and keep what is said of them.

    Raises:
        UsageError: something is not there, or options contradict each other.
        ConfigurationError: the policy, a sheet or an eval set is wrong.
        InterruptedRunError: the user interrupts; what was said is kept.
    """
    if options.export and options.sheet:
        raise UsageError("--export writes a sheet and --import reads one: do one of them")
    session = open_session(options)
    if options.export:
        return _exported(session, options.export)
    if not session.candidates:
        notify(
            "no sampled answer is left to be labelled: not shown are those that have a label, "
            "those of other prompts than --prompt names, and calls that nobody answered"
        )
    try:
        for sample, decision in _decisions(session, options):
            if decision.word is not Word.SKIP:
                row = label_row(
                    sample,
                    decision,
                    criterion=session.criterion,
                    evalset=options.to_case or "",
                    rater=session.rater,
                )
                if not session.labels.add_first(row):
                    notify("somebody has labelled it meanwhile: theirs stays, yours is not kept")
    except KeyboardInterrupt:
        raise InterruptedRunError(f"interrupted; labels are kept in {options.labels}") from None
    _conclude(session, options)
    return ExitCode.OK


def _decisions(session: Session, options: Namespace) -> Iterator[tuple[Sample, Decision]]:
    if options.sheet:
        yield from decisions_of(session, options.sheet)
    else:
        yield from decisions(session, options)


def _exported(session: Session, path: Path) -> ExitCode:
    answers = count(write_sheet(session, path), "answer")
    again = join(("evalgate", "review", "--criterion", session.criterion, "--import", str(path)))
    print_lines(
        [
            safe_line(f"{answers} by {session.criterion} written to {path}"),
            safe_line(f"fill in `human` (pass, fail, unsure), then: {again}"),
        ]
    )
    return ExitCode.OK


def _conclude(session: Session, options: Namespace) -> None:
    said = Counter(str(row.get("human", Word.UNSURE)) for row in session.labels.added)
    told = ", ".join(f"{said[word]:,} {word}" for word in Word if said[word]) or "nothing"
    print_lines([safe_line(f"said: {told}; labels are in {options.labels}")])
    if not options.to_case:
        if session.labels.rows():
            notify(
                "these answers are to cases that no eval set has yet: `evalgate review "
                f"--criterion {quote(session.criterion)} --to-case EVALSET` puts them into one"
            )
        return
    held = session.held
    desk = CaseDesk(
        policy=held.policy,
        root=held.root,
        prompts=options.prompts,
        evalset=evalset_of(held.policy, held.root, options.to_case),
    )
    labelled = {str(row.get("case")) for row in session.labels.standing() if row.get("human")}
    added = desk.add(samples_of(session, labelled), criterion=session.criterion)
    print_lines([safe_line(f"{count(len(added.names), 'case')} added to {desk.evalset.path}")])
    for remark in added.remarks:
        notify(remark)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise ArgumentTypeError(f"expected a number from 1 on, got `{text}`")
    return int(text)
