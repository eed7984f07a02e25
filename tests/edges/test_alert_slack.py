"""Facts about alerts to a channel of Slack, as its webhook sees them."""

from dataclasses import replace
from shlex import join, split

import pytest
from inline_snapshot import snapshot

from evalgate.adapters.alert_slack import (
    LONGEST_FIELD,
    LONGEST_HEADER,
    LONGEST_TEXT,
    MOST_FIELDS,
    SlackSink,
    slack_message,
)
from evalgate.errors import AlertError
from evalgate.model.document import Data
from tests.edges.receivers import receiver
from tests.unit.alerts import an_alert

HOSTILE = "<!channel> <@U1> *bold* `code` ``` & <https://evil.example|here>"


def texts(message: Data) -> list[dict[str, Data]]:
    """Return every text object of a message."""
    if isinstance(message, list):
        return [found for each in message for found in texts(each)]
    if not isinstance(message, dict):
        return []
    inner = [found for each in message.values() for found in texts(each)]
    return [message, *inner] if message.get("type") in ("mrkdwn", "plain_text") else inner


def test_an_alert_is_one_message() -> None:
    with receiver() as it:
        SlackSink(address=it.url).send(an_alert())
        assert it.bodies == snapshot(
            [
                {
                    "text": "▲ support: accuracy has fallen",
                    "unfurl_links": False,
                    "unfurl_media": False,
                    "blocks": [
                        {
                            "type": "header",
                            "text": {
                                "type": "plain_text",
                                "text": "▲ support: accuracy has fallen",
                                "emoji": False,
                            },
                        },
                        {
                            "type": "section",
                            "text": {
                                "type": "plain_text",
                                "text": "The mean of 100 scores is 0.81, and the baseline is 0.90.",
                                "emoji": False,
                            },
                        },
                        {
                            "type": "section",
                            "fields": [
                                {"type": "plain_text", "text": "prompt: support", "emoji": False},
                                {"type": "plain_text", "text": "observed: 81 %", "emoji": False},
                            ],
                        },
                        {
                            "type": "section",
                            "text": {
                                "type": "mrkdwn",
                                "text": """\
```
evalgate monitor --once
```\
""",
                                "verbatim": True,
                            },
                        },
                    ],
                }
            ]
        )


def test_a_command_stays_one_argument_where_its_name_was_quoted() -> None:
    name = "x`; touch harm #"
    message = slack_message(replace(an_alert(), commands=(join(("evalgate", "show", name)),)))
    [code] = [str(each["text"]) for each in texts(message["blocks"]) if each["type"] == "mrkdwn"]
    assert split(code.split("\n")[1])[2:] == [name.replace("`", "\u02cb")]


def test_nothing_that_an_alert_repeats_mentions_or_links() -> None:
    hostile = replace(
        an_alert(),
        title=HOSTILE,
        message=HOSTILE,
        facts=((HOSTILE, HOSTILE),),
        commands=(HOSTILE,),
    )
    message = slack_message(hostile)
    assert "<" not in str(message["text"])
    for each in texts(message["blocks"]):
        if each["type"] == "mrkdwn":
            inside = str(each["text"]).removeprefix("```\n").removesuffix("\n```")
            assert not set(inside) & set("<>`")
            assert each["verbatim"] is True


def test_everything_is_cut_to_what_slack_takes() -> None:
    long = replace(
        an_alert(),
        title="t" * 500,
        message="m" * 9_000,
        facts=tuple(("label", "v" * 5_000) for _ in range(23)),
        commands=("c" * 9_000,),
    )
    blocks = slack_message(long)["blocks"]
    assert isinstance(blocks, list)
    header, message, *rest = blocks
    assert [len(str(each["text"])) for each in texts(header)] == [LONGEST_HEADER]
    assert [len(str(each["text"])) for each in texts(message)] == [LONGEST_TEXT]
    assert [len(texts(each)) for each in rest] == [MOST_FIELDS, MOST_FIELDS, 3, 1]
    assert max(len(str(each["text"])) for each in texts(rest[:3])) == LONGEST_FIELD
    assert len(str(texts(rest[3])[0]["text"])) <= LONGEST_TEXT


def test_an_alert_without_facts_has_no_empty_block() -> None:
    bare = replace(an_alert(), message="", facts=(), commands=())
    blocks = slack_message(bare)["blocks"]
    assert isinstance(blocks, list)
    assert len(blocks) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"no_service", "it answers with HTTP 404: no_service"),
        (b"<html>secret</html>", "it answers with HTTP 404"),
    ],
)
def test_the_reason_is_told_where_it_is_one_of_slacks_words(answer: bytes, said: str) -> None:
    with receiver() as it:
        it.status, it.answer = 404, answer
        with pytest.raises(AlertError) as caught:
            SlackSink(address=it.url).send(an_alert())
        assert str(caught.value) == said
