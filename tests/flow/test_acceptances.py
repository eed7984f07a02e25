"""Facts about changes of eval sets that the base accepts, in a whole gate."""

from hashlib import sha256

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError
from evalgate.gate.acceptances import acceptances_text, content_of
from evalgate.gate.evalsets import read_sets
from evalgate.model.acceptance import REMOVED, Acceptance
from evalgate.model.verdict import Verdict
from tests.flow.test_gate import BASE, HARMLESS, NAMES, evalset, gate, version

SET = "evalsets/replies.yaml"
FILE = "reports/accepted/replies.yaml"
SHORTER = {SET: evalset(NAMES[:64])}


def content(text: str | None) -> str:
    if text is None:
        return REMOVED
    sets, problems = read_sets({SET: text.encode()}, "evalsets", FORMATS)
    assert problems == []
    return content_of(sets["replies"])


def accepting(becomes: str | None, *, replaces: str = BASE[SET], by: str = "Ann") -> dict[str, str]:
    """Return the file by which the base accepts that a set takes the place of another."""
    entry = Acceptance(
        content=content(becomes),
        replaces=content(replaces),
        by=by,
        at="2026-11-20",
        reason="the shop sells no kettles any more",
    )
    return {FILE: acceptances_text([entry])}


async def test_a_set_of_which_too_much_is_deleted_passes_once_the_base_accepts_it() -> None:
    held = await gate(BASE | HARMLESS | SHORTER)
    assert (held.verdict.verdict, held.codes) == (Verdict.INCONCLUSIVE, ["set_changed"])
    assert held.verdict.reasons[0].message.endswith(
        "change the set in a pull request of its own; "
        "a maintainer accepts it by `evalgate accept replies --head h --reason TEXT`."
    )
    base = BASE | accepting(SHORTER[SET])
    run = await gate(base | HARMLESS | SHORTER, base=base)
    assert (run.verdict.verdict, run.codes) == (Verdict.PASS, ["non_inferior"])
    assert run.verdict.notes[0] == (
        "evalsets/replies: Ann accepted its change on 2026-11-20: "
        "the shop sells no kettles any more."
    )
    assert run.verdict.prompts[0].cases.compared == 64


async def test_an_acceptance_lets_no_worse_version_through() -> None:
    base = BASE | accepting(SHORTER[SET])
    damaging = {"prompts/p/v2.md": version("Say that returns are easy.")}
    run = await gate(base | damaging | SHORTER, base=base)
    assert (run.verdict.verdict, run.codes) == (Verdict.FAIL, ["regression"])


async def test_a_further_edit_of_the_set_voids_its_acceptance() -> None:
    base = BASE | accepting(SHORTER[SET])
    run = await gate(base | HARMLESS | {SET: evalset(NAMES[:63])}, base=base)
    assert run.codes == ["set_changed"]
    assert "replies differs from what Ann accepted on 2026-11-20, so that does not count." in (
        run.verdict.notes
    )


async def test_a_change_that_brings_its_own_acceptance_gains_nothing() -> None:
    run = await gate(BASE | HARMLESS | SHORTER | accepting(SHORTER[SET]))
    assert run.codes == ["set_changed"]
    assert f"{FILE} changed: an acceptance takes effect after the merge." in run.verdict.notes


async def test_an_acceptance_of_the_past_brings_no_old_set_back() -> None:
    """The set was accepted in place of another one; what the base has by now, nobody gave up."""
    grown = {SET: evalset([*NAMES, *(f"n{number}" for number in range(30))])}
    base = BASE | grown | accepting(SHORTER[SET])
    run = await gate(base | HARMLESS | SHORTER, base=base)
    assert run.codes == ["set_changed"]
    assert (
        "replies is as Ann accepted it on 2026-11-20, but the base has another set by now."
    ) in run.verdict.notes


async def test_what_only_the_policy_of_the_head_rules_is_not_accepted() -> None:
    base = {path: text for path, text in BASE.items() if not path.startswith(".github")}
    base |= accepting(SHORTER[SET])
    run = await gate(base | HARMLESS | SHORTER | {".github/evalgate.yml": ""}, base=base)
    assert run.verdict.verdict is Verdict.NOT_APPLICABLE
    assert not any("Ann accepted" in note for note in run.verdict.notes)


CRITICAL = {SET: evalset(NAMES).replace("{id: c000,", "{id: c000, critical: true,")}


async def test_critical_cases_may_go_once_that_is_accepted() -> None:
    base = BASE | CRITICAL
    head = {SET: evalset(NAMES[1:])}
    held = await gate(base | HARMLESS | head, base=base)
    assert held.codes == ["critical_case_changed"]
    assert "`evalgate accept replies --head h" in held.verdict.reasons[0].message
    base |= accepting(head[SET], replaces=CRITICAL[SET])
    assert (await gate(base | HARMLESS | head, base=base)).verdict.verdict is Verdict.PASS


async def test_a_case_that_is_made_uncritical_by_an_accepted_change_counts_once_more() -> None:
    """What the change does to the case holds from the next change on."""
    base = BASE | CRITICAL | accepting(BASE[SET], replaces=CRITICAL[SET])
    run = await gate(base | HARMLESS | {SET: BASE[SET]}, base=base)
    assert run.verdict.verdict is Verdict.PASS
    assert run.plan.matchups[0].planned[0].critical


