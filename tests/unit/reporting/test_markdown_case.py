from collections.abc import Callable

from inline_snapshot import snapshot

from evalgate.model.evalset import Case
from evalgate.model.trial import Arm, Grade, Trial
from evalgate.reporting.markdown_case import case_block
from evalgate.reporting.story import CaseStory, Report


def the_case(report: Report) -> CaseStory:
    return report.prompts[0].regressed.told[0]


def test_a_case_is_folded_with_input_before_after_and_the_judges_reason(
    a_report: Callable[..., Report], a_case: Callable[..., Case]
) -> None:
    case = a_case(tags=("refunds",), critical=True, expected="The 30-day window")
    assert case_block(the_case(a_report(cases=[case])), 1_000) == snapshot("""\
<details>
<summary><b><code>late</code></b> · <b>critical</b> · 1 of 1 passed → 0 of 1 passed · <code>refunds</code><br>
It does not say so.</summary>

**Input** <code>message</code>: Where is it?

**Expected**: The 30-day window

**Before** (<code>v3</code>, trial 1)

```text
You get your money back.
```

**After** (<code>v4</code>, trial 1)

```text
We cannot help.
```

- Before **✓ passes** rubric
- After **✗ fails** rubric: It does not say so.

</details>\
""")


def test_a_grade_that_is_missing_says_why(
    a_report: Callable[..., Report], a_trial: Callable[..., Trial]
) -> None:
    ungraded = Grade(grader="rubric", passed=None, score=None, cause="unparsable")
    report = a_report(trials=[a_trial(arm=Arm.CANDIDATE, passed=False, grades=(ungraded,))])
    assert "- After **? not graded** rubric: unparsable" in case_block(the_case(report), 100)


def test_long_texts_are_cut_and_say_so(
    a_report: Callable[..., Report], a_trial: Callable[..., Trial]
) -> None:
    report = a_report(trials=[a_trial(passed=False, text="x" * 50_000)])
    block = case_block(the_case(report), 300)
    assert "49,700 more characters not shown" in block
    assert len(block) < 1_500


def test_equal_answers_stand_once(
    a_report: Callable[..., Report], a_trial: Callable[..., Trial]
) -> None:
    trials = [a_trial(arm=arm, passed=arm is Arm.BASELINE, text="The same.") for arm in Arm]
    block = case_block(the_case(a_report(trials=trials)), 100)
    assert block.count("The same.") == 1
    assert "**Both answered** (<code>v3</code>, trial 1; <code>v4</code>, trial 1)" in block


def test_answers_that_share_much_are_compared(
    a_report: Callable[..., Report], a_trial: Callable[..., Trial]
) -> None:
    trials = [
        a_trial(arm=Arm.BASELINE, text="Hello.\nYou have 30 days.\nBye."),
        a_trial(passed=False, text="Hello.\nYou have some days.\nBye."),
    ]
    block = case_block(the_case(a_report(trials=trials)), 100)
    lines = "  Hello.\n- You have 30 days.\n+ You have some days.\n  Bye."
    assert f"```diff\n{lines}\n```" in block


def test_only_a_short_input_of_one_line_stands_in_a_sentence(
    a_report: Callable[..., Report], a_case: Callable[..., Case]
) -> None:
    texts = {"short": "one", "long": "word " * 70, "lines": "a\nb", "none": ""}
    case = a_case(vars=texts)
    block = case_block(the_case(a_report(cases=[case])), 100)
    assert "**Input** <code>short</code>: one\n" in block
    assert "**Input** <code>long</code>\n\n```text\nword" in block
    assert "… 250 more characters not shown" in block
    assert "**Input** <code>lines</code>\n\n```text\na\nb\n```" in block
    assert "**Input** <code>none</code>: (nothing)" in block
