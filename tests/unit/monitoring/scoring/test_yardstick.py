"""Facts about the name of a judge: scores under one name compare, under two they do not."""

from tests.unit.monitoring.scoring.test_criteria import criteria, scoring


def judge(text: str, *, by: str = "") -> str:
    [found] = criteria(text, by=by).of("other", "v1")
    return found.judge


BASE = "{graders: [{rubric: [Is kind, Is short]}]}"


def test_the_name_of_a_judge_changes_with_all_that_it_is_asked() -> None:
    texts = [
        scoring(f"{{a: {BASE}}}"),
        scoring("{a: {graders: [{rubric: [Is kind, Is long]}]}}"),
        scoring("{a: {graders: [{rubric: [Is kind, {criterion: Is short, weight: 2}]}]}}"),
        f"judge: {{effort: high}}\n{scoring(f'{{a: {BASE}}}')}",
        f"judge: {{votes: 3}}\n{scoring(f'{{a: {BASE}}}')}",
        f"judge: {{model: claude-opus-5-5}}\n{scoring(f'{{a: {BASE}}}')}",
    ]
    assert len({judge(text) for text in texts}) == len(texts)


def test_the_name_of_a_judge_is_not_changed_by_what_it_is_not_asked() -> None:
    same = scoring("{b: {graders: [{rubric: [Is kind, Is short]}], floor: 0.5}}")
    assert judge(scoring(f"{{a: {BASE}}}")) == judge(same)
    assert judge(f"judge: {{min_agreement: 0.9}}\n{same}") == judge(same)


def test_a_simulated_judge_is_named_so() -> None:
    assert judge(scoring(f"{{a: {BASE}}}"), by="simulated ").startswith("simulated claude-")
