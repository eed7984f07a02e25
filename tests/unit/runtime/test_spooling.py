"""Sampled calls and the spools of a process: one for each place, none where no place is named."""

import json
from pathlib import Path

from evalgate.model.call import CallRecord
from evalgate.model.sample import Sampled, Stratum
from evalgate.model.serving import SamplingRules
from evalgate.runtime.spooling import Spooling
from evalgate.runtime.telling import record
from tests.unit.runtime.calls import a_call
from tests.unit.runtime.test_telling import SERVED

CHOSEN = Sampled(probability=0.5, stratum=Stratum.UNIFORM, marks=())


def a_record() -> CallRecord:
    return record(a_call(), SERVED, latency_ms=9, cost=0.0, price_rev="", app_rev="")


def keep(spooling: Spooling, rules: SamplingRules) -> None:
    spooling.keep(a_call(), SERVED, a_record(), chosen=CHOSEN, to=rules)


def test_without_a_place_no_text_is_kept(tmp_path: Path) -> None:
    spooling = Spooling(lambda _: None)
    keep(spooling, SamplingRules(rate=1.0))
    spooling.close()
    assert spooling._spools == {}
    assert list(tmp_path.iterdir()) == []


def test_request_and_answer_are_kept_with_their_probability(tmp_path: Path) -> None:
    spooling = Spooling(lambda _: None)
    keep(spooling, SamplingRules(rate=1.0, spool=str(tmp_path)))
    spooling.close()
    (path,) = tmp_path.glob("samples-*.jsonl")
    line = json.loads(path.read_text())
    assert (line["text"], line["probability"], line["request_id"]) == (
        "Yes.",
        0.5,
        a_call().request_id,
    )
    assert "May I return it?" in json.dumps(line["request"])


def test_each_place_has_one_spool_for_as_long_as_its_rules_hold(tmp_path: Path) -> None:
    spooling = Spooling(lambda _: None)
    first, other = tmp_path / "a", tmp_path / "b"
    for folder, days in ((first, 7.0), (first, 7.0), (other, 7.0), (first, 2.0)):
        keep(spooling, SamplingRules(rate=1.0, spool=str(folder), days=days))
    assert len(spooling._spools) == 3
    spooling.close()
    assert [len(path.read_text().splitlines()) for path in sorted(tmp_path.rglob("*.jsonl"))] == [
        3,
        1,
    ]
