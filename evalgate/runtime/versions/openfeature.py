"""OpenFeature in both directions: prompts as flags, and flags that say which version serves."""

from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from openfeature.client import OpenFeatureClient
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import (
    FlagNotFoundError,
    ParseError,
    TargetingKeyMissingError,
    TypeMismatchError,
)
from openfeature.flag_evaluation import FlagResolutionDetails, FlagValueType, Reason
from openfeature.provider import AbstractProvider, Metadata

from evalgate.errors import ConfigurationError, UsageError
from evalgate.runtime.versions.live_prompt import LivePrompt
from evalgate.runtime.versions.split import Chooser, chosen

PROVIDER = "evalgate"
NO_KEY = "the prompt has a canary: a targeting key says whose traffic is split"
Objects = Sequence[FlagValueType] | Mapping[str, FlagValueType]


def chooser(client: OpenFeatureClient) -> Chooser:
    """Return a chooser that asks a client for the flag with the prompt's name.

    The flag's value is a version, `v4`, and the targeting key is the unit that is split by. A flag
    that is unknown, empty or no text leaves the choice to the split, as does a failing provider.
    The client is asked in the thread of the call: it should answer from memory.
    """

    def choose(prompt: str, unit: str) -> str | None:
        context = EvaluationContext(targeting_key=unit)
        return client.get_string_value(prompt, "", context) or None

    return choose


class PromptProvider(AbstractProvider):
    """Answers a flag that has a prompt's name with the version to serve.

    The variant is the arm. Where the kill switch is on, the caller's default comes back.
    """

    def __init__(self, live: Callable[[str], LivePrompt]) -> None:
        """Answer from what is live; `live` is `Shelf.live` or alike."""
        super().__init__()
        self._live = live

    def get_metadata(self) -> Metadata:
        """Return the provider's name."""
        return Metadata(name=PROVIDER)

    def resolve_string_details(
        self,
        flag_key: str,
        default_value: str,
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[str]:
        """Return the version of the prompt that serves the targeting key.

        Raises:
            FlagNotFoundError: when there is no such prompt, or nothing of it is live.
            ParseError: when the prompt is new, and its files are broken.
            TargetingKeyMissingError: when there are two versions, and no key to split by.
        """
        live = self._found(flag_key)
        if live.switch.disabled:
            return FlagResolutionDetails(
                value=default_value,
                reason=Reason.DISABLED,
                flag_metadata={"pointer": live.pointer},
            )
        key = evaluation_context.targeting_key if evaluation_context else None
        if live.canary is not None and not key:
            raise TargetingKeyMissingError(NO_KEY)
        choice = chosen(live, key or "")
        return FlagResolutionDetails(
            value=choice.version.version,
            variant=choice.arm.value,
            reason=Reason.STATIC if live.canary is None else Reason.SPLIT,
            flag_metadata={"pointer": live.pointer, "prompt_hash": choice.version.hash},
        )

    def resolve_boolean_details(
        self,
        flag_key: str,
        default_value: bool,  # noqa: ARG002 - OpenFeature's signature
        evaluation_context: EvaluationContext | None = None,  # noqa: ARG002 - likewise
    ) -> FlagResolutionDetails[bool]:
        """Raise TypeMismatchError."""
        self._mismatch(flag_key)

    def resolve_integer_details(
        self,
        flag_key: str,
        default_value: int,  # noqa: ARG002 - likewise
        evaluation_context: EvaluationContext | None = None,  # noqa: ARG002 - likewise
    ) -> FlagResolutionDetails[int]:
        """Raise TypeMismatchError."""
        self._mismatch(flag_key)

    def resolve_float_details(
        self,
        flag_key: str,
        default_value: float,  # noqa: ARG002 - likewise
        evaluation_context: EvaluationContext | None = None,  # noqa: ARG002 - likewise
    ) -> FlagResolutionDetails[float]:
        """Raise TypeMismatchError."""
        self._mismatch(flag_key)

    def resolve_object_details(
        self,
        flag_key: str,
        default_value: Objects,  # noqa: ARG002 - likewise
        evaluation_context: EvaluationContext | None = None,  # noqa: ARG002 - likewise
    ) -> FlagResolutionDetails[Objects]:
        """Raise TypeMismatchError."""
        self._mismatch(flag_key)

    def _found(self, prompt: str) -> LivePrompt:
        try:
            return self._live(prompt)
        except UsageError as error:
            raise FlagNotFoundError(str(error)) from None
        except ConfigurationError as error:
            raise ParseError(str(error)) from None

    def _mismatch(self, prompt: str) -> NoReturn:
        self._found(prompt)
        raise TypeMismatchError("a prompt's flag is a text: the version to serve")
