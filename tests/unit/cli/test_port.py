"""Facts about ports on the command line."""

from argparse import ArgumentTypeError

import pytest

from evalgate.cli.port import port_number


@pytest.mark.parametrize(("text", "port"), [("0", 0), ("8377", 8377), ("65535", 65535)])
def test_a_port_is_a_number(text: str, port: int) -> None:
    assert port_number(text) == port


@pytest.mark.parametrize("text", ["", "-1", "65536", "8e3", "080808", "٣ a", "9" * 5_000])
def test_what_is_no_port_is_refused_with_the_range(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="expected a whole number from 0 to 65535"):
        port_number(text)
