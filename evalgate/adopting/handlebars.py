"""Translates the Handlebars of dotprompt files: into plain variables, or else into Jinja."""

import re
from dataclasses import dataclass, field

from evalgate.adopting.adoption import Message, as_literal, escape_headings
from evalgate.model.template import TemplateError

_TAG = re.compile(r"\{\{(?P<trim>~?)(?P<inside>!--.*?--|.*?)~?\}\}", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PATH = re.compile(r"(?:this|[A-Za-z_][A-Za-z0-9_]*)(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_ROLE = re.compile(r"""role\s+["'](system|user|model|assistant)["']""")
_MEDIA = re.compile(r"media\s+url=([A-Za-z_][A-Za-z0-9_]*)(?:\s+\S+=\S+)*")
_BLOCK = re.compile(r"#(if|unless|each)\s+(\S+)(?:\s+as\s+\|(\w+)\|)?")
_JINJA = re.compile(r"\{[{%#]")
_ITEM = "item"


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """A translated body; `images` and `conversations` are the variables that are no plain text."""

    messages: tuple[Message, ...]
    is_jinja: bool
    images: tuple[str, ...] = ()
    conversations: tuple[str, ...] = ()
    partials: tuple[str, ...] = ()


@dataclass(slots=True)
class _State:
    """What the walk through the tags has seen so far."""

    parts: list[Message] = field(default_factory=list)
    role: str = "user"
    text: list[str] = field(default_factory=list)
    blocks: list[tuple[str, str]] = field(default_factory=list)
    jinja: bool = False
    images: list[str] = field(default_factory=list)
    conversations: list[str] = field(default_factory=list)
    partials: list[str] = field(default_factory=list)

    def close(self) -> None:
        """End the message at hand; blank ones are dropped."""
        text = "".join(self.text).strip()
        if text:
            self.parts.append(Message(role=self.role, text=text))
        self.text = []

    @property
    def item(self) -> str | None:
        """The name of the item of the innermost loop."""
        return next((name for kind, name in reversed(self.blocks) if kind == "each"), None)


def translate(body: str) -> Translation:
    """Translate a body.

    Variables, `{{role}}`, `{{history}}`, `{{media url=…}}`, comments, `{{#if}}`, `{{#unless}}`,
    `{{else}}`, `{{#each}}` and partials are known.

    Raises:
        TemplateError: at any other tag, or a block that is not closed; says what and on which line.
    """
    tags = list(_TAG.finditer(body))
    state = _State(jinja=any(_needs_jinja(mark["inside"].strip()) for mark in tags))
    at = 0
    for mark in tags:
        state.text.append(_literal(body[at : mark.start()], jinja=state.jinja))
        line = body.count("\n", 0, mark.start()) + 1
        _tag(state, mark["inside"].strip(), line)
        at = mark.end()
    state.text.append(_literal(body[at:], jinja=state.jinja))
    if state.blocks:
        raise TemplateError(f"`{{{{#{state.blocks[-1][0]}}}}}` is not closed")
    state.close()
    return Translation(
        messages=tuple(state.parts),
        is_jinja=state.jinja,
        images=tuple(dict.fromkeys(state.images)),
        conversations=tuple(dict.fromkeys(state.conversations)),
        partials=tuple(dict.fromkeys(state.partials)),
    )


def _needs_jinja(inside: str) -> bool:
    return inside in ("else", "^") or inside[:1] in ("#", "/", ">", "@") or "." in inside


def _literal(text: str, *, jinja: bool) -> str:
    """Return words between tags so that they mean nothing but themselves."""
    if not jinja:
        return as_literal(text)
    return escape_headings(_JINJA.sub(lambda mark: f"{{{{ '{mark[0]}' }}}}", text))


def _tag(state: _State, inside: str, line: int) -> None:
    role, media = _ROLE.fullmatch(inside), _MEDIA.fullmatch(inside)
    if inside.startswith("!"):
        return
    if role:
        state.close()
        state.role = "assistant" if role[1] in ("model", "assistant") else role[1]
    elif inside == "history":
        _conversation(state)
    elif media:
        state.images.append(media[1])
        state.text.append(f"{{{{{media[1]}}}}}")
    elif inside.startswith(">"):
        _partial(state, inside[1:].strip(), line)
    elif inside.startswith(("#", "/")) or inside in ("else", "^"):
        state.text.append(_block(state, inside, line))
    else:
        state.text.append(_variable(state, inside, line))


def _conversation(state: _State) -> None:
    state.close()
    state.parts.append(Message(role="user", text="{{history}}"))
    state.conversations.append("history")
    state.role = "user"


def _partial(state: _State, name: str, line: int) -> None:
    if not _NAME.fullmatch(name):
        raise TemplateError(
            f"`{{{{> {name}}}}}` passes arguments, which cannot be translated", line
        )
    state.partials.append(name)
    state.text.append(f'{{% include "{name}.v1.md" %}}')


def _block(state: _State, inside: str, line: int) -> str:
    opening = _BLOCK.fullmatch(inside)
    if opening:
        kind, path, named = opening.groups()
        expression = _expression(state, path, line)
        state.blocks.append((kind, (named or _item(state)) if kind == "each" else ""))
        if kind == "each":
            return f"{{% for {state.blocks[-1][1]} in {expression} %}}"
        return f"{{% if {'not ' if kind == 'unless' else ''}{expression} %}}"
    if inside in ("else", "^") and state.blocks:
        return "{% else %}"
    if inside.startswith("/") and state.blocks and state.blocks[-1][0] == inside[1:].strip():
        kind, _ = state.blocks.pop()
        return "{% endfor %}" if kind == "each" else "{% endif %}"
    raise TemplateError(f"`{{{{{inside}}}}}` cannot be translated", line)


def _item(state: _State) -> str:
    depth = sum(kind == "each" for kind, _ in state.blocks)
    return _ITEM if depth == 0 else f"{_ITEM}{depth + 1}"


def _variable(state: _State, inside: str, line: int) -> str:
    if inside in ("@index", "@first", "@last") and state.item:
        words = {"@index": "loop.index0", "@first": "loop.first", "@last": "loop.last"}
        return f"{{{{ {words[inside]} }}}}"
    return f"{{{{{_expression(state, inside, line)}}}}}"


def _expression(state: _State, path: str, line: int) -> str:
    if not _PATH.fullmatch(path):
        raise TemplateError(f"`{{{{{path}}}}}` cannot be translated", line)
    first, _, rest = path.partition(".")
    if first == "this":
        if state.item is None:
            raise TemplateError("`this` stands outside of `{{#each}}`", line)
        first = state.item
    return f"{first}.{rest}" if rest else first
