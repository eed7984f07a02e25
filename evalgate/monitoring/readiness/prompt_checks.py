"""Items about prompts: what is published stays, salts differ, a rollback has a goal; pure."""

from collections import Counter
from shlex import quote

from evalgate.model.readiness import Topic
from evalgate.monitoring.readiness.facts import Facts
from evalgate.monitoring.readiness.item import (
    Found,
    Item,
    by_hand,
    failed,
    listed,
    ok,
    skipped,
    warning,
)


def _immutable(facts: Facts) -> Found:
    changed = [path for prompt in facts.prompts for path in prompt.changed]
    if changed:
        return failed(
            f"changed after they were published: {listed(changed)}",
            "add a new version instead, and bring the old text back with git",
        )
    if not facts.has_history:
        return by_hand("the prompts are in no work tree of git, so their past is not known")
    return ok("no file of a published version was changed since")


def _hashes(facts: Facts) -> Found:
    strange = [f"{each.name} {version}" for each in facts.prompts for version in each.strange]
    if strange:
        return failed(
            f"their content is not the one that a rollout was about: {listed(strange)}",
            "bring the content back with git, or start a rollout of a new version",
        )
    return ok("the identity of each version is the one that its rollout names, where it had one")


def _salts(facts: Facts) -> Found:
    canaries = [each for each in facts.prompts if each.canary]
    if not canaries:
        return skipped("no canary is running")
    counted = Counter(each.salt for each in canaries)
    shared = [each.name for each in canaries if counted[each.salt] > 1]
    if shared:
        return failed(
            f"canaries with one and the same salt: {listed(shared)}: the same users get them all",
            *(f"prompts/{name}/live.yaml: give the canary another salt" for name in shared[1:4]),
        )
    return ok(f"{len(canaries)} running, each with a salt of its own")


def _rollback(facts: Facts) -> Found:
    lost = [f"{each.name} {version}" for each in facts.prompts for version in each.lost]
    if lost:
        return failed(
            f"versions that a rollback would go to have no file: {listed(lost)}",
            "bring their files back with git",
        )
    served = [each for each in facts.prompts if each.stable]
    if not served:
        return skipped("no prompt has a stable version")
    without = [each.name for each in served if not each.good]
    if without:
        return warning(
            f"nothing to roll back to: {listed(without)}; the kill switch still works",
            *(f"evalgate switch {quote(name)} --disable --dry-run" for name in without[:3]),
        )
    told = listed([f"{each.name} to {each.good[0]}" for each in served])
    return ok(f"known for each prompt: {told}")


def _switched_off(facts: Facts) -> Found:
    off = [each.name for each in facts.prompts if each.disabled]
    if off:
        return warning(
            f"switched off: {listed(off)}",
            *(f"evalgate switch {quote(name)} --enable" for name in off[:3]),
        )
    return ok("no prompt is switched off")


ITEMS = (
    Item(
        id="immutable",
        topic=Topic.PROMPTS,
        title="Versions are immutable",
        demand="What was published is what is there, by the history of git.",
        check=_immutable,
    ),
    Item(
        id="hashes",
        topic=Topic.PROMPTS,
        title="Hashes match",
        demand="A version's content is the one that its rollout was about.",
        check=_hashes,
    ),
    Item(
        id="salts",
        topic=Topic.PROMPTS,
        title="Canary salts",
        demand="No two canaries share a salt.",
        check=_salts,
    ),
    Item(
        id="rollback",
        topic=Topic.PROMPTS,
        title="Rollback is known",
        demand="Each prompt has a last good version, and its file is there.",
        check=_rollback,
    ),
    Item(
        id="switched-off",
        topic=Topic.PROMPTS,
        title="Switches",
        demand="No prompt is switched off by oversight.",
        check=_switched_off,
    ),
)
