"""One call of an application: how it was tried, who served it, and what of it may be logged."""

from dataclasses import dataclass
from enum import StrEnum

from evalgate.model.chat import FailureKind, Usage


class Arm(StrEnum):
    """Which of the live versions a call is answered by."""

    STABLE = "stable"
    CANARY = "canary"


class Assignment(StrEnum):
    """What put a call into its arm, where two versions are live.

    The `split` is the draw by salted hash. A `pin` keeps a conversation with the version that it
    began with, and a `chooser` is the application's own flag: neither follows the canary's share.
    """

    SPLIT = "split"
    PIN = "pin"
    CHOOSER = "chooser"


class ServedBy(StrEnum):
    """Who answered a call, in the order in which they are asked.

    `primary` is the first route that can serve the version's model, `other_route` another one with
    the same model. `shared` is a call in flight for an equal request. `application` is the
    application's own function, without a model. `nobody` stands in the log of a failed call.
    """

    CACHE = "cache"
    SHARED = "shared"
    PRIMARY = "primary"
    OTHER_ROUTE = "other_route"
    SMALLER_MODEL = "smaller_model"
    STALE_CACHE = "stale_cache"
    APPLICATION = "application"
    NOBODY = "nobody"


DEGRADED = frozenset({ServedBy.SMALLER_MODEL, ServedBy.STALE_CACHE, ServedBy.APPLICATION})
"""Those whose answer is less than what was asked for."""


class Rung(StrEnum):
    """Why an attempt was made: as the first one, again, elsewhere, or beside one that is slow."""

    FIRST = "first"
    RETRY = "retry"
    OTHER_ROUTE = "other_route"
    SMALLER_MODEL = "smaller_model"
    HEDGE = "hedge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One attempt, in words that may be logged; `failure` is None for the one that answered.

    An attempt that was `abandoned` had not ended: another one was faster, or the caller left.
    `request_id` is the provider's, `cost_usd` None where it is not known: a broken attempt may be
    billed.
    """

    rung: Rung
    route: str
    provider: str
    region: str | None
    model: str
    failure: FailureKind | None
    abandoned: bool = False
    latency_ms: int
    request_id: str | None = None
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """All that is ever logged of a call: one line, and nothing else of the call is kept.

    Texts come from the team's own files, from evalgate, or are checked words; nothing comes from a
    user, from an answer or from an exception. `request_id` is evalgate's own and on every reply,
    `provider_request_id` that of the attempt that answered. `assigned_by` is what chose the `arm`,
    None where only one version is live. `pointer` tells one state of the prompt's files and
    overrides from another. `model_asked` is what the version, or its switch, names. `prefix` is the
    start of the template, before anything is filled in.

    `user` and `conversation` are keyed hashes, and `key_id` names the key. `ttft_ms` is the time
    until the first content of a stream. `age_s` is that of a cached answer. `cost_usd` is None
    where a price is not known, and 0 for what was answered without a call; `may_be_billed`
    counts the failed attempts that a provider may have worked for. `smell` lists what is wrong
    with the answer, and is None where there is none to smell. `sampled` is the probability with
    which the call was chosen for scoring; None when it was not chosen. `sdk` is the Claude SDK
    with its version, and `settings` tells one state of `runtime.yml` from another.
    """

    ts: float
    request_id: str
    feature: str
    prompt: str
    version: str
    prompt_hash: str
    arm: Arm
    assigned_by: Assignment | None = None
    pointer: str
    prefix: str
    served_by: ServedBy
    degraded: bool
    latency_ms: int
    model_asked: str
    model: str | None = None
    route: str | None = None
    provider: str | None = None
    region: str | None = None
    provider_request_id: str | None = None
    trace_id: str | None = None
    user: str | None = None
    conversation: str | None = None
    key_id: str | None = None
    error: str | None = None
    stop_reason: str | None = None
    streamed: bool = False
    ttft_ms: int | None = None
    usage: Usage | None = None
    cost_usd: float | None = None
    price_rev: str = ""
    may_be_billed: int = 0
    age_s: float | None = None
    smell: tuple[str, ...] | None = None
    sampled: float | None = None
    tries: tuple[Try, ...] = ()
    app_rev: str = ""
    sdk: str = ""
    settings: str = ""
