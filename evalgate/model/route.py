"""A route: which provider serves calls, in which region, and under which model ids."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Provider(StrEnum):
    """Who serves Claude.

    `bedrock` is the Messages API of Bedrock, `bedrock_invoke` its older InvokeModel.
    """

    DIRECT = "direct"
    BEDROCK = "bedrock"
    BEDROCK_INVOKE = "bedrock_invoke"
    VERTEX = "vertex"
    FOUNDRY = "foundry"


WITHOUT_OUTPUT_SCHEMA = frozenset({Provider.BEDROCK, Provider.BEDROCK_INVOKE})
"""The providers that cannot hold an answer to a JSON Schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way to reach a model.

    `models` maps Claude's own model ids to the provider's, which are never guessed; only direct and
    Foundry take Claude's ids as they are. `project` is Vertex's, `resource` is Foundry's.
    `price_factor` is what the provider charges against Claude's list prices.
    """

    provider: Provider = Provider.DIRECT
    region: str | None = None
    project: str | None = None
    resource: str | None = None
    models: Mapping[str, str] = field(default_factory=dict)
    price_factor: float = 1.0

    def model_id(self, model: str) -> str:
        """Return the provider's id of a model; Claude's own when the route names none."""
        return self.models.get(model, model)

    def may_answer(self, model: str, answered: str) -> bool:
        """Whether `answered` names the model: its own id, the provider's, or a snapshot of one.

        A snapshot ends in `-YYYYMMDD`.
        """
        names = (model, self.model_id(model))
        return answered in names or re.sub(r"-\d{8}\Z", "", answered) in names
