"""YAML and JSON into documents that remember their lines."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from sys import intern

import yaml

from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Data, Document, Place
from evalgate.model.reading import describe, spell
from evalgate.model.writable import is_writable

MAX_BYTES = 10_000_000
"""The largest file that is parsed: the memory that parsing takes is many times its size."""

MAX_VALUES = 500_000
"""Values in one file, aliases counted as often as they are used: a guard against YAML bombs."""

MAX_LINE_BYTES = 1_000_000
"""The longest line of a file of cases."""

MAX_DEPTH = 100

MAX_CHARACTERS = 50_000_000
"""Characters of all texts in one file, aliases counted, for the same reason."""

MAX_PROBLEMS = 1_000
"""Problems of one file that are told."""

TOO_DEEP = f"the values are nested too deeply: at most {MAX_DEPTH} levels"
TOO_MANY = f"more than {MAX_VALUES:,} values, aliases counted"
TOO_MUCH = f"more than {MAX_CHARACTERS / 1e6:g} million characters, aliases counted"
TOO_LONG = "a whole number has too many digits: write it in quotes, as text"
TOO_LARGE = "a number is too large: write it in quotes, as text"

# YAML 1.2 core schema: `no`, `1:30` and dates are text, as people who write prompts expect.
_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_MAY_BE_MORE_THAN_TEXT = frozenset("-+.0123456789~nNtTfF")
_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))
_SOMETHING = re.compile(rb"[^ \t\r\n\v\f]")
_MERGE = "<<"
_NO_KEY = "a key must be a plain word or text: write a text such as {{name}} in quotes"
_HINTS: Mapping[str, str] = {
    "undefined alias": "write a text that begins with `*` in quotes",
    "mapping values are not allowed": "write a text that holds a colon in quotes",
    "found another document": "remove the line `---`",
    "escape code": "half a character or an unknown escape",
}
"""What to do about what libyaml says, by words of its message."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
"""What YAML does not allow to stand in a file as it is."""


def read_yaml(path: str, content: bytes, *, first_line: int = 1) -> Document:
    """Parse YAML text.

    Args:
        path: named in errors.
        content: UTF-8, with or without a byte order mark.
        first_line: the line of the file on which `content` starts, from 1.

    Raises:
        ConfigurationError: when it is too large, not UTF-8 or YAML, repeats a key, or is a bomb;
            what can be read is read to the end, so that all its problems are told at once.
    """
    text = _decode(path, content)
    try:
        _check_events(path, text, first_line)
        root = yaml.compose(text, Loader=yaml.CBaseLoader)
    except yaml.YAMLError as error:
        raise _yaml_error(path, text, error, first_line=first_line) from None
    builder = _Builder(path, first_line)
    if root is not None:
        builder.check_size(root)
    data = None if root is None else builder.build(root, ())
    if builder.problems:
        raise ConfigurationError(builder.problems)
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
    start, number = (3 if content.startswith(b"\xef\xbb\xbf") else 0), 1
    while found := _SOMETHING.search(content, start):
        first = content.rfind(b"\n", start, found.start()) + 1 or start
        number += content.count(b"\n", start, first)
        end = content.find(b"\n", first)
        end = len(content) if end < 0 else end
        yield _line(path, content[first:end], number)
        start = end


def _line(path: str, line: bytes, number: int) -> Document | Problem:
    if len(line) > MAX_LINE_BYTES:
        message = (
            f"the line has {len(line) / 1e6:,.1f} MB; at most {MAX_LINE_BYTES / 1e6:g} are read"
        )
        return Problem(path=path, line=number, message=message)
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        message = f"not UTF-8 text (byte {error.start} of the line): save the file as UTF-8"
        return Problem(path=path, line=number, message=message)
    data = _json(path, text, line=number)
    if isinstance(data, Problem):
        return data
    return Document(path=path, data=data, lines={(): number})


