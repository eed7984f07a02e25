"""Puts a worker together that scores samples: spool, scores, criteria, the judge and its budget."""

import random
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from evalgate.adapters.clock import SystemClock
from evalgate.adapters.folder_tree import read_tree
from evalgate.adapters.formats import FORMATS
from evalgate.adapters.prices import PriceTable
from evalgate.adapters.python_grader import PythonGraders
from evalgate.adapters.samples import SpooledSamples
from evalgate.adapters.score_folder import ScoreFolder
from evalgate.adapters.spend_book import SpendBook
from evalgate.adapters.spool_folder import SpoolFolder
from evalgate.adapters.swap import read_file
from evalgate.cli.connection import connection, origin
from evalgate.cli.environment import Environment, read_environment
from evalgate.cli.evidence_options import policy_for
from evalgate.cli.prompt_place import find_policy
from evalgate.errors import UsageError
from evalgate.model.document import Tree
from evalgate.model.policy import Policy
from evalgate.model.route import Provider, Route
from evalgate.model.serving import SamplingRules
from evalgate.monitoring.scoring.anchors import FixedAnswer, read_anchors
from evalgate.monitoring.scoring.criteria import read_criteria
from evalgate.monitoring.scoring.desk import Desk
from evalgate.monitoring.scoring.guard import JudgeGuard
from evalgate.monitoring.scoring.measuring import Bench
from evalgate.monitoring.scoring.worker import Worker
from evalgate.monitoring.scoring.yardstick import Yardsticks
from evalgate.running.account import Calls
from evalgate.running.budget import Budget
from evalgate.running.caller import Caller, Means
from evalgate.running.late_model import LateModel
from evalgate.running.place import Places
from evalgate.runtime.settings import FILE, read_serving
from evalgate.simulator.rules import Rules

SIMULATED = "simulated "
"""What the name of a judge begins with that a simulator plays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringPlace:
    """Where the files are that scoring needs.

    `policy` is None for that of the prompts, and `spool` for the one that `runtime.yml` beside them
    names. `rules` are those of the simulator, where it plays the judge. `max_cost_usd` bounds one
    pass.
    """

    prompts: Path
    scores: Path
    policy: Path | None = None
    spool: Path | None = None
    rules: tuple[Rules, ...] = ()
    max_cost_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """A worker that is ready, and what is to be said of it; `note` is empty where there is none."""

    worker: Worker
    policy: Policy
    spool: Path
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What answers of production are held to, and the policy that says so."""

    policy: Policy
    yardsticks: Yardsticks
    root: Path


@contextmanager
def scoring(
    place: ScoringPlace,
    variables: Mapping[str, str],
    *,
    now: Callable[[], float] = time.time,
) -> Iterator[Scoring]:
    """Open what a worker needs, and keep other workers out meanwhile.

    Args:
        place: where things are.
        variables: the environment.
        now: seconds since 1970, UTC.

    Raises:
        UsageError: something is not there, or another worker is at work.
        ConfigurationError: the policy, a criterion, an anchor or a prompt is wrong.
    """
    held = held_to(place)
    sampling = sampling_rules(place.prompts)
    spool = spool_of(place, sampling)
    policy, yardsticks = held.policy, held.yardsticks
    anchors = _anchors(policy, yardsticks, held.root)
    environment, note = _environment(policy, variables, is_simulated=bool(place.rules))
    expiring = SpoolFolder(spool, days=sampling.days)
    per_day = None if place.rules else policy.monitor.scoring.max_cost_usd_per_day
    with (
        ScoreFolder(place.scores, now=now) as book,
        SpendBook(book.spending, now=now) if per_day is not None else nullcontext() as spent,
    ):
        route = policy.routes[policy.judge.route] if policy.judge.route else Route()
        judge = _Judge(environment=environment, policy=policy, route=route, place=place, book=spent)
        clock = SystemClock()
        desk = Desk(
            spool=SpooledSamples(spool),
            book=book,
            expire=lambda: _expire(expiring, spool, now()),
            yardsticks=yardsticks,
            bench=Bench(
                settings=policy.judge,
                draw_boundary=lambda: secrets.token_hex(16),
                code=_code(policy, held.root),
            ),
            open_calls=lambda: judge.open(clock),
            guard=JudgeGuard(clock, random=random.random, patience=policy.run.timeout),
            prices=PriceTable(),
            price_factor=route.price_factor,
            now=now,
            concurrency=policy.monitor.scoring.concurrency,
            per_day=per_day,
            anchors=anchors,
        )
        yield Scoring(worker=Worker(desk), policy=policy, spool=spool, note=note)


