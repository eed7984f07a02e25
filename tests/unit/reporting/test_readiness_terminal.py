"""Facts about the checklist in a terminal."""

from dataclasses import replace
from io import StringIO

from inline_snapshot import snapshot
from rich.console import Console

from evalgate.model.readiness import Finding, Readiness, Standing, Topic
from evalgate.reporting.readiness_terminal import show_readiness
from tests.unit.alerts import NOW

FAILED = Finding(
    id="two-targets",
    topic=Topic.CALLS,
    title="Two targets",
    demand="Each live model has another route.",
    standing=Standing.FAILED,
    seen="fewer than two targets: support (claude-haiku-5-5: 1)",
    steps=(
        "runtime.yml: add a second route under `routes`, or a model under `smaller`, which is long",
    ),
)
OK = replace(FAILED, id="owner", topic=Topic.PEOPLE, standing=Standing.OK, seen="ann", steps=())


def shown(*findings: Finding, width: int = 80) -> str:
    file = StringIO()
    console = Console(file=file, width=width, highlight=False, markup=False)
    show_readiness(Readiness(at=NOW, findings=findings), console)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def test_an_item_is_a_line_and_its_steps_are_whole() -> None:
    assert shown(FAILED, OK) == snapshot("""\
Calls
  ✗ failed    Two targets                 fewer than two targets: support
                                          (claude-haiku-5-5: 1)
              → runtime.yml: add a second route under `routes`, or a model under `smaller`, which is long

People
  ✓ ok        Two targets                 ann

Not ready for production
2 items: 1 ok, 1 failed\
""")


def test_a_step_is_never_broken_so_that_it_can_be_copied() -> None:
    assert FAILED.steps[0] in shown(FAILED, width=40)


def test_nothing_that_was_seen_acts() -> None:
    evil = replace(FAILED, seen="a\x1b[31m\n::error::b", steps=("::error::c\x07",))
    text = shown(evil)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "::error" not in text
