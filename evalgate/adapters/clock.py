"""The clock of this machine."""

import asyncio
import time


class SystemClock:
    """Real time, as `evalgate.model.ports.Clock` asks for it."""

    def monotonic(self) -> float:
        """Return seconds since some fixed moment; they never go back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds, or at once when they are not above zero."""
        await asyncio.sleep(max(seconds, 0.0))
