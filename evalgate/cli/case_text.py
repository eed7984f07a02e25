"""A case as the text that would stand under `cases:` in an eval set file."""

from evalgate.adapters.files import write_yaml
from evalgate.model.evalset import Case


def case_yaml(case: Case) -> str:
    """Return a case as one entry of a list, `- id: …`, without what its set gives to all cases.

    Put into the set that it comes from, it reads as the same case; a line of a JSONL file becomes
    YAML. Comments are not kept, and an alias is what it stands for.
    """
    return write_yaml([case.written])
