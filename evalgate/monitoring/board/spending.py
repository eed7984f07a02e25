"""Groups users by what they spend: a few often make up much of the bill."""

from collections.abc import Iterator, Sequence
from math import ceil

from evalgate.model.board import SpenderGroup
from evalgate.model.traffic import Spender

_FEWEST = 100
"""Users of which the dearest hundredth is at least one."""

_TOP, _NEXT = 0.01, 0.1


def spender_groups(
    spenders: Sequence[Spender], folded: Spender | None = None
) -> tuple[SpenderGroup, ...]:
    """Return groups of users by what they spend, and apart from them the calls without a user.

    Args:
        spenders: the users, and an empty name for the calls that name none.
        folded: those who were too many to be kept apart: they are among the cheapest.
    """
    known = sorted(
        (each for each in spenders if each.user), key=lambda each: (-each.cost_usd, each.user)
    )
    groups = list(_ranked(known))
    if folded is not None and folded.calls:
        groups.append(
            SpenderGroup(
                name="more users, not told apart",
                users=0,
                calls=folded.calls,
                cost_usd=folded.cost_usd,
            )
        )
    nameless = [each for each in spenders if not each.user]
    if nameless:
        groups.append(_group("calls without a user", nameless, users=0))
    return tuple(groups)


def _ranked(known: Sequence[Spender]) -> Iterator[SpenderGroup]:
    if not known:
        return
    if len(known) < _FEWEST:
        tenth = ceil(len(known) * _NEXT)
        cuts = [("dearest tenth of the users", tenth), ("all other users", len(known))]
    else:
        cuts = [
            ("dearest 1 % of the users", ceil(len(known) * _TOP)),
            ("next 9 %", ceil(len(known) * _NEXT)),
            ("all other users", len(known)),
        ]
    start = 0
    for name, end in cuts:
        if end > start:
            yield _group(name, known[start:end], users=end - start)
        start = end


def _group(name: str, users_of: Sequence[Spender], *, users: int) -> SpenderGroup:
    return SpenderGroup(
        name=name,
        users=users,
        calls=sum(each.calls for each in users_of),
        cost_usd=sum(each.cost_usd for each in users_of),
    )
