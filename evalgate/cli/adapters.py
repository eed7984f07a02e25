"""The adapter table: hands out what is heavy to import, once it is needed and not before."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from importlib import import_module
from types import ModuleType
from typing import Protocol, cast

from evalgate.adapters.claude_routes import Clouds
from evalgate.adapters.github_addresses import DEFAULT_API
from evalgate.errors import MissingExtraError
from evalgate.model.alert import AlertSink
from evalgate.model.board import Board
from evalgate.model.github_port import GitHub
from evalgate.model.incident import Incident
from evalgate.model.ports import BatchService, ChatModel
from evalgate.model.report_folder import FoundReports
from evalgate.model.rollout import RolloutReport
from evalgate.model.route import Route
from evalgate.model.selftest import Selftest
from evalgate.model.trial import Trial
from evalgate.reporting.story import Report
from evalgate.simulator.rules import Rules


class RunningSimulator(Protocol):
    """A simulator that serves."""

    @property
    def base_url(self) -> str:
        """The address to give to a client."""
        ...


class _Claude(Protocol):
    def ClaudeModel(  # noqa: N802 - the name of a class
        self,
        *,
        api_key: str,
        base_url: str | None,
        clouds: Clouds,
        routes: Mapping[str, Route],
    ) -> AbstractAsyncContextManager[ChatModel]: ...


class _ClaudeClients(Protocol):
    async def sdk_retries(self) -> int: ...


class _Cluster(Protocol):
    def ClusterModel(  # noqa: N802 - the name of a class
        self, *, address: str, base_url: str | None
    ) -> AbstractAsyncContextManager[ChatModel]: ...


class _Batches(Protocol):
    def ClaudeBatches(  # noqa: N802 - the name of a class
        self, *, api_key: str, base_url: str | None, routes: Mapping[str, Route]
    ) -> AbstractAsyncContextManager[BatchService]: ...


class _GitHub(Protocol):
    def open_repository(
        self, repository: str, *, token: str, api_url: str
    ) -> AbstractContextManager[GitHub]: ...


class _Apprise(Protocol):
    def AppriseSink(self, address: str, variable: str) -> AlertSink: ...  # noqa: N802 - a class


class _Simulator(Protocol):
    def SimulatorServer(  # noqa: N802 - the name of a class
        self, rules: Sequence[Rules], *, port: int, latency_ms: float
    ) -> AbstractAsyncContextManager[RunningSimulator]: ...


class RunningProgress(Protocol):
    """A display that counts finished trials."""

    def count(self, trial: Trial) -> None:
        """Count one finished trial."""
        ...


class _Progress(Protocol):
    def TrialProgress(  # noqa: N802 - the name of a class
        self, trials: int
    ) -> AbstractContextManager[RunningProgress]: ...


class _SelftestPage(Protocol):
    def selftest_page(self, selftest: Selftest) -> str: ...


class _RolloutPage(Protocol):
    def rollout_page(self, report: RolloutReport) -> str: ...


class _MonitorPage(Protocol):
    def monitor_page(self, board: Board) -> str: ...


class _IncidentPage(Protocol):
    def incident_page(self, incident: Incident) -> str: ...


class _IndexPage(Protocol):
    def index_page(self, found: FoundReports, *, folder: str) -> str: ...


class _Page(Protocol):
    def page(self, report: Report) -> str: ...


def claude(
    *, api_key: str, base_url: str | None, clouds: Clouds, routes: Mapping[str, Route]
) -> AbstractAsyncContextManager[ChatModel]:
    """Return a client of the Claude API, of a server that speaks it, and of other providers."""
    module = cast("_Claude", import_module("evalgate.adapters.claude"))
    return module.ClaudeModel(api_key=api_key, base_url=base_url, clouds=clouds, routes=routes)


async def sdk_retries() -> int:
    """Return how often the SDK's clients retry by themselves, beside our own retries."""
    module = cast("_ClaudeClients", import_module("evalgate.adapters.claude_clients"))
    return await module.sdk_retries()


def batches(
    *, api_key: str, base_url: str | None, routes: Mapping[str, Route]
) -> AbstractAsyncContextManager[BatchService]:
    """Return the Message Batches of the Claude API, or of a server that speaks it."""
    module = cast("_Batches", import_module("evalgate.adapters.claude_batches"))
    return module.ClaudeBatches(api_key=api_key, base_url=base_url, routes=routes)


