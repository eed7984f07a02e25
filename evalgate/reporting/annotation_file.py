"""The remarks of a run as data: `annotations.json`, from which check runs are made."""

from collections.abc import Sequence

from evalgate.model.document import Data, Document
from evalgate.model.github import Annotation, Level
from evalgate.model.reading import Section

FILE = "annotations.json"
SCHEMA = "annotations/1"
_MOST_LINES = 10**9


def annotation_document(annotations: Sequence[Annotation]) -> dict[str, Data]:
    """Return the content of `annotations.json`."""
    return {
        "schema": SCHEMA,
        "annotations": [
            {
                "level": each.level.value,
                "title": each.title,
                "message": each.message,
                "path": each.path,
                "line": each.line,
            }
            for each in annotations
        ],
    }


def read_annotations(document: Document) -> tuple[Annotation, ...]:
    """Read `annotations.json`.

    Raises:
        ConfigurationError: when it is something else.
    """
    section = Section(document)
    section.allow("schema", "annotations")
    if section.text("schema") != SCHEMA:
        section.note("schema", f"expected {SCHEMA}")
    read = tuple(_annotation(each) for each in section.sections("annotations"))
    section.finish()
    return read


def _annotation(section: Section) -> Annotation:
    return Annotation(
        level=section.choice("level", Level.NOTICE),
        title=section.text("title"),
        message=section.required_text("message"),
        path=section.text("path"),
        line=section.integer("line", 1, least=1, most=_MOST_LINES),
    )
