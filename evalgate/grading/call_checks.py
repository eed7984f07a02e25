"""Checks of the call that an answer came from: its time, its cost, its end, its tools."""

from collections.abc import Mapping

from evalgate.grading.answer import Answer
from evalgate.grading.arguments import is_number, keys_fault, number_of, texts_of
from evalgate.grading.finding import Finding
from evalgate.grading.grades import quote
from evalgate.grading.json_text import as_text, holds_all, same_value
from evalgate.model.content import ToolCall
from evalgate.model.document import Data
from evalgate.model.reading import describe

STOP_REASONS = (
    "end_turn",
    "max_tokens",
    "model_context_window_exceeded",
    "pause_turn",
    "refusal",
    "stop_sequence",
    "tool_use",
)


def limit_fault(argument: Data) -> str | None:
    """Say why an argument is no limit above zero, or None."""
    if is_number(argument) and number_of(argument) > 0:
        return None
    return f"expected a number above 0, got {describe(argument)}"


def latency_ms(argument: Data, answer: Answer) -> Finding:
    """Hold the time of an answer, all rounds of tools included, against a limit in milliseconds."""
    took = answer.completion.latency_ms
    reason = f"The answer took {took:,} ms, where {number_of(argument):,.0f} are allowed."
    return Finding(holds=took <= number_of(argument), reason=reason)


def cost_usd(argument: Data, answer: Answer) -> Finding:
    """Hold the cost of an answer, without the judge's, against a limit in US dollars."""
    cost = answer.cost_usd
    if cost is None:
        reason = "What the answer cost is not known."
        return Finding(holds=None, reason=reason, cause="unknown_cost")
    reason = f"The answer cost ${cost:.6f}, where ${number_of(argument):g} is allowed."
    return Finding(holds=cost <= number_of(argument), reason=reason)


def stop_reason(argument: Data, answer: Answer) -> Finding:
    """Compare the reason for which the model stopped."""
    stopped = answer.completion.stop_reason
    return Finding(
        holds=stopped in texts_of(argument), reason=f"The model stopped with {quote(stopped)}."
    )


def tool_called_fault(argument: Data) -> str | None:
    """Say what is wrong with a name, or with `{name, arguments, match, times}`, or None."""
    if isinstance(argument, str) and argument:
        return None
    if not isinstance(argument, dict):
        return (
            f"expected the name of a tool, or {{name, arguments}}, got {describe(argument or None)}"
        )
    fault = keys_fault(argument, ("name", "arguments", "match", "times"), required=("name",))
    times = argument.get("times", 1)
    fits = {
        "name": (
            "the name of a tool",
            isinstance(argument.get("name"), str) and argument["name"] != "",
        ),
        "arguments": ("a mapping", isinstance(argument.get("arguments", {}), dict)),
        "match": ("subset or exact", argument.get("match", "subset") in ("subset", "exact")),
        "times": ("a whole number", isinstance(times, int) and times is not True and times >= 0),
    }
    wrong = (
        f"expected {expected} at `{key}`, got {describe(argument[key])}"
        for key, (expected, is_right) in fits.items()
        if not is_right
    )
    return fault or next(wrong, None)


def tool_called(argument: Data, answer: Answer) -> Finding:
    """Look for a tool call, by its name and perhaps its arguments, perhaps so many times."""
    told = argument if isinstance(argument, dict) else {"name": argument}
    calls = answer.completion.tool_calls
    found = [call for call in calls if _fits(call, told)]
    holds = bool(found) if "times" not in told else len(found) == told["times"]
    return Finding(holds=holds, reason=_said(told, calls, found))


def _fits(call: ToolCall, told: Mapping[str, Data]) -> bool:
    wanted = told.get("arguments", {})
    if call.name != told["name"] or not isinstance(wanted, dict):
        return False
    if told.get("match") == "exact":
        return same_value(dict(call.input), wanted)
    return holds_all(dict(call.input), wanted)


def _said(told: Mapping[str, Data], calls: tuple[ToolCall, ...], found: list[ToolCall]) -> str:
    name = quote(as_text(told["name"]))
    if found:
        with_what = quote(as_text(dict(found[0].input)), 80)
        times = "" if len(found) == 1 else f" {len(found)} times, first"
        return f"The model called {name}{times} with {with_what}."
    same = [call for call in calls if call.name == told["name"]]
    if same:
        return f"The model called {name} with {quote(as_text(dict(same[0].input)), 80)} only."
    others = ", ".join(dict.fromkeys(quote(call.name, 40) for call in calls)) or "no tool"
    return f"The model called {others}, not {name}."
