"""Turns the statements of a Jinja template into functions; what is not listed is refused."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from jinja2 import nodes

from evalgate.adapters.jinja_expressions import expression, printed_name
from evalgate.adapters.jinja_reader import Reader, Write
from evalgate.adapters.jinja_run import Round, Run, Unfit
from evalgate.adapters.jinja_values import items
from evalgate.model.document import Data

_NO_MACROS = "a macro is not allowed: put the text into a shared file and include it"
_ONLY_INCLUDE = 'other files are taken in with `{% include "name.v1.md" %}` alone'

_REFUSED: Mapping[type[nodes.Node], str] = {
    nodes.Macro: _NO_MACROS,
    nodes.CallBlock: _NO_MACROS,
    nodes.Import: _ONLY_INCLUDE,
    nodes.FromImport: _ONLY_INCLUDE,
    nodes.Extends: _ONLY_INCLUDE,
    nodes.Block: _ONLY_INCLUDE,
    nodes.FilterBlock: "a filter over a block is not allowed: filter the values in it",
    nodes.With: "`with` is not allowed: use `{% set name = value %}`",
    nodes.AssignBlock: "a `set` over a block is not allowed: use `{% set name = value %}`",
    nodes.Scope: "`autoescape` is not allowed: nothing is escaped in a prompt",
}


def body(statements: Sequence[nodes.Node], reader: Reader) -> Write:
    """Return what writes a sequence of statements.

    Raises:
        TemplateError: when it holds anything but what is listed here.
    """
    writes = [write for node in statements for write in _statement(node, reader)]

    def write_all(run: Run) -> None:
        for write in writes:
            write(run)

    return write_all


def _statement(node: nodes.Node, reader: Reader) -> Iterator[Write]:
    if isinstance(node, nodes.Output):
        yield from (_output(part, reader) for part in node.nodes)
        return
    translate = _STATEMENTS.get(type(node))
    if translate is None:
        message = _REFUSED.get(type(node), f"`{type(node).__name__.lower()}` is not allowed")
        raise reader.error(message, node.lineno)
    with reader.deeper(node.lineno):
        write: Write = translate(node, reader)
    yield write


def _output(node: nodes.Expr, reader: Reader) -> Write:
    if isinstance(node, nodes.TemplateData):
        data = node.data
        return _placed(lambda run: run.write(data), reader, line=node.lineno)
    if isinstance(node, nodes.Name):
        evaluate = printed_name(node, reader)
    else:
        evaluate = expression(node, reader)
    value = reader.placed(evaluate, node.lineno)
    return _placed(lambda run: run.write(value(run)), reader, line=node.lineno)


def _if(node: nodes.If, reader: Reader) -> Write:
    branches = [
        (
            reader.placed(expression(branch.test, reader), branch.lineno),
            body(branch.body, reader),
        )
        for branch in (node, *node.elif_)
    ]
    otherwise = body(node.else_, reader)

    def write(run: Run) -> None:
        for test, write_branch in branches:
            if test(run):
                write_branch(run)
                return
        otherwise(run)

    return write


def _for(node: nodes.For, reader: Reader) -> Write:
    line = node.lineno
    if node.recursive:
        raise reader.error("a recursive `for` is not allowed", line)
    listed = reader.placed(expression(node.iter, reader), line)
    with reader.scope():
        assign = _target(node.target, reader)
        chosen = None if node.test is None else reader.placed(expression(node.test, reader), line)
        reader.loops += 1
        inner = body(node.body, reader)
        reader.loops -= 1
    otherwise = body(node.else_, reader)

    def rounds(run: Run) -> Iterator[Data]:
        for item in items(run, listed(run)):
            run.spend()
            assign(run, item)
            if chosen is None or chosen(run):
                yield item

    def write(run: Run) -> None:
        run.scopes.append({})
        kept = list(rounds(run))
        for index, item in enumerate(kept):
            run.spend()
            run.scopes[-1] = {}
            assign(run, item)
            run.rounds.append(Round(index, len(kept)))
            inner(run)
            run.rounds.pop()
        run.scopes.pop()
        if not kept:
            otherwise(run)

    return _placed(write, reader, line=line)


def _target(node: nodes.Node, reader: Reader) -> Callable[[Run, Data], None]:
    """Return what gives the names of a loop their values."""
    parts = node.items if isinstance(node, nodes.Tuple) else [node]
    names = [part.name for part in parts if isinstance(part, nodes.Name)]
    if len(names) != len(parts):
        raise reader.error("a `for` sets names alone, such as `key, value`", node.lineno)
    for name in names:
        reader.bind(name, node.lineno)
    if not isinstance(node, nodes.Tuple):
        return lambda run, item: run.scopes[-1].update({names[0]: item})

    def unpack(run: Run, item: Data) -> None:
        if not isinstance(item, list) or len(item) != len(names):
            raise Unfit(f"the loop expects lists of {len(names)} items: `{', '.join(names)}`")
        run.scopes[-1].update(zip(names, item, strict=True))

    return unpack


def _set(node: nodes.Assign, reader: Reader) -> Write:
    if not isinstance(node.target, nodes.Name):
        raise reader.error("`set` takes one name: `{% set name = value %}`", node.lineno)
    name = node.target.name
    value = reader.placed(expression(node.node, reader), node.lineno)
    reader.bind(name, node.lineno)
    return lambda run: run.scopes[-1].update({name: value(run)})


def _include(node: nodes.Include, reader: Reader) -> Write:
    line = node.lineno
    file = node.template.value if isinstance(node.template, nodes.Const) else None
    if not isinstance(file, str) or node.ignore_missing or not node.with_context:
        message = 'an include names one shared file: `{% include "name.v1.md" %}`'
        raise reader.error(message, line)
    block = reader.include(file, line)
    for name in block.names:
        reader.use(name, line, printed=name not in block.computed)

    def write(run: Run) -> None:
        run.spend()
        run.scopes.append({})
        block.write(run)
        run.scopes.pop()

    return _placed(write, reader, line=line)


def _placed(write: Write, reader: Reader, *, line: int) -> Write:
    def apply(run: Run) -> None:
        try:
            write(run)
        except Unfit as error:
            raise reader.error(str(error), line) from None

    return apply


_STATEMENTS: Mapping[type[nodes.Node], Callable[..., Write]] = {
    nodes.If: _if,
    nodes.For: _for,
    nodes.Assign: _set,
    nodes.Include: _include,
}
