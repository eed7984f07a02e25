"""Facts about looking at the folders of a running application."""

import os
from pathlib import Path

import pytest

from evalgate.adapters.observations import line_of_observation
from evalgate.cli.doctor_places import log_facts, score_facts, spool_facts
from evalgate.model.observation import Observation
from evalgate.model.sample import Stratum
from evalgate.model.serving import SamplingRules, Serving
from evalgate.runtime.logbook.call_line import line_of
from tests.unit.runtime.records import RECORD

NOW = RECORD.ts + 3_600


def put(path: Path, *lines: bytes) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join(lines))
    return path


def test_the_log_that_is_named_counts_before_that_of_the_environment(tmp_path: Path) -> None:
    put(tmp_path / "named" / "calls-2026-11-22.jsonl", line_of(RECORD))
    put(tmp_path / "usual" / "calls-2026-11-22.jsonl")
    usual = {"EVALGATE_LOG": str(tmp_path / "usual")}
    named = log_facts(tmp_path / "named", usual, at=NOW)
    assert named is not None
    assert named.survey is not None
    assert named.survey.calls == 1
    other = log_facts(None, usual, at=NOW)
    assert other is not None
    assert other.survey is not None
    assert other.survey.calls == 0


def test_calls_of_more_than_two_days_ago_do_not_count(tmp_path: Path) -> None:
    put(tmp_path / "logs" / "calls-2026-11-22.jsonl", line_of(RECORD))
    found = log_facts(tmp_path / "logs", {}, at=RECORD.ts + 2 * 86_400 + 1)
    assert found is not None
    assert found.survey is not None
    assert (found.survey.lines, found.survey.calls) == (1, 0)


def test_a_log_that_was_named_and_is_gone_is_a_problem_and_one_that_was_not_is_none(
    tmp_path: Path,
) -> None:
    found = log_facts(tmp_path / "gone", {}, at=NOW)
    assert found is not None
    assert found.survey is None
    assert "gone" in found.place.problem
    assert log_facts(None, {"EVALGATE_LOG": str(tmp_path / "gone")}, at=NOW) is None


def test_scores_of_the_uniform_sample_are_counted_by_the_hour_of_the_last_day(
    tmp_path: Path,
) -> None:
    def score(number: int, hours: float, stratum: Stratum = Stratum.UNIFORM) -> bytes:
        made = Observation(
            ts=NOW - hours * 3_600,
            request_id=f"r{number}",
            criterion="accuracy",
            outcome=1.0,
            prompt="p",
            stratum=stratum,
        )
        return line_of_observation(made, ts=NOW)

    recent = [score(number, 1.0) for number in range(48)]
    others = [score(100, 0.5, Stratum.RAISED), score(101, 30.0)]
    put(tmp_path / "scores" / "scores-2026-11-22.jsonl", *recent, *others)
    found = score_facts(tmp_path / "scores", at=NOW)
    assert found is not None
    assert found.per_hour == 2.0
    assert found.last_score is not None
    assert abs(found.last_score - (NOW - 1_800)) < 1
    assert found.last_anchor is None


def test_the_spool_is_looked_at_where_texts_are_kept(tmp_path: Path) -> None:
    assert spool_facts(Serving(), at=NOW) is None
    serving = Serving(sampling=SamplingRules(rate=0.1, spool=str(tmp_path / "spool")))
    gone = spool_facts(serving, at=NOW)
    assert gone is not None
    assert not gone.place.exists
    file = put(tmp_path / "spool" / "samples-2026-11-22.jsonl", b"{}\n")
    file.chmod(0o644)
    file.parent.chmod(0o755)
    found = spool_facts(serving, at=file.stat().st_mtime + 86_400)
    assert found is not None
    assert found.place.open == (str(file),)
    assert found.oldest_days is not None
    assert abs(found.oldest_days - 1) < 0.01


def test_a_place_that_nobody_can_look_at_is_a_problem_and_breaks_nothing(tmp_path: Path) -> None:
    hidden = tmp_path / ("x" * 300)  # no file system has such a name: looking for it fails
    kept = spool_facts(
        Serving(sampling=SamplingRules(rate=0.1, spool=str(hidden))),
        at=NOW,
    )
    assert kept is not None
    assert "cannot be read" in kept.place.problem
    logs = log_facts(None, {"EVALGATE_LOG": str(hidden)}, at=NOW)
    assert logs is not None
    assert not logs.place.exists


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_spool_that_is_somebody_elses_is_a_problem(tmp_path: Path) -> None:
    file = put(tmp_path / "spool" / "samples-2026-11-22.jsonl", b"{}\n")
    file.parent.chmod(0o100)
    found = spool_facts(
        Serving(sampling=SamplingRules(rate=0.1, spool=str(file.parent))),
        at=NOW,
    )
    file.parent.chmod(0o700)
    assert found is not None
    assert "cannot be read" in found.place.problem
