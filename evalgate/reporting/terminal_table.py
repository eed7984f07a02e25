"""The comparisons of a run in a terminal: a table where there is room for it, else one by one."""

from collections.abc import Iterator, Sequence

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from evalgate.model.trial import Arm
from evalgate.model.verdict import PromptVerdict
from evalgate.reporting.numbers import money, percent, points, signed_points
from evalgate.reporting.sentences import ICONS, WORDS, bounds
from evalgate.reporting.terminal_bar import ASCII, UNICODE, axis, bar, scale
from evalgate.reporting.terminal_text import COLOURS, rows, safe

_ROOM = 92
"""Columns that the table needs."""

_OTHERS = 78
"""Columns that all but the name of the prompt take."""

_LEAST_BAR, _MOST_BAR = 24, 56
_NAME = 20


def title(verdict: PromptVerdict) -> Text:
    """Return the name of a prompt with its versions and its verdict."""
    return Text("  ").join(
        part for part in (safe(verdict.name, "bold", limit=60), _versions(verdict), _word(verdict))
        if part.plain
    )  # fmt: skip


def comparisons(verdicts: Sequence[PromptVerdict], console: Console) -> Iterator[RenderableType]:
    """Yield what the prompts of a run came to, in numbers, and their intervals on one scale."""
    if not any(verdict.evalset for verdict in verdicts):
        yield from map(title, verdicts)
    elif console.width >= _ROOM:
        yield _table(verdicts, room=console.width - _OTHERS)
    else:
        for verdict in verdicts:
            yield title(verdict)
            yield rows(_facts(verdict))
    yield from _bars(verdicts, console)


def _table(verdicts: Sequence[PromptVerdict], *, room: int) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column("  prompt", no_wrap=True)
    table.add_column("versions", no_wrap=True)
    for name in ("pass rate", "change", "from … to", "limit", "worse", "better", "cost"):
        table.add_column(name, no_wrap=True, justify="right")
    for verdict in verdicts:
        sign = (f"{ICONS[verdict.verdict]} ", COLOURS[verdict.verdict])
        prompt = Text.assemble(sign, safe(verdict.name, "bold", limit=room))
        delta = verdict.delta
        table.add_row(
            prompt,
            _versions(verdict),
            _rates(verdict),
            signed_points(delta.estimate) if delta else "–",
            " … ".join(bounds(delta, verdict.max_drop)) if delta else "–",
            points(-verdict.max_drop) if delta else "–",
            f"{len(verdict.flips.regressed):,}" if verdict.evalset else "–",
            f"{len(verdict.flips.fixed):,}" if verdict.evalset else "–",
            money(verdict.cost_usd) if verdict.evalset else "–",
        )
    return table


def _facts(verdict: PromptVerdict) -> Iterator[tuple[str, str]]:
    if verdict.pass_rate.get(Arm.CANDIDATE) is not None:
        yield "pass rate", _rates(verdict)
    if verdict.delta:
        low, high = bounds(verdict.delta, verdict.max_drop)
        estimate = signed_points(verdict.delta.estimate)
        limit = points(-verdict.max_drop)
        yield "change", f"{estimate} points, from {low} to {high}; the limit is {limit}"
    if verdict.evalset:
        worse, better = len(verdict.flips.regressed), len(verdict.flips.fixed)
        yield "cases", f"{worse:,} worse, {better:,} better"
        yield "cost", money(verdict.cost_usd)


def _bars(verdicts: Sequence[PromptVerdict], console: Console) -> Iterator[RenderableType]:
    drawn = [(each, each.delta) for each in verdicts if each.delta is not None]
    width = min(_MOST_BAR, console.width - _NAME - 6)
    if not drawn or width < _LEAST_BAR:
        return
    on = scale(((delta, each.max_drop) for each, delta in drawn), width)
    is_plain = console.options.ascii_only or not console.is_terminal
    pen = ASCII if is_plain else UNICODE
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    for each, delta in drawn:
        name = Text.assemble("  ", safe(_short(each), limit=_NAME))
        line = Text(bar(delta, each.max_drop, on=on, pen=pen), COLOURS[each.verdict])
        table.add_row(name, line)
    limits = [each.max_drop for each, _ in drawn]
    legend = f"  {pen.limit} limit, {pen.zero} no change"
    table.add_row(Text(legend, "dim"), Text(axis(limits, on=on), "dim"))
    yield table


def _short(verdict: PromptVerdict) -> str:
    candidate = f" {verdict.candidate.version}" if verdict.candidate else ""
    return f"{verdict.name}{candidate}"


def _versions(verdict: PromptVerdict) -> Text:
    refs = [safe(ref.version, limit=12) for ref in (verdict.baseline, verdict.candidate) if ref]
    return Text(" → ").join(refs)


def _word(verdict: PromptVerdict) -> Text:
    found = verdict.verdict
    return Text(f"{ICONS[found]} {WORDS[found]}", COLOURS[found])


def _rates(verdict: PromptVerdict) -> str:
    rates = [percent(rate) for arm in Arm if (rate := verdict.pass_rate.get(arm)) is not None]
    return " → ".join(rates) or "–"