def _json(path: str, text: str, line: int | None = None) -> Data | Problem:
    """Return the data of a text, or its problem; `line` is where the text stands, if it is one."""
    try:
        data: Data = _JSON.decode(text)
    except json.JSONDecodeError as error:
        said = f"{error.msg[:1].lower()}{error.msg[1:]}".removesuffix(" at")
        message = f"not JSON at character {error.colno}: {said}"
        return Problem(path=path, line=line or error.lineno, message=message)
    except _NotJsonError as error:
        return Problem(path=path, line=line, message=str(error))
    except RecursionError:
        return Problem(path=path, line=line, message=TOO_DEEP)
    except ValueError:  # Python itself refuses thousands of digits
        return Problem(path=path, line=line, message=TOO_LONG)
    fault = _unfit(data, text)
    return data if fault is None else Problem(path=path, line=line, message=fault)


def _unfit(data: Data, text: str) -> str | None:
    """Say why data that was read from a text cannot be written again, if it cannot."""
    if text.count("[") + text.count("{") > MAX_DEPTH and not is_writable(data):
        return TOO_DEEP
    if ("\\ud" in text or "\\uD" in text) and not _is_unicode(data):
        return "an escape such as \\ud800 is half a character: write the whole one"
    return None


class _NotJsonError(ValueError):
    """What Python would read without complaint, and nobody could rely on."""


def _unique(pairs: list[tuple[str, Data]]) -> dict[str, Data]:
    # The cases of a set have the same keys: one text for each of them is enough.
    data = {intern(key): value for key, value in pairs}
    if len(data) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key, count in counts.items() if count > 1)
        raise _NotJsonError(f"the key {describe(twice)} is given twice")
    return data


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise _NotJsonError(TOO_LARGE)
    return number


def _not_json(word: str) -> Data:
    raise _NotJsonError(f"{word} is no JSON number")


_JSON = json.JSONDecoder(parse_constant=_not_json, parse_float=_finite, object_pairs_hook=_unique)


def _is_unicode(data: Data) -> bool:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


_Size = tuple[int, int, int]


