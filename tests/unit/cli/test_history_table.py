"""Facts about the history on a terminal."""

from dataclasses import replace
from io import StringIO

from inline_snapshot import snapshot
from rich.console import Console

from evalgate.cli.history_table import show_history
from evalgate.model.prompt import Move
from evalgate.model.track import TrackPoint, Turn
from evalgate.reporting.told_track import ToldPoint, ToldTrack

FIRST = TrackPoint(
    at="2026-01-02T00:00:00Z",
    commit="c",
    version="v1",
    version_hash="h",
    models=("claude-a",),
    trials=1234,
    rate=0.9,
    low=0.82,
    high=0.95,
    outcomes={"case 1": (1.0, 0.0), "case 2": (1.0,)},
)
SECOND = replace(
    FIRST,
    at="",
    version="v2",
    models=("claude-b",),
    rate=0.7,
    low=0.61,
    high=0.78,
    outcomes={"case 2": (0.5,)},
    turns=(Turn.VERSION, Turn.MODEL),
)
MOVE = Move(stable="v2", at="2026-01-03", by="ann", why="tone")
TRACK = ToldTrack(
    policy="one.yml",
    prompt="reply",
    evalset="replies",
    points=(ToldPoint(point=FIRST), ToldPoint(point=SECOND, released=MOVE)),
)


def shown(*tracks: ToldTrack, width: int = 120, case: str | None = None) -> str:
    """Return what is printed, without white space at the ends of lines."""
    out = StringIO()
    show_history(tracks, Console(file=out, width=width, _environ={}), case=case)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def test_a_wide_terminal_shows_rates_on_a_scale() -> None:
    assert shown(TRACK) == snapshot(
        """\
reply on replies
  70% (61% to 78%) with v2 on claude-b, was 90% with v1 on 2026-01-02; 2 records
  date (UTC)     version  model     cases  trials  pass rate  90% interval  60%                     100%  changed
  2026-01-02     v1       claude-a      2   1,234        90%    82% to 95%                 ├────●───┤
  not committed  v2       claude-b      1   1,234        70%    61% to 78%   ├─────●────┤                 version, model
  v2 became stable on 2026-01-03, by ann: tone\
"""
    )


def test_a_narrow_one_does_without_and_no_number_is_cut() -> None:
    assert shown(TRACK, width=40) == snapshot(
        """\
reply on replies
  70% (61% to 78%) with v2 on claude-b, was 90% with v1 on 2026-01-02; 2 records
  date (UTC)     version  cases  trials  pass rate  90% interval  changed
  2026-01-02     v1           2   1,234        90%    82% to 95%
  not committed  v2           1   1,234        70%    61% to 78%  version, model
  v2 became stable on 2026-01-03, by ann: tone\
"""
    )


def test_a_case_is_told_by_its_trials() -> None:
    assert shown(TRACK, case="case 1") == snapshot(
        """\
reply on replies
  date (UTC)     version  model     case 1         changed
  2026-01-02     v1       claude-a  1 of 2 passed
  not committed  v2       claude-b  not graded     version, model
  v2 became stable on 2026-01-03, by ann: tone\
"""
    )


def test_one_model_needs_no_column() -> None:
    same = replace(TRACK, points=TRACK.points[:1])
    assert "model" not in shown(same)
    assert "with v1 on claude-a; one record" in shown(same)


def test_of_several_policies_each_table_names_its_own() -> None:
    told = shown(TRACK, replace(TRACK, policy="two.yml"))
    assert "reply on replies (one.yml)\n" in told
    assert "\n\nreply on replies (two.yml)\n" in told


def test_nothing_in_a_name_acts() -> None:
    hostile = "[red]a\x1b[2J\u202e::error::b\nc"
    point = replace(FIRST, version=hostile, models=(hostile, "x"), outcomes={hostile: (1.0,)})
    move = Move(stable=hostile, by=hostile, why=hostile)
    told = ToldTrack(
        policy=hostile,
        prompt=hostile,
        evalset=hostile,
        points=(ToldPoint(point=point, released=move), ToldPoint(point=SECOND)),
    )
    for text in (shown(told, TRACK, width=300), shown(told, TRACK, case=hostile)):
        assert not {"\x1b", "\u202e"} & set(text)
        assert "::error" not in text
        assert "[red]a" in text
        assert not any(line.strip() == "c" for line in text.splitlines())


def test_a_terminal_without_such_characters_gets_plain_ones() -> None:
    class Narrow(StringIO):
        encoding = "ascii"

    out = Narrow()
    show_history([TRACK], Console(file=out, width=120, _environ={}), case=None)
    assert "|----*---|" in out.getvalue()
    assert out.getvalue().isascii()
