"""Answers requests from the store alone: where no call may be made, none is."""

from dataclasses import dataclass

from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.model.ports import AnswerStore
from evalgate.running.calls import Called
from evalgate.running.keys import answer_key
from evalgate.running.place import Places
from evalgate.running.stored import checked, is_of_use

_NEEDED = CallFailure(
    kind=FailureKind.CALL_NEEDED, message="no stored answer is there, and this run makes no call"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Answers what is stored, and fails as `call_needed` at everything else."""

    places: Places
    store: AnswerStore | None = None

    async def call(self, request: ChatRequest) -> Called:
        """Return the stored answer, or the failure that a call would be needed."""
        key = answer_key(request, origin=self.places.origin(request.route))
        stored = self.store.find(key) if self.store else None
        answer = None if stored is None else checked(stored, request)
        if isinstance(answer, Completion) and is_of_use(answer, request):
            return Called(result=answer, reused=True)
        return Called(result=_NEEDED)
