"""Reads the policy file; every key has a default, and every wrong key or value is an error."""

import re
from dataclasses import fields
from hashlib import sha256

from evalgate.gate.looks import FEWEST_RECORDED
from evalgate.gate.monitor_rules import read_monitor
from evalgate.gate.points import read_points
from evalgate.gate.rollout_rules import read_rollout
from evalgate.gate.routes import check_routes
from evalgate.gate.waivers import read_waivers
from evalgate.model.chat import EFFORTS
from evalgate.model.document import Document
from evalgate.model.policy import (
    BaselineSettings,
    Estimand,
    FailWhen,
    GateRules,
    JudgeSettings,
    OnInconclusive,
    Paths,
    Policy,
    PromotionRules,
    RunSettings,
)
from evalgate.model.reading import Section
from evalgate.model.route_reading import read_routes

_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*([./][A-Za-z0-9_-]+)*")

MOST_ENVIRONMENT = 255
"""Characters of the name of an environment, as GitHub has it."""


def read_policy(document: Document, content: bytes) -> Policy:
    """Read a policy.

    Args:
        document: the parsed file; an empty file means all defaults.
        content: its bytes, for the hash that verdicts carry.

    Raises:
        ConfigurationError: with every problem found in it.
    """
    if document.data is None:
        document = Document(path=document.path, data={}, lines={})
    section = Section(document)
    section.allow(
        "schema",
        "paths",
        "judge",
        "gate",
        "run",
        "baseline",
        "routes",
        "waivers",
        "promotion",
        "rollout",
        "monitor",
    )
    if section.text("schema", "policy/1") != "policy/1":
        section.note("schema", f"expected policy/1, got `{section.text('schema')}`")
    gate = _gate(section.section("gate"))
    policy = Policy(
        path=document.path,
        hash=sha256(content).hexdigest(),
        paths=_paths(section.section("paths")),
        judge=_judge(section.section("judge")),
        gate=gate,
        run=_run(section.section("run")),
        baseline=_baseline(section.section("baseline")),
        routes=read_routes(section.section("routes")),
        waivers=read_waivers(section),
        promotion=_promotion(section.section("promotion")),
        rollout=read_rollout(section, max_drop=gate.max_drop),
        monitor=read_monitor(section.section("monitor")),
    )
    check_routes(section, policy)
    section.finish()
    return policy


def _paths(section: Section) -> Paths:
    section.allow("prompts", "evalsets", "baselines", "calibrations", "acceptances", "graders")
    has_graders = section.data.get("graders") is not None
    return Paths(
        prompts=_folder(section, "prompts"),
        evalsets=_folder(section, "evalsets"),
        baselines=_folder(section, "baselines", default=Paths().baselines),
        calibrations=_folder(section, "calibrations", default=Paths().calibrations),
        acceptances=_folder(section, "acceptances", default=Paths().acceptances),
        graders=_folder(section, "graders") if has_graders else None,
    )


def _folder(section: Section, key: str, *, default: str = "") -> str:
    written = section.text(key, default or key)
    # Paths are compared with those that git tells, which have no `./` and no `//`.
    parts = [part for part in written.split("/") if part not in ("", ".")]
    if not parts or ".." in parts or "\\" in written:
        section.note(
            key, "expected a folder inside the repository, such as `prompts` or `a/prompts`"
        )
    return "/".join(parts)


def _judge(section: Section) -> JudgeSettings:
    section.allow("model", "effort", "max_tokens", "votes", "route", "min_agreement")
    default = JudgeSettings()
    has_least = section.data.get("min_agreement") is not None
    return JudgeSettings(
        model=section.text("model", default.model),
        effort=section.word("effort", EFFORTS) if "effort" in section.data else default.effort,
        max_tokens=section.integer("max_tokens", default.max_tokens, least=64, most=64_000),
        votes=_votes(section, default.votes),
        route=section.text("route"),
        min_agreement=_rate(section, "min_agreement", 0.0) if has_least else None,
    )


def _votes(section: Section, default: int) -> int:
    votes = section.integer("votes", default, least=1, most=9)
    if votes % 2 == 0:
        section.note("votes", f"expected an odd number, which has a majority, got {votes}")
    return votes


