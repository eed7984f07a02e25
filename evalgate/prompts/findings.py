"""What a change does to a prompt that is decided by looking, without a trial."""

from collections.abc import Collection, Iterator
from posixpath import normpath

from evalgate.model.change import Finding
from evalgate.model.verdict import Reason, Verdict
from evalgate.prompts.library import LIVE, Prompt
from evalgate.prompts.shared import FOLDER as SHARED
from evalgate.prompts.view import View


def find(view: View) -> Iterator[Finding]:
    """Yield every finding about one prompt."""
    if not view.head.exists:
        yield from _deleted_prompt(view)
        return
    yield from _renamed(view)
    yield from _edited_published(view)
    yield from _edited_includes(view)
    yield from _unreferenced(view)
    yield from _pointer(view)
    yield from _history(view)
    yield from _switch(view)


def notes(view: View) -> Iterator[str]:
    """Yield what a reader should know about one prompt and what decides nothing."""
    if not view.head.exists:
        return
    name = view.head.name
    for version in view.fork.in_order():
        if version not in view.head.versions and version in view.base.versions:
            yield f"{version} of {name} was deleted; it can no longer be rolled back to."
    if view.rewrites_history() and view.is_rollback():
        yield f"The history of {name} was rewritten along with the rollback."
    if view.head.switch.disabled != view.fork.switch.disabled:
        yield f"The switch turns the prompt {name} {'off' if view.head.switch.disabled else 'on'}."


def finding(
    prompt: Prompt, file: str, *, code: str, message: str, verdict: Verdict = Verdict.FAIL
) -> Finding:
    """Return a finding about a file of a prompt's folder."""
    return Finding(
        prompt=prompt.name,
        path=normpath(f"{prompt.folder}/{file}"),
        verdict=verdict,
        reason=Reason(code=code, message=message),
    )


def _deleted_prompt(view: View) -> Iterator[Finding]:
    if view.fork.stable is not None:
        message = f"The prompt {view.head.name} was deleted, but {view.fork.stable} of it is live."
        verdict = Verdict.INCONCLUSIVE
        yield finding(view.head, LIVE, code="prompt_deleted", message=message, verdict=verdict)


def _edited_published(view: View) -> Iterator[Finding]:
    newest = max((int(version[1:]) for version in view.head.versions), default=0)
    for version in view.touched():
        if view.is_published(version) and view.is_edited(version):
            message = (
                f"{version} is published and may not change: undo the edit and add "
                f"v{newest + 1} instead (`{view.head.path(f'v{newest + 1}')}`)."
            )
            file = f"{version}.md"
            yield finding(view.head, file, code="published_version_edited", message=message)


def _edited_includes(view: View) -> Iterator[Finding]:
    including: dict[str, list[str]] = {}
    for version in view.touched():
        if view.is_published(version):
            for name in view.changed_includes(version):
                including.setdefault(name, []).append(version)
    for name, versions in including.items():
        verb = "edited" if name in view.head.shared else "deleted"
        message = (
            f"{name} was {verb}, but {' and '.join(versions)} of {view.head.name} includes it and "
            f"is published: undo that, and include {next_shared(name, view.head.shared)} in a new "
            "version instead."
        )
        file = f"../{SHARED}/{name}"
        yield finding(view.head, file, code="published_include_edited", message=message)


def next_shared(name: str, shared: Collection[str]) -> str:
    """Return the name of the next version of a shared file: `tone.v2.md` after `tone.v1.md`."""
    stem, number, ending = name.rsplit(".", 2)
    count = int(number[1:]) + 1
    while f"{stem}.v{count}.{ending}" in shared:
        count += 1
    return f"{stem}.v{count}.{ending}"


def _renamed(view: View) -> Iterator[Finding]:
    if view.formerly is not None:
        message = f"The prompt {view.formerly} was renamed to {view.head.name}; its past counts on."
        verdict = Verdict.PASS
        yield finding(view.head, LIVE, code="prompt_renamed", message=message, verdict=verdict)


def _unreferenced(view: View) -> Iterator[Finding]:
    """Yield the version that a newer one leaves behind before anything ever pointed to it."""
    versions = view.fork.in_order()
    newest = view.head.in_order()[-1:]
    for version in versions[-1:]:
        left = version in view.head.versions and newest != [version]
        if left and not any(each.has_pointed_to(version) for each in (view.head, view.base)):
            message = (
                f"Nothing points to {version} of {view.head.name}, now or before, and {newest[0]} "
                f"takes its place: delete {version} if it is not needed."
            )
            file, code = f"{version}.md", "unreferenced_version"
            verdict = Verdict.NOT_APPLICABLE
            yield finding(view.head, file, code=code, message=message, verdict=verdict)


def _pointer(view: View) -> Iterator[Finding]:
    if view.head.stable is None and view.fork.stable is not None:
        message = "The live pointer no longer names a stable version: nothing says what to serve."
        yield finding(view.head, LIVE, code="pointer_deleted", message=message)
    for version in _pointed(view.head):
        if version not in view.head.versions:
            message = f"The live pointer names {version}, which does not exist at the head."
            yield finding(view.head, LIVE, code="dangling_pointer", message=message)
    if view.is_rollback():
        message = f"The live pointer goes back to {view.head.stable}, which was stable before."
        verdict = Verdict.PASS
        yield finding(view.head, LIVE, code="rollback", message=message, verdict=verdict)


def _pointed(prompt: Prompt) -> Iterator[str]:
    if prompt.stable is not None:
        yield prompt.stable
    if prompt.canary is not None and prompt.canary.version != prompt.stable:
        yield prompt.canary.version


def _history(view: View) -> Iterator[Finding]:
    # What the history names may be rolled back to untested, so only true moves may enter it. A
    # rollback itself is never held up; what it does to the history is only noted.
    if view.rewrites_history() and not view.is_rollback():
        message = (
            "The history of the live pointer was rewritten: it may only grow by the version "
            "that was stable and the one that becomes it."
        )
        yield finding(view.head, LIVE, code="history_rewritten", message=message)


def _switch(view: View) -> Iterator[Finding]:
    # What the history says of a model may be gone back to untested, as it is with versions.
    for model, has_served in view.models():
        code, verdict = "model_not_tested", Verdict.INCONCLUSIVE
        message = f"The switch sends all traffic to the model {model}, which was not tested."
        if has_served:
            code, verdict = "model_rollback", Verdict.PASS
            message = f"The switch goes back to the model {model}, which served the version before."
        yield finding(view.head, LIVE, code=code, message=message, verdict=verdict)
