"""Reads server-sent events from the bytes of a response, however they are cut into chunks."""

from collections.abc import Iterator


class EventReader:
    """Puts lines together from chunks, and events from lines.

    Lines end with LF or CRLF. An event ends with an empty line; what has no such end is no event.
    """

    def __init__(self) -> None:
        self._begun: list[bytes] = []
        self._name = ""
        self._data: list[str] = []

    def take(self, chunk: bytes) -> Iterator[tuple[str, str]]:
        """Yield name and data of each event that a chunk completes.

        Raises:
            UnicodeDecodeError: when a line is no UTF-8.
        """
        # A line of many chunks is joined once: adding each to the rest would copy it every time.
        first, *others = chunk.split(b"\n")
        self._begun.append(first)
        for part in others:
            line = b"".join(self._begun).removesuffix(b"\r").decode("utf-8")
            self._begun = [part]
            if line:
                self._read(line)
            elif self._data or self._name:
                yield self._name, "\n".join(self._data)
                self._name, self._data = "", []

    def _read(self, line: str) -> None:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            self._name = value
        elif field == "data":
            self._data.append(value)
