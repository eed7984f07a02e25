"""Facts about the files that are approved with a pull request."""

from evalgate.adapters.formats import FORMATS
from evalgate.gate.gathering import Question
from evalgate.gate.watched import watched_files
from evalgate.simulator.fakes import MemoryRepository, text_tree
from tests.unit.gate.planned import BASE, CHANGE

OTHER = Question(base="b", head="h", run_id="r", policy=".github/evalgate.other.yml")
MAIN = Question(base="b", head="h", run_id="r")


def repository(head: dict[str, str], base: dict[str, str] = BASE) -> MemoryRepository:
    return MemoryRepository(
        commits={"b": text_tree(base), "h": text_tree(head)},
        parents={"b": (), "h": ("b",)},
        refs={"HEAD": "h"},
    )


def names(head: dict[str, str], *questions: Question, base: dict[str, str] = BASE) -> set[str]:
    return set(watched_files(questions or (MAIN,), repository(head, base), FORMATS))


def test_prompts_and_sets_of_the_head_are_watched_and_nothing_else() -> None:
    head = CHANGE | {"README.md": "", "prompts/_shared/tone.v1.md": ""}
    watched = {name for name in head if name.startswith(("prompts/", "evalsets/"))}
    assert names(head) == watched


def test_they_are_watched_where_nothing_changed_too() -> None:
    assert names(BASE) == {name for name in BASE if not name.startswith(".github/")}


def test_the_base_says_where_they_are() -> None:
    moved = CHANGE | {".github/evalgate.yml": "paths: {prompts: elsewhere}\n"}
    assert "prompts/p/v2.md" in names(moved)


def test_the_files_of_all_roots_are_watched() -> None:
    policy = {OTHER.policy: "paths: {prompts: other/prompts, evalsets: other/sets}\n"}
    other = {"other/prompts/q/v1.md": BASE["prompts/p/v1.md"]}
    found = names(CHANGE | policy | other, MAIN, OTHER, base=BASE | policy | other)
    assert {"prompts/p/v2.md", "other/prompts/q/v1.md"} <= found


def test_a_root_that_cannot_be_judged_hides_no_other() -> None:
    broken = {OTHER.policy: "nonsense: 1\n"}
    assert "prompts/p/v2.md" in names(CHANGE | broken, OTHER, MAIN)