def _gate(section: Section) -> GateRules:
    section.allow(
        "max_drop",
        "alpha",
        "estimand",
        "min_pass_rate",
        "fail_when",
        "on_inconclusive",
        "error_budget",
        "edit_budget",
        "protected_slices",
    )
    default = GateRules()
    has_floor = section.data.get("min_pass_rate") is not None
    return GateRules(
        max_drop=read_points(section, "max_drop", default.max_drop),
        alpha=section.number("alpha", default.alpha, least=0.001, most=0.2),
        estimand=section.choice("estimand", Estimand.AUTO),
        min_pass_rate=_rate(section, "min_pass_rate", 0.0) if has_floor else None,
        fail_when=section.choice("fail_when", FailWhen.REGRESSION),
        on_inconclusive=section.choice("on_inconclusive", OnInconclusive.BLOCK),
        error_budget=_rate(section, "error_budget", default.error_budget),
        edit_budget=_rate(section, "edit_budget", default.edit_budget),
        protected_slices=tuple(dict.fromkeys(section.texts("protected_slices"))),
    )


def _rate(section: Section, key: str, default: float) -> float:
    value = section.data.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool) and 1 < value <= 100:
        section.note(key, f"is a fraction between 0 and 1: did you mean {value / 100:g}?")
        return default
    return section.number(key, default, least=0.0, most=1.0)


def _run(section: Section) -> RunSettings:
    section.allow(*(field.name for field in fields(RunSettings)))
    default = RunSettings()
    return RunSettings(
        trials=section.integer("trials", default.trials, least=1, most=100),
        most_trials=section.integer("most_trials", default.most_trials, least=1, most=100),
        record_trials=section.integer("record_trials", default.record_trials, least=1, most=100),
        critical_trials=section.integer(
            "critical_trials", default.critical_trials, least=3, most=100
        ),
        concurrency=section.integer("concurrency", default.concurrency, least=1, most=1024),
        timeout=section.number("timeout", default.timeout, least=0.1, most=3600.0),
        deadline=section.number("deadline", default.deadline, least=0.1, most=7200.0),
        attempts=section.integer("attempts", default.attempts, least=1, most=10),
        splits=section.texts("splits"),
        max_cost_usd=_dollars(section, "max_cost_usd"),
        max_cost_usd_per_day=_dollars(section, "max_cost_usd_per_day"),
        requests_per_minute=_per_minute(section, "requests_per_minute"),
        input_tokens_per_minute=_per_minute(section, "input_tokens_per_minute"),
        output_tokens_per_minute=_per_minute(section, "output_tokens_per_minute"),
        job_minutes=section.number("job_minutes", default.job_minutes, least=1.0, most=100_000.0),
        cache_days=section.integer("cache_days", default.cache_days, least=0, most=3650),
        route=section.text("route"),
    )


def _promotion(section: Section) -> PromotionRules:
    section.allow("by", "environment")
    default = PromotionRules()
    environment = section.text("environment", default.environment)
    if not environment.strip() or len(environment) > MOST_ENVIRONMENT:
        section.note("environment", f"expected a name of 1 to {MOST_ENVIRONMENT} characters")
    return PromotionRules(by=section.choice("by", default.by), environment=environment)


def _baseline(section: Section) -> BaselineSettings:
    section.allow("branch", "trials")
    branch = section.optional_text("branch")
    is_text = isinstance(section.data.get("branch"), str)
    if is_text and (branch == "HEAD" or not branch or _BRANCH.fullmatch(branch) is None):
        section.note("branch", "expected the name of a branch, such as `evalgate-records`")
    has_trials = section.data.get("trials") is not None
    return BaselineSettings(
        branch=branch,
        trials=section.integer("trials", FEWEST_RECORDED, least=FEWEST_RECORDED, most=100)
        if has_trials
        else None,
    )


def _dollars(section: Section, key: str) -> float | None:
    if section.data.get(key) is None:
        return None
    return section.number(key, 0.0, least=0.0, most=1e9)


def _per_minute(section: Section, key: str) -> int | None:
    if section.data.get(key) is None:
        return None
    return section.integer(key, 1, least=1, most=10**12)
