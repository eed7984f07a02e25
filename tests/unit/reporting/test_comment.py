import re
from collections.abc import Callable
from dataclasses import replace
from time import process_time

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.model.change import FileChange
from evalgate.model.trial import Arm, Trial
from evalgate.model.turning import Mending, Turning
from evalgate.model.verdict import Flips, PromptVerdict, Reason, RunVerdict, Verdict
from evalgate.reporting.comment import COMMENT_BYTES, MARKER, SUMMARY_BYTES, comment, summary
from evalgate.reporting.markdown_page import Depth, fitting_page
from evalgate.reporting.story import Banner, Report
from tests.machine import slowness
from tests.unit.reporting.conftest import HOSTILE

BuildReport = Callable[..., Report]
BuildTrial = Callable[..., Trial]
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=2_000)


def outside_fences(markdown: str) -> list[str]:
    """Return the lines that Markdown reads as such; fail when a fence stays open."""
    lines: list[str] = []
    marks = ""
    for line in markdown.split("\n"):
        fence = re.fullmatch(r"(`{3,})(?:text|diff)?", line)
        if not marks and fence:
            marks = fence[1]
        elif marks and line == marks:
            marks = ""
        elif not marks:
            lines.append(line)
    assert not marks, "a fence is open"
    return lines


def assert_sound(markdown: str) -> None:
    """Check that every fence and fold is closed and that no text of a case acts."""
    lines = outside_fences(markdown)
    text = "\n".join(lines)
    assert text.count("<details>") == text.count("</details>")
    assert not re.search(r"@\w|(?<!&)#\d|https?://|<script|<img", text)
    assert not re.search(r"(?m)^\s*(::|##\[)", markdown)
    assert [line for line in lines if "<!--" in line] in ([MARKER], [])


def many(
    number: int, a_run: Callable[..., RunVerdict], a_verdict: Callable[..., PromptVerdict]
) -> RunVerdict:
    ids = tuple(f"case-{index:04}" for index in range(number))
    return a_run(a_verdict(flips=Flips(regressed=ids)))


def test_the_comment_of_a_blocked_change(a_report: BuildReport) -> None:
    text = comment(a_report(), report_location="reports/run-1/report.html")
    assert text == snapshot("""\
<!-- evalgate:comment/1 -->

## ✗ Blocked: support v4 answers 1 of 120 cases worse than v3; the drop is between 4 and 11 points, the limit is 5.

**The gate blocks this change.**

**What to do next:** Read the cases that broke, mend the prompt and push again. Where the new answer is the better one, correct the case in a pull request of its own first.

| Verdict | Prompt | Pass rate | Change in points | Worse | Better | Cost |
| --- | --- | --- | --- | --- | --- | --- |
| ✗ **Blocked** | <code>support</code> <code>v3</code> → <code>v4</code> | 95% → 87.5% | **−7.5** (from −11 to −4; limit −5) | 1 of 120 | 0 | $0.0132 |

**How sure:** worse, perhaps by more than the limit: over 120 cases the pass rate is between 4 and 11 points lower; the limit is a drop of 5 points. Each end of that range holds with 95% confidence; it is about the traffic that the cases were drawn from.

### What broke: 1 case

<details>
<summary><b><code>late</code></b> · 1 of 1 passed → 0 of 1 passed<br>
It does not say so.</summary>

**Input** <code>message</code>: Where is it?

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

</details>

<details>
<summary>Why, in full</summary>

- The drop is between 4 and 11 points.

</details>

To run one of these cases again:

```text
evalgate run --base 111111111111 --head 222222222222 --prompt support --evalset letters --case late
```

Cost $0.0132 for 1,443 calls · base <code>111111111111</code> · head <code>222222222222</code>

The full report has every case: <code>reports/run-1/report.html</code>
""")


def test_the_comment_when_nothing_changed(
    a_report: BuildReport, nothing_changed: RunVerdict
) -> None:
    assert comment(a_report(nothing_changed)) == snapshot("""\
<!-- evalgate:comment/1 -->

## – Nothing to decide: No prompt changed between main and the head.

**The gate lets this change through.**

Cost $0 for 0 calls · base <code>111111111111</code> · head <code>222222222222</code>
""")


def test_an_address_becomes_a_link(a_report: BuildReport) -> None:
    text = comment(a_report(), report_location="https://ci.example/run/1")
    assert "[The full report](<https://ci.example/run/1>) has every case." in text


