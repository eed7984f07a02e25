"""The least that the official SDK can be asked for the same work: a loop, and nothing around it.

So many workers take the cases one by one; each asks for an answer, then has it judged against the
rubric, and keeps both. There are no retries unless asked for, no pacing, no plan and no report.

Usage: python -m benchmarks.bare CASES CONCURRENCY [RETRIES]
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from anthropic import APIError, AsyncAnthropic, DefaultAioHttpClient

from benchmarks.work import CRITERION, JUDGE, MODEL, SYSTEM, question
from evalgate.grading.rubric import SYSTEM as JUDGING

RESULTS = "bare.jsonl"
_FINDING: dict[str, object] = {
    "type": "object",
    "properties": {
        "reason": {"type": "string"},
        "verdict": {"type": "string", "enum": ["pass", "fail", "cannot_tell"]},
    },
    "required": ["reason", "verdict"],
    "additionalProperties": False,
}
_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"c1": _FINDING},
    "required": ["c1"],
    "additionalProperties": False,
}

Result = dict[str, object]


async def answered(client: AsyncAnthropic, text: str) -> str:
    """Ask for the answer to one question."""
    message = await client.messages.create(
        model=MODEL,
        max_tokens=512,
        system=SYSTEM,
        messages=[{"role": "user", "content": text}],
    )
    return "".join(block.text for block in message.content if block.type == "text")


async def judged(client: AsyncAnthropic, text: str, answer: str) -> object:
    """Have one answer judged."""
    blocks = {"criteria": f"c1: {CRITERION}", "input": text, "answer": answer}
    message = await client.messages.create(
        model=JUDGE,
        max_tokens=2048,
        system=JUDGING,
        messages=[
            {"role": "user", "content": "\n".join(f"<{k}>\n{v}\n</{k}>" for k, v in blocks.items())}
        ],
        output_config={"effort": "low", "format": {"type": "json_schema", "schema": _SCHEMA}},
    )
    return json.loads("".join(block.text for block in message.content if block.type == "text"))


async def work(client: AsyncAnthropic, numbers: Iterator[int], results: list[Result]) -> None:
    """Take cases until there are none; a case whose calls failed has no result."""
    for number in numbers:
        text = question(number)
        try:
            answer = await answered(client, text)
            results.append(
                {"case": number, "answer": answer, "verdict": await judged(client, text, answer)}
            )
        except APIError:
            continue


async def loop(cases: int, concurrency: int, *, retries: int) -> list[Result]:
    """Do all the work and return the results."""
    results: list[Result] = []
    numbers = iter(range(cases))
    async with AsyncAnthropic(max_retries=retries, http_client=DefaultAioHttpClient()) as client:
        await asyncio.gather(*(work(client, numbers, results) for _ in range(concurrency)))
    return results


def main() -> None:
    """Run the loop, write the results down and print how many there are."""
    cases, concurrency, *retries = map(int, sys.argv[1:])
    results = asyncio.run(loop(cases, concurrency, retries=retries[0] if retries else 0))
    Path(RESULTS).write_text("\n".join(map(json.dumps, results)), encoding="utf-8")
    print(json.dumps({"results": len(results)}))


if __name__ == "__main__":
    main()
