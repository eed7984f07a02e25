"""Facts about what is said of a changed policy."""

from evalgate.adapters.files import read_yaml
from evalgate.gate.policy import read_policy
from evalgate.gate.policy_notes import policy_notes
from evalgate.model.policy import Policy


def policy(text: str) -> Policy:
    return read_policy(read_yaml("p.yml", text.encode()), text.encode())


def said(old: str, new: str) -> list[str]:
    return list(policy_notes(policy(old), policy(new)))


def test_each_key_is_named_with_both_values() -> None:
    assert said("gate: {max_drop: 5}", "gate: {max_drop: 7.5, min_pass_rate: 0.9}") == [
        "`gate.max_drop` changes from 5 to 7.5.",
        "`gate.min_pass_rate` changes from null to 0.9.",
    ]


def test_words_lists_and_folders_are_written_plainly() -> None:
    assert said("", "gate: {estimand: suite}\nrun: {splits: [a, b]}\npaths: {prompts: x}") == [
        "`paths.prompts` changes from prompts to x.",
        "`gate.estimand` changes from auto to suite.",
        "`run.splits` changes from none to a, b.",
    ]


def test_how_promotions_are_made_is_told() -> None:
    assert said("", "promotion: {by: commit}") == [
        "`promotion.by` changes from pull_request to commit.",
    ]


def test_how_rollouts_are_made_is_told() -> None:
    rises = "errors {}, refusals 5, latency 5, cost 5"
    assert said(
        "rollout: {stages: [5, 100], automatic: false}",
        "rollout: {stages: [{percent: 5.5, units: 50}, 100], max_rise: {errors: 2},"
        " on_deadline: rollback, automatic: true, max_drop: 3}",
    ) == [
        "`rollout.stages` changes from 5 (100 units, 30 minutes, proof 40), 100 (100 units,"
        " 30 minutes, proof 1) to 5.5 (50 units, 30 minutes, proof 40), 100 (100 units,"
        " 30 minutes, proof 1).",
        "`rollout.max_drop` changes from 5 to 3.",
        f"`rollout.max_rise` changes from {rises.format(5)} to {rises.format(2)}.",
        "`rollout.on_deadline` changes from hold to rollback.",
        "`rollout.automatic` changes from false to true.",
    ]


def test_rollouts_begin_and_end_with_their_section() -> None:
    assert said("", "rollout: {}") == ["It adds the section `rollout`."]
    assert said("rollout: {}", "") == ["It drops the section `rollout`."]


def test_a_new_judge_is_more_than_a_key() -> None:
    assert said("", "judge: {model: claude-opus-5-5}") == [
        "`judge.model` changes from claude-sonnet-5-5 to claude-opus-5-5.",
        "The new judge grades both arms from then on: older verdicts do not carry over.",
    ]


def test_a_comment_changes_nothing() -> None:
    assert said("gate: {max_drop: 5}", "# five points\ngate: {max_drop: 5.0}") == []