def held_to(place: ScoringPlace) -> Held:
    """Return what answers of production are held to.

    Raises:
        UsageError: the policy or a file is not there.
        ConfigurationError: the policy, a criterion or a prompt is wrong.
    """
    policy = policy_for(place.policy, place.prompts)
    root = _root(place)
    tree: Tree = {
        **read_tree(place.prompts, named=policy.paths.prompts),
        **read_tree(root / policy.paths.evalsets, named=policy.paths.evalsets),
    }
    by = SIMULATED if place.rules else ""
    return Held(
        policy=policy, yardsticks=read_criteria(policy, tree, FORMATS, judged_by=by), root=root
    )


def sampling_rules(prompts: Path) -> SamplingRules:
    """Return which calls are sampled, and where to, as `runtime.yml` beside the prompts says.

    Raises:
        ConfigurationError: the file is wrong.
        UsageError: it cannot be read.
    """
    path = prompts / FILE
    content = read_file(path)
    if content is None:
        return SamplingRules()
    return read_serving(FORMATS.read_yaml(str(path), content)).sampling


def spool_of(place: ScoringPlace, sampling: SamplingRules) -> Path:
    """Return the folder of the spool.

    Raises:
        UsageError: nobody names one.
    """
    if place.spool is not None:
        return place.spool
    if sampling.spool:
        return Path(sampling.spool)
    raise UsageError(
        f"{place.prompts / FILE} names no spool, so that no text is kept to be scored: set"
        " `sampling.spool` there, or name a folder with --spool"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judge:
    """How the judge is reached, and what it may cost."""

    environment: Environment
    policy: Policy
    route: Route
    place: ScoringPlace
    book: SpendBook | None

    @asynccontextmanager
    async def open(self, clock: SystemClock) -> AsyncIterator[Calls]:
        """Connect once a call needs it."""
        name, rules, policy = self.policy.judge.route, self.place.rules, self.policy
        per_day = policy.monitor.scoring.max_cost_usd_per_day if self.book else None
        async with LateModel(connection(self.environment, rules, {name: self.route})) as model:
            yield Caller(
                Means(
                    model=model,
                    prices=PriceTable(),
                    clock=clock,
                    random=random.random,
                    settings=replace(policy.run, concurrency=policy.monitor.scoring.concurrency),
                    budget=Budget(
                        most=self.place.max_cost_usd, most_per_day=per_day, book=self.book
                    ),
                    places=Places(
                        origins={name: origin(self.environment, rules)(self.route)},
                        price_factors={name: self.route.price_factor},
                    ),
                )
            )


def _root(place: ScoringPlace) -> Path:
    """Return the folder that the policy's paths begin at."""
    policy = place.policy or find_policy(place.prompts, here=Path.cwd())
    if policy is None:
        return place.prompts.resolve().parent
    folder = policy.resolve().parent
    return folder.parent if folder.name == ".github" else Path.cwd()


def _environment(
    policy: Policy, variables: Mapping[str, str], *, is_simulated: bool
) -> tuple[Environment, str]:
    """Return the environment with the judge's own key, and what is to be said of that."""
    environment = read_environment(variables)
    name = policy.monitor.scoring.key_variable
    own = variables.get(name, "").strip()
    if own:
        return replace(environment, api_key=own), ""
    route = policy.routes.get(policy.judge.route, Route())
    if is_simulated or route.provider is not Provider.DIRECT or not environment.api_key:
        return environment, ""
    note = (
        f"{name} is not set, so the judge uses ANTHROPIC_API_KEY: with a key of its own it cannot"
        " use up the rate limits of the application"
    )
    return environment, note


def _anchors(policy: Policy, yardsticks: Yardsticks, root: Path) -> tuple[FixedAnswer, ...]:
    written = policy.monitor.scoring.anchors
    if written is None:
        return ()
    path = root / written
    content = read_file(path)
    if content is None:
        raise UsageError(f"{path}: `monitor.scoring.anchors` names this file, and it is not there")
    lines = FORMATS.read_json_lines(str(path), content)
    return read_anchors(lines, yardsticks, path=str(path))


def _code(policy: Policy, root: Path) -> PythonGraders | None:
    folder = policy.paths.graders
    if folder is None:
        return None
    return PythonGraders(read_tree(root / folder, named=folder), folder)


def _expire(spool: SpoolFolder, path: Path, now: float) -> None:
    try:
        spool.expire(now)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{path}: samples that are too old cannot be deleted: {reason}") from error
