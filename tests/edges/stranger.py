"""A server that speaks like Claude's and says secrets wherever a server may say anything."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HEADERS: Mapping[str, str] = {
    "request-id": "CANARYREQUESTID with words",
    "x-canary": "CANARYHEADER",
    "set-cookie": "session=CANARYCOOKIE",
    "anthropic-organization-id": "CANARYORGANIZATION",
    "retry-after": "0",
}
SAID = {"type": "text", "text": "CANARYANSWER and more words of it"}
WISH = {"type": "tool_use", "id": "CANARYCALL", "name": "CANARYTOOL", "input": {"k": "CANARYINPUT"}}
ODD = {"type": "CANARYBLOCK", "CANARYKEY": "CANARYVALUE"}
USAGE = {"input_tokens": 5, "output_tokens": 7}
ERROR = {"type": "error", "error": {"type": "CANARYTYPE", "message": "CANARYMESSAGE of a server"}}

STATUS: Mapping[str, int] = {
    "invalid": 400,
    "key": 401,
    "billing": 402,
    "forbidden": 403,
    "unknown": 404,
    "large": 413,
    "limited": 429,
    "server": 500,
    "overloaded": 529,
}
ANSWERS: Mapping[str, tuple[list[Mapping[str, object]], str]] = {
    "answer": ([SAID], "end_turn"),
    "wish": ([SAID, WISH], "tool_use"),
    "refusal": ([SAID], "refusal"),
    "cut": ([SAID], "max_tokens"),
    "odd": ([SAID, ODD], "CANARYSTOP of a model"),
    "model": ([SAID], "end_turn"),
}
STREAMS = ("answer", "wish", "broken", "failing", "garbled")
FAILURES = (*STATUS, "html", "redirect", "garbled", "hangup", "slow")


def whole(mode: str) -> dict[str, object]:
    """Return the message of an answer."""
    content, stop = ANSWERS[mode]
    return {
        "id": "CANARYMESSAGEID with words",
        "type": "message",
        "role": "assistant",
        "model": "CANARYMODEL with words" if mode == "model" else "claude-sonnet-5-5",
        "content": content,
        "stop_reason": stop,
        "stop_sequence": "CANARYSEQUENCE",
        "usage": USAGE,
    }


def events(mode: str) -> Iterator[Mapping[str, object]]:
    """Yield the events of a stream, as far as it gets."""
    first = {**whole("wish" if mode == "wish" else "answer"), "content": [], "stop_reason": None}
    yield {"type": "message_start", "message": first}
    yield {"type": "content_block_start", "index": 0, "content_block": {**SAID, "text": ""}}
    for text in ("CANARYPIECE ", "CANARYANSWER"):
        delta = {"type": "text_delta", "text": text}
        yield {"type": "content_block_delta", "index": 0, "delta": delta}
    if mode == "broken":
        return
    if mode == "failing":
        yield ERROR
        return
    if mode == "garbled":
        yield {"type": "content_block_delta", "index": "CANARYINDEX", "delta": "CANARYDELTA"}
    yield {"type": "content_block_stop", "index": 0}
    if mode == "wish":
        empty = {**WISH, "input": {}}
        yield {"type": "content_block_start", "index": 1, "content_block": empty}
        delta = {"type": "input_json_delta", "partial_json": '{"k": "CANARYINPUT"}'}
        yield {"type": "content_block_delta", "index": 1, "delta": delta}
        yield {"type": "content_block_stop", "index": 1}
    stop = {"stop_reason": "tool_use" if mode == "wish" else "end_turn"}
    yield {"type": "message_delta", "delta": stop, "usage": USAGE}
    yield {"type": "message_stop"}


class Stranger(ThreadingHTTPServer):
    """Answers as `mode` says; `url` is where."""

    daemon_threads = True
    mode = "answer"

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Stranger

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002, ARG002 - its names
        return

    def do_POST(self) -> None:
        """Answer one request."""
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        mode = self.server.mode
        if mode == "hangup":
            self.close_connection = True
        elif mode == "slow":
            threading.Event().wait(1.0)
            self.close_connection = True
        elif asked.get("stream") and mode in STREAMS:
            self._stream(mode)
        else:
            self._whole(mode)

    def _stream(self, mode: str) -> None:
        told = [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events(mode)]
        self._answer(200, "".join([*told, ": CANARYCOMMENT\n\n"]), kind="text/event-stream")

    def _whole(self, mode: str) -> None:
        if mode in ANSWERS:
            self._answer(200, json.dumps(whole(mode)))
        elif mode in STATUS:
            self._answer(STATUS[mode], json.dumps(ERROR))
        elif mode == "redirect":
            self._answer(307, "CANARYBODY", location="http://127.0.0.1:9/CANARYLOCATION")
        elif mode == "html":
            self._answer(502, "<b>CANARYHTML</b>", kind="text/html; CANARYKIND")
        else:
            self._answer(200, '{"CANARYKEY": "CANARYGARBLED')

    def _answer(
        self, status: int, body: str, *, kind: str = "application/json", location: str = ""
    ) -> None:
        content = body.encode()
        self.send_response(status, "CANARYREASON")
        for name, value in {**HEADERS, "content-type": kind}.items():
            self.send_header(name, value)
        if location:
            self.send_header("location", location)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def stranger() -> Iterator[Stranger]:
    """Serve in a thread."""
    server = Stranger(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
