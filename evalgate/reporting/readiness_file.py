"""The answers of the checklist for machines: the document `doctor/1`."""

from evalgate.model.document import Data
from evalgate.model.readiness import Readiness, Standing
from evalgate.reporting.instants import iso

SCHEMA = "doctor/1"


def readiness_document(readiness: Readiness) -> dict[str, Data]:
    """Return the object that the file holds."""
    return {
        "schema": SCHEMA,
        "at": iso(readiness.at),
        "counts": {each.value: readiness.counted(each) for each in Standing},
        "items": [
            {
                "id": each.id,
                "topic": each.topic.value,
                "title": each.title,
                "demand": each.demand,
                "standing": each.standing.value,
                "seen": each.seen,
                "steps": [*each.steps],
            }
            for each in readiness.findings
        ],
    }
