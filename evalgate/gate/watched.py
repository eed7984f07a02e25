"""The files that a question is about: what a maintainer approves before they are sent anywhere."""

from collections.abc import Iterable

from evalgate.errors import EvalgateError
from evalgate.gate.gathering import Question, gather
from evalgate.model.document import Tree
from evalgate.model.ports import Parser, Repository


def watched_files(questions: Iterable[Question], repository: Repository, parser: Parser) -> Tree:
    """Return the prompts and eval sets of the heads of questions, one for each root.

    A root that cannot be judged at all has none: nothing of it is sent anywhere.

    Raises:
        RepositoryError: when git cannot answer.
    """
    files: Tree = {}
    for question in questions:
        head = None if question.head is None else repository.resolve(question.head)
        try:
            paths = gather(question, repository, parser).policy.paths
        except EvalgateError:  # said where the root itself is judged
            continue
        files = {**files, **repository.files(head, (paths.prompts, paths.evalsets))}
    return files
