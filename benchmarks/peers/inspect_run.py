"""The benchmark's work in Inspect, tuned as far as its options go; runs in Inspect's environment.

Usage: python inspect_run.py CONCURRENCY, in a folder with work.json; prints how many were scored.
"""

import json
import sys
from pathlib import Path

from inspect_ai import Task, eval  # noqa: A004 - its name
from inspect_ai.dataset import Sample
from inspect_ai.model import GenerateConfig, get_model
from inspect_ai.scorer import model_graded_qa
from inspect_ai.solver import generate, system_message

TEMPLATE = "{question}\n\nAnswer: {answer}\n\nCriterion: {criterion}\n\n{instructions}"
INSTRUCTIONS = "Give your reason, then GRADE: C when the criterion is met, GRADE: I when not."


def main() -> None:
    """Run the task and print the count."""
    work = json.loads(Path("work.json").read_text())
    concurrency = int(sys.argv[1])
    task = Task(
        dataset=[Sample(input=text, target=work["criterion"]) for text in work["questions"]],
        solver=[system_message(work["system"]), generate()],
        scorer=model_graded_qa(
            template=TEMPLATE,
            instructions=f"{INSTRUCTIONS} [[reply:grade]]",
            # Without a limit it would ask for so much that the answer has to be streamed.
            model=get_model(
                f"anthropic/{work['judge']}",
                config=GenerateConfig(max_tokens=2048, max_connections=concurrency),
            ),
        ),
    )
    (log,) = eval(
        task,
        model=f"anthropic/{work['model']}",
        display="none",
        log_dir="logs",
        log_level="error",
        log_level_transcript="error",
        log_realtime=False,
        log_images=False,
        score_display=False,
        fail_on_error=False,
        max_samples=concurrency,
        max_connections=concurrency,
        max_tokens=512,
    )
    print(json.dumps({"results": log.results.completed_samples if log.results else 0}))


if __name__ == "__main__":
    main()
