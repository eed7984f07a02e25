"""`--replay`: a gate that calls nothing, and what it leaves for those who may."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from evalgate.adapters.run_folder import write_files
from evalgate.adapters.trial_file import TrialFile
from evalgate.cli.complaint import say
from evalgate.cli.engine import CALLS
from evalgate.cli.printing import as_one_line
from evalgate.errors import UsageError
from evalgate.gate.gathering import Question
from evalgate.gate.outside import Outside
from evalgate.gate.roots import root_name
from evalgate.gate.watched import watched_files
from evalgate.model.report_folder import TRIALS
from evalgate.model.trial import Trial, TrialStatus
from evalgate.publishing.approval import approval_command, content_hash
from evalgate.publishing.submission import FILE, MOST_TRIALS, Submission, submission_document


def add_replay_argument(parser: ArgumentParser) -> None:
    """Declare that nothing may be called."""
    parser.add_argument(
        "--replay",
        action="store_true",
        help="answer from records and stored answers alone, and call nothing: needs no key",
    )


def replay_words(options: Namespace) -> tuple[str, ...]:
    """Return the word that says again that nothing may be called.

    Raises:
        UsageError: when other options say who is to be called.
    """
    if not options.replay:
        return ()
    if options.simulate or options.rules or options.engine != CALLS or options.address:
        raise UsageError(
            "--replay calls nothing: leave out --simulate, --rules, --engine and --address"
        )
    return ("--replay",)


def hand_in(questions: Sequence[Question], world: Outside, *, folder: Path) -> None:
    """Write `submission.json` into a run folder, and say how the calls are started.

    A work tree cannot be fetched by anybody, so nothing is written about one.
    """
    head = questions[0].head
    if head is None:
        return
    commit = world.repository.resolve(head)
    submission = Submission(
        run_id=questions[0].run_id,
        head=commit,
        base=world.repository.resolve(questions[0].base),
        roots={
            root_name(each.policy): _graded(_of_root(folder, each, questions)) for each in questions
        },
    )
    write_files(folder, {FILE: as_one_line(submission_document(submission))})
    digest = content_hash(commit, watched_files(questions, world.repository, world.parser))
    say(f"evalgate: a maintainer has this judged by: {approval_command(None, digest)}")


def _of_root(folder: Path, question: Question, questions: Sequence[Question]) -> Path:
    """Return the run folder of one root: of a single one, the folder itself."""
    return folder if len(questions) == 1 else folder / root_name(question.policy)


def _graded(folder: Path) -> tuple[Trial, ...]:
    trials = TrialFile(folder / TRIALS).read()
    return tuple(
        islice((each for each in trials if each.status is TrialStatus.GRADED), MOST_TRIALS)
    )
