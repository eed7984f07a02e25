"""Facts about `evalgate alert`, the whole command, with sinks on this machine."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from evalgate.cli.alert_desk import AlertDesk
from evalgate.model.monitoring import MonitorRules
from tests.e2e.prompt_shop import evalgate, make_prompts
from tests.e2e.shop import write
from tests.edges.mail_server import mail_server
from tests.edges.receivers import Receiver, receiver, seconds_of, silent
from tests.github.server import Serving, serve
from tests.unit.alerts import a_sink, an_alarm

pytestmark = pytest.mark.slow

POLICY = """
monitor:
  alerts:
    hook: {kind: webhook, variable: HOOK_URL, secret_variable: HOOK_SECRET}
    chat: {kind: slack, variable: SLACK_URL}
    pager: {kind: pagerduty, variable: PD_KEY, urgencies: [page], region: eu}
    issues: {kind: github, variable: GH_TOKEN, repository: octo/shop, urgencies: [ticket]}
    mail: {kind: apprise, variable: MAIL_URL}
"""


@dataclass
class World:
    """A repository with a policy, and where its alerts arrive."""

    folder: Path
    variables: dict[str, str]
    http: Receiver
    github: Serving


@contextmanager
def world(folder: Path, policy: str = POLICY) -> Iterator[World]:
    make_prompts(folder)
    write(folder, {".github/evalgate.yml": policy})
    with receiver() as http, serve() as github, mail_server() as mail:
        variables = {
            "HOOK_URL": f"{http.url}/hook/s3cret",
            "HOOK_SECRET": "shared",
            "SLACK_URL": f"{http.url}/slack",
            "PD_KEY": "0" * 32,
            "EVALGATE_PAGERDUTY_URL": f"{http.url}/pagerduty",
            "GH_TOKEN": github.token,
            "GITHUB_API_URL": github.url,
            "MAIL_URL": f"mailto://127.0.0.1:{mail.port}/?from=a@example.com&to=b@example.com&mode=insecure",
            "PYTHONWARNINGS": "ignore",
        }
        yield World(folder, variables, http, github)
        assert (github.refused, github.violations) == ([], [])


def test_every_kind_of_sink_takes_a_test_and_its_end(tmp_path: Path) -> None:
    with world(tmp_path) as at:
        done = evalgate(tmp_path, "alert", "test", **at.variables)
        assert (done.returncode, done.stderr) == (0, "")
        assert "5 sinks: 5 ok, 0 failed" in done.stdout
        assert sorted(each.path for each in at.http.got) == [
            *["/hook/s3cret"] * 2,
            *["/pagerduty"] * 2,
            *["/slack"] * 2,
        ]
        (issue,) = at.github.state.issues.values()
        assert (issue.is_open, "Test of evalgate" in issue.title) == (False, True)


def test_a_sink_that_fails_fails_the_test_and_no_secret_is_told(tmp_path: Path) -> None:
    with world(tmp_path) as at, silent() as hanging:
        variables = at.variables | {"SLACK_URL": f"{hanging}/s3cret", "PD_KEY": "s3cret"}
        del variables["HOOK_SECRET"]
        begun = time.monotonic()
        policy = POLICY.replace("variable: SLACK_URL", "variable: SLACK_URL, timeout: 2")
        write(tmp_path, {".github/evalgate.yml": policy})
        done = evalgate(tmp_path, "alert", "test", **variables)
        assert seconds_of(begun) < 30
        assert done.returncode == 1
        assert "no answer within 2 s" in done.stdout
        assert "PD_KEY holds no routing key" in done.stdout
        assert "the environment variable HOOK_SECRET is not set" in done.stdout
        assert "5 sinks: 2 ok, 3 failed" in done.stdout
        assert "s3cret" not in done.stdout + done.stderr


def test_one_sink_can_be_tried_alone_for_machines(tmp_path: Path) -> None:
    with world(tmp_path) as at:
        done = evalgate(tmp_path, "alert", "test", "--sink", "pager", "--json", **at.variables)
        told = json.loads(done.stdout)
        assert [(each["name"], each["ok"]) for each in told["sinks"]] == [("pager", True)]
        assert told["sinks"][0]["reference"] == "evalgate/test:evalgate"
        assert [body["event_action"] for body in at.http.bodies] == ["trigger", "resolve"]


@pytest.mark.parametrize(
    ("words", "policy", "said"),
    [
        (("alert", "test"), "schema: policy/1\n", "the policy names no place for alerts"),
        (("alert", "test", "--sink", "pagr"), POLICY, "no sink `pagr` (did you mean `pager`?)"),
        (("alert", "list", "--policy", "none.yml"), POLICY, "there is no none.yml"),
        (("alert",), POLICY, "required: ACTION"),
    ],
)
def test_what_cannot_be_done_is_a_usage_error(
    tmp_path: Path, words: tuple[str, ...], policy: str, said: str
) -> None:
    write(make_prompts(tmp_path), {".github/evalgate.yml": policy})
    done = evalgate(tmp_path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_the_list_shows_what_fires_and_a_good_test_clears_a_failing_sink(tmp_path: Path) -> None:
    policy = "monitor: {alerts: {chat: {kind: webhook, variable: CHAT_URL}}}\n"
    write(make_prompts(tmp_path), {".github/evalgate.yml": policy})
    done = evalgate(tmp_path, "alert", "list")
    assert (done.returncode, "No alert is firing." in done.stdout) == (0, True)
    rules = MonitorRules(alerts=(a_sink("chat", timeout=1.0),))
    with receiver() as it:
        it.status = 500
        variables = {"CHAT_URL": it.url}
        monitor = tmp_path / "reports" / "monitor"
        AlertDesk(rules, folder=monitor, variables=variables).tell([an_alarm()], at=time.time())
        told = evalgate(tmp_path, "alert", "list").stdout
        assert "support (v4, eu): accuracy has fallen" in told
        assert "chat   was NOT told; 1 attempt failed: it answers with HTTP 500" in told
        assert "FAILS since" in told
        assert told.endswith("\n  evalgate alert test --sink chat\n")
        named = ("--policy", ".github/evalgate.yml", "--folder", "./reports/monitor/")
        again = evalgate(tmp_path, "alert", "list", *named).stdout.splitlines()[-1]
        assert again.split() == ["evalgate", "alert", "test", "--sink", "chat", *named[:2]]
        write(tmp_path, {".git/HEAD": "", "src/app.py": ""})
        from_below = evalgate(tmp_path / "src", "alert", "list").stdout
        assert "support (v4, eu): accuracy has fallen" in from_below
        it.status = 200
        tried = evalgate(tmp_path, "alert", "test", **variables)
        assert tried.returncode == 0
        assert "chat failed before" in tried.stderr
        listed = json.loads(evalgate(tmp_path, "alert", "list", "--json").stdout)
        assert listed["sinks"][0]["failing_since"] is None
        assert listed["firing"][0]["told"][0]["failures"] == 0
