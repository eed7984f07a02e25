"""Turns the expressions of a Jinja template into functions; what is not listed is refused."""

from collections.abc import Callable, Mapping, Sequence

from jinja2 import nodes

from evalgate.adapters.jinja_filters import FILTERS
from evalgate.adapters.jinja_predicates import PREDICATES
from evalgate.adapters.jinja_reader import Evaluate, Reader
from evalgate.adapters.jinja_run import Round, Run, Value
from evalgate.adapters.jinja_values import (
    LARGEST,
    cut,
    inside,
    number,
    ordered,
    present,
    reckon,
    same,
    within,
)
from evalgate.model.document import Data
from evalgate.model.reading import suggestion

_Compare = Callable[[Run, Data, Data], bool]

LOOP: Mapping[str, Callable[[Round], Data]] = {
    "index": lambda turn: turn.index + 1,
    "index0": lambda turn: turn.index,
    "revindex": lambda turn: turn.length - turn.index,
    "revindex0": lambda turn: turn.length - turn.index - 1,
    "first": lambda turn: turn.index == 0,
    "last": lambda turn: turn.index == turn.length - 1,
    "length": lambda turn: turn.length,
}
"""What `loop` tells inside a `for`."""

_REFUSED: Mapping[type[nodes.Node], str] = {
    nodes.Call: "a call is not allowed: use a filter such as `|items`, or give the value as a "
    "variable of the case",
    nodes.Concat: "`~` is not allowed: write the values side by side, or `[a, b]|join`",
    nodes.Dict: "a mapping cannot be written here: give it as a variable of the case",
    nodes.NSRef: "a namespace is not allowed: use `{% set name = value %}`",
}


def expression(node: nodes.Node, reader: Reader) -> Evaluate:
    """Return what evaluates an expression.

    Raises:
        TemplateError: when it holds anything but what is listed here.
    """
    translate = _EXPRESSIONS.get(type(node))
    if translate is None:
        message = _REFUSED.get(type(node), f"`{type(node).__name__.lower()}` is not allowed here")
        raise reader.error(message, node.lineno)
    with reader.deeper(node.lineno):
        evaluate: Evaluate = translate(node, reader)

    def step(run: Run) -> Value:
        run.spend()
        return evaluate(run)

    return step


def _present(node: nodes.Expr, reader: Reader) -> Callable[[Run], Data]:
    evaluate = expression(node, reader)
    return lambda run: present(evaluate(run))


def _constant(node: nodes.Const, reader: Reader) -> Evaluate:
    value = node.value
    if isinstance(value, int | float) and not abs(value) <= LARGEST:
        raise reader.error("a number is larger than a 1 with 18 zeros", node.lineno)
    return lambda _run: value


def _name(node: nodes.Name, reader: Reader) -> Evaluate:
    name = node.name
    if name == "loop":
        known = ", ".join(f"loop.{fact}" for fact in LOOP)
        raise reader.error(f"`loop` alone is not allowed: write one of {known}", node.lineno)
    reader.use(name, node.lineno, printed=False)
    return lambda run: run.find(name)


def printed_name(node: nodes.Name, reader: Reader) -> Evaluate:
    """Return what evaluates a name that is printed as it is."""
    if node.name == "loop":
        return _name(node, reader)
    name = node.name
    reader.use(name, node.lineno, printed=True)
    return lambda run: run.find(name)


def _sequence(node: nodes.List | nodes.Tuple, reader: Reader) -> Evaluate:
    parts = [_present(item, reader) for item in node.items]
    return lambda run: [part(run) for part in parts]


def _attribute(node: nodes.Getattr, reader: Reader) -> Evaluate:
    key = node.attr
    if isinstance(node.node, nodes.Name) and node.node.name == "loop":
        return _loop(key, reader, line=node.lineno)
    _check_key(key, reader, line=node.lineno)
    whole, name = _present(node.node, reader), _spelled(node.node)
    return lambda run: inside(whole(run), key, name=name)


