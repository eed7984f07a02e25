"""Prints what the smell test and the spool cost: `python -m benchmarks.smell`."""

import time
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from evalgate.adapters.spool import Spool
from evalgate.model.call import Arm
from evalgate.model.call_ports import Event
from evalgate.model.chat import ChatRequest
from evalgate.model.content import Turn
from evalgate.model.sample import Sample, Sampled, Stratum
from evalgate.model.smell import Smell
from evalgate.runtime.smelling.smell import Expected, smells

SIZES = (100, 1_000, 10_000, 100_000)
LARGE = 10_000_000
LIMIT = 75.0
"""Microseconds per kB, from one kB on; a shorter answer is allowed what one kB is."""

_ENGLISH = (
    "You can return item {} within {} days of delivery. I will check its order, and I can help"
    " you further if you send me the number of it.\n"
)
_GERMAN = (
    "Sie können Artikel {} innerhalb von {} Tagen zurückgeben. Ich prüfe die Bestellung gern; ich"
    " kann Ihnen dabei weiterhelfen.\n"
)
_CHINESE = "您可以在{}天内退货。我会检查订单{}，如果您提供订单号，我可以帮助您。\n"


def texts(size: int) -> Mapping[str, str]:
    """Return texts of so many characters: usual ones first, and then such as try to be slow."""
    made = {
        name: "".join(written.format(n, 7 * n) for n in range(size // 30 + 1))
        for name, written in (("English", _ENGLISH), ("German", _GERMAN), ("Chinese", _CHINESE))
    }
    bad = {
        "one long line": "abcdefgh ijk",
        "one letter": "a",
        "combining marks": "\u0301",
        "brackets": "[",
        "open brackets": "[your ",
        "closed brackets": "[a]",
        "backquotes": "`",
        "fences": "```\n",
        "braces": "{{a",
        "blanks": " ",
        "two scripts in turn": "a\u0436",
        "full stops": "a.",
        "zero bytes": "\0",
        "half surrogates": "\ud800",
    }
    return {
        name: text[:size]
        for name, text in (made | {name: part * size for name, part in bad.items()}).items()
    }


def cost(work: Callable[[], object], times: int) -> float:
    """Return the least microseconds of CPU that the work took, of five rounds."""
    rounds = []
    for _ in range(5):
        before = time.thread_time()
        for _ in range(times):
            work()
        rounds.append((time.thread_time() - before) / times)
    return 1e6 * min(rounds)


def smell_costs() -> bool:
    """Print a row per text, and return whether all are within the limit."""
    policy = "".join(_ENGLISH.format(n + 5000, n) for n in range(20))
    turns = (Turn(role="user", content="Where is my order?"),)
    request = ChatRequest(model="m", max_tokens=1, turns=turns, system=policy)
    expected = Expected(length=(1, 10**7), system=policy)
    print(f"{'µs per kB of text (× a bare loop over it)':42}" + "".join(f"{s:>16,}" for s in SIZES))
    within = True
    for name in texts(1):
        row = []
        for size in SIZES:
            text = texts(size)[name]
            took = cost(partial(smell, text, expected, request), 40_000 // size + 2)
            bare = cost(partial(loop, text), 20_000 // size + 2)
            # On the suspicion of a strange script the request is read too.
            suspicious = Smell.SCRIPT in smell(text, expected, request)
            kilobytes = in_kilobytes(text) + (in_kilobytes(policy) if suspicious else 0.0)
            within = within and took / max(1.0, kilobytes) <= LIMIT
            row.append(f"{took / kilobytes:7.1f} ({took / bare:5.1f}×)")
        print(f"{name:42}" + "".join(f"{cell:>16}" for cell in row))
    return within


def in_kilobytes(text: str) -> float:
    """Return the size of a text in UTF-8."""
    return len(text.encode(errors="surrogatepass")) / 1000


def smell(text: str, expected: Expected, request: ChatRequest) -> tuple[Smell, ...]:
    """Smell an answer as the runtime does."""
    return smells(text, stop_reason="end_turn", tool_calls=(), expected=expected, request=request)


def loop(text: str) -> None:
    """Look at each character, and do nothing."""
    for _ in text:
        pass


def large_costs() -> None:
    """Print what a text costs that is far longer than any answer."""
    request = ChatRequest(model="m", max_tokens=1, turns=())
    for is_json in (False, True):
        text = ("[1, 2], " if is_json else "One word, ") * (LARGE // 9)
        took = cost(partial(smell, text, Expected(is_json=is_json), request), 3)
        print(f"{len(text) / 1e6:.0f} MB {'of JSON' if is_json else 'of words'}: {took:,.0f} µs")


def json_costs() -> None:
    """Print what reading JSON adds; a schema comes on top."""
    text = "[" + ",".join(f'{{"item": {n}, "name": "cup {n}"}}' for n in range(300)) + "]"
    request = ChatRequest(model="m", max_tokens=1, turns=())
    took = cost(partial(smell, text, Expected(is_json=True), request), 50)
    print(f"JSON, {len(text) / 1000:.0f} kB: {1000 * took / len(text):.1f} µs per kB")


def spool_costs(number: int = 5_000) -> None:
    """Print what a caller pays for a sample with an answer of 2 kB."""
    turns = (Turn(role="user", content="Where is my order?"),)
    sample = Sample(
        ts=0.0,
        request_id="req-1",
        prompt="support-reply",
        version="v1",
        prompt_hash="0",
        arm=Arm.STABLE,
        feature="support",
        route=None,
        sampled=Sampled(probability=1.0, stratum=Stratum.UNIFORM),
        request=ChatRequest(model="m", max_tokens=1, turns=turns),
        text="x" * 2000,
    )
    told: list[Event] = []
    with TemporaryDirectory() as folder:
        spool = Spool(Path(folder), days=7, most_waiting=10 * number, tell=told.append)
        busy = cost(partial(spool.put, sample), number)
        spool.flush(within=60)
        idle = []
        for _ in range(1000):
            before = time.thread_time()
            spool.put(sample)
            idle.append(time.thread_time() - before)
            spool.flush()
        spool.close(within=60)
    print(
        f"spool: {busy:.1f} µs of the caller's CPU per sample of 2 kB while the thread writes,"
        f" {1e6 * sum(idle) / len(idle):.1f} when it must be woken; {spool.dropped} dropped"
    )


def main() -> int:
    """Measure all of it; 1 when the smell test costs more than it may."""
    ArgumentParser(description=__doc__).parse_args()
    within = smell_costs()
    large_costs()
    json_costs()
    spool_costs()
    print(f"limit: {LIMIT:g} µs per kB: {'kept' if within else 'NOT KEPT'}")
    return 0 if within else 1


if __name__ == "__main__":
    raise SystemExit(main())
