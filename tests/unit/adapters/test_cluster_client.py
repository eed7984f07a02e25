"""What is said of a cluster whose workers do not fit, and that no worker joins unheard."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

import pytest
from inline_snapshot import snapshot

from evalgate.adapters.cluster_client import (
    LONGEST_REASON,
    TOPIC,
    Cluster,
    check_workers,
    listen,
    reason,
    worker_faults,
)
from evalgate.adapters.cluster_worker import Greeting, versions
from evalgate.errors import UsageError

FIT = Greeting(process="p", versions=versions(), has_key=True, has_server=False)


def test_a_worker_like_this_machine_with_a_key_or_a_server_fits() -> None:
    assert list(worker_faults(FIT, has_server=False)) == []
    assert list(worker_faults(replace(FIT, has_key=False, has_server=True), has_server=False)) == []
    assert list(worker_faults(replace(FIT, has_key=False), has_server=True)) == []


def test_a_worker_without_a_key_and_a_server_does_not_fit() -> None:
    assert list(worker_faults(replace(FIT, has_key=False), has_server=False)) == snapshot(
        ["set ANTHROPIC_API_KEY in the environment that the worker is started with"]
    )


@pytest.mark.parametrize("library", sorted(versions()))
def test_another_or_no_version_is_told_with_both(library: str) -> None:
    for theirs in ("0.0", None):
        others = versions() | ({library: theirs} if theirs else {})
        if theirs is None:
            del others[library]
        greeting = replace(FIT, versions=others)
        assert list(worker_faults(greeting, has_server=True)) == [
            f"{library} is {theirs or 'none'} there and {versions()[library]} here; "
            "install the same version"
        ]


def test_all_faults_are_told_at_once_by_worker() -> None:
    missing = ModuleNotFoundError("No module named 'evalgate'")
    greetings: dict[str, Greeting | BaseException] = {
        "tcp://b:1": missing,
        "tcp://a:1": replace(FIT, has_key=False),
        "tcp://c:1": FIT,
    }
    with pytest.raises(UsageError) as caught:
        check_workers(greetings, has_server=False)
    assert str(caught.value) == snapshot("""\
the workers of the Dask cluster do not fit this run:
  tcp://a:1: set ANTHROPIC_API_KEY in the environment that the worker is started with
  tcp://b:1: evalgate does not run there (ModuleNotFoundError: No module named 'evalgate'); scheduler and workers need `pip install '.[cluster]'` in the version of this machine\
""")


def test_many_faults_are_counted() -> None:
    greetings = {f"tcp://{n}:1": replace(FIT, has_key=False) for n in range(9)}
    with pytest.raises(UsageError, match=r"and 4 more$"):
        check_workers(greetings, has_server=False)


def test_workers_that_fit_are_passed() -> None:
    check_workers({"tcp://a:1": FIT}, has_server=False)


def test_a_reason_is_one_short_printable_line_about_the_deepest_cause() -> None:
    error = RuntimeError("outer")
    error.__cause__ = OSError("a\n::error::\x1b[31m" + "b" * 10_000_000)
    line = reason(error)
    assert line.startswith("OSError: a ::error:: [31m")
    assert len(line) == LONGEST_REASON
    assert line.isprintable()


class LateScheduler:
    """A Dask client whose subscriptions reach the scheduler late, in order, as a stream's do."""

    def __init__(self, *, questions: int) -> None:
        self.questions = questions
        self.sent: list[tuple[str, Callable[[tuple[float, Mapping[str, object]]], None]]] = []
        self.taken: list[str] = []

    def subscribe_topic(
        self, topic: str, handler: Callable[[tuple[float, Mapping[str, object]]], None]
    ) -> None:
        self.sent.append((topic, handler))

    def unsubscribe_topic(self, topic: str) -> None:
        self.taken.remove(topic)

    def log_event(self, topic: str, msg: str) -> None:
        self.questions -= 1
        if self.questions < 0:
            self.taken = [name for name, _ in self.sent]
        for name, handler in self.sent:
            if name == topic and name in self.taken:
                handler((0.0, {"msg": msg}))


async def test_no_worker_joins_unheard_between_the_subscription_and_the_roll_call() -> None:
    scheduler = LateScheduler(questions=2)
    await listen(cast("Cluster", scheduler), lambda _: None)
    assert scheduler.taken == [TOPIC]
