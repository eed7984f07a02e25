"""How a call is taken in: its version, its request, its terms, and its end."""

import time
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

import pytest

from evalgate.errors import UsageError
from evalgate.model.call import Arm, Assignment
from evalgate.model.content import Turn
from evalgate.model.document import Data
from evalgate.runtime.asked import Asked
from evalgate.runtime.call import Call
from evalgate.runtime.deadlines import deadline
from evalgate.runtime.logbook.identity import Hashing
from evalgate.runtime.order import Order
from evalgate.runtime.reception import Reception
from evalgate.runtime.versions.split import Chooser
from tests.unit.runtime.calls import HAIKU, SONNET
from tests.unit.runtime.desks import NOW, QUESTION, a_folder, a_shelf

ASKED: dict[str, Data] = {"question": "May I return it?"}
CANARY = {
    "shop__v2.md": QUESTION.replace("max_tokens: 100", "max_tokens: 200"),
    "shop__live.yaml": "stable: v1\ncanary: {version: v2, percent: 50, salt: s}\n",
}
FEATURES = "cache: {kind: memory}\nfeatures: {search: {deadline: 2, cache: false}}\n"


class Desk:
    """A reception over a folder, and the settings of that folder."""

    def __init__(
        self,
        folder: Path,
        files: Mapping[str, str] = MappingProxyType({}),
        *,
        chooser: Chooser | None = None,
    ) -> None:
        shelf = a_shelf(a_folder(folder, **files))
        self.order = Order(shelf.serving)
        self.reception = Reception(
            shelf=shelf, hashing=Hashing(b"k" * 16), now=lambda: NOW, chooser=chooser
        )

    def call(self, asked: Asked | None = None, **changes: object) -> Call:
        stated = asked or Asked(prompt="shop", variables=ASKED)
        return self.reception.call(
            replace(stated, **changes),  # type: ignore[arg-type]  # the fields of Asked
            self.order,
        )


def left(call: Call) -> float:
    return round(call.ends - call.began, 2)


def test_a_call_has_the_live_version_and_an_id_of_its_own(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    call, other = desk.call(), desk.call()
    assert (call.version.version, call.arm, call.at) == ("v1", Arm.STABLE, NOW)
    assert (call.request.model, call.request.max_tokens) == (SONNET, 100)
    assert call.request_id != other.request_id
    assert call.pointer == other.pointer != ""
    assert call.prefix == QUESTION.split("## user")[1].strip()
    assert call.began <= time.monotonic()


def test_ids_reach_the_call_as_keyed_hashes_alone(tmp_path: Path) -> None:
    call = Desk(tmp_path).call(user="ann", conversation="c-17")
    assert call.user == Hashing(b"k" * 16).user("ann")
    assert call.conversation == Hashing(b"k" * 16).conversation("c-17")
    assert call.key_id is not None
    assert "ann" not in repr(call)
    assert "c-17" not in repr(call)
    assert Desk(tmp_path).call().user is None


def test_the_user_decides_the_arm_and_without_one_the_conversation(tmp_path: Path) -> None:
    desk = Desk(tmp_path, CANARY)
    arms = {desk.call(user=str(user)).arm for user in range(40)}
    assert arms == {Arm.STABLE, Arm.CANARY}
    for unit in map(str, range(20)):
        of_user = desk.call(user=unit, conversation="c").arm
        assert of_user is desk.call(conversation=unit).arm is desk.call(user=unit).arm
    assert {desk.call().arm for _ in range(60)} == arms


def test_a_pin_holds_while_its_version_is_live(tmp_path: Path) -> None:
    desk = Desk(tmp_path, CANARY)
    assert {desk.call(pin="v2").version.version for _ in range(20)} == {"v2"}
    assert desk.call(pin="v2").request.max_tokens == 200
    assert Desk(tmp_path / "b").call(pin="v2").version.version == "v1"


def test_a_call_tells_what_chose_its_version(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "a", CANARY, chooser=lambda _, unit: "v2" if unit == "ann" else None)
    assert desk.call(user="bob").assigned_by is Assignment.SPLIT
    assert desk.call(user="bob", pin="v2").assigned_by is Assignment.PIN
    assert desk.call(user="ann").assigned_by is Assignment.CHOOSER
    assert Desk(tmp_path / "b").call(user="bob", pin="v1").assigned_by is None


def test_a_chooser_decides_and_one_that_fails_leaves_it_to_the_split(tmp_path: Path) -> None:
    def broken(prompt: str, unit: str) -> str:
        raise LookupError(prompt, unit)

    always = Desk(tmp_path / "a", CANARY, chooser=lambda prompt, unit: f"v2{prompt[4:]}{unit[2:]}")
    assert {always.call(user=f"{user:02}").arm for user in range(20)} == {Arm.CANARY}
    split = Desk(tmp_path / "b", CANARY)
    fails = Desk(tmp_path / "c", CANARY, chooser=broken)
    for user in map(str, range(20)):
        assert fails.call(user=user).arm is split.call(user=user).arm


def test_the_model_of_the_switch_is_asked_over_the_first_route_that_has_it(tmp_path: Path) -> None:
    routes = (
        "routes: {eu: {provider: bedrock, region: eu, models: {claude-sonnet-5-5: a.s}}, "
        "direct: {provider: direct}}\n"
    )
    plain = Desk(tmp_path / "a", {"runtime.yml": routes}).call()
    assert (plain.request.model, plain.request.route) == (SONNET, "eu")
    live = f"stable: v1\nswitch: {{disabled: false, model: {HAIKU}}}\n"
    call = Desk(tmp_path / "b", {"runtime.yml": routes, "shop__live.yaml": live}).call()
    assert (call.request.model, call.request.route) == (HAIKU, "direct")
    assert [target.model for target in call.targets] == [HAIKU]
    assert not call.is_disabled


def test_a_call_names_the_settings_that_it_was_taken_in_under(tmp_path: Path) -> None:
    assert Desk(tmp_path / "bare").call().settings == ""
    settings = "deadline: 7\n"
    assert (
        Desk(tmp_path / "set", {"runtime.yml": settings}).call().settings
        == sha256(settings.encode()).hexdigest()[:12]
    )


def test_the_kill_switch_marks_the_call(tmp_path: Path) -> None:
    live = "stable: v1\nswitch: {disabled: true}\n"
    assert Desk(tmp_path, {"shop__live.yaml": live}).call().is_disabled


def test_the_nearest_of_all_deadlines_ends_the_call(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"runtime.yml": FEATURES})
    assert left(desk.call()) == 30.0
    assert left(desk.call(feature="search")) == 2.0
    assert left(desk.call(feature="search", deadline=5.0)) == 5.0
    assert left(desk.call(deadline=0.0)) == 0.0
    with deadline(1.0):
        assert left(desk.call(feature="search")) == 1.0


