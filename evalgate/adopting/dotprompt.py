"""Adopts a dotprompt file: YAML front matter and a Handlebars body."""

import re
from collections.abc import Iterator, Mapping

from evalgate.adopting.adoption import Adoption, claude_model, slug
from evalgate.adopting.handlebars import Translation, translate
from evalgate.adopting.picoschema import is_picoschema, read_picoschema
from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Data
from evalgate.model.ports import Parser
from evalgate.model.template import TemplateError

_FRONT = re.compile(r"---[ \t]*\n(?P<front>.*?)\n?---[ \t]*(?:\n|\Z)", re.DOTALL)
_SAMPLING = ("temperature", "topP", "topK")
_KNOWN = ("name", "variant", "model", "config", "input", "output", "tools", "metadata")


def adopt_dotprompt(
    path: str, text: str, *, parser: Parser, partials: Mapping[str, str]
) -> Adoption:
    """Return the adoption of a dotprompt file.

    Args:
        path: of the file.
        text: its content, with LF line ends.
        parser: reads the front matter.
        partials: the texts of the partials beside it, by name.

    Raises:
        ConfigurationError: when the front matter is wrong, or the body cannot be translated.
    """
    found = _FRONT.match(text)
    front = _front(path, found["front"] if found else "", parser)
    body = text[found.end() :] if found else text
    first_line = text[: found.end()].count("\n") + 1 if found else 1
    translation = _translate(path, body, first_line=first_line)
    config, written = _mapping(front.get("config")), front.get("model")
    limit = config.get("maxOutputTokens")
    schema, schema_note = _output_schema(_mapping(front.get("output")))
    return Adoption(
        name=_name(path, front),
        source=path,
        messages=translation.messages,
        front=_header(front, translation, schema),
        model=claude_model(written) if isinstance(written, str) else None,
        max_tokens=limit if isinstance(limit, int) else None,
        shared=dict(_partials(path, translation, partials)),
        notes=(*_notes(front, config), *schema_note),
    )


def _front(path: str, text: str, parser: Parser) -> dict[str, Data]:
    data = parser.read_yaml(path, text.encode(), first_line=2).data
    if data is None or isinstance(data, dict):
        return data or {}
    raise ConfigurationError([Problem(path=path, line=2, message="expected keys and values")])


def _translate(path: str, body: str, *, first_line: int) -> Translation:
    try:
        return translate(body)
    except TemplateError as error:
        line = first_line + (error.line or 1) - 1
        raise ConfigurationError([Problem(path=path, line=line, message=str(error))]) from None


def _name(path: str, front: Mapping[str, Data]) -> str:
    stem = path.rpartition("/")[2].removesuffix(".prompt")
    name = front.get("name")
    variant = front.get("variant")
    words = [name if isinstance(name, str) else stem, variant if isinstance(variant, str) else ""]
    return slug(" ".join(words))


def _header(
    front: Mapping[str, Data], translation: Translation, schema: dict[str, Data] | None
) -> dict[str, Data]:
    header: dict[str, Data] = {"template": "jinja"} if translation.is_jinja else {}
    if isinstance(front.get("description"), str):
        header["description"] = front["description"]
    kinds = dict.fromkeys(translation.conversations, "messages")
    kinds |= dict.fromkeys(translation.images, "image")
    names = _input_names(front)
    if kinds:
        header["inputs"] = {
            name: kinds.get(name, "text") for name in dict.fromkeys([*names, *kinds])
        }
    elif names:
        header["inputs"] = [*names]
    if schema:
        header["output_schema"] = schema
    if isinstance(front.get("metadata"), dict):
        header["metadata"] = front["metadata"]
    return header


def _input_names(front: Mapping[str, Data]) -> list[str]:
    schema = _mapping(_mapping(front.get("input")).get("schema"))
    fields = schema if is_picoschema(schema) else _mapping(schema.get("properties"))
    return [re.split(r"[?(]", name)[0].strip() for name in fields]


def _output_schema(output: Mapping[str, Data]) -> tuple[dict[str, Data] | None, tuple[str, ...]]:
    schema = output.get("schema")
    if schema is None:
        return None, ()
    try:
        return (read_picoschema(schema) if is_picoschema(schema) else _mapping(schema)), ()
    except ValueError as error:
        return None, (f"the output schema was left out: {error}",)


def _partials(
    path: str, translation: Translation, partials: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for name in translation.partials:
        if name not in partials:
            message = f"includes `{name}`, but there is no file `_{name}.prompt` beside it"
            raise ConfigurationError([Problem(path=path, message=message)])
        inner = _translate(f"_{name}.prompt", partials[name], first_line=1)
        yield f"{name}.v1.md", "\n\n".join(part.text for part in inner.messages) + "\n"
        yield from _partials(path, inner, partials)


def _notes(front: Mapping[str, Data], config: Mapping[str, Data]) -> Iterator[str]:
    written = front.get("model")
    if isinstance(written, str) and claude_model(written) is None:
        yield f"the model `{written}` is no Claude model and was replaced"
    sampling = [key for key in _SAMPLING if key in config]
    if sampling:
        yield f"{', '.join(sampling)} left out: Claude takes no sampling parameters"
    others = [key for key in config if key not in (*_SAMPLING, "maxOutputTokens")]
    if others:
        yield f"left out of `config`: {', '.join(others)}"
    if "default" in _mapping(front.get("input")):
        yield "input defaults were left out: each case gives every variable"
    if front.get("tools"):
        yield "the tools were left out, since the file only names them: add them under `tools`"
    unknown = [key for key in front if key not in (*_KNOWN, "description")]
    if unknown:
        yield f"left out of the front matter: {', '.join(unknown)}"


def _mapping(data: Data) -> dict[str, Data]:
    return data if isinstance(data, dict) else {}
