"""Facts about the verdict that a rollout begins on."""

import json
from dataclasses import replace

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError, ExitCode, UsageError
from evalgate.model.document import Data
from evalgate.model.verdict import PromptVerdict, Reason, RunVerdict, Verdict, VersionRef
from evalgate.prompts.library import Prompt
from evalgate.reporting.verdict_file import verdict_document
from evalgate.rollout.offline import Offline, check_comparable, offline_verdict
from tests.unit.rollout.asked import VERSION
from tests.unit.rollout.by_hand import shop
from tests.unit.rollout.rollouts import edited

PATH = "reports/r1/verdict.json"
SHOP = shop()


def ref(version: str, prompt: Prompt = SHOP) -> VersionRef:
    return VersionRef(version=version, hash=prompt.identity(version) or "")


def entry(
    verdict: Verdict = Verdict.PASS,
    *,
    candidate: VersionRef | None = ref("v4"),  # noqa: B008 - frozen
    baseline: VersionRef | None = ref("v3"),  # noqa: B008 - frozen
    evalset: str = "s",
    code: str = "x",
) -> PromptVerdict:
    return PromptVerdict(
        name="p",
        evalset=evalset,
        candidate=candidate,
        baseline=baseline,
        verdict=verdict,
        reasons=(Reason(code=code, message="It lost 9 points."),),
        max_drop=0.05,
        alpha=0.05,
    )


def found(code: str, verdict: Verdict = Verdict.PASS) -> PromptVerdict:
    return entry(verdict, candidate=None, baseline=None, evalset="", code=code)


def run(*entries: PromptVerdict, verdict: Verdict = Verdict.PASS) -> dict[str, Data]:
    return verdict_document(
        RunVerdict(
            run_id="20261120-090000-1f3a",
            verdict=verdict,
            reasons=(),
            exit_code=ExitCode.OK,
            base="b",
            head="h",
            policy_hash="",
            prompts=entries,
        )
    )


def proof(data: Data, prompt: Prompt = SHOP, version: str = "v4") -> Offline:
    document = FORMATS.read_json(PATH, json.dumps(data).encode())
    return offline_verdict(document, prompt=prompt, version=version, parser=FORMATS)


def refused(data: Data, prompt: Prompt = SHOP, version: str = "v4") -> str:
    with pytest.raises(UsageError) as caught:
        proof(data, prompt, version)
    return str(caught.value)


def test_a_pass_of_this_version_against_the_stable_one_is_a_proof() -> None:
    assert proof(run(entry(), entry(evalset="t"))) == Offline(
        run_id="20261120-090000-1f3a", version="v4", hash=SHOP.identity("v4") or ""
    )


def test_a_refusal_names_file_reason_and_the_command_that_judges() -> None:
    assert refused(run()) == (
        "reports/r1/verdict.json says nothing of v4 of `p`: judge it with `evalgate promote p v4 "
        "--percent 5 --dry-run`, which moves nothing, and begin with the verdict.json of that run"
    )


def test_simulated_answers_are_told() -> None:
    assert proof(run(entry()) | {"simulated": True}).simulated


@pytest.mark.parametrize("other", [replace(entry(), name="q"), entry(candidate=ref("v2"))])
def test_a_verdict_about_something_else_says_nothing(other: PromptVerdict) -> None:
    assert "says nothing of v4 of `p`" in refused(run(other))


@pytest.mark.parametrize(
    "verdict", [Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.NOT_APPLICABLE]
)
def test_whatever_is_no_pass_on_every_set_is_no_proof(verdict: Verdict) -> None:
    said = refused(run(entry(), entry(verdict, evalset="t")))
    assert f"says {verdict.value} of `p` on t, not pass (It lost 9 points.)" in said


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.INCONCLUSIVE])
def test_what_was_found_without_a_run_counts_too(verdict: Verdict) -> None:
    said = refused(run(entry(), found("history_rewritten", verdict)))
    assert f"says {verdict.value} of `p`, not pass" in said


def test_another_version_of_the_prompt_that_did_not_pass_is_against_it() -> None:
    other = entry(Verdict.INCONCLUSIVE, candidate=ref("v2"))
    assert "says inconclusive of `p`" in refused(run(entry(), other))


def test_what_decides_nothing_and_what_is_about_other_prompts_is_passed_over() -> None:
    remark = found("unreferenced_version", Verdict.NOT_APPLICABLE)
    other = replace(entry(Verdict.INCONCLUSIVE), name="q")
    assert proof(run(entry(), remark, other, verdict=Verdict.INCONCLUSIVE)).version == "v4"


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict.FAIL, "says fail of its run, which let nothing through"),
        (Verdict.ERROR, "says error of its run, which let nothing through"),
        (Verdict.NOT_APPLICABLE, "only advises: the base had no policy"),
    ],
)
def test_a_run_that_let_nothing_through_is_no_proof(verdict: Verdict, said: str) -> None:
    assert said in refused(run(entry(), verdict=verdict))


