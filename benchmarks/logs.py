"""Prints what answers from the call log cost beside a bare loop: `python -m benchmarks.logs`.

The bare loop reads each line with the standard library, counts by feature and sorts the latencies.
Every contestant is a process of its own over the same file, and all must tell the same numbers.
"""

import json
import random
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import replace
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import ROOT, BenchmarkError, Cost, measured
from evalgate.model.call import Arm, CallRecord, Rung, ServedBy, Try
from evalgate.model.chat import FailureKind, Usage
from evalgate.runtime.logbook.call_line import line_of

FEATURES = ("support/chat", "search", "summary", "checkout", "onboarding", "triage", "mail")
BEGAN = 1_763_683_200.0
"""Midnight before 21 November 2025."""

_DIFFERENT = 20_000
"""Calls that differ in all but their id and their time; the others repeat them."""

_ID, _TIME = "00000000-0000-7000-8000-000000000000", "2025-11-21T00:00:00.000Z"


def template(rng: random.Random) -> bytes:
    """Return the line of a call as the runtime writes it."""
    is_failed, is_cached = rng.random() < 0.01, rng.random() < 0.05
    latency = 3 if is_cached else int(rng.lognormvariate(7, 0.5))
    cost = None if is_failed else 0.0 if is_cached else rng.lognormvariate(-6, 0.4)
    attempt = Try(
        rung=Rung.FIRST,
        route="direct",
        provider="anthropic",
        region=None,
        model="claude-haiku-5-5",
        failure=FailureKind.OVERLOADED if is_failed else None,
        latency_ms=latency,
        request_id=f"req_{rng.getrandbits(56):014x}",
        cost_usd=cost,
    )
    record = CallRecord(
        ts=BEGAN,
        request_id=_ID,
        feature=FEATURES[int(rng.random() ** 2 * len(FEATURES))],
        prompt="support-reply",
        version="v3",
        prompt_hash="5" * 64,
        arm=Arm.STABLE,
        pointer="a1b2c3d4e5f60718",
        prefix="You answer the customers of a shop.",
        served_by=ServedBy.PRIMARY,
        degraded=False,
        latency_ms=latency,
        model_asked="claude-haiku-5-5",
        model="claude-haiku-5-5",
        user=f"{int(rng.random() ** 2 * 50_000):032x}",
        stop_reason="end_turn",
        streamed=True,
        ttft_ms=latency // 4,
        usage=Usage(input_tokens=rng.randrange(500, 3_000), output_tokens=rng.randrange(50, 500)),
        cost_usd=cost,
        tries=(attempt,),
    )
    if is_cached:
        record = replace(record, served_by=ServedBy.CACHE, tries=())
    if is_failed:
        record = replace(record, served_by=ServedBy.NOBODY, error="overloaded", stop_reason=None)
    return line_of(record)


def lines(number: int) -> Iterator[bytes]:
    """Yield so many lines of one day; about one in a hundred thousand is cut off."""
    rng = random.Random(7)  # noqa: S311 - made-up traffic
    known = [template(rng) for _ in range(min(number, _DIFFERENT))]
    for n in range(number):
        milliseconds = n * 86_400_000 // number
        at = time.strftime("%H:%M:%S", time.gmtime(milliseconds // 1000))
        line = known[n % len(known)].replace(
            _TIME.encode(), f"2025-11-21T{at}.{milliseconds % 1000:03d}Z".encode(), 1
        )
        yield line.replace(_ID.encode(), f"00000000-0000-7000-8000-{n:012x}".encode(), 1)
        if n % 100_000 == 77:
            yield line[:80] + b"\n"


def bare(path: Path) -> None:
    """Print the calls, the cost and the 95th percentile of each feature: the bare loop."""
    costs: dict[str, float] = {}
    times: dict[str, list[int]] = {}
    with path.open("rb") as file:
        for line in file:
            try:
                call = json.loads(line)
            except ValueError:
                continue
            costs[call["feature"]] = costs.get(call["feature"], 0.0) + (call.get("cost_usd") or 0.0)
            if call["tries_count"]:
                times.setdefault(call["feature"], []).append(call["latency_ms"])
    for feature, found in sorted(times.items()):
        print(feature, round(costs[feature], 6), sorted(found)[ceil(0.95 * len(found)) - 1])


def contest(folder: Path, path: Path, runs: int) -> Iterator[tuple[str, Cost]]:
    """Yield each contestant with its quickest run.

    Raises:
        BenchmarkError: they do not tell the same.
    """
    evalgate = [sys.executable, "-m", "evalgate", "logs"]
    latency = ["latency", "--by", "feature", "--json"]
    compact = [*evalgate, "compact", str(path), "--out", str(folder / "archive")]
    contestants = {
        "bare loop": [sys.executable, "-m", "benchmarks.logs", "--bare", str(path)],
        "latency, line by line": [*evalgate, *latency, str(path), "--engine", "plain"],
        "latency, DuckDB": [*evalgate, *latency, str(path)],
        "cost by user, DuckDB": [*evalgate, "cost", "--by", "user", str(path)],
        "errors by hour, DuckDB": [*evalgate, "errors", "--by", "hour", str(path)],
        "slowest, DuckDB": [*evalgate, "slowest", str(path)],
        "find the last call": [*evalgate, "find", last_id(path), str(path)],
        "compact": compact,
        "latency, Parquet": [*evalgate, *latency, str(folder / "archive")],
    }
    told: dict[str, dict[str, int]] = {}
    for name, command in contestants.items():
        times = 1 if name == "compact" else runs
        costs = [
            measured(command, folder=folder, environment={"PYTHONPATH": str(ROOT)})
            for _ in range(times)
        ]
        yield name, min(costs, key=lambda cost: cost.cpu)
        if name.startswith(("bare", "latency")):
            told[name] = percentiles(costs[0].output)
    if len({json.dumps(each, sort_keys=True) for each in told.values()}) != 1:
        raise BenchmarkError(f"not all told the same: {told}")


def percentiles(output: bytes) -> dict[str, int]:
    """Return the 95th percentile by feature, as a contestant told it."""
    if output.startswith(b"{"):
        return {row["feature"]: row["latency_ms"]["p95"] for row in json.loads(output)["rows"]}
    return {line.split()[0]: int(line.split()[2]) for line in output.decode().splitlines()}


def last_id(path: Path) -> str:
    """Return the id of the last call in a file."""
    with path.open("rb") as file:
        file.seek(-20_000, 2)
        return str(json.loads(file.read().splitlines()[-1])["request_id"])


def main() -> int:
    """Measure all of it."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000, help="how many lines")
    parser.add_argument("--runs", type=int, default=3, help="of which the quickest counts")
    parser.add_argument("--folder", type=Path, help="where the lines are written for a while")
    parser.add_argument("--bare", type=Path, help="be the bare loop over a file")
    options = parser.parse_args()
    if options.bare is not None:
        bare(options.bare)
        return 0
    with TemporaryDirectory(dir=options.folder) as name:
        path = Path(name) / "calls-2025-11-21.jsonl"
        with path.open("wb") as file:
            file.writelines(lines(options.lines))
        size = path.stat().st_size / 1e9
        print(f"{options.lines:,} lines, {size:.2f} GB, quickest of {options.runs}")
        print(f"{'':26}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}{'× bare CPU':>12}")
        base = 0.0
        for contestant, cost in contest(Path(name), path, options.runs):
            base = base or cost.cpu
            print(
                f"{contestant:26}{cost.wall:8.2f}{cost.cpu:8.2f}{cost.peak:9.0f}"
                f"{cost.cpu / base:12.2f}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
