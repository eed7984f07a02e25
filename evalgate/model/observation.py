"""How good one answer of production was by one criterion, and where it came from."""

from dataclasses import dataclass

from evalgate.model.call import Arm
from evalgate.model.sample import Stratum


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A score that says by itself what it speaks about, so that nothing has to be joined to it.

    `ts` is when the answer was given, in seconds since 1970. `outcome` is from 0 to 1, or None with
    the `cause` why the answer could not be scored. `probability` is the chance with which the call
    was chosen; only those of the `uniform` stratum carry the headline. `judge` names who scored, by
    model and a hash of the rubric; it is empty for a check.
    """

    ts: float
    request_id: str
    criterion: str
    outcome: float | None
    cause: str = ""
    prompt: str = ""
    version: str = ""
    arm: Arm = Arm.STABLE
    feature: str = ""
    route: str = ""
    provider: str = ""
    model: str = ""
    probability: float = 1.0
    stratum: Stratum = Stratum.UNIFORM
    judge: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorScore:
    """What the judge said of an answer that never changes: it moves only when the judge does.

    `ts` is in seconds since 1970, `anchor` the id of the answer, `expected` what people said of it.
    """

    ts: float
    anchor: str
    criterion: str
    judge: str
    outcome: float | None
    expected: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Stream:
    """The scores of one criterion: of a whole prompt, or of what the further names narrow it to.

    An empty name stands for all. `provider` and `model` are looked at for suspects alone.
    """

    prompt: str
    criterion: str
    version: str = ""
    feature: str = ""
    route: str = ""
    provider: str = ""
    model: str = ""
