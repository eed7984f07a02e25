"""Facts about answers that tell no verdict."""

from evalgate.model.served_verdict import refusal


def test_a_refusal_says_why_and_nothing_that_an_engine_could_go_on_by() -> None:
    answer = refusal(405, "not so", allow=("GET", "HEAD"))
    assert (answer.status, answer.allow) == (405, ("GET", "HEAD"))
    assert answer.document == {"schema": "served-verdict/1", "error": "not so"}
    assert refusal(503, "gone").allow == ()
