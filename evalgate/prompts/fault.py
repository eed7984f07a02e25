"""Why a case cannot be put to a version."""

from dataclasses import dataclass

from evalgate.model.template import TemplateError


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFault:
    """One reason why a case cannot be put to a version; `key` is the place in the case.

    The message may repeat what stands there; `discreet` says the same without that, for an
    application whose values are other people's.
    """

    key: str
    message: str
    discreet: str = ""

    def told_discreetly(self) -> str:
        """Return place and reason, without any value."""
        return f"{self.key}: {self.discreet or self.message}"


class UnfitCaseError(TemplateError):
    """A case that cannot be put to a version, with the reason."""

    def __init__(self, fault: CaseFault) -> None:
        super().__init__(f"{fault.key}: {fault.message}")
        self.fault = fault
