"""What Argo Rollouts makes of the answers to a web metric, told in our own words.

After the source of v1.9.1 (b6bd3bc, Apache-2.0): `metricproviders/webmetric`, `utils/evaluate`,
`analysis/analysis.go`. Only what our templates use is here.
"""

import ast
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from evalgate.model.document import Data
from tests.unit.engines.manifests import Manifest, reached


class Phase(StrEnum):
    """Of a measurement, a metric and a run."""

    RUNNING = "Running"
    SUCCESSFUL = "Successful"
    FAILED = "Failed"
    INCONCLUSIVE = "Inconclusive"
    ERROR = "Error"


CONSEQUENCES: Mapping[Phase, str] = {
    Phase.RUNNING: "waits",
    Phase.SUCCESSFUL: "goes on",
    Phase.FAILED: "aborts",
    Phase.ERROR: "aborts",
    Phase.INCONCLUSIVE: "pauses",
}
"""What a Rollout does at an analysis step, by the phase of its run."""

DEFAULT_ERRORS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """The first metric of a template, with its arguments filled in."""

    spec: Manifest
    url: str

    def limit(self, name: str, default: int = 0) -> int:
        """Return one of the limits."""
        value = self.spec.get(name, default)
        assert isinstance(value, int)
        return value

    def measured(self, status: int, body: str) -> Phase:
        """Return the phase of one measurement."""
        if not 200 <= status < 300:
            return Phase.ERROR
        try:
            result = json.loads(body)
        except ValueError:
            return Phase.SUCCESSFUL  # mended after 1.9.1
        try:
            success, failure = (self._holds(f"{word}Condition", result) for word in WORDS)
        except TypeError:
            return Phase.ERROR
        if success is None and failure is None:
            return Phase.SUCCESSFUL
        if failure or (failure is None and not success):
            return Phase.FAILED
        return Phase.SUCCESSFUL if success or success is None else Phase.INCONCLUSIVE

    def after(self, measurements: Iterable[Phase]) -> Phase:
        """Return the phase of the metric after measurements; the rest is not taken any more."""
        counts = dict.fromkeys(Phase, 0)
        errors = successes = 0
        for phase in measurements:
            counts[phase] += 1
            errors = errors + 1 if phase is Phase.ERROR else 0
            successes = successes + 1 if phase is Phase.SUCCESSFUL else 0
            ended = self._ended(counts, errors=errors, successes=successes)
            if ended:
                return ended
        return Phase.RUNNING

    def _ended(self, counts: Mapping[Phase, int], *, errors: int, successes: int) -> Phase | None:
        if errors > self.limit("consecutiveErrorLimit", DEFAULT_ERRORS):
            return Phase.ERROR
        if counts[Phase.INCONCLUSIVE] > self.limit("inconclusiveLimit"):
            return Phase.INCONCLUSIVE
        if counts[Phase.FAILED] > self.limit("failureLimit"):
            return Phase.FAILED
        wanted, count = self.limit("consecutiveSuccessLimit"), self.limit("count")
        if wanted and successes >= wanted:
            return Phase.SUCCESSFUL
        if count and sum(counts.values()) - counts[Phase.ERROR] >= count:
            return Phase.INCONCLUSIVE if wanted else Phase.SUCCESSFUL
        return None

    def _holds(self, name: str, result: Data) -> bool | None:
        condition = self.spec.get(name)
        return None if condition is None else holds(str(condition), result)


WORDS = ("success", "failure")


def metric_of(template: Manifest, given: Mapping[str, str], **changed: Data) -> Metric:
    """Return the metric of a template with arguments, and with some of its keys changed."""
    declared = reached(template, "spec", "args")
    metrics = reached(template, "spec", "metrics")
    assert isinstance(declared, list)
    assert isinstance(metrics, list)
    values = {str(reached(each, "name")): _value(each, given) for each in declared}
    text = json.dumps({**_mapping(metrics[0]), **changed})
    for name, value in values.items():
        text = text.replace(f"{{{{args.{name}}}}}", json.dumps(value)[1:-1])
    assert "{{" not in text, "an argument was not supplied"
    spec = json.loads(text)
    return Metric(spec=spec, url=str(reached(spec, "provider", "web", "url")))


def _value(declared: Data, given: Mapping[str, str]) -> str:
    argument = _mapping(declared)
    if "valueFrom" in argument:
        return "the-secret"
    name = str(argument["name"])
    return given[name] if name in given else str(argument["value"])


def _mapping(data: Data) -> Manifest:
    assert isinstance(data, dict)
    return data


def holds(condition: str, result: Data) -> bool:
    """Evaluate a condition; only `==`, `&&`, `||`, parentheses and `result.key` are known here.

    Raises:
        TypeError: when the result has no keys, or something else than a truth is combined.
    """
    text = condition.replace("&&", " and ").replace("||", " or ").replace("true", "True")
    return _truth(_evaluated(ast.parse(text, mode="eval").body, result))


def _evaluated(node: ast.expr, result: Data) -> Data:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_truth(_evaluated(each, result)) for each in values)
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_truth(_evaluated(each, result)) for each in values)
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            return _evaluated(left, result) == _evaluated(right, result)
        case ast.Attribute(value=ast.Name(id="result"), attr=key) if isinstance(result, dict):
            return result.get(key)
        case ast.Constant(value=str() | bool() as value):
            return value
    raise TypeError(ast.unparse(node))


def _truth(value: Data) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"expected a truth, got {value}")
    return value
