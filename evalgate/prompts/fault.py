"""Why a case cannot be put to a version."""

from dataclasses import dataclass

from evalgate.model.template import TemplateError


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFault:
    """One reason why a case cannot be put to a version; `key` is the place in the case."""

    key: str
    message: str


class UnfitCaseError(TemplateError):
    """A case that cannot be put to a version, with the reason."""

    def __init__(self, fault: CaseFault) -> None:
        super().__init__(f"{fault.key}: {fault.message}")
        self.fault = fault
