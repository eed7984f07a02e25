"""Reads the verdict that a rollout begins on, or says why it proves nothing here; pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from shlex import quote

from evalgate.errors import UsageError
from evalgate.model.document import Document
from evalgate.model.ports import Parser
from evalgate.model.reading import Section, describe, shortened
from evalgate.model.verdict import Verdict, VersionRef
from evalgate.prompts.asking import asks_alike
from evalgate.prompts.library import Prompt
from evalgate.reporting.verdict_file import SCHEMA
from evalgate.rollout.hand_move import check_version
from evalgate.rollout.ruling import NOTHING_TO_RUN

_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offline:
    """What a verdict proves: the version of this identity is no worse than the stable one.

    `run_id` is that of the gate's run. `simulated` tells that no Claude was asked.
    """

    run_id: str
    version: str
    hash: str
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """What a verdict says of one candidate on one eval set, or what was found without a run."""

    evalset: str
    verdict: Verdict
    candidate: VersionRef | None
    baseline: VersionRef | None
    codes: frozenset[str]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """Which version of a prompt a verdict, in the file `path`, is to prove anything of."""

    path: str
    prompt: Prompt
    version: str

    def refusal(self, why: str) -> UsageError:
        """Return the error that says why it does not, and what to do."""
        name = quote(self.prompt.name)
        return UsageError(
            f"{self.path} {why}: judge it with `evalgate promote {name} {self.version} --percent 5 "
            "--dry-run`, which moves nothing, and begin with the verdict.json of that run"
        )


def check_comparable(prompt: Prompt, version: str) -> None:
    """Raise UsageError when a prompt has no such version, or none to compare it with."""
    check_version(prompt, version)
    name = quote(prompt.name)
    if prompt.stable is None:
        raise UsageError(
            f"`{prompt.name}` has no stable version yet, so nothing can share the traffic with "
            f"{version}: make it stable with `evalgate promote {name} {version} --percent 100`"
        )
    if version == prompt.stable:
        raise UsageError(f"version: {version} is the stable version of `{prompt.name}` already")


def offline_verdict(document: Document, *, prompt: Prompt, version: str, parser: Parser) -> Offline:
    """Return what `verdict.json` proves of a version.

    Args:
        document: the file, parsed.
        prompt: as it is now.
        version: that is to be rolled out.
        parser: reads versions, where the run found that two ask the same.

    Raises:
        UsageError: when it is no pass of exactly this version against exactly the stable one.
        ConfigurationError: when it is no verdict.
    """
    check_comparable(prompt, version)
    question = _Question(path=document.path, prompt=prompt, version=version)
    section = Section(document)
    if section.data.get("schema") != SCHEMA:
        got = describe(section.data.get("schema"))
        raise question.refusal(f"is no verdict that can be read: expected {SCHEMA}, got {got}")
    entries = tuple(_entries(section, prompt.name))
    run = section.choice("verdict", Verdict.ERROR)
    run_id = section.required_text("run_id")
    if run_id and _RUN_ID.fullmatch(run_id) is None:
        section.note("run_id", "expected up to 100 letters, digits, `-`, `_` and `.`")
    simulated = section.flag("simulated", default=False)
    section.finish()
    _check_about(question, entries, parser)
    _check_passed(question, entries, run)
    return Offline(
        run_id=run_id, version=version, hash=prompt.identity(version) or "", simulated=simulated
    )


def _entries(section: Section, name: str) -> Iterator[_Entry]:
    for entry in section.sections("prompts"):
        if entry.data.get("name") != name:
            continue
        reasons = list(entry.sections("reasons"))
        yield _Entry(
            evalset=entry.text("evalset"),
            verdict=entry.choice("verdict", Verdict.ERROR),
            candidate=_ref(entry, "candidate"),
            baseline=_ref(entry, "baseline"),
            codes=frozenset(reason.text("code") for reason in reasons),
            message=next((reason.text("message") for reason in reasons), ""),
        )


def _ref(entry: Section, key: str) -> VersionRef | None:
    if entry.data.get(key) is None:
        return None
    section = entry.section(key)
    return VersionRef(version=section.required_text("version"), hash=section.required_text("hash"))


def _check_about(question: _Question, entries: Sequence[_Entry], parser: Parser) -> None:
    """Raise UsageError when a verdict is not about these two versions as they are now."""
    version = question.version
    judged = [entry for entry in entries if entry.candidate and entry.candidate.version == version]
    for entry in judged:
        _check_same(question, entry)
    if not judged and not _needed_no_run(question, entries, parser):
        raise question.refusal(f"says nothing of {version} of `{question.prompt.name}`")


def _check_same(question: _Question, entry: _Entry) -> None:
    prompt, version = question.prompt, question.version
    if entry.candidate is None or entry.candidate.hash != prompt.identity(version):
        raise question.refusal(
            f"judged another content of {version}, which, or what it includes, has changed since"
        )
    if entry.baseline is None or entry.baseline.hash != prompt.identity(prompt.stable or ""):
        against = f"against {shortened(entry.baseline.version)}" if entry.baseline else "by itself"
        raise question.refusal(
            f"judged {version} {against}, and not against {prompt.stable} as it is now"
        )


def _needed_no_run(question: _Question, entries: Sequence[_Entry], parser: Parser) -> bool:
    """Return whether the run found that two versions ask the same, and these two do."""
    if not any(entry.candidate is None and entry.codes & NOTHING_TO_RUN for entry in entries):
        return False
    prompt, version, stable = question.prompt, question.version, question.prompt.stable or ""
    if stable not in prompt.versions:
        return False
    if prompt.identity(version) == prompt.identity(stable):
        return True
    return asks_alike(prompt.read(version, parser), prompt.read(stable, parser))


def _check_passed(question: _Question, entries: Sequence[_Entry], run: Verdict) -> None:
    """Raise UsageError when anything is against the prompt, or the run let nothing through."""
    for entry in entries:
        is_remark = entry.candidate is None and entry.verdict is Verdict.NOT_APPLICABLE
        if entry.verdict is not Verdict.PASS and not is_remark:
            where = f" on {shortened(entry.evalset)}" if entry.evalset else ""
            why = f" ({shortened(entry.message)})" if entry.message else ""
            raise question.refusal(
                f"says {entry.verdict.value} of `{question.prompt.name}`{where}, not pass{why}"
            )
    if run is Verdict.NOT_APPLICABLE:
        raise question.refusal("only advises: the base had no policy")
    if run in (Verdict.FAIL, Verdict.ERROR):
        raise question.refusal(f"says {run.value} of its run, which let nothing through")
