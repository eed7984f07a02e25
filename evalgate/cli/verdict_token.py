"""Reads from the environment what a request for a verdict must bring along."""

from collections.abc import Mapping

from evalgate.errors import UsageError

TOKEN = "EVALGATE_VERDICT_TOKEN"  # noqa: S105 - the name of a variable


def verdict_token(variables: Mapping[str, str]) -> str:
    """Return the token, empty where the variable is not set.

    Raises:
        UsageError: when it is set and of no use: an empty secret must not open the door.
    """
    if TOKEN not in variables:
        return ""
    token = variables[TOKEN].strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(
            f"{TOKEN} is set, and expected are printable ASCII characters without spaces: give it "
            "a value, or unset it to ask for no token"
        )
    return token
