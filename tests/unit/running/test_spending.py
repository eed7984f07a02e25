"""Facts about adding up what calls take and cost."""

from evalgate.running.size import Forecast
from evalgate.running.spending import Cost, Load, Spending, added


def test_an_unknown_cost_stays_unknown_whatever_is_added() -> None:
    unknown, known = Cost(expected=None, most=None), Cost(expected=1.0, most=2.0)
    assert known.plus(unknown) == unknown.plus(known) == unknown
    assert known.plus(known) == Cost(expected=2.0, most=4.0)


def test_a_share_of_a_load_is_rounded_up() -> None:
    load = Load(calls=Forecast(expected=3, most=5), input_tokens=Forecast(expected=10, most=10))
    assert load.share(0.5).calls == Forecast(expected=2, most=3)
    assert load.share(0.5).input_tokens == Forecast(expected=5, most=5)
    assert load.share(0.0) == Load()


def test_spendings_add_up_part_by_part() -> None:
    one = Load(
        calls=Forecast(expected=1, most=2),
        input_tokens=Forecast(expected=3, most=4),
        output_tokens=Forecast(expected=5, most=6),
    )
    total = added([Spending(load=one, cost=Cost(expected=0.5, most=1.0))] * 3)
    assert total.load == Load(
        calls=Forecast(expected=3, most=6),
        input_tokens=Forecast(expected=9, most=12),
        output_tokens=Forecast(expected=15, most=18),
    )
    assert total.cost == Cost(expected=1.5, most=3.0)