def test_an_address_that_could_break_out_is_only_shown(a_report: BuildReport) -> None:
    text = comment(a_report(), report_location="https://ci.example/> <script>")
    assert_sound(text)


def test_simulated_answers_are_announced(
    a_report: BuildReport,
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    sentence = "Answers are simulated; no call was made to Claude."
    assert sentence in comment(a_report(a_run(a_verdict(), simulated=True)))
    assert sentence not in comment(a_report())


def test_a_banner_stands_above_everything_but_the_marker(a_report: BuildReport) -> None:
    banner = Banner(text="Ask @team <now> about `x`.", command="gh workflow run x.yml -f a=b")
    text = comment(replace(a_report(), banner=banner))
    above, _, _ = text.partition("\n## ")
    assert above.splitlines() == [
        MARKER,
        "",
        "> [!IMPORTANT]",
        "> Ask @\u200bteam &lt;now&gt; about <code>x</code>.",
        "",
        "```text",
        "gh workflow run x.yml -f a=b",
        "```",
    ]
    assert_sound(text)


def test_a_page_that_fits_nothing_else_keeps_its_banner(a_report: BuildReport) -> None:
    told = replace(a_report(), banner=Banner(text="Not verified."))
    page = fitting_page(told, budget=10, depths=[Depth(prompts=1)], location=None)
    assert page.startswith("> [!IMPORTANT]\n> Not verified.\n")


def test_five_thousand_broken_cases_with_long_answers_stay_within_the_bytes(
    a_report: BuildReport,
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: BuildTrial,
) -> None:
    run = many(5_000, a_run, a_verdict)
    trials = [
        a_trial(case, passed=False, text="💥`|" * 3_000) for case in run.prompts[0].flips.regressed
    ]
    report = a_report(run, trials=trials)
    short, long = comment(report), summary(report)
    assert len(short.encode()) <= COMMENT_BYTES
    assert len(long.encode()) <= SUMMARY_BYTES
    assert short.startswith(MARKER + "\n")
    assert "4,990 more cases in the full report only." in short
    assert long.count("<details>") > short.count("<details>") > 0
    assert_sound(short)
    assert_sound(long)


def test_very_many_prompts_leave_a_table_and_then_a_sentence(
    a_report: BuildReport,
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    long = Reason(code="regression", message="💥" * 600)
    prompts = [a_verdict(name="💥" * 60, reasons=(long,) * 10) for _ in range(300)]
    text = comment(a_report(a_run(*prompts)))
    assert len(text.encode()) <= COMMENT_BYTES
    assert text.startswith(MARKER)
    assert "Blocked" in text
    assert_sound(text)


def test_hostile_texts_are_shown_and_do_nothing(hostile_report: Report) -> None:
    for text in (comment(hostile_report), summary(hostile_report)):
        assert_sound(text)
        assert "⟨U+202E⟩" in text
        assert "␛[31m" in text


@given(text=ANY_TEXT, reason=ANY_TEXT, repeats=st.integers(1, 40))
def test_no_text_breaks_the_limit_or_leaves_anything_open(
    a_report: BuildReport, a_trial: BuildTrial, text: str, reason: str, repeats: int
) -> None:
    trial = a_trial(passed=False, text=text * repeats, reason=reason)
    written = comment(a_report(trials=[trial]))
    assert len(written.encode()) <= COMMENT_BYTES
    assert_sound(written)
    assert written.rstrip().endswith("head <code>222222222222</code>")


def test_the_same_report_gives_the_same_bytes(a_report: BuildReport) -> None:
    assert comment(a_report()) == comment(a_report())


def test_the_summary_has_no_marker(a_report: BuildReport) -> None:
    assert MARKER not in summary(a_report())
    assert summary(a_report()).startswith("## ✗ Blocked: ")


def test_the_files_that_change_are_folded_above_the_cases(a_report: BuildReport) -> None:
    report = with_files(a_report(), FileChange(path="p/v4.md", before="old\n", after="new\n"))
    page = comment(report)
    assert page.index("-old\n+new\n") < page.index("### What broke")
    assert_sound(page)


def test_hostile_files_and_answers_that_are_compared_do_nothing(
    hostile_report: Report, a_report: BuildReport, a_trial: BuildTrial
) -> None:
    change = FileChange(path=HOSTILE, before=HOSTILE, after=f"{HOSTILE}\n{HOSTILE}x")
    assert_sound(comment(with_files(hostile_report, change)))
    trials = [
        a_trial(arm=Arm.BASELINE, text=HOSTILE * 9, reason=HOSTILE),
        a_trial(passed=False, text=f"{HOSTILE * 8}::error::x\n{HOSTILE}", reason=HOSTILE),
    ]
    told = comment(a_report(trials=trials))
    assert "```diff" in told
    assert_sound(told)


@given(text=ANY_TEXT, middle=ANY_TEXT)
def test_no_comparison_of_answers_leaves_anything_open(
    a_report: BuildReport, a_trial: BuildTrial, text: str, middle: str
) -> None:
    trials = [
        a_trial(arm=Arm.BASELINE, text=text + text),
        a_trial(passed=False, text=text + middle + text),
    ]
    report = with_files(
        a_report(trials=trials), FileChange(path=text, before=middle + text, after=text)
    )
    written = comment(report)
    assert len(written.encode()) <= COMMENT_BYTES
    assert_sound(written)


def test_what_would_change_the_verdict_stands_below_what_broke(
    a_report: BuildReport,
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    turning = Turning(mending=Mending(cases=1, of=1), limit=0.12)
    page = comment(a_report(a_run(a_verdict(turning=turning))))
    _, _, below = page.partition("### What broke")
    assert (
        """
**What would change the verdict**

- It would pass if the one case that did worse answered as before.
- It would pass with a limit of 12 points (<code>gate.max_drop</code>).
"""
        in below
    )


def test_each_prompt_has_its_own_lines_where_there_are_several(
    a_report: BuildReport,
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    turning = Turning(limit=0.12)
    run = a_run(a_verdict(name="a", turning=turning), a_verdict(name="b", turning=turning))
    page = comment(a_report(run))
    passes = a_verdict(name="c", verdict=Verdict.PASS, turning=turning)
    assert "<code>c</code>: It would" not in comment(a_report(a_run(run.prompts[0], passes)))
    assert "<code>c</code>: It would still" in comment(a_report(a_run(passes, passes)))
    assert "\n- <code>b</code>: It would pass with a limit of 12 points" in page
    assert "\n- <code>b</code>: worse, perhaps by more than the limit:" in page


def test_the_graders_that_fail_most_are_named_with_their_number(
    a_report: BuildReport,
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: BuildTrial,
) -> None:
    run = many(3, a_run, a_verdict)
    trials = [a_trial(case, passed=False) for case in run.prompts[0].flips.regressed]
    page = comment(a_report(run, trials=trials))
    assert "### What broke: 3 cases\n\nWhat fails most: 3 × rubric.\n" in page


def test_long_answers_are_compared_in_little_time(
    a_report: BuildReport,
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: BuildTrial,
) -> None:
    run = many(200, a_run, a_verdict)
    trials = [
        a_trial(case, arm, passed=arm is Arm.BASELINE, text=f"{arm.value} a\nb. c\n" * 60_000)
        for case in run.prompts[0].flips.regressed
        for arm in Arm
    ]
    report = a_report(run, trials=trials)
    start = process_time()
    summary(report)
    assert process_time() - start < 5 * slowness()


def with_files(report: Report, *files: FileChange) -> Report:
    (story, *others) = report.prompts
    return replace(report, prompts=(replace(story, files=files), *others))


def test_a_file_that_several_prompts_share_is_shown_once(
    a_report: BuildReport,
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    report = a_report(a_run(a_verdict(name="a"), a_verdict(name="b")))
    change = FileChange(path="prompts/_shared/tone.md", before="old\n", after="new\n")
    stories = tuple(replace(story, files=(change,)) for story in report.prompts)
    assert comment(replace(report, prompts=stories)).count("tone.md") == 1


def test_one_command_runs_a_case_again_unless_it_would_not_be_what_is_shown(
    a_report: BuildReport, hostile_report: Report
) -> None:
    page = comment(a_report())
    _, _, below = page.partition("To run one of these cases again:\n\n```text\n")
    assert below.startswith("evalgate run --base 111111111111 --head 222222222222 ")
    assert "--case late\n```\n" in below
    assert page.count("evalgate run") == 1
    assert "evalgate run" not in comment(hostile_report)
