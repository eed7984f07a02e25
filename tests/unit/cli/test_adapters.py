"""Facts about what is handed out when it is needed."""

import subprocess
import sys

import pytest

PROGRAM = (
    "import sys\nsys.modules['vl_convert'] = None\n"
    "from evalgate.cli import adapters\nfrom evalgate.errors import MissingExtraError\n"
    "try:\n    adapters.{call}(None)\nexcept MissingExtraError as error:\n    print(error)\n"
)


@pytest.mark.parametrize("call", ["page", "selftest_page"])
def test_a_page_without_the_library_of_its_charts_says_what_to_install(call: str) -> None:
    command = (sys.executable, "-c", PROGRAM.format(call=call))
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == (
        "the HTML page needs packages that are not installed (vl_convert): "
        "in evalgate's checkout run python -m pip install '.[gate]'\n"
    )
