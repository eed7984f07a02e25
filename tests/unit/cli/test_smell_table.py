"""Facts about what `evalgate smell` prints."""

from inline_snapshot import snapshot

from evalgate.cli.smell_table import MOST_WORST, SmellRun, smell_document, smell_lines, smell_yaml
from evalgate.model.serving import SmellRules
from evalgate.model.smell import Smell
from evalgate.model.smell_baseline import ToldResponse
from evalgate.runtime.smelling.smell_history import Smelt


def smelt(line: int, *smells: Smell, path: str = "a.jsonl") -> Smelt:
    return Smelt(response=ToldResponse(path=path, line=line, text="Secret."), smells=smells)


def test_what_does_not_count_is_told() -> None:
    run = SmellRun(smelt=(smelt(1),), unanswered=2, left_out=3, unread=("x",))
    assert next(smell_lines(run, before=None, drop=None)) == (
        "1 answer, 2 without an answer, 3 of other prompts, 1 unreadable"
    )


def test_lines_of_several_files_name_them() -> None:
    run = SmellRun(smelt=(smelt(1, Smell.EMPTY), smelt(7, Smell.EMPTY, path="b.jsonl")))
    told = list(smell_lines(run, before=None, drop=None))
    assert told == snapshot(
        [
            "2 answers",
            "0 pass: 0% (0% to 84.2%)",
            "",
            "smell          answers    share  lines",
            "empty                2     100%  a.jsonl:1, b.jsonl:7",
        ]
    )


def test_no_text_of_an_answer_is_repeated() -> None:
    run = SmellRun(smelt=tuple(smelt(n, Smell.EMPTY) for n in range(500)))
    document = smell_document(run, before=None, drop=None, exit_code=0)
    assert "Secret" not in f"{document} {list(smell_lines(run, before=None, drop=None))}"
    worst = document["worst"]
    assert isinstance(worst, list)
    assert len(worst) == MOST_WORST


def test_the_worst_come_first() -> None:
    run = SmellRun(smelt=(smelt(1, Smell.EMPTY), smelt(2), smelt(3, Smell.SCRIPT, Smell.FENCED)))
    assert smell_document(run, before=None, drop=None, exit_code=0)["worst"] == [
        {"file": "a.jsonl", "line": 3, "smells": ["script", "fenced"]},
        {"file": "a.jsonl", "line": 1, "smells": ["empty"]},
    ]


def test_rules_are_offered_as_yaml() -> None:
    rules = SmellRules(length=(1, 20), scripts=("Han", "Latin"))
    assert list(smell_yaml("reply", rules)) == [
        "# for runtime.yml",
        "smell:",
        "  reply:",
        "    length: [1, 20]",
        "    scripts: [Han, Latin]",
    ]
