"""What is kept of the calls of a log: counts by minute and place, users, and what was served when.

Minutes that are long ago become hours, and there is a most of places and of users, so that no log
makes it grow without end. What is beyond it is counted together, never left out.
"""

from collections.abc import Iterable
from itertools import chain

from evalgate.adapters.traffic_changes import PROVIDER, Served
from evalgate.model.call import Arm
from evalgate.model.call_ports import Event
from evalgate.model.traffic import HOUR, LineCount, Minute, Place, Spender, Tally, Traffic

FINE = 25 * HOUR
"""Seconds after which minutes become hours."""

MOST_PLACES = 2_000
"""Places that are told apart; the calls of all others are of the feature `REST`."""

REST = "(others)"

MOST_USERS = 5_000
"""Users of one hour that are told apart; the cheapest ones are counted together."""

MOST_SPENDERS = 20_000

Key = tuple[float, str | None, str, str | None, Arm, str | None, str | None, str | None]
"""The minute, and the words of the place."""

Shown = tuple[float, str, str | None, str | None, str | None, str | None]
"""The minute, the prompt, the model asked, the application, the SDK, and the settings."""

_MOST_SHOWN = 100_000


class TrafficCounts:
    """Counts that grow with time and places, and not with calls."""

    def __init__(self, *, shown: float, kept: float) -> None:
        """Begin with nothing; see `TrafficReader`."""
        self._seconds_shown = shown
        self._seconds_kept = kept
        self._fresh: dict[Key, Tally] = {}
        self._minutes: dict[tuple[float, Place], Tally] = {}
        self._hours: dict[tuple[float, Place], Tally] = {}
        self._places: dict[tuple[str | None, ...], Place] = {}
        self._counted: dict[Place, Tally] = {}
        self._is_growing = False
        self._users: dict[int, _Users] = {}
        self._shown: set[Shown] = set()
        self._served = Served()

    def tally(self, key: Key) -> Tally:
        """Return what is counted of a minute and place, for now."""
        tally = self._fresh.get(key)
        if tally is None:
            tally = self._fresh[key] = Tally()
        return tally

    def spend(self, start: float, user: str | None, cost_usd: float | None) -> None:
        """Count a call of a user."""
        hour = int(start // HOUR)
        users = self._users.get(hour)
        if users is None:
            users = self._users[hour] = _Users()
        users.add(user or "", cost_usd or 0.0)

    def show(self, shown: Shown) -> None:
        """Note which model was asked, and who called."""
        if shown in self._shown:
            return
        if len(self._shown) >= _MOST_SHOWN:
            self._shown.clear()
        self._shown.add(shown)
        ts, prompt, model, app, sdk, settings = shown
        for kind, subject, value in (
            ("model", prompt, model),
            ("application", "application", app),
            ("sdk", "sdk", sdk),
            ("configuration", "runtime.yml", settings),
        ):
            if value:
                self._served.note((kind, subject), value, ts=ts)

    def settle(self) -> None:
        """Add what was counted since the last time to what is known."""
        for key, tally in self._fresh.items():
            place = self._place(key)
            self._minutes.setdefault((key[0], place), Tally()).add(tally)
            self._counted.setdefault(place, Tally()).add(tally)
            self._note(place, key[0], tally.calls)
        self._fresh.clear()

    def begin_to_grow(self) -> None:
        """Begin the counts that only grow, unless that was done; what was read is not in them."""
        if not self._is_growing:
            self._is_growing = True
            self._counted = {place: Tally() for place in self._counted}

    def traffic(
        self, at: float, *, events: tuple[Event, ...], happened: dict[str, int], lines: LineCount
    ) -> Traffic:
        """Return all that is known.

        Args:
            at: now, in seconds since 1970.
            events: that were read.
            happened: how often what happened.
            lines: the account of the lines.
        """
        self._fold(at)
        spenders, folded = self._spenders(at)
        return Traffic(
            minutes=self._sorted(),
            events=events,
            changes=self._served.changes(),
            spenders=spenders,
            folded=folded,
            counted={place: _copy(tally) for place, tally in sorted(self._counted.items())},
            happened=happened,
            lines=lines,
        )

    def _place(self, key: Key) -> Place:
        words = key[1:]
        place = self._places.get(words)
        if place is None:
            feature, prompt, version, arm, route, provider, model = words
            place = Place(
                feature=feature or "",
                prompt=prompt,
                version=version or "",
                arm=arm,
                route=route or "",
                provider=provider or "",
                model=model or "",
            )
            if len(self._places) >= MOST_PLACES:
                return Place(feature=REST)
            self._places[words] = place
        return place

    def _note(self, place: Place, ts: float, calls: int) -> None:
        if place.arm is Arm.CANARY:
            self._served.note(("weight", place.prompt), f"canary {place.version}", ts=ts)
        elif place.version:
            self._served.note(("prompt", place.prompt), place.version, ts=ts)
        if place.provider:
            subject = (PROVIDER, place.prompt)
            said = f"{place.provider} ({place.route})" if place.route else place.provider
            self._served.note(subject, said, ts=ts, calls=calls)

    def _fold(self, at: float) -> None:
        """Make hours of the minutes that are long ago, and forget what is older than is kept."""
        until = (at - FINE) // HOUR * HOUR
        for start, place in [key for key in self._minutes if key[0] < until]:
            tally = self._minutes.pop((start, place))
            self._hours.setdefault((start // HOUR * HOUR, place), Tally()).add(tally)
        oldest = at - self._seconds_kept
        for key in [key for key in self._hours if key[0] + HOUR <= oldest]:
            del self._hours[key]
        self._served.forget(oldest)

    def _sorted(self) -> tuple[Minute, ...]:
        ranks = {place: rank for rank, place in enumerate(sorted(set(self._counted)))}
        hours: Iterable[Minute] = (
            Minute(start=start, place=place, tally=tally, seconds=HOUR)
            for (start, place), tally in self._hours.items()
        )
        minutes = (
            Minute(start=start, place=place, tally=tally)
            for (start, place), tally in self._minutes.items()
        )
        return tuple(
            sorted(chain(hours, minutes), key=lambda each: (each.start, ranks[each.place]))
        )

    def _spenders(self, at: float) -> tuple[tuple[Spender, ...], Spender | None]:
        first = int((at - self._seconds_shown) // HOUR)
        for hour in [each for each in self._users if each < first]:
            del self._users[hour]
        whole, rest = _Users(), [0.0, 0.0]
        for _, users in sorted(self._users.items()):
            for user, (calls, cost) in users.known.items():
                known = whole.known.setdefault(user, [0, 0.0])
                known[0] += calls
                known[1] += cost
            rest[0] += users.folded[0]
            rest[1] += users.folded[1]
        ranked = sorted(whole.known.items(), key=lambda item: (-item[1][1], item[0]))
        for _, (calls, cost) in ranked[MOST_SPENDERS:]:
            rest[0] += calls
            rest[1] += cost
        spenders = tuple(
            Spender(user=user, calls=int(calls), cost_usd=cost)
            for user, (calls, cost) in ranked[:MOST_SPENDERS]
        )
        folded = Spender(user=REST, calls=int(rest[0]), cost_usd=rest[1]) if rest[0] else None
        return spenders, folded


def _copy(tally: Tally) -> Tally:
    copied = Tally()
    copied.add(tally)
    return copied


class _Users:
    """The users of one hour: their calls and what these cost; the cheapest ones `folded`."""

    def __init__(self) -> None:
        self.known: dict[str, list[float]] = {}
        self.folded = [0.0, 0.0]

    def add(self, user: str, cost: float) -> None:
        known = self.known.get(user)
        if known is None:
            if len(self.known) >= MOST_USERS:
                self._fold()
            known = self.known[user] = [0, 0.0]
        known[0] += 1
        known[1] += cost

    def _fold(self) -> None:
        ranked = sorted(self.known.items(), key=lambda item: (item[1][1], item[0]))
        for user, (calls, cost) in ranked[: MOST_USERS // 2]:
            if user:
                self.folded[0] += calls
                self.folded[1] += cost
                del self.known[user]
