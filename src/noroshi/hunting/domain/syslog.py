"""Syslog as it comes over the network: where a message ends, and what of it becomes a line.

TCP and TLS frame messages by a count of octets before each (RFC 5425 section 4.3, RFC 6587 section 3.4.1) or by a line
feed after each (RFC 6587 section 3.4.2); a sender may use either, message by message. A datagram is one message
(RFC 5426 section 3.1).
"""

import re
from typing import Final

MAX_MESSAGE: Final = 64 * 1024
"""Bytes. RFC 5425 asks for 2,048 and recommends 8,192; a longer message is passed over and counted."""

_COUNT: Final = re.compile(rb"([1-9][0-9]{0,6}) <")
_COUNT_BEGINS: Final = re.compile(rb"[1-9][0-9]{0,6} ?\Z")
_PRIORITY: Final = re.compile(rb"<[0-9]{1,3}>")
_NO_PRIORITY: Final = b"<13>"
_ESCAPES: Final = {byte: b"#%03o" % byte for byte in (*range(32), 127) if byte != ord("\t")}
_CONTROL: Final = re.compile(b"[%s]" % b"".join(re.escape(bytes([byte])) for byte in _ESCAPES))


class Framer:
    """Takes the messages of one connection apart. It holds at most one message of `MAX_MESSAGE` bytes."""

    def __init__(self) -> None:
        self.too_long = 0
        """How many messages were passed over."""
        self._held = b""
        self._octets_to_skip = 0
        self._skipping_line = False

    def feed(self, data: bytes) -> list[bytes]:
        """Return the messages that end with these bytes."""
        held, found, start = self._held + data, [], 0
        while start < len(held):
            message, end = self._next(held, start)
            if end == start:
                break
            if message is not None:
                found.append(message)
            start = end
        self._held = held[start:]
        return found

    def end(self) -> list[bytes]:
        """Return the message that the end of the connection ended; one that was counted and is not whole is none."""
        held, self._held = self._held, b""
        if not held or self._skipping_line or _COUNT.match(held):
            return []
        return [held]

    def _next(self, held: bytes, start: int) -> tuple[bytes | None, int]:
        """Return a message, or None for what is passed over, and where the next one begins; `start`: not yet."""
        if self._octets_to_skip:
            step = min(self._octets_to_skip, len(held) - start)
            self._octets_to_skip -= step
            return None, start + step
        if self._skipping_line:
            return self._line(held, start)
        if counted := _COUNT.match(held, start):
            return self._counted(held, counted.end() - 1, int(counted[1]), start)
        if _COUNT_BEGINS.match(held, start):
            return None, start
        return self._line(held, start)

    def _counted(self, held: bytes, begin: int, octets: int, start: int) -> tuple[bytes | None, int]:
        if octets > MAX_MESSAGE:
            self.too_long += 1
            self._octets_to_skip = octets
            return None, begin
        end = begin + octets
        return (held[begin:end], end) if end <= len(held) else (None, start)

    def _line(self, held: bytes, start: int) -> tuple[bytes | None, int]:
        end = held.find(b"\n", start)
        if end < 0 and len(held) - start <= MAX_MESSAGE and not self._skipping_line:
            return None, start
        if end < 0:
            self.too_long += not self._skipping_line
            self._skipping_line = True
            return None, len(held)
        whole = not self._skipping_line and end - start <= MAX_MESSAGE
        self.too_long += not whole and not self._skipping_line
        self._skipping_line = False
        return (held[start:end] if whole else None), end + 1


def as_lines(messages: list[bytes]) -> list[bytes]:
    """Return messages as lines, each with its end; an empty one is none.

    Control characters are written `#ooo` as rsyslog does: no message breaks a line, nor makes a file look like a binary
    one. A message without a priority gets that of RFC 3164, section 4.3.3.
    """
    return [line for message in messages if (line := _line(message)) != b"\n"]


def _line(message: bytes) -> bytes:
    text = message.rstrip(b"\r\n\0 ")
    if not text:
        return b"\n"
    if _CONTROL.search(text):
        text = _CONTROL.sub(lambda found: _ESCAPES[found[0][0]], text)
    return (text if _PRIORITY.match(text) else _NO_PRIORITY + text) + b"\n"
