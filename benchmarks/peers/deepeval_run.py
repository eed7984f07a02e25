"""The benchmark's work in DeepEval, as lean as it can be used; runs in DeepEval's environment.

Its own `evaluate` is left out: it spends most of its time on display. Each case is answered by its
Anthropic model and measured by a G-Eval metric of its own, which keeps its result in itself.

Usage: python deepeval_run.py CONCURRENCY, in a folder with work.json; prints how many were scored.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from deepeval.metrics import GEval
from deepeval.models import AnthropicModel
from deepeval.test_case import LLMTestCase, SingleTurnParams


class KeepingClient(AnthropicModel):
    """Keeps its client; the original makes a new one, with a new connection, for every call."""

    client = None

    def load_model(self, async_mode: bool = False) -> object:
        """Return the client of all calls."""
        if not async_mode:
            return super().load_model()
        self.client = self.client or super().load_model(async_mode=True)
        return self.client


PARAMETERS = [SingleTurnParams.INPUT, SingleTurnParams.ACTUAL_OUTPUT]
Models = tuple[AnthropicModel, AnthropicModel]


async def work_off(
    texts: Iterator[str], work: dict[str, str], scores: list[float], *, models: Models
) -> None:
    """Take questions until there are none."""
    model, judge = models
    for text in texts:
        answer, _ = await model.a_generate(f"{work['system']}\n\n{text}")
        metric = GEval(
            name="criterion",
            evaluation_steps=[f"{work['criterion']} [[reply:score]]"],
            evaluation_params=PARAMETERS,
            model=judge,
        )
        case = LLMTestCase(input=text, actual_output=str(answer))
        await metric.a_measure(case, _show_indicator=False)
        if metric.score is not None:
            scores.append(metric.score)


async def run(work: dict[str, str], concurrency: int) -> int:
    """Work all questions off and return how many have a score."""
    texts, scores = iter(work["questions"]), []
    models = KeepingClient(model=work["model"]), KeepingClient(model=work["judge"])
    workers = (work_off(texts, work, scores, models=models) for _ in range(concurrency))
    await asyncio.gather(*workers, return_exceptions=True)
    return len(scores)


if __name__ == "__main__":
    given = json.loads(Path("work.json").read_text())
    print(json.dumps({"results": asyncio.run(run(given, int(sys.argv[1])))}))
