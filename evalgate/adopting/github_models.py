"""Adopts GitHub's `.prompt.yml`: messages, and test data with evaluators as an eval set."""

import json
import re
from collections.abc import Iterator, Mapping

from evalgate.adopting.adoption import Adoption, Message, claude_model, escape_strays, slug
from evalgate.model.document import Data, Document
from evalgate.model.reading import Section

_KEYS = (
    "name",
    "description",
    "model",
    "modelParameters",
    "responseFormat",
    "jsonSchema",
    "messages",
    "testData",
    "evaluators",
)
_STRINGS = ("equals", "contains", "startsWith", "endsWith")
_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")


def adopt_prompt_yml(document: Document) -> Adoption:
    """Return the adoption of a `.prompt.yml`.

    Raises:
        ConfigurationError: with every problem of the file.
    """
    section = Section(document)
    section.allow(*_KEYS)
    messages = tuple(_message(each) for each in section.sections("messages"))
    if not any(message.role == "user" for message in messages):
        section.note("messages", "expected at least one message with `role: user`")
    parameters = section.section("modelParameters")
    limit = parameters.integer("maxTokens", 0, least=1, most=128_000)
    limit = limit or parameters.integer("max_tokens", 0, least=1, most=128_000)
    written = section.text("model")
    stem = document.path.rpartition("/")[2].split(".prompt.")[0]
    schema, notes = _schema(section)
    evalset, left_out = _evalset(section)
    section.finish()
    return Adoption(
        name=slug(section.text("name") or stem),
        source=document.path,
        messages=messages,
        front=_header(section, schema),
        model=claude_model(written),
        max_tokens=limit or None,
        evalset=evalset,
        notes=(*_notes(written, parameters), *notes, *left_out),
    )


def _message(section: Section) -> Message:
    section.allow("role", "content")
    role = section.required_text("role")
    if role not in ("system", "user", "assistant"):
        section.note("role", f"expected system, user or assistant, got `{role}`")
    return Message(role=role, text=escape_strays(section.required_text("content")))


def _header(section: Section, schema: Mapping[str, Data] | None) -> dict[str, Data]:
    header: dict[str, Data] = {}
    if section.text("description"):
        header["description"] = section.text("description")
    if schema:
        header["output_schema"] = dict(schema)
    return header


def _schema(section: Section) -> tuple[Mapping[str, Data] | None, tuple[str, ...]]:
    text = section.text("jsonSchema")
    if not text:
        wanted = section.text("responseFormat") in ("json_object", "json_schema")
        note = "`responseFormat` was left out: give an `output_schema` to get JSON"
        return None, (note,) if wanted else ()
    try:
        data: Data = json.loads(text)
    except (ValueError, RecursionError) as error:
        section.note("jsonSchema", f"not JSON: {error}")
        return None, ()
    # The file holds the name and strictness of the schema around the schema itself.
    inner = data.get("schema", data) if isinstance(data, dict) else None
    if isinstance(inner, dict):
        return inner, ()
    section.note("jsonSchema", "expected a JSON Schema as text")
    return None, ()


def _notes(written: str, parameters: Section) -> Iterator[str]:
    if written and claude_model(written) is None:
        yield f"the model `{written}` is no Claude model and was replaced"
    others = [key for key in parameters.data if key not in ("maxTokens", "max_tokens")]
    if others:
        yield f"left out of `modelParameters`: {', '.join(others)}"


def _evalset(section: Section) -> tuple[dict[str, Data] | None, tuple[str, ...]]:
    rows = list(section.sections("testData"))
    if not rows:
        return None, ()
    graders, notes = _graders(section)
    cases: list[Data] = []
    for number, row in enumerate(rows, start=1):
        values = {key: value for key, value in row.data.items() if key != "expected"}
        case: dict[str, Data] = {"id": f"row-{number}", "vars": values}
        if row.data.get("expected") is not None:
            case["expected"] = row.data["expected"]
        cases.append(case)
    if not graders:
        notes = (*notes, "no evaluator could be translated: add graders before you run the set")
    return {"graders": graders, "cases": cases}, notes


def _graders(section: Section) -> tuple[list[Data], tuple[str, ...]]:
    graders: list[Data] = []
    notes: list[str] = []
    for evaluator in section.sections("evaluators"):
        name = evaluator.text("name")
        found = _string_grader(evaluator)
        if found is None:
            kind = evaluator.data.get("uses", "its own judge")
            notes.append(f"the evaluator `{name}` ({kind}) was left out: write a rubric instead")
        else:
            graders.append({**found, "name": name} if name else found)
    return graders, tuple(notes)


def _string_grader(evaluator: Section) -> dict[str, Data] | None:
    """Return the grader of a `string` evaluator; all but `equals` pay no heed to letter case."""
    tests = evaluator.mapping("string") if "string" in evaluator.data else {}
    for key in _STRINGS:
        value = tests.get(key)
        if not isinstance(value, str):
            continue
        match key:
            case "equals":
                return {"equals": value}
            case "contains":
                return {"icontains": value}
            case "startsWith":
                return {"regex": f"(?i)\\A{_pattern(value)}"}
            case _:
                return {"regex": f"(?i){_pattern(value)}\\Z"}
    return None


def _pattern(value: str) -> str:
    """Return a pattern for a literal text; its variables stay, and are filled literally too."""
    pieces = _VARIABLE.split(value)
    return "".join(
        f"{{{{{piece}}}}}" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces)
    )
