"""Facts about which changes of eval sets a maintainer is asked to accept."""

from collections.abc import Mapping

from evalgate.adapters.formats import FORMATS
from evalgate.gate.acceptances import acceptances_text
from evalgate.gate.accepting import SetChange, set_changes
from evalgate.gate.gathering import Question
from evalgate.model.acceptance import REMOVED, Acceptance
from evalgate.simulator.fakes import MemoryRepository, text_tree
from tests.unit.gate.planned import VERSION

NAMES = [f"c{number}" for number in range(20)]


def evalset(names: list[str], *, asks: str = "x", tagged: int = 8) -> str:
    cases = "".join(
        f"  - {{id: {name}, vars: {{question: {asks}}}, tags: [{'vip' if at < tagged else 'other'}]"
        f", critical: {'true' if name == 'c19' else 'false'}}}\n"
        for at, name in enumerate(names)
    )
    return f"prompts: [p]\ngraders: [{{contains: x}}]\ncases:\n{cases}"


BASE = {
    ".github/evalgate.yml": "gate: {protected_slices: [vip]}\n",
    "prompts/p/v1.md": VERSION,
    "prompts/p/live.yaml": "stable: v1\n",
    "evalsets/a.yaml": evalset(NAMES),
}


def changes(head: Mapping[str, str], base: Mapping[str, str] = BASE) -> tuple[SetChange, ...]:
    repository = MemoryRepository(
        commits={"b": text_tree(base), "h": text_tree(head)},
        parents={"b": (), "h": ("b",)},
        refs={"HEAD": "h"},
    )
    return set_changes(Question(base="b", head="h", run_id="r"), repository, FORMATS)


def test_a_change_within_the_budget_needs_nobody() -> None:
    assert changes(BASE | {"evalsets/a.yaml": evalset([*NAMES[:18], "c19"])}) == ()
    assert changes(BASE) == ()


def test_all_that_a_change_does_to_a_set_is_told() -> None:
    (found,) = changes(BASE | {"evalsets/a.yaml": evalset(NAMES[5:19], tagged=3)})
    assert (found.evalset, found.before, found.is_removed) == ("a", 20, False)
    assert found.codes == ("set_changed", "critical_case_changed", "protected_slice_gone")
    assert found.deleted == ("c0", "c1", "c2", "c3", "c4", "c19")
    assert (found.edited, found.weakened) == ((), ("c19",))
    assert found.slices == {"vip": (8, 3)}


def test_edited_cases_are_told_apart_from_deleted_ones() -> None:
    (found,) = changes(BASE | {"evalsets/a.yaml": evalset(NAMES, asks="y")})
    assert (found.edited, found.deleted) == (tuple(NAMES), ())
    assert found.weakened == ("c19",)
    assert found.slices == {}


def test_a_set_that_guards_its_prompt_no_more_is_removed() -> None:
    (found,) = changes({path: text for path, text in BASE.items() if "evalsets" not in path})
    assert (found.codes, found.is_removed, found.content) == (("evalset_removed",), True, REMOVED)
    assert found.deleted == tuple(NAMES)


def test_what_the_base_accepts_is_told_with_it() -> None:
    head = BASE | {"evalsets/a.yaml": evalset(NAMES, asks="y")}
    (before,) = changes(head)
    assert before.accepted is None
    entry = Acceptance(
        content=before.content, replaces=before.replaces, by="Ann", at="2026-11-20", reason="why"
    )
    accepted = {"reports/accepted/a.yaml": acceptances_text([entry])}
    (after,) = changes(head | accepted, BASE | accepted)
    assert after.accepted == entry
    assert after.codes == before.codes


def test_a_set_that_stays_while_its_prompt_goes_elsewhere_is_nothing_to_accept() -> None:
    assert changes({path.replace("/p/", "/q/"): text for path, text in BASE.items()}) == ()
