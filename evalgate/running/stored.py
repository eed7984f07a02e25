"""Whether a stored answer is one of the model that was asked; a batch's results do not say."""

from dataclasses import replace

from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.model.route import Route


def checked(stored: Completion, request: ChatRequest) -> Completion | CallFailure:
    """Return a stored answer as that of the model that was asked, if it is the one."""
    if stored.model == request.model:
        return stored
    if Route().may_answer(request.model, stored.model):
        return replace(stored, model=request.model)
    message = f"asked {request.model}, but {stored.model[:60]} answered"
    return CallFailure(kind=FailureKind.WRONG_MODEL, message=message)
