"""Calls tools: one call per behaviour that wants one and has no result of it yet."""

import json
from collections.abc import Mapping, Sequence

from evalgate.model.chat import ChatRequest
from evalgate.model.content import ToolCall, ToolResult
from evalgate.model.document import Data
from evalgate.simulator.draw import digest, trial_of
from evalgate.simulator.rules import Behaviour, Rules
from evalgate.simulator.scene import Scene, fill, scene_of


def due_calls(rules: Sequence[Rules], request: ChatRequest) -> tuple[ToolCall, ...]:
    """Return the calls that come before anything can be said, in the order of the behaviours.

    A call is missed when its behaviour is out of luck, and not repeated once the conversation holds
    the result of an equal one.
    """
    scene = scene_of(rules, request)
    if scene is None:
        return ()
    wanted = (_call(scene, each) for each in scene.behaviours() if scene.succeeds(each))
    calls = [call for call in wanted if call is not None]
    done = _answered(request)
    return tuple(call for call in calls if _identity(call.name, call.input) not in done)


def _call(scene: Scene, behaviour: Behaviour) -> ToolCall | None:
    if behaviour.calls is None:
        return None
    values = scene.values(behaviour)
    given = {key: _filled(value, values) for key, value in behaviour.calls.input.items()}
    identity = _identity(behaviour.calls.tool, given)
    key = digest(scene.rules.seed, trial_of(scene.request), behaviour.name, identity)
    return ToolCall(id=f"toolu_{key[:24]}", name=behaviour.calls.tool, input=given)


def _filled(value: Data, values: Mapping[str, str]) -> Data:
    if isinstance(value, str):
        return fill(value, values)
    if isinstance(value, list):
        return [_filled(item, values) for item in value]
    if isinstance(value, dict):
        return {key: _filled(item, values) for key, item in value.items()}
    return value


def _answered(request: ChatRequest) -> set[str]:
    """Return the calls of a conversation that have their results."""
    blocks = [block for turn in request.turns for block in turn.blocks]
    results = {block.call for block in blocks if isinstance(block, ToolResult)}
    calls = (block for block in blocks if isinstance(block, ToolCall))
    return {_identity(call.name, call.input) for call in calls if call.id in results}


def _identity(tool: str, given: Mapping[str, Data]) -> str:
    return json.dumps([tool, given], sort_keys=True)
