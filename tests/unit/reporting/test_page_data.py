"""The data behind the page: a list of all cases, and the whole of each."""

from collections.abc import Callable
from dataclasses import replace

from inline_snapshot import snapshot

from evalgate.model.document import Data
from evalgate.model.evalset import Case
from evalgate.model.track import Track, TrackPoint
from evalgate.model.trial import Arm, Grade, Trial, TrialError, TrialStatus
from evalgate.model.verdict import ChangedCases, Flips, PromptVerdict, RunVerdict
from evalgate.reporting.page_data import Depth, case_data, in_chunks, list_data
from evalgate.reporting.story import Report

FULL = Depth(flipped=1_000, other=1_000)


def listed(report: Report) -> list[Data]:
    data = list_data(report)
    assert isinstance(data, dict)
    prompts = data["prompts"]
    assert isinstance(prompts, list)
    cases = [prompt["cases"] for prompt in prompts if isinstance(prompt, dict)]
    return [row for rows in cases if isinstance(rows, list) for row in rows]


def whole(report: Report, depth: Depth = FULL) -> dict[str, Data]:
    (data,) = case_data(report, depth)
    assert isinstance(data, dict)
    return data


def test_a_row_says_what_became_of_a_case_and_why(
    a_report: Callable[..., Report], a_case: Callable[..., Case]
) -> None:
    report = a_report(cases=[a_case(tags=("refunds",), critical=True)])
    assert listed(report) == snapshot(
        [
            {
                "id": "late",
                "outcome": "regressed",
                "before": "1 of 1 passed",
                "after": "0 of 1 passed",
                "change": -1.0,
                "tags": ["refunds"],
                "marks": ["critical"],
                "failing": ["rubric"],
                "place": 0,
                "says": "It does not say so.",
                "ms": 5,
                "cost": 0.0,
            }
        ]
    )


def test_the_whole_of_a_case_has_input_answers_grades_trials_and_what_differs(
    a_report: Callable[..., Report], a_case: Callable[..., Case]
) -> None:
    case = a_case(expected=["money"], cluster="c")
    assert whole(a_report(cases=[case])) == snapshot(
        {
            "given": [["message", "Where is it?"]],
            "expected": [
                """\
[
  "money"
]\
"""
            ],
            "cluster": "c",
            "arms": {
                "baseline": {
                    "version": "v3",
                    "trial": 0,
                    "answer": ["You get your money back."],
                    "stop": "end_turn",
                    "grades": [
                        {
                            "grader": "rubric",
                            "passed": True,
                            "score": 1.0,
                            "says": "It says so.",
                            "cause": "",
                            "required": True,
                        }
                    ],
                },
                "candidate": {
                    "version": "v4",
                    "trial": 0,
                    "answer": ["We cannot help."],
                    "stop": "end_turn",
                    "grades": [
                        {
                            "grader": "rubric",
                            "passed": False,
                            "score": 0.0,
                            "says": "It does not say so.",
                            "cause": "",
                            "required": True,
                        }
                    ],
                },
            },
            "trials": {
                "baseline": [
                    {
                        "trial": 0,
                        "outcome": 1.0,
                        "ms": 5,
                        "cost": 0.0,
                        "answer": ["You get your money back."],
                    }
                ],
                "candidate": [
                    {
                        "trial": 0,
                        "outcome": 0.0,
                        "ms": 5,
                        "cost": 0.0,
                        "answer": ["We cannot help."],
                    }
                ],
            },
            "history": [],
            "source": "",
            "command": "evalgate run --base 111111111111 --head 222222222222 --prompt support --evalset letters --case late",
            "diff": None,
        }
    )


def test_what_differs_is_told_in_answers_that_have_something_in_common(
    a_report: Callable[..., Report], a_trial: Callable[..., Trial]
) -> None:
    trials = [
        a_trial(arm=Arm.BASELINE, text="Within 30 days of delivery."),
        a_trial(passed=False, text="Within 14 days of delivery."),
    ]
    assert whole(a_report(trials=trials))["diff"] == [
        ["same", "Within "],
        ["gone", "30"],
        ["added", "14"],
        ["same", " days of delivery."],
    ]


def test_every_case_is_told_and_has_its_place_among_all_prompts(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: Callable[..., Trial],
    a_case: Callable[..., Case],
) -> None:
    run = a_run(a_verdict(), replace(a_verdict(), name="other"))
    trials = [a_trial(case, passed=case != "late") for case in ("early", "late")]
    report = a_report(
        run,
        trials=[*trials, *(replace(trial, prompt="other") for trial in trials)],
        cases=[a_case("early"), a_case("late")],
    )
    rows = listed(report)
    assert [row["place"] for row in rows if isinstance(row, dict)] == [0, 1, 2, 3]
    assert len(list(case_data(report, FULL))) == 4


