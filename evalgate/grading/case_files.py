"""Finds the files that the variables of a case attach, and has its conversations checked."""

from collections.abc import Iterator, Mapping

from evalgate.grading.beside import Beside
from evalgate.grading.messages import FILE, check_conversation, is_conversation
from evalgate.model.content import Attachment
from evalgate.model.document import Data, Place
from evalgate.model.reading import Section


def read_files(section: Section, beside: Beside) -> dict[str, Attachment]:
    """Return the files that the variables under a section's `vars` attach, by path as written.

    A variable attaches a file as `{file: path}`, a message by a block of type image or document.
    What is wrong with files and conversations is noted.
    """
    variables = section.data.get("vars")
    files: dict[str, Attachment] = {}
    for name, value in variables.items() if isinstance(variables, dict) else ():
        if not isinstance(value, list | dict):
            continue
        place = (*section.place, "vars", name)
        if is_conversation(value):
            check_conversation(section, place, value)
        for written, where in _named(value, place):
            found = beside.attachment(written)
            if isinstance(found, Attachment):
                files[written] = found
            else:
                section.note_at(where, found)
    return files


def attached(
    variables: Mapping[str, Data], files: Mapping[str, Attachment]
) -> dict[str, Attachment]:
    """Return those of the files that variables name."""
    named = (
        written
        for name, value in variables.items()
        if isinstance(value, list | dict)
        for written, _ in _named(value, (name,))
    )
    return {written: files[written] for written in named if written in files}


def is_file(value: Data) -> bool:
    """Return whether a value stands for an attached file."""
    return isinstance(value, dict) and value.keys() == {FILE} and isinstance(value[FILE], str)


def _named(value: Data, place: Place) -> Iterator[tuple[str, Place]]:
    """Yield the paths that a variable names, each with its place."""
    if isinstance(value, dict) and is_file(value):
        yield str(value[FILE]), (*place, FILE)
    if isinstance(value, list) and is_conversation(value):
        for index, message in enumerate(value):
            if isinstance(message, dict):
                yield from _in_message(message, (*place, index, "content"))


def _in_message(message: Mapping[str, Data], place: Place) -> Iterator[tuple[str, Place]]:
    content = message.get("content")
    for number, block in enumerate(content if isinstance(content, list) else ()):
        path = block.get(FILE) if isinstance(block, dict) else None
        if isinstance(path, str) and path.strip():
            yield path, (*place, number, FILE)
