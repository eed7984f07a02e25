"""Lines of the call log as readers with named columns see them: what is left out is None."""

import json
from dataclasses import fields

from evalgate.adapters.log_columns import CALL, COLUMNS
from evalgate.model.call import Try

_ATTEMPT = tuple(each.name for each in fields(Try))


def columns_of(line: str | bytes) -> dict[str, object]:
    """Return what a line says, and None for each column of a call that it leaves out."""
    row: dict[str, object] = json.loads(line)
    if row.get("schema") != CALL:
        return row
    tries = row["tries"]
    assert isinstance(tries, list)
    whole = [dict.fromkeys(_ATTEMPT) | each for each in tries]
    return {**dict.fromkeys(COLUMNS), **row, "tries": whole}
