"""Facts about the smell test over answers of the past."""

from evalgate.model.serving import SmellRules
from evalgate.model.smell import Smell
from evalgate.model.smell_baseline import PassCount, ToldResponse
from evalgate.runtime.smelling.smell_history import (
    baseline_of,
    count_of,
    found_in,
    rules_from,
    smell_all,
)


def told(*texts: str | None, stop_reason: str = "end_turn") -> list[ToldResponse]:
    return [
        ToldResponse(path="a.jsonl", line=line, text=text, stop_reason=stop_reason)
        for line, text in enumerate(texts, start=1)
    ]


def test_calls_without_an_answer_are_left_out() -> None:
    smelt = smell_all(told("Yes.", None, ""), SmellRules())
    assert [(each.response.line, each.smells) for each in smelt] == [(1, ()), (3, (Smell.EMPTY,))]
    assert count_of(smelt) == PassCount(passed=1, of=2)
    assert found_in(smelt) == {Smell.EMPTY: 1}


def test_the_band_has_room_around_the_usual_lengths() -> None:
    words = "".join(f"w{number} " for number in range(100))
    smelt = smell_all(told(*(words[:size] for size in range(100, 300))), SmellRules())
    assert rules_from(smelt, SmellRules()).length == (50, 596)
    assert baseline_of(smelt, SmellRules(), prompt="p").length == (101, 298)


def test_broken_answers_teach_no_length() -> None:
    answers = told("You can return it within thirty days.") + told("You", stop_reason="max_tokens")
    smelt = smell_all([*answers, *told("", "I must decline to answer.")], SmellRules())
    assert rules_from(smelt, SmellRules()).length == (18, 74)


def test_without_any_whole_answer_there_is_no_band() -> None:
    assert rules_from(smell_all(told(""), SmellRules()), SmellRules()).length is None


def test_usual_answers_keep_the_rules_made_of_them() -> None:
    answers = told(
        "Your parcel is late.",
        "Ваша посылка опаздывает.",
        "您的包裹延迟了，对不起。",
        "お荷物は遅れております。",
        "소포가 늦어지고 있습니다.",
        "Το δέμα σας καθυστερεί.",  # noqa: RUF001
        "Ihr Päckchen kommt später.",
        "42",
    )
    rules = rules_from(smell_all(answers, SmellRules()), SmellRules(json=False))
    assert rules.scripts == ("Cyrillic", "Greek", "Han", "Hangul", "Hiragana", "Latin")
    assert [each.smells for each in smell_all(answers, rules)] == [()] * len(answers)
    strange = smell_all(told("สวัสดีค่ะ พัสดุของคุณ"), rules)
    assert strange[0].smells == (Smell.SCRIPT,)


def test_other_demands_stay() -> None:
    known = SmellRules(json=True, ignore=(Smell.FENCED,))
    rules = rules_from(smell_all(told("{}"), known), known)
    assert (rules.json, rules.ignore) == (True, (Smell.FENCED,))


def test_a_baseline_tells_the_shares_of_scripts() -> None:
    smelt = smell_all(told("abcжшю", "abc"), SmellRules())
    baseline = baseline_of(smelt, SmellRules(), prompt="p")
    assert baseline.scripts == {"Latin": 6 / 9, "Cyrillic": 3 / 9}
    assert list(baseline.scripts) == ["Latin", "Cyrillic"]
