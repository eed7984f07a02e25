"""Draws `docs/deciding.svg`: four results of 200 cases against no change and the limit.

The intervals and verdicts are what the decision engine says of the results, not made up.

Usage: python -m benchmarks.picture [--print]
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evalgate.deciding.plain import decide_values
from evalgate.model.policy import GateRules
from evalgate.model.verdict import Estimate, Verdict

PAGE = Path(__file__).parent.parent / "docs" / "deciding.svg"
CASES, LIMIT = 200, 0.05

INK, SOFT, LINE = "#1b1b1b", "#595959", "#c8c8c8"
COLOURS = {Verdict.PASS: "#0072b2", Verdict.FAIL: "#b84300", Verdict.INCONCLUSIVE: "#6b6b6b"}
"""Blue, orange and grey, which differ in every kind of colour vision; words say it too."""

WIDTH, HEIGHT = 880, 416
TOP, STEP = 130, 62
LEFT, RIGHT = 244, 700
LEAST, MOST = -0.14, 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Cases that pass no longer and that pass now, out of `CASES` with one trial in each arm."""

    lost: int
    won: int
    words: str

    def decided(self) -> tuple[Verdict, Estimate]:
        """Return the verdict and the interval."""
        names = [f"case {index}" for index in range(CASES)]
        before = {name: [index >= self.won] for index, name in enumerate(names)}
        after = {name: [index < CASES - self.lost] for index, name in enumerate(names)}
        decision = decide_values(before, after, rules=GateRules(max_drop=LIMIT))
        if decision.delta is None:
            raise ValueError("nothing was compared")
        return decision.verdict, decision.delta


RESULTS = (
    Result(lost=4, won=3, words="the limit is out of reach"),
    Result(lost=4, won=0, words="a real drop, but a small one"),
    Result(lost=14, won=8, words="either may be true"),
    Result(lost=24, won=6, words="a drop, perhaps a large one"),
)


def drawn() -> str:
    """Return the picture."""
    told = [(result, *result.decided()) for result in RESULTS]
    title = "Four results of 200 cases, the limit at 5 points"
    said = " ".join(
        f"{result.lost} lost and {result.won} won: from {_points(delta.low)} to"
        f" {_points(delta.high)} points, {verdict.value}."
        for result, verdict, delta in told
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
        f' height="{HEIGHT}" role="img" aria-labelledby="title words"'
        ' font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif"'
        ' font-size="14">'
    )
    parts = [
        head,
        f'<title id="title">{title}</title>',
        f'<desc id="words">{said}</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#ffffff" stroke="{LINE}"/>',
        *_frame(),
    ]
    for row, (result, verdict, delta) in enumerate(told):
        parts += _result(TOP + row * STEP, result, verdict, delta=delta)
    return "\n".join([*parts, "</svg>", ""])


def _frame() -> Iterator[str]:
    bottom = TOP + STEP * (len(RESULTS) - 1) + 34
    limit, zero = _x(-LIMIT), _x(0)
    yield (
        f'<rect x="{_x(LEAST):.1f}" y="56" width="{limit - _x(LEAST):.1f}" height="{bottom - 56}"'
        ' fill="#f3ece6"/>'
    )
    yield _text((_x(LEAST) + limit) / 2, 40, "a larger drop than the limit", colour=SOFT)
    yield _text((limit + zero) / 2, 40, "a small drop", colour=SOFT)
    yield _text((zero + _x(MOST)) / 2, 40, "a gain", colour=SOFT)
    yield _line(limit, 56, bottom, "#b84300", dashes=' stroke-dasharray="6 4"')
    yield _line(zero, 56, bottom, INK)
    yield _text(limit, 74, "limit ", colour="#b84300", anchor="end")
    yield _text(zero, 74, "no change ", colour=INK, anchor="end")
    for points in range(round(LEAST * 100), round(MOST * 100) + 1, 2):
        place = _x(points / 100)
        yield _line(place, bottom, bottom + 5, SOFT)
        yield _text(place, bottom + 22, _points(points / 100, places=0), colour=SOFT)
    yield _text((LEFT + RIGHT) / 2, bottom + 46, "change of the pass rate, in points", colour=SOFT)


def _result(y: int, result: Result, verdict: Verdict, *, delta: Estimate) -> Iterator[str]:
    colour = COLOURS[verdict]
    low, high, middle = _x(delta.low), _x(delta.high), _x(delta.estimate)
    yield _text(24, y - 3, f"{result.lost} lost, {result.won} won", colour=INK, anchor="start")
    yield _text(24, y + 15, result.words, colour=SOFT, anchor="start")
    yield f'<path d="M{low:.1f} {y}H{high:.1f}" stroke="{colour}" stroke-width="3"/>'
    for end in (low, high):
        yield f'<path d="M{end:.1f} {y - 7}V{y + 7}" stroke="{colour}" stroke-width="3"/>'
    yield f'<circle cx="{middle:.1f}" cy="{y}" r="6" fill="{colour}"/>'
    yield _text(RIGHT + 22, y + 6, verdict.value, colour=colour, anchor="start", bold=True)


def _text(  # noqa: PLR0913 - what a text is drawn with
    x: float, y: float, words: str, *, colour: str, anchor: str = "middle", bold: bool = False
) -> str:
    weight = ' font-size="18" font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.0f}" fill="{colour}" text-anchor="{anchor}"{weight}'
        f' xml:space="preserve">{words}</text>'
    )


def _line(x: float, top: float, bottom: float, colour: str, *, dashes: str = "") -> str:
    return f'<path d="M{x:.1f} {top}V{bottom}" stroke="{colour}" stroke-width="1.5"{dashes}/>'


def _x(change: float) -> float:
    return LEFT + (change - LEAST) / (MOST - LEAST) * (RIGHT - LEFT)


def _points(change: float, *, places: int = 1) -> str:
    number = f"{abs(100 * change):.{places}f}"
    sign = "" if not float(number) else "−" if change < 0 else "+"
    return f"{sign}{number}"


def main() -> None:
    """Write the picture, or print it."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--print", action="store_true", dest="printed")
    if parser.parse_args().printed:
        print(drawn(), end="")
    else:
        PAGE.write_text(drawn(), "utf-8")


if __name__ == "__main__":
    main()