def _loop(key: str, reader: Reader, *, line: int) -> Evaluate:
    if not reader.loops:
        raise reader.error("`loop` is known inside a `for` only", line)
    fact = LOOP.get(key)
    if fact is None:
        raise reader.error(f"unknown `loop.{key[:60]}`{suggestion(key[:60], LOOP)}", line)
    return lambda run: fact(run.rounds[-1])


def _item(node: nodes.Getitem, reader: Reader) -> Evaluate:
    whole = _present(node.node, reader)
    if isinstance(node.arg, nodes.Slice):
        bounds = node.arg.start, node.arg.stop, node.arg.step
        start, stop, step = (_bound(each, reader) for each in bounds)
        return lambda run: cut(run, whole(run), bounds=(start(run), stop(run), step(run)))
    if isinstance(node.arg, nodes.Const):
        _check_key(node.arg.value, reader, line=node.lineno)
    key, name = _present(node.arg, reader), _spelled(node.node)
    return lambda run: inside(whole(run), key(run), name=name)


def _spelled(node: nodes.Expr) -> str:
    """Write a name as the template does, for messages; nothing for what is no name."""
    if isinstance(node, nodes.Getattr):
        whole = _spelled(node.node)
        return f"{whole[:-1]}.{node.attr[:60]}`" if whole else ""
    return f"`{node.name[:60]}`" if isinstance(node, nodes.Name) else ""


def _bound(node: nodes.Expr | None, reader: Reader) -> Callable[[Run], Data]:
    return (lambda _run: None) if node is None else _present(node, reader)


def _check_key(key: object, reader: Reader, *, line: int) -> None:
    if isinstance(key, str) and key.startswith("_"):
        raise reader.error(f"what starts with `_` is out of reach: `{key[:60]}`", line)


def _both(node: nodes.And, reader: Reader) -> Evaluate:
    left, right = _present(node.left, reader), _present(node.right, reader)
    return lambda run: left(run) and right(run)


def _either(node: nodes.Or, reader: Reader) -> Evaluate:
    left, right = _present(node.left, reader), _present(node.right, reader)
    return lambda run: left(run) or right(run)


def _negation(node: nodes.Not, reader: Reader) -> Evaluate:
    held = _present(node.node, reader)
    return lambda run: not held(run)


def _choice(node: nodes.CondExpr, reader: Reader) -> Evaluate:
    if node.expr2 is None:
        message = "an `if` inside an expression needs an `else`: write `a if b else ''`"
        raise reader.error(message, node.lineno)
    first = expression(node.expr1, reader)
    test = _present(node.test, reader)
    second = expression(node.expr2, reader)
    return lambda run: first(run) if test(run) else second(run)


def _comparison(node: nodes.Compare, reader: Reader) -> Evaluate:
    first = _present(node.expr, reader)
    rest = [(_COMPARISONS[each.op], _present(each.expr, reader)) for each in node.ops]

    def compare(run: Run) -> Data:
        left = first(run)
        for holds, evaluate in rest:
            right = evaluate(run)
            if not holds(run, left, right):
                return False
            left = right
        return True

    return compare


def _arithmetic(node: nodes.BinExpr, reader: Reader) -> Evaluate:
    sign = node.operator or ""
    left, right = _present(node.left, reader), _present(node.right, reader)
    return lambda run: reckon(sign, left(run), right(run))


def _sign(node: nodes.Neg | nodes.Pos, reader: Reader) -> Evaluate:
    held = _present(node.node, reader)
    factor = -1 if isinstance(node, nodes.Neg) else 1
    return lambda run: factor * number(held(run))


