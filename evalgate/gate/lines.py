"""Where the versions of a plan differ from what they are held against."""

from itertools import zip_longest

from evalgate.gate.planning import Plan


def changed_lines(plan: Plan) -> dict[tuple[str, str], tuple[str, int]]:
    """Return prompt and version → the path of its file, and the first line that differs.

    A version with nothing to be held against differs from its first line on.
    """
    found: dict[tuple[str, str], tuple[str, int]] = {}
    for matchup in plan.matchups:
        candidate = matchup.candidate
        version, baseline = candidate.version, candidate.baseline
        prompts = plan.sources.prompts
        now = prompts.head.get(version.prompt)
        past = prompts.base.get(candidate.formerly or version.prompt)
        if now is None or version.version not in now.versions:
            continue  # a judge's matchup is about no file
        before = past.versions.get(baseline.version, b"") if past and baseline else b""
        line = _first_difference(before, now.versions[version.version])
        found[version.prompt, version.version] = (version.path, line)
    return found


def _first_difference(before: bytes, after: bytes) -> int:
    """Return the number of the first line that differs; the last line where only the end is cut."""
    new = after.splitlines()
    for number, (old, line) in enumerate(zip_longest(before.splitlines(), new), start=1):
        if old != line:
            return max(1, min(number, len(new)))
    return 1
