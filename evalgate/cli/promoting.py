"""Prepares and judges a promotion: the gate is asked about the very commit that would be made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adapters.git_writing import write_commit
from evalgate.cli.judging import judge
from evalgate.cli.publication import Publication
from evalgate.cli.session import Terms
from evalgate.errors import UsageError
from evalgate.gate.gathering import Question
from evalgate.gate.outside import Outside
from evalgate.model.verdict import RunVerdict
from evalgate.prompts.pointer_text import pointer_text
from evalgate.rollout.announcement import commit_message
from evalgate.rollout.promotion import Promotion, Step, promotion_of
from evalgate.rollout.request import Request
from evalgate.rollout.root import Root, root_of
from evalgate.rollout.ruling import Ruling, rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A promotion that may be made, if the gate lets it; `text` is what `live.yaml` will be.

    `base` is the commit that it starts from.
    """

    base: str
    root: Root
    promotion: Promotion
    text: str

    @property
    def is_done(self) -> bool:
        """Whether the live pointer says already what is asked for."""
        return self.promotion.step is Step.NOTHING

    @property
    def path(self) -> str:
        """The path of the live pointer from the repository's root."""
        return self.promotion.pointer.path

    @property
    def before(self) -> str | None:
        """The text of the live pointer so far; None when there is no file."""
        return self.root.live_text if self.promotion.before else None

    @property
    def judged(self) -> Mapping[str, str]:
        """The policy and the files that the version is made of, path → text."""
        paths = (self.root.policy.path, *self.promotion.sources)
        return {path: self.root.texts[path] for path in paths if path in self.root.texts}


def prepare(
    request: Request, policies: Sequence[str], *, base: str, repository: GitRepository
) -> Prepared:
    """Return what a request asks for, in the tree of a commit.

    Args:
        request: what is asked for.
        policies: the paths of the policies that may judge it.
        base: the full id of the commit.
        repository: that has it.

    Raises:
        UsageError: when it may not be made.
        ConfigurationError: when the policy or the live pointer is wrong.
    """
    root = root_of(request.prompt, policies, commit=base, repository=repository, parser=FORMATS)
    promotion = promotion_of(request, root.prompt, at=base[:12])
    text = pointer_text(promotion.pointer, before=root.live_text)
    return Prepared(base=base, root=root, promotion=promotion, text=text)


def today() -> str:
    """Return the day, `YYYY-MM-DD` in UTC."""
    return f"{datetime.now(UTC):%Y-%m-%d}"


def judge_promotion(
    prepared: Prepared,
    world: Outside,
    *,
    repository: GitRepository,
    publication: Publication,
    terms: Terms,
) -> tuple[Ruling, RunVerdict]:
    """Ask the gate about the commit that would be made, which so far nothing points to.

    Raises:
        UsageError: when the run that is to be gone on with is about something else.
        EvalgateError: as the gate does.
    """
    question = _question(prepared, repository, terms)
    verdict = judge(question, world, publication=publication, terms=terms)
    return rule(prepared.promotion, verdict), verdict


def _question(prepared: Prepared, repository: GitRepository, terms: Terms) -> Question:
    if terms.begun is not None:
        return _begun_question(prepared, repository, terms.begun.question)
    request = prepared.promotion.request
    head = write_commit(
        repository.root,
        parent=prepared.base,
        files={prepared.path: prepared.text},
        message=commit_message(prepared.promotion),
    )
    return Question(
        base=prepared.base,
        head=head,
        run_id=request.verdict,
        policy=prepared.root.policy.path,
        looks=not terms.batches,
        today=request.at,
        strict=True,
    )


def _begun_question(prepared: Prepared, repository: GitRepository, begun: Question) -> Question:
    """Return the question of a run that was begun, when it is about this very promotion."""
    files = repository.files(begun.head, [prepared.path]) if begun.head else {}
    same = files.get(prepared.path) == prepared.text.encode() and begun.base == prepared.base
    if not same:
        raise UsageError(
            "--resume: that run is about another promotion, or the base has moved: repeat the "
            "prompt, version, percent, reason, `--by` and `--base` that it began with"
        )
    return Question(
        base=begun.base,
        head=begun.head,
        run_id=begun.run_id,
        policy=begun.policy,
        looks=begun.looks,
        today=begun.today,
        strict=True,
    )
