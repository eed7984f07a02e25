"""Facts about the document that says what a plan will take."""

import json

from evalgate.gate.estimate_document import estimate_document
from tests.flow.test_estimating import estimated
from tests.flow.test_gate import BASE, HARMLESS, NAMES, gate


async def test_the_document_adds_up() -> None:
    run = await gate(BASE | HARMLESS)
    document = json.loads(json.dumps(estimate_document(run.plan, estimated(run))))
    assert document["schema"] == "estimate/1"
    [prompt] = document["prompts"]
    assert (prompt["name"], prompt["baseline"], prompt["candidate"]) == ("p", "v1", "v2")
    assert prompt["cases"] == {"same": len(NAMES), "new": 0, "edited": 0}
    assert prompt["trials"] == {"baseline": len(NAMES), "candidate": len(NAMES)}
    for key in ("calls", "input_tokens", "output_tokens"):
        parts = [part[key]["expected"] for part in prompt["purposes"].values()]
        assert sum(parts) == prompt[key]["expected"] == document[key]["expected"] > 0
    assert document["time"]["rate_limits_stated"] is False
    assert document["time"]["passes_job_minutes"] is False
    assert document["unpriced"] == document["warnings"] == []
