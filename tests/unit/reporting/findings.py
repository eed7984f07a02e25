"""Two findings of the checklist, and the readiness that they make."""

from dataclasses import replace

from evalgate.model.readiness import Finding, Readiness, Standing, Topic
from tests.unit.alerts import NOW

FAILED = Finding(
    id="two-targets",
    topic=Topic.CALLS,
    title="Two targets",
    demand="Each live model has another route.",
    standing=Standing.FAILED,
    seen="fewer than two targets: `support` | <b>@everyone</b>",
    steps=("runtime.yml: add a second route", "evalgate doctor --live"),
)
OK = replace(FAILED, id="owner", topic=Topic.PEOPLE, standing=Standing.OK, seen="ann", steps=())
READINESS = Readiness(at=NOW, findings=(FAILED, OK))
