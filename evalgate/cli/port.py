"""Reads the number of a port from the command line."""

from argparse import ArgumentTypeError

LAST_PORT = 65535


def port_number(text: str) -> int:
    """Return a port; 0 stands for any free one.

    Raises:
        ArgumentTypeError: when it is none.
    """
    number = int(text) if text.isdecimal() and len(text) <= 5 else -1
    if not 0 <= number <= LAST_PORT:
        raise ArgumentTypeError(f"expected a whole number from 0 to {LAST_PORT}")
    return number
