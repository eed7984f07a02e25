"""Facts about one look at production: what is read from where, and that nothing is read twice."""

from argparse import Namespace
from pathlib import Path

import pytest

from evalgate.adapters.alert_state import write_alert_state
from evalgate.adapters.incidents import PLACE as INCIDENTS
from evalgate.adapters.incidents import IncidentFolder
from evalgate.adapters.quality_baselines import PLACE as BASELINES
from evalgate.adapters.score_folder import ScoreFolder
from evalgate.adapters.spend_book import SpendBook
from evalgate.cli.monitor_look import Lookout, place_of
from evalgate.model.alerted import AlertState, SinkHealth
from evalgate.model.board import Standing
from tests.e2e.monitor_shop import AT, DAY, Shop
from tests.unit.monitoring.board.test_surroundings import MADE


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.chdir(tmp_path)
    return Shop(root=tmp_path)


def options(**changes: object) -> Namespace:
    plain: dict[str, object] = {
        "logs": [],
        "scores": [],
        "prompts": None,
        "policy": None,
        "since": DAY,
        "history": 30 * DAY,
        "baselines": None,
        "incidents": None,
        "smells": [],
    }
    return Namespace(**plain | changes)


def test_what_is_not_named_is_where_it_usually_is(shop: Shop) -> None:
    place = place_of(options(), now=AT)
    assert (place.logs, place.scores) == ((Path("logs"),), ())
    assert (place.baselines, place.incidents) == (BASELINES, INCIDENTS)
    assert not place.has_policy
    shop.scores.mkdir()
    shop.write_policy()
    (shop.root / ".git").mkdir()
    place = place_of(options(), now=AT)
    assert place.scores == (Path("scores"),)
    assert place.has_policy
    assert [each.name for each in place.rules.objectives] == ["answered", "quick", "readable"]


def test_from_a_subfolder_what_is_kept_is_at_the_root_of_the_repository(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop.root / ".git").mkdir()
    (shop.root / "src").mkdir()
    monkeypatch.chdir(shop.root / "src")
    place = place_of(options(), now=AT)
    assert (place.baselines, place.incidents, place.alerts) == tuple(
        shop.root / each for each in (BASELINES, INCIDENTS, "reports/monitor/alerts.json")
    )


@pytest.mark.usefixtures("shop")
def test_what_is_shown_is_always_read() -> None:
    assert place_of(options(history=DAY, since=9 * DAY), now=AT).since == AT - 9 * DAY
    assert place_of(options(), now=AT).since == AT - 30 * DAY


def test_a_look_reads_what_is_new_and_keeps_what_was(shop: Shop) -> None:
    lookout = Lookout(place_of(options(scores=[shop.scores]), now=AT))
    first = lookout.look(AT).board
    assert first.standing is Standing.UNREAD
    shop.serve(calls=300)
    second = lookout.look(AT).board
    third = lookout.look(AT).board
    assert second.whole.calls == third.whole.calls == 300
    assert second.scoring == third.scoring
    assert second.scoring.answers == 30
    assert sum(each.calls for each in third.counters.values()) == 300


def test_what_the_judge_has_cost_today_is_read_where_the_worker_writes_it(shop: Shop) -> None:
    with ScoreFolder(shop.scores, now=lambda: AT) as folder:
        SpendBook(folder.spending, now=lambda: AT).reserve(1.25, most=5.0)
    board = Lookout(place_of(options(scores=[shop.scores]), now=AT)).look(AT).board
    assert board.scoring.judge_usd == 1.25


def test_what_is_older_than_counts_is_forgotten_as_time_goes_on(shop: Shop) -> None:
    shop.serve(calls=300)
    lookout = Lookout(place_of(options(history=DAY, scores=[shop.scores]), now=AT))
    assert len(lookout.look(AT).scores.observations) == 60
    later = lookout.look(AT + DAY / 2)
    assert 20 <= len(later.scores.observations) <= 40
    gone = lookout.look(AT + 3 * DAY)
    assert (gone.scores.observations, gone.traffic.minutes) == ((), ())
    assert gone.board.lines.calls == 300


def test_latencies_are_counted_by_the_thresholds_of_the_policy(shop: Shop) -> None:
    shop.write_policy()
    shop.serve(calls=2_000)
    looked = Lookout(place_of(options(), now=AT)).look(AT)
    late = {each for minute in looked.traffic.minutes for each in minute.tally.late}
    assert late == {4000}


def test_what_cannot_be_read_is_missing_and_stops_nothing(shop: Shop) -> None:
    shop.serve(calls=10)
    incidents = shop.root / INCIDENTS
    incidents.mkdir(parents=True)
    (incidents / "x.json").write_text("{")
    place = place_of(options(logs=[shop.logs, Path("nowhere")]), now=AT)
    board = Lookout(place).look(AT).board
    messages = [each.message for each in board.lacks]
    assert "`nowhere` cannot be read: No such file or directory." in messages
    assert any("x.json` cannot be read: is no JSON" in each for each in messages)
    assert board.whole.calls == 10


def test_a_state_of_alerts_that_says_nothing_is_told_and_stops_nothing(shop: Shop) -> None:
    shop.serve(calls=10)
    place = place_of(options(), now=AT)
    place.alerts.parent.mkdir(parents=True)
    place.alerts.write_text("nonsense")
    board = Lookout(place).look(AT).board
    assert board.sinks == ()
    [message] = [each.message for each in board.lacks if "alerts.json" in each.message]
    assert f"`{place.alerts}` cannot be read: expected what" in message


def test_incidents_that_are_open_and_sinks_that_fail_are_shown(shop: Shop) -> None:
    shop.serve(calls=10)
    place = place_of(options(), now=AT)
    folder = IncidentFolder(path=place.incidents)
    folder.open(MADE.fingerprint, lambda: MADE)
    state = AlertState(sinks={"pager": SinkHealth(failing_since=1.0, failure="no answer")})
    write_alert_state(place.alerts, AlertState(), state)
    board = Lookout(place).look(AT).board
    assert [each.id for each in board.incidents] == [MADE.id]
    assert [each.name for each in board.sinks] == ["pager"]


def test_a_place_of_incidents_that_cannot_be_read_is_told(shop: Shop) -> None:
    shop.serve(calls=10)
    place = place_of(options(incidents=shop.root / "incidents"), now=AT)
    (place.incidents / "closed.json").mkdir(parents=True)  # read as a file it is an error
    folder = IncidentFolder(path=place.incidents)
    folder.open(MADE.fingerprint, lambda: MADE)
    board = Lookout(place).look(AT).board
    assert [each.id for each in board.incidents] == [MADE.id]
    assert any("closed.json: Is a directory" in each.message for each in board.lacks)
