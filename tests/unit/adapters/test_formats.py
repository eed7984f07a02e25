"""Facts about the formats behind one adapter."""

import subprocess
import sys

from evalgate.adapters.formats import FORMATS


def test_every_format_is_read() -> None:
    assert FORMATS.read_yaml("a.yaml", b"a: 1").data == {"a": 1}
    assert FORMATS.read_json("a.json", b'{"a": 1}').data == {"a": 1}
    assert len(list(FORMATS.read_json_lines("a.jsonl", b"1\n\n2\n"))) == 2
    assert FORMATS.read_template("{{ a }}", {}).fill({"a": "x"}) == "x"


def test_jinja_is_loaded_by_the_first_template_only() -> None:
    code = (
        "import sys\nfrom evalgate.adapters.formats import FORMATS\n"
        "FORMATS.read_yaml('a', b'a: 1')\nbefore = 'jinja2' in sys.modules\n"
        "FORMATS.read_template('x', {})\nprint(before, 'jinja2' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
