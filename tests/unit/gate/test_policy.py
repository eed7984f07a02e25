"""Facts about reading a policy."""

from hashlib import sha256

import pytest

from evalgate.adapters.files import read_yaml
from evalgate.errors import ConfigurationError
from evalgate.gate.policy import read_policy
from evalgate.model.policy import (
    BaselineSettings,
    Estimand,
    FailWhen,
    GateRules,
    MoveBy,
    OnInconclusive,
    Policy,
    PromotionRules,
    RunSettings,
)
from evalgate.model.route import Provider, Route


def read(text: str) -> Policy:
    content = text.encode()
    return read_policy(read_yaml(".github/evalgate.yml", content), content)


def problem(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(text)
    return str(caught.value)


def test_an_empty_policy_is_all_defaults() -> None:
    policy = read("")
    assert policy.gate == GateRules()
    assert policy.run == RunSettings()
    assert policy.hash == sha256(b"").hexdigest()


def test_how_a_promotion_is_made_is_read() -> None:
    assert read("").promotion == PromotionRules(by=MoveBy.PULL_REQUEST, environment="production")
    made = read("promotion: {by: commit, environment: live}").promotion
    assert made == PromotionRules(by=MoveBy.COMMIT, environment="live")
    assert "did you mean `commit`?" in problem("promotion: {by: comit}")
    assert "did you mean `environment`?" in problem("promotion: {enviroment: x}")
    for name in ('""', '" "', "x" * 256):
        said = problem(f"promotion: {{environment: {name}}}")
        assert "promotion.environment: expected a name of 1 to 255 characters" in said


def test_every_key_is_read() -> None:
    policy = read(
        "schema: policy/1\n"
        "paths: {prompts: a/prompts/, evalsets: sets, baselines: past/, acceptances: ok}\n"
        "judge: {model: claude-opus-5-5, effort: null, max_tokens: 900, route: eu}\n"
        "gate: {max_drop: 3, alpha: 0.01, estimand: suite, min_pass_rate: 0.9,\n"
        "       fail_when: beyond_limit,\n"
        "       on_inconclusive: warn, error_budget: 0, edit_budget: 0.2,\n"
        "       protected_slices: [vip, legal, vip]}\n"
        "run: {trials: 5, critical_trials: 4, concurrency: 2, timeout: 9, deadline: 20,\n"
        "      attempts: 1, max_cost_usd: 2.5, max_cost_usd_per_day: 40, requests_per_minute: 50,\n"
        "      input_tokens_per_minute: 30000, output_tokens_per_minute: 8000, job_minutes: 30,\n"
        "      cache_days: 0, route: eu}\n"
        "baseline: {branch: evalgate/records.v2, trials: 10}\n"
        "routes: {eu: {provider: vertex, region: europe-west1, project: p,\n"
        "              models: {claude-sonnet-5-5: claude-sonnet-5-5@1}, price_factor: 1.2}}"
    )
    assert (policy.paths.prompts, policy.paths.evalsets) == ("a/prompts", "sets")
    assert (policy.paths.baselines, policy.paths.acceptances) == ("past", "ok")
    assert policy.baseline == BaselineSettings(branch="evalgate/records.v2", trials=10)
    assert policy.judge.route == "eu"
    assert policy.routes == {
        "eu": Route(
            provider=Provider.VERTEX,
            region="europe-west1",
            project="p",
            models={"claude-sonnet-5-5": "claude-sonnet-5-5@1"},
            price_factor=1.2,
        )
    }
    assert (policy.judge.model, policy.judge.effort) == ("claude-opus-5-5", None)
    assert policy.judge.max_tokens == 900
    assert policy.gate == GateRules(
        max_drop=0.03,
        alpha=0.01,
        estimand=Estimand.SUITE,
        min_pass_rate=0.9,
        fail_when=FailWhen.BEYOND_LIMIT,
        on_inconclusive=OnInconclusive.WARN,
        error_budget=0.0,
        edit_budget=0.2,
        protected_slices=("vip", "legal"),
    )
    assert policy.run == RunSettings(
        trials=5,
        critical_trials=4,
        concurrency=2,
        timeout=9.0,
        deadline=20.0,
        attempts=1,
        max_cost_usd=2.5,
        max_cost_usd_per_day=40.0,
        requests_per_minute=50,
        input_tokens_per_minute=30_000,
        output_tokens_per_minute=8_000,
        job_minutes=30.0,
        cache_days=0,
        route="eu",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gates: {}", "evalgate.yml:1: gates: unknown key (did you mean `gate`?)"),
        ("gate: {max_dorp: 5}", "gate.max_dorp: unknown key (did you mean `max_drop`?)"),
        ("gate: {max_drop: 0.05}", "is in points, not a fraction: did you mean 5?"),
        ("gate: {max_drop: 0}", "expected a number from 0.5 to 50, got the number 0"),
        ("gate: {min_pass_rate: 85}", "is a fraction between 0 and 1: did you mean 0.85?"),
        ("gate: {alpha: 0.5}", "expected a number from 0.001 to 0.2"),
        ("gate: {on_inconclusive: warning}", "did you mean `warn`?"),
        ("gate: [max_drop]", "gate: expected a mapping, got a list"),
        ("run: {critical_trials: 1}", "expected a whole number from 3 to 100"),
        ("judge: {effort: extreme}", "expected one of low, medium, high, xhigh, max"),
        ("paths: {prompts: ../elsewhere}", "expected a folder inside the repository"),
        ("gate: {protected_slices: 5}", "protected_slices: expected a list of texts, got the numb"),
        ("baseline: {trials: 2}", "baseline.trials: expected a whole number from 3 to 100"),
        ("baseline: {brnach: x}", "baseline.brnach: unknown key (did you mean `branch`?)"),
        ("schema: policy/9", "expected policy/1, got `policy/9`"),
        ("- a list", "expected a mapping, got a list"),
    ],
)
def test_a_wrong_key_or_value_is_refused_with_the_next_step(text: str, said: str) -> None:
    assert said in problem(text)


def test_all_problems_are_reported_together() -> None:
    assert len(problem("gate: {max_dorp: 5}\nrun: {trials: many}\n").splitlines()) == 2


@pytest.mark.parametrize(
    "written",
    ["''", "HEAD", "-x", "a..b", "a/", "/a", "a//b", "'a b'", "a~1", "'a@{1}'", "a.", "5", "'a:b'"],
)
def test_what_names_no_branch_is_refused(written: str) -> None:
    assert "baseline.branch: expected " in problem(f"baseline: {{branch: {written}}}")


@pytest.mark.parametrize("written", ["./a/prompts", "a//prompts/", "/a/./prompts/."])
def test_folders_are_named_as_git_names_them(written: str) -> None:
    assert read(f"paths: {{prompts: '{written}'}}").paths.prompts == "a/prompts"


@pytest.mark.parametrize("written", [".", "./", "a/../b", "a\\prompts"])
def test_a_folder_that_git_does_not_name_so_is_refused(written: str) -> None:
    assert "paths.prompts: expected a folder inside" in problem(f"paths: {{prompts: '{written}'}}")
