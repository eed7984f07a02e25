"""Puts together what the judge reads of a case and of an answer to it."""

from collections.abc import Iterable

from evalgate.grading.rubric import Exchange
from evalgate.grading.transcript import tool_call_line, tool_result_line, transcript
from evalgate.model.chat import Completion
from evalgate.model.content import Attachment
from evalgate.model.evalset import Case


def exchange_of(case: Case, completion: Completion) -> Exchange:
    """Return what the judge reads about an answer to a case.

    Of the answer, only its words and the tools that it called: not which model gave it, when, or
    at what cost.
    """
    return Exchange(
        question=question_of(case),
        answer=completion.text,
        expected=case.expected,
        references=case.references,
        files=_each_once(case.files.values()),
        tool_results="\n".join(map(tool_result_line, case.tool_results)),
        tool_calls="\n".join(map(tool_call_line, completion.tool_calls)),
    )


def question_of(case: Case) -> str:
    """Return what a case puts to every version alike: its variables, without any version's words.

    A single variable is its text alone; of several, each stands below a line with its name.
    """
    texts = {name: transcript(value) for name, value in case.vars.items()}
    if len(texts) == 1:
        return next(iter(texts.values()))
    return "\n".join(f"{name}:\n{text}" for name, text in texts.items())


def _each_once(files: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Return the files in order; one that the case names in several ways counts once."""
    return tuple({file.name: file for file in files}.values())
