"""Sampled calls to write down."""

from evalgate.model.call import Arm
from evalgate.model.chat import ChatRequest
from evalgate.model.content import Block, Turn
from evalgate.model.sample import Sample, Sampled, Stratum
from evalgate.model.serving import Mark


def make_sample(
    text: str = "It is on its way.",
    *,
    request_id: str = "req-1",
    content: str | tuple[Block, ...] = "Where is it?",
) -> Sample:
    """Return a sampled call."""
    return Sample(
        ts=1_000.5,
        request_id=request_id,
        prompt="support-reply",
        version="v2",
        prompt_hash="abc",
        arm=Arm.CANARY,
        feature="support",
        route=None,
        sampled=Sampled(probability=0.1, stratum=Stratum.UNIFORM, marks=(Mark.CANARY,)),
        request=ChatRequest(
            model="claude-haiku-5-5",
            max_tokens=9,
            turns=(Turn(role="user", content=content),),
            system="Be kind.",
        ),
        text=text,
        stop_reason="end_turn",
    )
