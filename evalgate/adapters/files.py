"""YAML and JSON into documents that remember their lines."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping

import yaml

from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Data, Document, Place
from evalgate.model.writable import is_writable

MAX_BYTES = 10_000_000
"""The largest file that is parsed: the memory that parsing takes is many times its size."""

MAX_VALUES = 500_000
"""Values in one file, aliases counted as often as they are used: a guard against YAML bombs."""

MAX_LINE_BYTES = 1_000_000
"""The longest line of a file of cases."""

MAX_DEPTH = 100

TOO_DEEP = f"the values are nested too deeply: at most {MAX_DEPTH} levels"
TOO_MANY = f"more than {MAX_VALUES:,} values, aliases counted"

# YAML 1.2 core schema: `no`, `1:30` and dates are text, as people who write prompts expect.
_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))
_MERGE = "<<"


def read_yaml(path: str, content: bytes, *, first_line: int = 1) -> Document:
    """Parse YAML text.

    Args:
        path: named in errors.
        content: UTF-8, with or without a byte order mark.
        first_line: the line of the file on which `content` starts, from 1.

    Raises:
        ConfigurationError: when it is too large, not UTF-8 or YAML, repeats a key, or is a bomb.
    """
    text = _decode(path, content)
    try:
        _check_events(path, text, first_line)
        root = yaml.compose(text, Loader=yaml.CBaseLoader)
    except yaml.YAMLError as error:
        raise _yaml_error(path, error, first_line) from None
    builder = _Builder(path, first_line)
    if root is not None:
        builder.check_size(root)
    data = None if root is None else builder.build(root, ())
    return Document(path=path, data=data, lines=builder.lines)


def read_json(path: str, content: bytes) -> Document:
    """Parse JSON text of at most `MAX_BYTES`, or raise ConfigurationError."""
    data = _json(path, _decode(path, content))
    if isinstance(data, Problem):
        raise ConfigurationError([data])
    return Document(path=path, data=data, lines={})


def read_json_lines(path: str, content: bytes) -> Iterator[Document | Problem]:
    """Parse JSON line by line; a line that is wrong is yielded as its problem.

    The place () of each document is its line of the file; blank lines are left out.
    """
    start, number = (3 if content.startswith(b"\xef\xbb\xbf") else 0), 0
    while start < len(content):
        number += 1
        end = content.find(b"\n", start)
        line = content[start:] if end < 0 else content[start:end]
        start = len(content) if end < 0 else end + 1
        if line.strip():
            yield _line(path, line, number)


def _line(path: str, line: bytes, number: int) -> Document | Problem:
    if len(line) > MAX_LINE_BYTES:
        message = (
            f"the line has {len(line) / 1e6:,.1f} MB; at most {MAX_LINE_BYTES / 1e6:g} are read"
        )
        return Problem(path=path, line=number, message=message)
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        message = f"not UTF-8 text: wrong byte at {error.start} of the line"
        return Problem(path=path, line=number, message=message)
    data = _json(path, text, line=number)
    if isinstance(data, Problem):
        return data
    return Document(path=path, data=data, lines={(): number})


def _json(path: str, text: str, line: int | None = None) -> Data | Problem:
    """Return the data of a text, or its problem; `line` is where the text stands, if it is one."""
    try:
        data: Data = json.loads(text, parse_constant=_not_json, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        return Problem(path=path, line=line or error.lineno, message=f"not JSON: {error.msg}")
    except (ValueError, RecursionError) as error:
        return Problem(path=path, line=line, message=f"not JSON: {error}")
    if not is_writable(data):
        message = f"a number is too large, or values are nested more than {MAX_DEPTH} deep"
        return Problem(path=path, line=line, message=message)
    if "\\ud" in text.lower() and not _is_unicode(data):
        message = "an escape such as \\ud800 is half a character: write the whole one"
        return Problem(path=path, line=line, message=message)
    return data


def _unique(pairs: list[tuple[str, Data]]) -> dict[str, Data]:
    data = dict(pairs)
    if len(data) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key, count in counts.items() if count > 1)
        raise ValueError(f"the key `{twice[:40]}` is given twice")
    return data


def _is_unicode(data: Data) -> bool:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


class _Builder:
    """Turns YAML nodes into data and notes the line of every value."""

    def __init__(self, path: str, first_line: int) -> None:
        self.path = path
        self.first_line = first_line
        self.lines: dict[Place, int] = {}

    def build(self, node: yaml.Node, place: Place) -> Data:
        """Return the data of a node, merge keys applied."""
        self.lines.setdefault(place, self._line(node))
        if node.tag not in _PLAIN_TAGS:
            raise self._problem(node, place, f"the tag `{node.tag}` is not supported")
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*place, index)) for index, item in enumerate(node.value)]
        return self._mapping(node.value, place)

    def check_size(self, root: yaml.Node) -> None:
        """Raise when aliases make the file too large, too deep or endless."""
        size, _ = self._measure(root, {}, 0)
        if size > MAX_VALUES:
            raise self._problem(root, (), TOO_MANY)

    def _measure(
        self, node: yaml.Node, measured: dict[int, tuple[int, int]], depth: int
    ) -> tuple[int, int]:
        """Return how many values a node stands for, and how many levels they have."""
        size, height = measured.get(id(node), (1, 1))
        if size == 0 or depth + height > MAX_DEPTH + 1:
            raise self._problem(node, (), TOO_DEEP)
        if id(node) not in measured:
            measured[id(node)] = 0, 0  # until it is known: an alias inside itself meets this
            children = [self._measure(child, measured, depth + 1) for child in _children(node)]
            size += sum(count for count, _ in children)
            height += max((levels for _, levels in children), default=0)
            measured[id(node)] = size, height
        return size, height

    def _mapping(self, items: list[tuple[yaml.Node, yaml.Node]], place: Place) -> dict[str, Data]:
        own: dict[str, Data] = {}
        merged: dict[str, Data] = {}
        for key_node, value_node in items:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._problem(key_node, place, "a key must be a plain word or text")
            key = str(key_node.value)
            if key in own:
                raise self._problem(key_node, (*place, key), "this key is given twice")
            if key == _MERGE:
                merged |= self._merged(value_node, place)
                continue
            self.lines[(*place, key)] = self._line(key_node)
            own[key] = self.build(value_node, (*place, key))
        return merged | own

    def _merged(self, node: yaml.Node, place: Place) -> dict[str, Data]:
        data = self.build(node, (*place, _MERGE))
        parts = data if isinstance(data, list) else [data]
        merged: dict[str, Data] = {}
        for part in reversed(parts):
            if not isinstance(part, dict):
                raise self._problem(node, (*place, _MERGE), "expected a mapping to merge")
            merged |= part
        return merged

    def _line(self, node: yaml.Node) -> int:
        return int(node.start_mark.line) + self.first_line

    def _problem(self, node: yaml.Node, place: Place, message: str) -> ConfigurationError:
        key = ".".join(str(part) for part in place)
        return ConfigurationError(
            [Problem(path=self.path, line=self._line(node), key=key, message=message)]
        )


def _check_events(path: str, text: str, first_line: int) -> None:
    """Raise when the text nests too deeply or holds too many values, before nodes are made of it.

    libyaml makes nodes by recursion in C and would overflow the stack, which ends the process.
    """
    depth = count = 0
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        count += isinstance(event, yaml.NodeEvent)
        if depth > MAX_DEPTH or count > MAX_VALUES:
            message = TOO_DEEP if depth > MAX_DEPTH else TOO_MANY
            line = event.start_mark.line + first_line if event.start_mark else None
            raise ConfigurationError([Problem(path=path, line=line, message=message)])


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield value


def _scalar(node: yaml.ScalarNode) -> Data:
    # Quoted or a block: text whatever it looks like.
    return str(node.value) if node.style else _plain(str(node.value))


def _plain(text: str) -> Data:
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _decode(path: str, content: bytes) -> str:
    if len(content) > MAX_BYTES:
        size = f"{len(content) / 1e6:,.1f} MB"
        raise _refusal(path, f"the file has {size}; at most {MAX_BYTES / 1e6:g} MB are read")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refusal(path, f"not UTF-8 text: wrong byte at {error.start}") from None


def _not_json(word: str) -> Data:
    raise ValueError(f"{word} is not a JSON number")


def _refusal(path: str, message: str) -> ConfigurationError:
    return ConfigurationError([Problem(path=path, message=message)])


def _yaml_error(path: str, error: yaml.YAMLError, first_line: int) -> ConfigurationError:
    line, message = None, str(error)
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        line = error.problem_mark.line + first_line
        message = " ".join(part for part in (error.context, error.problem) if part)
    return ConfigurationError([Problem(path=path, line=line, message=f"not YAML: {message}")])


def write_yaml(data: Mapping[str, Data]) -> str:
    """Write a mapping as YAML, in its own order, texts of several lines as blocks."""
    return yaml.dump(data, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=100)


class _Writer(yaml.SafeDumper):
    """Writes without anchors: they are hard to read, and nothing here is shared on purpose."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the base class's signature
        return True


def _write_text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # The dumper quotes by YAML 1.1, which takes a few numbers for text.
    style = "|" if "\n" in text else None if isinstance(_plain(text), str) else "'"
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Writer.add_representer(str, _write_text)
