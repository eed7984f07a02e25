"""Writes pages that need nothing else: no network, no font, no other file.

A page carries a content security policy that allows its own style sheet and its own script, each by
its hash, and nothing besides; no text can become markup in it, not even by that script.
"""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from evalgate.reporting.numbers import (
    count,
    milliseconds,
    money,
    percent,
    points,
    signed_points,
    tally,
)
from evalgate.reporting.visible import visible

_CODE = re.compile(r"`([^`\n]+)`")


def written(
    template: str,
    *,
    styles: Sequence[str] = ("report.css",),
    scripts: Sequence[str] = (),
    shared: Mapping[str, object] | None = None,
    **values: object,
) -> str:
    """Return a page that carries its style and script, and a policy that allows nothing else.

    Args:
        template: its file in the folder of templates.
        styles: the files of its style there.
        scripts: the files of its script there, which see each other's names.
        shared: what the template and all that it includes or imports may name.
        values: what the template itself names.
    """
    environment = _environment()
    style, script = (_joined(environment, files) for files in (styles, scripts))
    return environment.get_template(template, globals=dict(shared or {})).render(
        **values,
        style=Markup(style),  # noqa: S704 - our own files; the policy's hash is over these bytes
        script=Markup(script),  # noqa: S704 - likewise
        policy=_content_security_policy(style, script),
    )


def _joined(environment: Environment, files: Sequence[str]) -> str:
    loader = PackageLoader("evalgate.reporting")
    return "".join(loader.get_source(environment, name)[0] for name in files)


def _content_security_policy(style: str, script: str) -> str:
    allowed = f"script-src 'sha256-{_digest(script)}'; " if script else ""
    return (
        f"default-src 'none'; style-src 'sha256-{_digest(style)}'; {allowed}"
        "base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


@cache  # to compile the templates takes longer than to fill them
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("evalgate.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "count": count,
        "milliseconds": milliseconds,
        "money": money,
        "percent": percent,
        "points": points,
        "prose": _prose,
        "signed_points": signed_points,
        "tally": tally,
    }
    return environment


def _shown(value: object) -> object:
    """Make every text that the templates write visible, before it is escaped."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _prose(text: str) -> Markup:
    """Escape a sentence and set what stands between backticks as code."""
    escaped = str(escape(visible(text)))
    return Markup(_CODE.sub(r"<code>\1</code>", escaped))  # noqa: S704 - escaped above