def test_a_call_has_a_key_only_where_answers_are_remembered(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"runtime.yml": FEATURES})
    call = desk.call()
    assert call.key == desk.call(user="other").key != ""
    assert desk.call(tenant="t").key not in ("", call.key)
    assert desk.call(feature="search").key == ""
    assert Desk(tmp_path / "b").call().key == ""


def test_the_callers_key_stands_for_prompt_variables_files_and_turns(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.call().own is None
    own = desk.call(idempotency_key="k", user="ann").own
    assert own is not None
    assert own == desk.call(idempotency_key="k", user="bob").own
    others = (
        desk.call(idempotency_key="k", variables={"question": "?"}),
        desk.call(idempotency_key="k", files={"a.txt": b"x"}),
        desk.call(idempotency_key="k", further=(Turn(role="user", content="And?"),)),
        desk.call(idempotency_key="k", feature="search"),
        desk.call(idempotency_key="k", tenant="t"),
        desk.call(idempotency_key="l"),
    )
    assert all(other.own != own for other in others)


def test_the_turns_of_a_conversation_follow_those_of_the_prompt(tmp_path: Path) -> None:
    turn = Turn(role="user", content="And the other one?")
    call = Desk(tmp_path).call(further=(turn,), thought_over=("direct", SONNET), streamed=True)
    assert [each.content for each in call.request.turns] == ["May I return it?", turn.content]
    assert (call.thought_over, call.streamed) == (("direct", SONNET), True)


def test_an_unknown_prompt_or_variable_is_no_call(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no prompt `sohp`"):
        Desk(tmp_path).call(prompt="sohp")
    with pytest.raises(UsageError, match="has no variable `order`"):
        Desk(tmp_path).call(variables={**ASKED, "order": "QF-1001"})


def test_a_version_with_a_schema_asks_only_where_the_schema_holds(tmp_path: Path) -> None:
    routes = (
        "routes: {eu: {provider: bedrock, region: eu, models: {claude-sonnet-5-5: a.s}}, "
        "direct: {provider: direct}}\n"
    )
    strict = QUESTION.replace("---\n## user", "output_schema: {type: object}\n---\n## user")
    call = Desk(tmp_path, {"runtime.yml": routes, "shop__v1.md": strict}).call()
    assert [target.route_name for target in call.targets] == ["direct"]
    assert call.request.route == "direct"


def test_a_call_asks_in_the_order_that_its_feature_prefers(tmp_path: Path) -> None:
    settings = (
        "routes: {direct: {provider: direct}, eu: {provider: vertex, region: eu, project: p}}\n"
        f"smaller: {{{SONNET}: [{HAIKU}]}}\nfeatures: {{search: {{prefer: cost}}}}\n"
    )
    desk = Desk(tmp_path, {"runtime.yml": settings})
    second = {feature: desk.call(feature=feature).targets[1].key for feature in ("", "search")}
    assert second == {"": ("eu", SONNET), "search": ("direct", HAIKU)}
