"""Facts about calling each target for one token, against the simulator."""

from evalgate.cli.doctor_live import probed
from evalgate.model.route import Provider, Route
from evalgate.model.serving import Serving
from evalgate.monitoring.readiness.facts import PromptFacts

MODEL, SMALL = "claude-sonnet-5-5", "claude-haiku-5-5"


def prompts(*models: str) -> tuple[PromptFacts, ...]:
    return tuple(
        PromptFacts(name=f"p{number}", models=(each,)) for number, each in enumerate(models)
    )


def test_each_target_is_called_once_whoever_shares_it() -> None:
    serving = Serving(routes={"direct": Route(), "other": Route()}, smaller={MODEL: (SMALL,)})
    found = probed(serving, prompts(MODEL, MODEL, SMALL), simulate=True, variables={})
    assert sorted((each.route, each.model) for each in found) == [
        ("direct", SMALL),
        ("direct", MODEL),
        ("other", SMALL),
        ("other", MODEL),
    ]
    assert [each.failure for each in found] == [""] * 4


def test_a_route_without_a_key_fails_alone_and_is_told_in_words() -> None:
    serving = Serving(
        routes={
            "direct": Route(),
            "azure": Route(provider=Provider.FOUNDRY, resource="shop"),
        }
    )
    found = probed(serving, prompts(MODEL), simulate=False, variables={})
    assert all(each.failure for each in found)
    assert "ANTHROPIC_API_KEY" in found[0].failure


def test_without_prompts_nothing_is_called() -> None:
    assert probed(Serving(), (), simulate=True, variables={}) == ()