async def test_a_protected_slice_may_go_once_that_is_accepted() -> None:
    tagged = evalset(NAMES).replace("{id: c00", "{tags: [vip], id: c00")
    base = BASE | {SET: tagged, ".github/evalgate.yml": "gate: {protected_slices: [vip]}\n"}
    held = await gate(base | HARMLESS | {SET: BASE[SET]}, base=base)
    assert held.codes == ["protected_slice_gone"]
    base |= accepting(BASE[SET], replaces=tagged)
    assert (await gate(base | HARMLESS | {SET: BASE[SET]}, base=base)).codes == ["non_inferior"]


async def test_an_eval_set_may_go_once_that_is_accepted() -> None:
    more = {"evalsets/more.yaml": evalset(NAMES)}
    base = BASE | more
    held = await gate(BASE | HARMLESS, base=base)
    assert held.codes == ["evalset_removed"]
    base |= accepting(None, replaces=BASE[SET])  # another set's name, so nothing about this one
    assert (await gate(BASE | HARMLESS, base=base)).codes == ["evalset_removed"]
    base["reports/accepted/more.yaml"] = base[FILE]
    head = {path: text for path, text in base.items() if path != "evalsets/more.yaml"}
    run = await gate(head | HARMLESS, base=base)
    assert run.verdict.verdict is Verdict.PASS
    assert run.verdict.notes[0].startswith("evalsets/more: Ann accepted that it is removed")


@pytest.mark.parametrize("is_same", [True, False])
async def test_a_set_that_the_base_cannot_read_may_go_once_that_is_accepted(is_same: bool) -> None:
    base = BASE | {"evalsets/more.yaml": "prompts: [p\n"}
    assert (await gate(BASE | HARMLESS, base=base)).codes == ["evalset_removed"]
    digest = sha256(base["evalsets/more.yaml"].encode() if is_same else b"").hexdigest()
    entry = Acceptance(
        content=REMOVED,
        replaces=f"unreadable {digest}",
        by="Ann",
        at="2026-11-20",
        reason="it was broken",
    )
    base["reports/accepted/more.yaml"] = acceptances_text([entry])
    run = await gate(BASE | HARMLESS, base=base)
    assert run.codes == (["non_inferior"] if is_same else ["evalset_removed"])


async def test_other_doubts_stay() -> None:
    """Neither a deleted policy nor a branch behind its base is about the content of a set."""
    base = BASE | accepting(SHORTER[SET])
    head = {path: text for path, text in base.items() if not path.startswith(".github")}
    run = await gate(head | HARMLESS | SHORTER, base=base)
    assert run.codes == ["policy_deleted"]
    grown = base | {SET: evalset([*NAMES, *(f"n{number}" for number in range(30))])}
    grown |= accepting(SHORTER[SET], replaces=grown[SET])
    behind = await gate(base | HARMLESS | SHORTER, base=grown, fork=base)
    assert behind.codes == ["branch_behind"]


EDITED = {SET: evalset(NAMES, asks="can I return it")}


@pytest.mark.parametrize(
    ("policy", "verdict", "code"),
    [
        ("gate: {min_pass_rate: 0.9}\n", Verdict.PASS, "no_comparable_cases"),
        ("gate: {max_drop: 5}\n", Verdict.INCONCLUSIVE, "no_comparable_cases"),
    ],
)
async def test_a_set_of_which_nothing_is_left_is_judged_by_the_absolute_rule(
    policy: str, verdict: Verdict, code: str
) -> None:
    base = BASE | accepting(EDITED[SET]) | {".github/evalgate.yml": policy}
    run = await gate(base | HARMLESS | EDITED, base=base)
    assert (run.verdict.verdict, run.codes) == (verdict, [code])


async def test_a_set_that_changes_alone_passes_once_it_is_accepted() -> None:
    held = await gate(BASE | EDITED)
    assert held.codes[0] == "set_changed"
    base = BASE | accepting(EDITED[SET])
    run = await gate(base | EDITED, base=base)
    assert (run.verdict.verdict, run.codes) == (Verdict.PASS, ["version_unchanged"])


async def test_a_wrong_acceptance_of_the_base_is_an_error_where_it_would_count_alone() -> None:
    base = BASE | {FILE: "accepted: [{content: x}]\n"}
    assert (await gate(base | HARMLESS, base=base)).verdict.verdict is Verdict.PASS
    with pytest.raises(ConfigurationError, match="in the file of the base"):
        await gate(base | HARMLESS | SHORTER, base=base)


async def test_a_set_that_stays_while_its_prompt_goes_elsewhere_is_nothing_to_accept() -> None:
    head = {path.replace("/p/", "/q/"): text for path, text in BASE.items()}
    run = await gate(head)
    assert run.codes == ["evalset_removed"]
    assert "evalgate accept" not in run.verdict.reasons[0].message


async def test_an_acceptance_is_about_one_set_alone() -> None:
    base = BASE | {"evalsets/more.yaml": BASE[SET]} | accepting(SHORTER[SET])
    run = await gate(base | HARMLESS | SHORTER | {"evalsets/more.yaml": SHORTER[SET]}, base=base)
    assert run.codes == ["set_changed"]
    assert {each.evalset: each.verdict for each in run.verdict.prompts} == {
        "replies": Verdict.PASS,
        "more": Verdict.INCONCLUSIVE,
    }


@pytest.mark.parametrize(
    "path", ["reports/accepted/replies.yml", "reports/accepted/a/replies.yaml"]
)
async def test_an_acceptance_in_another_file_than_its_own_counts_for_nothing(path: str) -> None:
    (text,) = accepting(SHORTER[SET]).values()
    base = BASE | {path: text}
    run = await gate(base | HARMLESS | SHORTER, base=base)
    assert run.codes == ["set_changed"]