def test_marks_tell_new_edited_flaky_and_ungraded_cases(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: Callable[..., Trial],
    a_case: Callable[..., Case],
) -> None:
    verdict = a_verdict(
        flips=Flips(), flaky=("b",), changed_cases=ChangedCases(new=("a",), edited=("b",))
    )
    silent = Grade(grader="tone", passed=None, score=None, cause="truncated", required=False)
    lost = replace(
        a_trial("d"),
        status=TrialStatus.ERRORED,
        passed=None,
        error=TrialError(kind="timeout", message="x"),
    )
    trials = [a_trial("a"), a_trial("b"), a_trial("c", grades=(silent,)), lost]
    report = a_report(a_run(verdict), trials=trials, cases=[a_case(case) for case in "abcd"])
    rows = [row for row in listed(report) if isinstance(row, dict)]
    assert [row.get("marks") for row in rows] == [
        ["new"],
        ["flaky", "edited"],
        ["ungraded"],
        ["ungraded"],
    ]
    assert rows[3]["says"] == "timeout"


def test_texts_are_cut_as_deep_as_wanted_and_say_so(
    a_report: Callable[..., Report], a_trial: Callable[..., Trial]
) -> None:
    trials = [a_trial(arm=Arm.BASELINE), a_trial(passed=False, text="x" * 500)]
    arms = whole(a_report(trials=trials), Depth(flipped=100, other=5))["arms"]
    assert isinstance(arms, dict)
    assert isinstance(arms["candidate"], dict)
    assert arms["candidate"]["answer"] == ["x" * 100, "400 more characters not shown"]


def test_hidden_characters_are_made_visible(hostile_report: Report) -> None:
    text = str([list_data(hostile_report), *case_data(hostile_report, FULL)])
    assert not set(text) & set("\x00\x1b\u202e\u2066\ud800\ufffe")
    assert "⟨U+202E⟩right to left" in text


def test_a_case_has_its_history_on_record(a_report: Callable[..., Report]) -> None:
    point = TrackPoint(
        at="2026-11-01T10:00:00Z",
        commit="1" * 40,
        version="v2",
        version_hash="c" * 64,
        models=("claude-haiku-5-5",),
        trials=2,
        rate=0.5,
        low=0.1,
        high=0.9,
        outcomes={"late": (1.0, 0.0)},
    )
    report = a_report()
    track = Track(prompt="support", evalset="letters", points=(point, replace(point, outcomes={})))
    told = replace(report, prompts=(replace(report.prompts[0], track=track),))
    assert whole(told)["history"] == [["2026-11-01", "v2", "1 of 2 passed"]]


def test_chunks_hold_so_many_each_and_the_last_the_rest() -> None:
    assert list(in_chunks(iter([1, 2, 3, 4, 5]), 2)) == [[1, 2], [3, 4], [5]]
    assert list(in_chunks(iter([]), 2)) == []


def test_a_row_has_the_time_and_cost_of_the_candidates_answers(
    a_report: Callable[..., Report], a_trial: Callable[..., Trial]
) -> None:
    def row(*costs: float | None) -> dict[str, Data]:
        before = a_trial(arm=Arm.BASELINE, cost_usd=7.0)
        after = [
            a_trial(passed=False, trial=index, cost_usd=cost) for index, cost in enumerate(costs)
        ]
        assert before.completion is not None
        slow = replace(before.completion, latency_ms=90)
        after[0] = replace(after[0], completion=slow)
        (found,) = listed(a_report(trials=[before, *after]))
        assert isinstance(found, dict)
        return found

    assert (row(0.25, 0.5)["ms"], row(0.25, 0.5)["cost"]) == (90, 0.75)
    assert row(0.25, None)["cost"] is None


def test_a_case_that_one_arm_has_no_grade_for_has_no_change(
    a_report: Callable[..., Report], a_trial: Callable[..., Trial]
) -> None:
    lost = replace(
        a_trial(passed=False),
        status=TrialStatus.ERRORED,
        passed=None,
        score=None,
        error=TrialError(kind="timeout", message="x"),
    )
    (row,) = listed(a_report(trials=[a_trial(arm=Arm.BASELINE), lost]))
    assert isinstance(row, dict)
    assert row["change"] is None


def test_a_case_too_long_to_be_copied_is_not_copied_by_half(
    a_report: Callable[..., Report],
) -> None:
    report = a_report()
    (prompt,) = report.prompts
    story = replace(prompt.cases[0], source="x" * 400)
    told = replace(report, prompts=(replace(prompt, cases=(story,)),))
    assert whole(told, Depth(flipped=100, other=1))["source"] == "x" * 400
    assert whole(told, Depth(flipped=99, other=1))["source"] == ""


def test_a_reason_that_is_cut_says_so(
    a_report: Callable[..., Report], a_trial: Callable[..., Trial]
) -> None:
    grade = Grade(grader="rubric", passed=False, score=0.0, reason="because " * 100)
    report = a_report(trials=[a_trial(passed=False, grades=(grade,))])
    arms = whole(report, Depth(flipped=20, other=20))["arms"]
    assert "'says': 'because because bec…'" in str(arms)
    (row,) = listed(report)
    assert isinstance(row, dict)
    assert str(row["says"]).endswith("…")


def test_costs_beyond_every_number_are_not_known(
    a_report: Callable[..., Report], a_trial: Callable[..., Trial]
) -> None:
    trials = [a_trial(trial=index, cost_usd=1e308, passed=False) for index in range(2)]
    (row,) = listed(a_report(trials=trials))
    assert isinstance(row, dict)
    assert row["cost"] is None
