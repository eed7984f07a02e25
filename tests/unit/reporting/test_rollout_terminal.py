"""Facts about a rollout in a terminal and in a build log."""

from dataclasses import replace
from io import StringIO

import pytest
from inline_snapshot import snapshot
from rich.console import Console

from evalgate.model.rollout import RolloutReport
from evalgate.reporting.rollout_terminal import show_rollout
from tests.unit.reporting.rollouts import (
    every,
    healthy,
    hostile,
    promoted,
    ready,
    worse,
)


def shown(report: RolloutReport, *, width: int = 120, coloured: bool = False) -> str:
    """Return what is printed, without white space at the ends of lines."""
    out = StringIO()
    console = Console(
        file=out, width=width, highlight=False, markup=False, force_terminal=coloured, _environ={}
    )
    show_rollout(report, console)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def test_a_wide_terminal_shows_a_table() -> None:
    assert shown(worse()) == snapshot("""\
✗ v3 of support-reply: roll back: quality
  preflight ✓ → 5 % ✓ → [25 %: here] → 50 % → 100 % → promoted
→ Take it out of the traffic now; the stable version then answers everybody.

  criterion  stable  canary      units   rise      from … to  allowed        proof           harm
  Quality     5.8 %  22.1 %  240 + 240  +16.2  +9.7 to +22.8       +5  <0.01 of 11  over 1M of 20  ✗ worse
  Errors      0.4 %   0.4 %  240 + 240      0   −6.6 to +6.6       +4    7.8 of 11      0.1 of 20  ? not shown yet
  Refusals    0.8 %   0.8 %  240 + 240      0   −6.6 to +6.6       +4    7.8 of 11      0.1 of 20  ? not shown yet
  Latency      10 %    10 %  240 + 240      0   −6.6 to +6.6       +5   20.4 of 11      0.1 of 20  ✓ within the limit
  Cost         10 %    10 %  240 + 240      0   −6.6 to +6.6       +5   20.4 of 11      0.1 of 20  ✓ within the limit

  harm          over 1M of 20, all criteria together
  split         The split is as configured: the canary got 24.6 % of 809 units, configured are 25 % (p = 0.6).
  at stake      At 25 % of the traffic a rise of 5 points touches 1.25 % of the calls.
  started       2026-11-17 08:00 UTC
  this step     25 % since 2026-11-17 14:00 UTC, 5 h
  scored units  240 of the stable version and 240 of the canary, 100 each are needed
  pace          18 scored canary units an hour
  as of         2026-11-17 19:00 UTC

Why
  - The canary fails more often by quality: the evidence of harm is above 20.

Left out, and remarks
  - 212 calls are of units that met the other arm first
  - 3 calls are of conversations that keep their version
  - 1 call was answered by a version that is not compared
  - 2 scores are of calls that the log does not have.

  next  evalgate rollout rollback support-reply
  run   https://github.example/acme/shop/actions/runs/1\
""")


def test_a_narrow_one_shows_a_sentence_for_each_criterion() -> None:
    assert shown(ready(), width=80) == snapshot("""\
✓ v3 of support-reply: advance to 50 %
  preflight ✓ → 5 % ✓ → [25 %: here] → 50 % → 100 % → promoted
→ Give it 50 % of the traffic.

  Quality   ✓ within the limit: 5 % of the canary fail (21 of 420 units; 0 % to
            10.9 %), 6 % of the stable version (25 of 420 units; <0.1 % to 11.8
            %); rise −1 points (−6 to +4.1), +5 allowed; proof 830 of 11, harm
            0.6 of 20
  Errors    ✓ within the limit: 0.5 % of the canary fail (2 of 420 units; 0 % to
            6.3 %), 0.5 % of the stable version (2 of 420 units; 0 % to 6.3 %);
            rise 0 points (−5.1 to +5.1), +4 allowed; proof 28.3 of 11, harm 0.1
            of 20
  Refusals  ✓ within the limit: 1 % of the canary fail (4 of 420 units; 0 % to
            6.8 %), 1 % of the stable version (4 of 420 units; 0 % to 6.8 %);
            rise 0 points (−5.1 to +5.1), +4 allowed; proof 28.3 of 11, harm 0.1
            of 20
  Latency   ✓ within the limit: 10 % of the canary fail (42 of 420 units; 4.1 %
            to 15.9 %), 10 % of the stable version (42 of 420 units; 4.1 % to
            15.9 %); rise 0 points (−5.1 to +5.1), +5 allowed; proof 138 of 11,
            harm 0.1 of 20
  Cost      ✓ within the limit: 10 % of the canary fail (42 of 420 units; 4.1 %
            to 15.9 %), 10 % of the stable version (42 of 420 units; 4.1 % to
            15.9 %); rise 0 points (−5.1 to +5.1), +5 allowed; proof 138 of 11,
            harm 0.1 of 20

  harm          1.1 of 20, all criteria together
  split         The split is as configured: the canary got 24.9 % of 1,998
                units, configured are 25 % (p = 0.73).
  at stake      At 25 % of the traffic a rise of 5 points touches 1.25 % of the
                calls.
  started       2026-11-17 08:00 UTC
  this step     25 % since 2026-11-17 14:00 UTC, 8 h
  scored units  420 of the stable version and 420 of the canary, 100 each are
                needed
  pace          18 scored canary units an hour
  as of         2026-11-17 22:00 UTC

Why
  - Every criterion is shown to be harmless: the least proof is 12.1 of 11.

  next  evalgate rollout advance support-reply
  run   https://github.example/acme/shop/actions/runs/1\
""")


def test_what_is_missing_is_listed_with_its_end() -> None:
    told = shown(healthy())
    assert (
        "\nMissing\n  - 40 of 100 scored units of each arm are missing (until 2026-11-17 14:32 UTC, about 3 h 20 min)"
        in told
    )


def test_what_was_done_is_told_second() -> None:
    assert (
        shown(promoted()).split("\n")[1] == "Done: v3 of support-reply is the stable version now."
    )


def test_what_is_to_be_copied_is_never_broken() -> None:
    command = "evalgate rollout rollback " + "a" * 100
    report = replace(worse(), command=command)
    assert f"\n  next  {command}\n" in shown(report, width=40)
    assert "next" not in shown(replace(report, command="")).split("\n")[-1]


def test_colour_is_for_terminals_alone() -> None:
    assert "\x1b[1;31m" in shown(worse(), coloured=True)
    assert "\x1b" not in shown(worse())


@pytest.mark.parametrize("width", [40, 80, 130])
@pytest.mark.parametrize("report", every().values(), ids=every())
def test_nothing_from_outside_acts(report: RolloutReport, width: int) -> None:
    told = shown(report, width=width)
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "::" not in told
    assert "##[" not in told


def test_a_long_list_ends() -> None:
    told = shown(replace(hostile(), remarks=tuple(f"remark {number}" for number in range(30))))
    assert "    … and 24 more" in told


def test_no_number_of_the_table_is_cut() -> None:
    for width in range(90, 140):
        told = shown(worse(), width=width)
        assert "…" not in told.replace("from … to", "")
        assert "over 1M of 20" in " ".join(told.split())
