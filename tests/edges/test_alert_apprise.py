"""Facts about alerts through Apprise: e-mail, and another service that it knows."""

import subprocess
import sys

import pytest

from evalgate.adapters.alert_apprise import AppriseSink
from evalgate.errors import AlertError
from tests.edges.mail_server import mail_server
from tests.edges.receivers import receiver
from tests.unit.alerts import an_alert

# Apprise looks for what only older Pythons have.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

VARIABLE = "MAIL_URL"


def mail_to(port: int) -> str:
    return f"mailto://ann:hunter2@127.0.0.1:{port}/?from=evalgate@example.com&to=ops@example.com&mode=insecure"


def test_an_alert_is_a_mail_and_its_end_another() -> None:
    with mail_server() as server:
        assert AppriseSink(mail_to(server.port), VARIABLE).send(an_alert()) == ""
        # Apprise waits for seconds between two mails of one sink.
        AppriseSink(mail_to(server.port), VARIABLE).send(an_alert(over=True))
        begun, over = server.mails
    assert begun["subject"] == "support: accuracy has fallen"
    assert over["subject"] == "Resolved: support: accuracy has fallen"
    assert server.recipients[0] == "<ops@example.com>"
    body = begun.get_body(("plain",))
    assert body is not None
    assert "evalgate monitor --once" in body.get_content()
    assert "observed: 81 %" in body.get_content()


def test_a_mail_that_is_refused_is_an_error_and_tells_no_secret(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with mail_server() as server:
        server.refuses = True
        with pytest.raises(AlertError, match="Apprise could not deliver it") as caught:
            AppriseSink(mail_to(server.port), VARIABLE).send(an_alert())
    assert "hunter2" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_services_that_apprise_knows_are_reached_by_their_address() -> None:
    with receiver() as it:
        AppriseSink(it.url.replace("http://", "json://"), VARIABLE).send(an_alert(over=True))
        (body,) = it.bodies
    assert body["title"] == "Resolved: support: accuracy has fallen"
    assert body["type"] == "success"


@pytest.mark.parametrize("address", ["", "nothing://known", "json://"])
def test_what_apprise_does_not_know_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(AlertError, match="MAIL_URL holds no address that Apprise knows") as caught:
        AppriseSink(address, VARIABLE)
    assert not address or address not in str(caught.value)


def test_apprise_is_loaded_by_the_sink_of_its_kind_alone() -> None:
    program = (
        "import sys, evalgate.cli.alert, evalgate.cli.alert_sinks; print('apprise' in sys.modules)"
    )
    command = (sys.executable, "-c", program)
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
