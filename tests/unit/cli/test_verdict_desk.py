"""Facts about the desk that answers engines: what is asked, what is read for it, what is said."""

import pytest

from evalgate.cli.verdict_desk import VerdictDesk
from evalgate.errors import UsageError
from evalgate.model.rollout import Outcome, RolloutReport
from tests.unit.rollout.known_rollouts import known_rollout


class Known:
    """What is known of the prompt `p`, and which prompts were asked for."""

    def __init__(self, report: RolloutReport | None = None, fault: str = "") -> None:
        self.report, self.fault, self.asked = report, fault, list[str]()

    def report_of(self, name: str, now: float) -> RolloutReport | None:
        assert now > 1_700_000_000
        self.asked.append(name)
        if self.fault:
            raise UsageError(self.fault)
        return self.report

    def desk(self) -> VerdictDesk:
        return VerdictDesk(self.report_of, is_prompt=lambda name: name == "p", every=30)


def test_a_question_about_a_prompt_is_answered_by_what_is_read_of_it() -> None:
    known = Known(known_rollout(Outcome.ADVANCE))
    answer = known.desk().answer("GET", "/verdict/p")
    assert (answer.status, answer.document["verdict"]) == (200, "pass")
    assert known.asked == ["p"]


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/verdict/q", 404),
        ("GET", "/verdict/p?x=1", 400),
        ("DELETE", "/verdict/p", 405),
        ("GET", "/healthz", 200),
        ("GET", "/", 404),
    ],
)
def test_what_needs_no_reading_gets_none(method: str, target: str, status: int) -> None:
    known = Known()
    assert known.desk().answer(method, target).status == status
    assert known.asked == []


def test_what_cannot_be_read_is_told_and_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    desk = Known(fault="logs: not there").desk()
    for _ in range(3):
        answer = desk.answer("POST", "/flagger/p/rollback")
        assert (answer.status, answer.document["error"]) == (503, "logs: not there")
    assert capsys.readouterr().err == "evalgate: p: no verdict: logs: not there\n"


def test_a_prompt_without_a_rollout_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Known().desk().answer("GET", "/verdict/p")
    assert (answer.status, answer.document["idle"]) == (200, True)
    assert capsys.readouterr().err == "evalgate: p: the verdict is inconclusive\n"