class _Builder:
    """Turns YAML nodes into data and notes the line of every value."""

    def __init__(self, path: str, first_line: int) -> None:
        self.path = path
        self.first_line = first_line
        self.lines: dict[Place, int] = {}
        self.problems: list[Problem] = []

    def build(self, node: yaml.Node, place: Place) -> Data:
        """Return the data of a node, merge keys applied."""
        self.lines.setdefault(place, self._line(node))
        if node.tag not in _PLAIN_TAGS:
            self._note(node, place, f"the tag {describe(node.tag)} is not supported")
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*place, index)) for index, item in enumerate(node.value)]
        return self._mapping(node.value, place)

    def check_size(self, root: yaml.Node) -> None:
        """Raise when aliases make the file too large, too deep or endless."""
        values, characters, _ = self._measure(root, {}, 0)
        if values > MAX_VALUES:
            raise _refusal(self.path, TOO_MANY, line=self._line(root))
        if characters > MAX_CHARACTERS:
            raise _refusal(self.path, TOO_MUCH, line=self._line(root))

    def _measure(self, node: yaml.Node, measured: dict[int, _Size], depth: int) -> _Size:
        """Return how many values and characters a node stands for, and how many levels it has."""
        if isinstance(node, yaml.ScalarNode) and depth <= MAX_DEPTH:
            return 1, len(node.value), 1
        values, characters, height = measured.get(id(node), (1, 0, 1))
        if values == 0 or depth + height > MAX_DEPTH + 1:
            raise _refusal(self.path, TOO_DEEP, line=self._line(node))
        if id(node) not in measured:
            measured[id(node)] = 0, 0, 0  # until it is known: an alias inside itself meets this
            children = [self._measure(child, measured, depth + 1) for child in _children(node)]
            values += sum(child[0] for child in children)
            characters += sum(child[1] for child in children)
            height += max((child[2] for child in children), default=0)
            measured[id(node)] = values, characters, height
        return values, characters, height

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> Data:
        text = str(node.value)
        try:
            # Quoted or a block: text whatever it looks like.
            return text if node.style else _plain(text)
        except ValueError:
            message = TOO_LONG if _INT.fullmatch(text) else TOO_LARGE
            self._note(node, place, message)
            return None

    def _mapping(self, items: list[tuple[yaml.Node, yaml.Node]], place: Place) -> dict[str, Data]:
        own: dict[str, Data] = {}
        merged: dict[str, Data] = {}
        seen: set[str] = set()
        for key_node, value_node in items:
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag not in _PLAIN_TAGS:
                self._note(key_node, place, _NO_KEY)
                continue
            key = str(key_node.value)
            if key in seen:
                self._note(key_node, (*place, key), "this key is given twice")
                continue
            seen.add(key)
            if key == _MERGE and not key_node.style:
                merged = self._merged(value_node, place)
                continue
            self.lines[(*place, key)] = self._line(key_node)
            own[key] = self.build(value_node, (*place, key))
        return merged | own

    def _merged(self, node: yaml.Node, place: Place) -> dict[str, Data]:
        data = self.build(node, (*place, _MERGE))
        parts = data if isinstance(data, list) else [data]
        merged: dict[str, Data] = {}
        for part in reversed(parts):
            if isinstance(part, dict):
                merged |= part
            else:
                self._note(node, (*place, _MERGE), "expected a mapping to merge")
        return merged

    def _line(self, node: yaml.Node) -> int:
        return int(node.start_mark.line) + self.first_line

    def _note(self, node: yaml.Node, place: Place, message: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            line, key = self._line(node), spell(place)
            self.problems.append(Problem(path=self.path, line=line, key=key, message=message))


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


def _plain(text: str) -> Data:
    """Return what a word without quotes stands for, or raise ValueError for an endless number."""
    if text and text[0] not in _MAY_BE_MORE_THAN_TEXT:
        return text
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    if _INT.fullmatch(text):
        return int(text)
    return _finite(text) if _FLOAT.fullmatch(text) else text


def _decode(path: str, content: bytes) -> str:
    if len(content) > MAX_BYTES:
        size = f"{len(content) / 1e6:,.1f} MB"
        raise _refusal(path, f"the file has {size}; at most {MAX_BYTES / 1e6:g} MB are read")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8 text (byte {error.start} of the file): save it as UTF-8"
        raise _refusal(path, message, line=line) from None


def _refusal(path: str, message: str, *, line: int | None = None) -> ConfigurationError:
    return ConfigurationError([Problem(path=path, line=line, message=message)])


def _yaml_error(
    path: str, text: str, error: yaml.YAMLError, *, first_line: int
) -> ConfigurationError:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        message = " ".join(part for part in (error.context, error.problem) if part)
        mark = error.problem_mark
        if "cannot start any token" in message and "\t" in _line_before(text, mark):
            message = "a tab: indent with blanks"
        hints = (f": {hint}" for words, hint in _HINTS.items() if words in message)
        message = f"not YAML: {message}{next(hints, '')}"
        return _refusal(path, message, line=mark.line + first_line)
    found = _CONTROL.search(text)
    if found is None:
        return _refusal(path, f"not YAML: {error}")
    line = text.count("\n", 0, found.start()) + first_line
    character = f"the control character U+{ord(found[0]):04X}"
    return _refusal(path, f"not YAML: {character}: write it as an escape, in quotes", line=line)


def _line_before(text: str, mark: yaml.Mark) -> str:
    """Return what stands in front of a mark on its line, and the character there."""
    return text[mark.index - mark.column : mark.index + 1]


def write_yaml(data: Mapping[str, Data] | Sequence[Mapping[str, Data]]) -> str:
    """Write a mapping, or a list of them, as YAML: in its own order, texts of lines as blocks."""
    return yaml.dump(data, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=100)


class _Writer(yaml.CSafeDumper):
    """Writes without anchors: they are hard to read, and nothing here is shared on purpose."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the base class's signature
        return True


def _write_text(writer: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    # The dumper quotes by YAML 1.1, which takes a few numbers for text.
    patterns = (_NULL, _BOOL, _INT, _FLOAT)
    looks_like_text = not any(pattern.fullmatch(text) for pattern in patterns)
    style = "|" if "\n" in text else None if looks_like_text else "'"
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Writer.add_representer(str, _write_text)
