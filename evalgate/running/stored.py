"""Whether a stored answer may stand: it is of the model that was asked, and a judge's decides."""

from dataclasses import replace

from evalgate.grading.json_text import NotJson, parse_json
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind, Purpose
from evalgate.model.route import Route


def checked(stored: Completion, request: ChatRequest) -> Completion | CallFailure:
    """Return a stored answer as that of the model that was asked, if it is the one.

    A batch's results do not say which model was asked.
    """
    if stored.model == request.model:
        return stored
    if Route().may_answer(request.model, stored.model):
        return replace(stored, model=request.model)
    message = f"asked {request.model}, but {stored.model[:60]} answered"
    return CallFailure(kind=FailureKind.WRONG_MODEL, message=message)


def is_of_use(stored: Completion, request: ChatRequest) -> bool:
    """Return whether asking again would be in vain.

    A judge's reply that was cut off, or is no JSON, grades nothing: if it stood, its trials would
    end without a grade for as long as it is stored, however often they are run again.
    """
    if request.purpose is not Purpose.JUDGE:
        return True
    return stored.stop_reason == "end_turn" and not isinstance(parse_json(stored.text), NotJson)
