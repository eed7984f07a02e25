"""Facts about groups of users by what they spend."""

from evalgate.model.traffic import Spender
from evalgate.monitoring.board.spending import spender_groups


def spenders(*costs: float) -> list[Spender]:
    return [
        Spender(user=f"u{number:04}", calls=1, cost_usd=cost) for number, cost in enumerate(costs)
    ]


def test_the_dearest_hundredth_and_tenth_are_told_apart() -> None:
    groups = spender_groups(spenders(*(float(each) for each in range(200))))
    assert [each.users for each in groups] == [2, 18, 180]
    assert groups[0].cost_usd == 199 + 198
    assert sum(each.cost_usd for each in groups) == sum(range(200))
    assert sum(each.calls for each in groups) == 200


def test_of_few_users_a_tenth_is_told_apart() -> None:
    groups = spender_groups(spenders(*(1.0 for _ in range(15))))
    assert [(each.name, each.users) for each in groups] == [
        ("dearest tenth of the users", 2),
        ("all other users", 13),
    ]


def test_calls_without_a_user_stand_apart() -> None:
    nobody = Spender(user="", calls=9, cost_usd=4.0)
    groups = spender_groups([nobody, *spenders(1.0)])
    assert [(each.name, each.users, each.calls) for each in groups] == [
        ("dearest tenth of the users", 1, 1),
        ("calls without a user", 0, 9),
    ]


def test_users_that_were_not_kept_apart_are_told() -> None:
    folded = Spender(user="(others)", calls=50, cost_usd=0.1)
    groups = spender_groups(spenders(1.0), folded)
    assert groups[-1].calls == 50
    assert groups[-1].users == 0


def test_without_calls_there_is_no_group() -> None:
    assert spender_groups([]) == ()