def test_a_run_without_a_verdict_is_no_proof() -> None:
    data = run(entry())
    del data["verdict"]
    assert "says error of its run" in refused(data)


def test_an_entry_without_a_verdict_is_no_proof() -> None:
    data = json.loads(json.dumps(run(entry())))
    del data["prompts"][0]["verdict"]
    assert "says error of `p` on s" in refused(data)


def test_an_edit_since_voids_the_proof() -> None:
    edit = replace(SHOP, versions={**SHOP.versions, "v4": SHOP.versions["v4"] + b"\nMore."})
    assert "judged another content of v4, which, or what it includes, has changed since" in refused(
        run(entry()), edit
    )


def test_another_baseline_voids_the_proof() -> None:
    said = "judged v4 against v3, and not against v3 as it is now"
    edit = replace(SHOP, versions={**SHOP.versions, "v3": SHOP.versions["v3"] + b"\nMore."})
    assert said in refused(run(entry()), edit)
    moved = edited(SHOP, stable="v2")
    assert "judged v4 against v3, and not against v2 as it is now" in refused(run(entry()), moved)
    by_itself = run(entry(baseline=None))
    assert "judged v4 by itself, and not against v3 as it is now" in refused(by_itself)
    mixed = run(entry(), entry(baseline=ref("v2"), evalset="t"))
    assert "judged v4 against v2" in refused(mixed)


def test_the_same_baseline_under_another_name_is_the_same() -> None:
    renamed = VersionRef(version="v1", hash=SHOP.identity("v3") or "")
    assert proof(run(entry(baseline=renamed))).version == "v4"


@pytest.mark.parametrize("code", ["identical_request", "identical_version"])
def test_a_version_that_asks_the_same_needs_no_run_while_it_does(code: str) -> None:
    versions = {**SHOP.versions, "v4": SHOP.versions["v3"]}
    assert proof(run(found(code)), replace(SHOP, versions=versions)).version == "v4"
    other = VERSION.replace("max_tokens", "description: calm\nmax_tokens").format("Say v3.")
    alike = replace(SHOP, versions={**SHOP.versions, "v4": other.encode()})
    assert alike.identity("v4") != alike.identity("v3")
    assert proof(run(found(code)), alike).hash == alike.identity("v4")
    assert "says nothing of v4" in refused(run(found(code)))


def test_that_a_version_asks_the_same_must_have_been_found() -> None:
    alike = replace(SHOP, versions={**SHOP.versions, "v4": SHOP.versions["v3"]})
    assert "says nothing of v4" in refused(run(found("prompt_renamed")), alike)
    other = entry(candidate=ref("v2"), code="identical_request")
    assert "says nothing of v4" in refused(run(other), alike)
    gone = replace(alike, versions={"v4": SHOP.versions["v4"]})
    assert "says nothing of v4" in refused(run(found("identical_request")), gone)


@pytest.mark.parametrize("schema", [None, "verdict/2", "plan/1", 1])
def test_another_schema_is_no_verdict(schema: Data) -> None:
    said = refused(run(entry()) | {"schema": schema})
    assert "is no verdict that can be read: expected verdict/1, got" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"run_id": None}, "the key `run_id` is missing"),
        ({"run_id": "a b"}, "run_id: expected up to 100 letters, digits"),
        ({"run_id": "a" * 101}, "run_id: expected up to 100 letters, digits"),
        ({"verdict": "fine"}, "verdict: expected one of"),
        ({"prompts": "p"}, "prompts: expected a list"),
        ({"prompts": [{"name": "p", "candidate": {"version": "v4"}}]}, "`hash` is missing"),
        ({"simulated": "no"}, "simulated: expected true or false"),
    ],
)
def test_a_verdict_that_is_wrong_says_where(changes: dict[str, Data], said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        proof(run(entry()) | changes)
    assert said in str(caught.value)


def test_a_file_that_is_no_mapping_is_no_verdict() -> None:
    assert "is no verdict that can be read" in refused([1])


def test_what_cannot_be_compared_is_refused_before_the_verdict_is_read() -> None:
    assert "is the stable version of `p` already" in refused([], version="v3")
    assert "did you mean `v4`?" in refused([], version="v44")
    assert "no stable version yet" in refused([], edited(SHOP, stable=None))
    check_comparable(SHOP, "v4")