def cluster(*, address: str, base_url: str | None) -> AbstractAsyncContextManager[ChatModel]:
    """Return Claude behind the workers of a Dask cluster.

    Raises:
        MissingExtraError: Dask is not installed.
    """
    try:
        module = cast("_Cluster", import_module("evalgate.adapters.cluster_model"))
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"--engine dask needs packages that are not installed ({error.name}): "
            "in evalgate's checkout run python -m pip install '.[cluster]'"
        ) from error
    return module.ClusterModel(address=address, base_url=base_url)


def github(
    repository: str, *, token: str, api_url: str = DEFAULT_API
) -> AbstractContextManager[GitHub]:
    """Return one repository on GitHub.

    Args:
        repository: `owner/name`.
        token: what may be done with it decides what can be done.
        api_url: of GitHub Enterprise, as GITHUB_API_URL has it.

    Raises:
        GitHubError: on entry, when one of the three is none, or when the environment names a proxy
            or certificates that cannot be used.
    """
    module = cast("_GitHub", import_module("evalgate.adapters.github"))
    return module.open_repository(repository, token=token, api_url=api_url)


def apprise_sink(address: str, variable: str) -> AlertSink:
    """Return a sink of one of the many kinds that Apprise knows.

    Args:
        address: of Apprise; a secret.
        variable: the environment variable that it comes from.

    Raises:
        AlertError: the address is none that Apprise knows.
        MissingExtraError: Apprise is not installed.
    """
    try:
        module = cast("_Apprise", import_module("evalgate.adapters.alert_apprise"))
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"a sink of the kind apprise needs packages that are not installed ({error.name}): "
            "in evalgate's checkout run python -m pip install '.[alerts]'"
        ) from error
    return module.AppriseSink(address, variable)


def simulator(
    rules: Sequence[Rules], *, port: int = 0, latency_ms: float = 0.0
) -> AbstractAsyncContextManager[RunningSimulator]:
    """Return a simulated Claude on this machine."""
    module = cast("_Simulator", import_module("evalgate.simulator.server"))
    return module.SimulatorServer(rules, port=port, latency_ms=latency_ms)


def progress(trials: int) -> AbstractContextManager[RunningProgress]:
    """Return a display of how so many trials get on."""
    module = cast("_Progress", import_module("evalgate.cli.progress"))
    return module.TrialProgress(trials)


def page(report: Report) -> str:
    """Return the HTML report.

    Raises:
        MissingExtraError: what it is drawn with is not installed.
    """
    return cast("_Page", _drawn_by("evalgate.reporting.html")).page(report)


def selftest_page(selftest: Selftest) -> str:
    """Return the page of a selftest.

    Raises:
        MissingExtraError: what it is drawn with is not installed.
    """
    module = cast("_SelftestPage", _drawn_by("evalgate.reporting.selftest_page"))
    return module.selftest_page(selftest)


def rollout_page(report: RolloutReport) -> str:
    """Return the page of a rollout.

    Raises:
        MissingExtraError: what it is drawn with is not installed.
    """
    module = cast("_RolloutPage", _drawn_by("evalgate.reporting.rollout_page"))
    return module.rollout_page(report)


def monitor_page(board: Board) -> str:
    """Return the page of the monitor.

    Raises:
        MissingExtraError: what it is drawn with is not installed.
    """
    module = cast("_MonitorPage", _drawn_by("evalgate.reporting.monitor_page"))
    return module.monitor_page(board)


def incident_page(incident: Incident) -> str:
    """Return the page of an incident.

    Raises:
        MissingExtraError: what it is drawn with is not installed.
    """
    module = cast("_IncidentPage", _drawn_by("evalgate.reporting.incident_page"))
    return module.incident_page(incident)


def index_page(found: FoundReports, *, folder: str) -> str:
    """Return the index of a folder of reports."""
    module = cast("_IndexPage", _drawn_by("evalgate.reporting.index_page"))
    return module.index_page(found, folder=folder)


def _drawn_by(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"the HTML page needs packages that are not installed ({error.name}): "
            "in evalgate's checkout run python -m pip install '.[gate]'"
        ) from error