def _filter(node: nodes.Filter, reader: Reader) -> Evaluate:
    known = FILTERS.get(node.name)
    if node.node is None or known is None:
        near = suggestion(node.name[:60], FILTERS)
        raise reader.error(f"unknown filter `{node.name[:60]}`{near}", node.lineno)
    held = expression(node.node, reader)
    arguments = _arguments(node, known.parameters, needed=known.needed, reader=reader)
    apply = known.apply

    def evaluate(run: Run) -> Value:
        value = held(run)
        return apply(run, value, {name: part(run) for name, part in arguments.items()})

    return evaluate


def _arguments(
    node: nodes.Filter, parameters: Sequence[str], *, needed: int, reader: Reader
) -> dict[str, Callable[[Run], Data]]:
    _refuse_spread(node, reader)
    if len(node.args) > len(parameters):
        takes = f"takes {', '.join(parameters)}" if parameters else "takes no arguments"
        raise reader.error(f"too many arguments: `{node.name}` {takes}", node.lineno)
    if node.name == "map" and node.args:
        raise reader.error("`map` is known as `map(attribute='name')` only", node.lineno)
    given = dict(zip(parameters, node.args, strict=False))
    for pair in node.kwargs:
        name = str(pair.key)
        if name not in parameters or name in given:
            near = suggestion(name[:60], parameters) if parameters else ""
            message = f"`{node.name}` takes no argument `{name[:60]}` here{near}"
            raise reader.error(message, node.lineno)
        given[name] = pair.value
    missing = [name for name in parameters[:needed] if name not in given]
    if missing:
        raise reader.error(f"`{node.name}` needs the argument `{missing[0]}`", node.lineno)
    return {name: _present(value, reader) for name, value in given.items()}


def _refuse_spread(node: nodes.Filter | nodes.Test, reader: Reader) -> None:
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        raise reader.error("`*` and `**` before an argument are not allowed", node.lineno)


def _test(node: nodes.Test, reader: Reader) -> Evaluate:
    known = PREDICATES.get(node.name)
    if known is None:
        near = suggestion(node.name[:60], PREDICATES)
        raise reader.error(f"unknown test `{node.name[:60]}`{near}", node.lineno)
    _refuse_spread(node, reader)
    if len(node.args) != known.arguments or node.kwargs:
        message = f"the test `{node.name}` takes {known.arguments} arguments"
        raise reader.error(message, node.lineno)
    held = expression(node.node, reader)
    given = [_present(argument, reader) for argument in node.args]
    ask = known.ask
    return lambda run: ask(run, held(run), [part(run) for part in given])


_COMPARISONS: Mapping[str, _Compare] = {
    "eq": same,
    "ne": lambda run, left, right: not same(run, left, right),
    "lt": lambda run, left, right: ordered(run, left, right, sign="<"),
    "lteq": lambda run, left, right: ordered(run, left, right, sign="<="),
    "gt": lambda run, left, right: ordered(run, left, right, sign=">"),
    "gteq": lambda run, left, right: ordered(run, left, right, sign=">="),
    "in": within,
    "notin": lambda run, left, right: not within(run, left, right),
}

_EXPRESSIONS: Mapping[type[nodes.Node], Callable[..., Evaluate]] = {
    nodes.Const: _constant,
    nodes.Name: _name,
    nodes.List: _sequence,
    nodes.Tuple: _sequence,
    nodes.Getattr: _attribute,
    nodes.Getitem: _item,
    nodes.And: _both,
    nodes.Or: _either,
    nodes.Not: _negation,
    nodes.CondExpr: _choice,
    nodes.Compare: _comparison,
    nodes.Add: _arithmetic,
    nodes.Sub: _arithmetic,
    nodes.Mul: _arithmetic,
    nodes.Div: _arithmetic,
    nodes.FloorDiv: _arithmetic,
    nodes.Mod: _arithmetic,
    nodes.Pow: _arithmetic,
    nodes.Neg: _sign,
    nodes.Pos: _sign,
    nodes.Filter: _filter,
    nodes.Test: _test,
}
