"""How slow this machine is, for tests that say how much time something may take."""

import time


def slowness() -> float:
    """Return how many times longer a bare loop takes now than where the limits were set.

    Machines that are shared change their pace within minutes: ask beside what is timed.
    """
    return max(1.0, min(_seconds() for _ in range(3)) / 0.015)


def _seconds() -> float:
    """Return the time of a loop that waits for memory, as most of Python does."""
    start = time.process_time()
    made = {number: [number] for number in range(100_000)}
    seconds = time.process_time() - start
    assert len(made) == 100_000
    return seconds
