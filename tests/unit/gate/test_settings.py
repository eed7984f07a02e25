"""What it takes to have the same run again."""

from dataclasses import replace

from evalgate import __version__
from evalgate.gate.settings import command, settings
from evalgate.model.policy import JudgeSettings
from tests.unit.gate.planned import BASE, CHANGE, plan


def test_the_command_names_both_commits_and_the_policy() -> None:
    assert command(plan()) == "evalgate gate --base b --head h --policy .github/evalgate.yml"


def test_of_a_work_tree_the_command_names_no_head() -> None:
    of = plan()
    sources = replace(of.sources, head="the work tree")
    assert "--head" not in command(replace(of, sources=sources))


def test_a_hostile_path_is_one_word_of_the_command() -> None:
    of = plan()
    policy = replace(of.sources.policy, path="a b;rm")
    assert command(replace(of, sources=replace(of.sources, policy=policy))).endswith(" 'a b;rm'")


def test_what_the_answer_depends_on_is_named() -> None:
    told = dict(settings(plan()))
    assert told["evalgate"] == __version__
    assert told["Trials per case"] == "2"
    assert told["Models asked"] == "claude-haiku-5-5"
    assert told["Judge"] == "claude-sonnet-5-5"
    assert told["Route of the answers"] == "the Claude API"
    assert "Day of the waivers" not in told


def test_the_day_and_several_votes_are_told() -> None:
    of = plan(CHANGE, today="2026-11-21")
    policy = replace(of.sources.policy, judge=JudgeSettings(votes=3))
    told = dict(settings(replace(of, sources=replace(of.sources, policy=policy))))
    assert told["Day of the waivers"] == "2026-11-21"
    assert told["Judge"] == "claude-sonnet-5-5, 3 votes"


def test_records_on_a_branch_are_told_by_their_commit() -> None:
    assert dict(settings(replace(plan(), records_at="1" * 40)))["Records"] == (
        "`111111111111` of their branch"
    )
    assert dict(settings(replace(plan(), records_at="")))["Records"] == "none"


def test_a_plan_without_a_matchup_has_settings_too() -> None:
    assert "Models asked" not in dict(settings(plan(BASE)))


def test_numbers_of_trials_that_differ_are_told_as_a_range() -> None:
    of = plan()
    (matchup,) = of.matchups
    first, *rest = matchup.planned
    planned = (replace(first, candidate=range(5)), *rest)
    several = replace(of, matchups=(replace(matchup, planned=planned),))
    assert dict(settings(several))["Trials per case"] == "2 to 5"


def test_a_first_version_has_the_model_of_its_own_alone() -> None:
    of = plan()
    (matchup,) = of.matchups
    first = replace(matchup, candidate=replace(matchup.candidate, baseline=None))
    assert dict(settings(replace(of, matchups=(first,))))["Models asked"] == "claude-haiku-5-5"
